import { FEEDS, type Feed } from '#contract/events';
import type { Frame, FrameAlerts, FrameFeed, FrameRow, ViewId } from '#contract/frames';
import { LINK_STALE_MS } from '#contract/freshness';
import type { Figure } from '#contract/kpis';
import type { FrameRoom } from '#contract/room';
import type { Banner } from '#contract/runbooks';
import { type Campaign, nextWaveAtMs, phaseAt } from '../domain/campaign.ts';
import type { HealthFacts } from '../room/node-facts.ts';
import { figureKey, lineKey, type RowSource, type RowsSpec, VIEW_SPECS, type ViewSpec } from './domain/views.ts';
import { type FigureReader, feedsOfKpi } from './figures.ts';
import type { FrameSource } from './frame-source.ts';
import { healthRows } from './health-rows.ts';
import { techRows } from './tech-rows.ts';

/** A watermark further behind than this makes every figure `delayed`, ms (P19). */
export const DELAYED_AFTER_MS = 10_000;

/** Everything a frame is a function of, besides the windows: no clock, no randomness in here. */
export interface FrameContext {
  readonly source: FrameSource;
  /** Figures of this instant; shared by all views of a tick. */
  readonly figures: FigureReader;
  /** Redis time of the instant, ms. */
  readonly tMs: number;
  readonly epoch: string;
  readonly seq: number;
  readonly alerts: FrameAlerts;
  readonly onDutyCount: number;
  readonly insecure: boolean;
  readonly banner?: Banner | null;
  readonly room?: FrameRoom | null;
  /** The store does not answer: figures stand still, and say so. */
  readonly degraded: boolean;
  /** Facts of nodes and screens; read by `desk:health` and `wall:tech`. */
  readonly health: HealthFacts;
  /** Accounts of the ledger; read by `desk:marketing` and `wall:marketing`. Absent: there is no ledger. */
  readonly budget?: readonly FrameRow[];
}

/** The ids of a list's rows, in the campaign's order. */
function rowIds(from: RowSource, { file, services, items }: Campaign): readonly string[] {
  if (from === 'services') return services.map(({ id }) => id);
  if (from === 'heroItems') return items.filter(({ hero }) => hero === true).map(({ sku }) => sku);
  return (file.dimensions[from] ?? []).map(({ id }) => id);
}

/** Figures that the campaign does not store by this label are left out, instead of 31 times "unavailable". */
function rowsOf(spec: RowsSpec, campaign: Campaign, figures: FigureReader): FrameRow[] {
  const ids = rowIds(spec.from, campaign);
  const first = ids[0];
  if (first === undefined) return [];
  const stored = spec.figures.filter(
    (figure) => !/ by /.test(figures.row(figure, { [spec.label]: first }).missing ?? ''),
  );
  const total = spec.share === undefined ? 0 : shareTotal(spec, ids, figures);
  return ids.map((id) => {
    const labels = { [spec.label]: id };
    const cells: Record<string, Figure> = {};
    for (const figure of stored) cells[figureKey(figure)] = figures.figure(figure, labels);
    if (spec.share !== undefined) {
      const { value, quality } = figures.row(spec.share, labels);
      const share = value === null || total === 0 ? null : Number((value / total).toPrecision(9));
      cells[figureKey({ ...spec.share, kpi: `${spec.share.kpi}_share` })] = { value: share, quality };
    }
    return { id, figures: cells };
  });
}
function shareTotal({ share, label }: RowsSpec, ids: readonly string[], figures: FigureReader): number {
  if (share === undefined) return 0;
  return ids.reduce((sum, id) => sum + (figures.row(share, { [label]: id }).value ?? 0), 0);
}

/** Feeds whose age decides how far this view can be trusted. `desk:health` and `wall:tech` show all of them. */
function feedsOfView(spec: ViewSpec): ReadonlySet<string> {
  if (spec.facts !== 'none') return new Set(FEEDS);
  const kpis = [...spec.figures, ...spec.rows.flatMap(({ figures }) => figures)].map(({ kpi }) => kpi);
  return new Set(kpis.flatMap(feedsOfKpi));
}

/** The worst that is true: degraded, then partial, then delayed. */
export function frameQuality(
  { degraded, watermarkMs }: { readonly degraded: boolean; readonly watermarkMs: number | null },
  feeds: readonly Pick<FrameFeed, 'silentCount'>[],
  tMs: number,
): Frame['quality'] {
  if (degraded) return 'degraded';
  if (feeds.some(({ silentCount }) => silentCount > 0)) return 'partial';
  return watermarkMs !== null && tMs - watermarkMs > DELAYED_AFTER_MS ? 'delayed' : 'live';
}

/**
 * All figures of a view at one instant. Pure: the same windows, facts and time give the same frame, so live is replay at
 * the head.
 */
export function buildFrame(view: ViewId, context: FrameContext): Frame {
  const { source, figures, tMs, degraded } = context;
  const { campaign } = source;
  const spec = VIEW_SPECS[view];
  // Windows that are half loaded would show sums that are too small: no figure is better than a wrong one.
  const loaded = source.loadingRatio === null;
  const wanted = feedsOfView(spec);
  const feeds = Object.fromEntries(
    (Object.entries(source.feeds()) as [Feed, FrameFeed][]).filter(([feed]) => wanted.has(feed)),
  );
  const rows: Record<string, readonly FrameRow[]> = {};
  if (loaded) for (const list of spec.rows) rows[list.name] = rowsOf(list, campaign, figures);
  if (spec.facts === 'budget' && context.budget !== undefined) rows.budget = context.budget;
  if (spec.facts === 'health') Object.assign(rows, healthRows(source, context.health, tMs));
  if (spec.facts === 'tech') Object.assign(rows, techRows(rows.services ?? [], figures, context.health));
  return {
    view,
    epoch: context.epoch,
    seq: context.seq,
    serverMs: tMs,
    asOf: source.asOfMs,
    watermark: source.watermarkMs,
    quality: frameQuality({ degraded, watermarkMs: source.watermarkMs }, Object.values(feeds), tMs),
    ttlMs: degraded ? 0 : LINK_STALE_MS,
    figures: loaded
      ? Object.fromEntries(spec.figures.map((figure) => [figureKey(figure), figures.figure(figure)]))
      : {},
    rows,
    lines: loaded ? Object.fromEntries(spec.lines.map((line) => [lineKey(line), figures.line(line)])) : {},
    feeds,
    alerts: context.alerts,
    campaign: {
      id: campaign.instance,
      opensAt: campaign.opensAtMs,
      phase: phaseAt(campaign, tMs),
      nextWaveAt: nextWaveAtMs(campaign, tMs),
    },
    onDutyCount: context.onDutyCount,
    unmappedCount: loaded ? source.unmappedCount : 0,
    ...(context.banner ? { banner: context.banner } : {}),
    ...(context.room ? { room: context.room } : {}),
    ...(context.insecure ? { insecure: true as const } : {}),
    ...(source.loadingRatio === null ? {} : { loadingRatio: source.loadingRatio }),
  };
}
