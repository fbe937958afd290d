import type { CampaignFile, CampaignReply, MinuteCurve } from '#contract/campaign';
import { EDGES_MS } from '#contract/events';
import type { NameSource } from '#contract/place-names';
import { minuteCurve } from './curve.ts';
import { KPIS } from './kpis/index.ts';

/**
 * A campaign as it runs: the file, with its offsets turned into times and everything that grows with the number of events
 * multiplied by `scale`. Read amounts, stock and capacity from here, never from `file`.
 */
export interface Campaign {
  /** Instance id, part of every Redis key: `double11-20261111T000000`. */
  readonly instance: string;
  readonly file: CampaignFile;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  /** 1 = the file's own numbers; a demo runs at its rate ÷ `file.ratePerSecond`. */
  readonly scale: number;
  /** By KPI id; totals and rates are scaled, ratios and means are not. */
  readonly targets: Readonly<Record<string, number>>;
  /** One value a minute from `fromMinute`, by cell name (`gmv_paid_minor`). */
  readonly plans: Readonly<Record<string, MinuteCurve>>;
  readonly lastYear: Readonly<Record<string, MinuteCurve>>;
  readonly services: CampaignFile['services'];
  readonly items: CampaignFile['items'];
  readonly budgets: CampaignFile['budgets'];
}

export interface Running {
  readonly instance: string;
  /** ms since the Unix epoch. */
  readonly opensAtMs: number;
  /** 1 = full scale. */
  readonly scale: number;
}

/** The campaign of a checked file, at a given opening and scale. */
export function resolveCampaign(file: CampaignFile, { instance, opensAtMs, scale }: Running): Campaign {
  const whole = (value: number): number => Math.round(value * scale);
  const curvesOf = (curves: CampaignFile['plans']): Record<string, MinuteCurve> =>
    Object.fromEntries(Object.entries(curves).map(([cell, curve]) => [cell, minuteCurve(curve, scale)]));
  const targets = Object.entries(file.targets).map(([id, target]) => [
    id,
    KPIS.get(id)?.scales ? target * scale : target,
  ]);
  const envelopes = Object.entries(file.budgets.envelopes).map(([id, amountMinor]) => [id, whole(amountMinor)]);
  return {
    instance,
    file,
    opensAtMs,
    closesAtMs: opensAtMs + file.durationMinutes * 60_000,
    scale,
    targets: Object.fromEntries(targets),
    plans: curvesOf(file.plans),
    lastYear: curvesOf(file.lastYear),
    services: file.services.map((service) => ({ ...service, ratedPerSecond: service.ratedPerSecond * scale })),
    items: file.items.map((item) => ({ ...item, stock: Math.max(item.stock > 0 ? 1 : 0, whole(item.stock)) })),
    budgets: { ...file.budgets, envelopes: Object.fromEntries(envelopes) },
  };
}

/** Opening as the file plans it, ms since the Unix epoch. */
export const plannedOpeningMs = (file: CampaignFile): number => Date.parse(file.opensAt);

/** The phase that holds `tMs`; the first one also holds all that is earlier. */
export function phaseAt({ file, opensAtMs }: Campaign, tMs: number): string {
  let id = file.phases[0]?.id ?? '';
  for (const phase of file.phases) if (opensAtMs + phase.fromSeconds * 1_000 <= tMs) id = phase.id;
  return id;
}

/** Start of the next announced wave after `tMs`, ms; null after the last. */
export function nextWaveAtMs({ file, opensAtMs }: Campaign, tMs: number): number | null {
  const later = file.waves.map(({ atSeconds }) => opensAtMs + atSeconds * 1_000).filter((atMs) => atMs > tMs);
  return later.length === 0 ? null : Math.min(...later);
}

/** What people call services, items, values and posts of a campaign. */
export const namesOf = ({ services, items, file }: Campaign): NameSource => ({
  services,
  items,
  dimensions: file.dimensions,
  posts: file.organisation.posts,
});

/** `GET /api/v1/campaign`. @param drill - the instance is a rehearsal and every screen says so */
export function campaignReply(campaign: Campaign, drill: boolean): CampaignReply {
  const { file, opensAtMs } = campaign;
  return {
    id: campaign.instance,
    campaign: file.id,
    zh: file.zh,
    en: file.en,
    opensAt: opensAtMs,
    closesAt: campaign.closesAtMs,
    currency: file.currency,
    minorPerMajor: file.minorPerMajor,
    timeZone: file.timeZone,
    phases: file.phases.map(({ id, zh, en, fromSeconds }) => ({ id, zh, en, fromMs: opensAtMs + fromSeconds * 1_000 })),
    waves: file.waves.map(({ id, zh, en, atSeconds }) => ({ id, zh, en, atMs: opensAtMs + atSeconds * 1_000 })),
    dimensions: file.dimensions,
    breakdowns: file.breakdowns,
    feeds: file.feeds,
    targets: campaign.targets,
    services: campaign.services,
    items: campaign.items,
    budgets: campaign.budgets,
    demo: file.demo ?? null,
    scale: campaign.scale,
    warZones: file.organisation.warZones,
    posts: file.organisation.posts,
    edgesMs: EDGES_MS,
    plans: campaign.plans,
    lastYear: campaign.lastYear,
    drill,
  };
}
