import type { PlatformLink } from '#contract/platforms';
import type { Campaign } from '../../domain/campaign.ts';
import type { Outbound } from '../../outbound/send.ts';
import type { DueWork } from '../../room/due.ts';
import type { Log } from '../../room/log.ts';
import type { MetricBook, Row } from '../../telemetry/metric-book.ts';
import { type PlatformHook, webhookAdapter } from '../platforms/webhook-adapter.ts';
import type { BookRedis } from './book-store.ts';
import { createOutbox, type Outbox } from './create-outbox.ts';

export interface PlatformsOptions {
  readonly redis: BookRedis;
  readonly prefix: string;
  readonly instance: string;
  readonly campaign: Campaign;
  readonly due: DueWork;
  readonly log: Log;
  readonly outbound: Outbound;
  /** By name, of HOOKS_FILE and the demo. */
  readonly hooks: ReadonlyMap<string, PlatformHook>;
  readonly nowMs: () => number;
  /** Newest spend report of each channel and day; null while the windows load. */
  readonly spendReports: () => readonly { channel: string; day: string; spendMinor: number }[] | null;
}
export interface Platforms extends Outbox {
  /** The campaign with the links that can be used: budgets of the others are set by hand, and their moves settle at once. */
  readonly campaign: Campaign;
}

/** Links whose hook is set up. @returns those, and the channels that are left without */
export function usableLinks(
  links: Readonly<Record<string, PlatformLink>>,
  hooks: ReadonlyMap<string, PlatformHook>,
): { usable: Record<string, PlatformLink>; missing: { channel: string; hook: string }[] } {
  const all = Object.entries(links);
  return {
    usable: Object.fromEntries(all.filter(([, { hook }]) => hooks.has(hook))),
    missing: all.filter(([, { hook }]) => !hooks.has(hook)).map(([channel, { hook }]) => ({ channel, hook })),
  };
}

/** Everything about ad platforms that a server needs, from the campaign's links and the hooks that are set up. */
export function createPlatforms(options: PlatformsOptions): Platforms {
  const { redis, prefix, instance, campaign, due, log, outbound, hooks, nowMs } = options;
  const { usable, missing } = usableLinks(campaign.budgets.platforms ?? {}, hooks);
  for (const { channel, hook } of missing)
    log.warn(
      { channel, hook },
      `HOOKS_FILE has no ${hook}: budgets of ${channel} are not sent to its ad platform, somebody has to set them by hand`,
    );
  const hookOf = ({ hook }: PlatformLink): PlatformHook => {
    const found = hooks.get(hook);
    if (found === undefined) throw new Error(`no hook ${hook}`);
    outbound.check(found.url);
    return found;
  };
  const outbox = createOutbox({
    redis,
    prefix,
    instance,
    due,
    log,
    links: usable,
    adapter: (link) => webhookAdapter(outbound, hookOf(link), campaign.file.currency),
    timeZone: campaign.file.timeZone,
    nowMs,
    reportedMinor: (channel, day) => {
      const reports = options.spendReports();
      if (reports === null) return null;
      return reports.find((report) => report.channel === channel && report.day === day)?.spendMinor ?? 0;
    },
  });
  return { ...outbox, campaign: { ...campaign, budgets: { ...campaign.budgets, platforms: usable } } };
}

/** What `GET /metrics` tells of the outbox: of all nodes together, as the store has it. */
export function outboxMetrics({ stats }: Pick<Outbox, 'stats'>) {
  return {
    fill(book: MetricBook): void {
      const { byState, oldestMs, driftCount, driftMinor } = stats();
      const rows = Object.entries(byState).map(([state, count]): Row => [{ state }, count]);
      book.rows('warroom_outbox_commands', rows);
      book.one('warroom_outbox_oldest_seconds', oldestMs / 1_000);
      book.one('warroom_platform_drifts', driftCount);
      book.one('warroom_platform_drift_minor', driftMinor);
    },
  };
}
