import type { FrameSource } from '../server/realtime/frame-source.ts';
import type { HealthFacts } from '../server/room/node-facts.ts';
import type { SystemFacts } from './readings.ts';

export interface SystemFactsDeps {
  readonly source: FrameSource;
  /** Facts of all nodes and screens, no older than some seconds. */
  readonly health: () => HealthFacts;
  /** Part of the disk that is used, 0–1; null while unknown. */
  readonly diskUsedRatio: () => number | null;
  /** Times the clock of Redis jumped since start. */
  readonly clockJumpCount: () => number;
  /** Due work whose time came more than 30 s ago. */
  readonly backlogCount: () => number | null;
  /** Ad platforms whose budget is not ours; absent or null while there are none. */
  readonly platformDriftCount?: () => number | null;
  /** 1 while the ledger and the balances do not agree. */
  readonly ledgerMismatch?: () => number | null;
  /** Spend beyond budgets, of the channels' envelope. */
  readonly overspendRatio?: () => number | null;
  /** Receivers that are failing now; null while nobody delivers. */
  readonly failingReceiverCount: () => number | null;
  /** Delay of the last fsync, ms; null while unknown. */
  readonly fsyncDelayMs: () => number | null;
}

/** A wall that has not been heard for this long is offline, ms. */
const WALL_OFFLINE_MS = 30_000;
/** Rates of what sources sent are over this long. */
const RATE_WINDOW_MS = 60_000;
const maxOf = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));

interface Totals {
  readonly atMs: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly drops: number;
}

/** What rules read of the console itself by `system(name)`, of all nodes together. Unknown is null, never 0. */
export function createSystemFacts(deps: SystemFactsDeps): SystemFacts {
  const { source, health } = deps;
  let samples: readonly Totals[] = [];

  /** What was counted in about the last minute; null before there are two samples. */
  function lastMinute(): { readonly from: Totals; readonly to: Totals } | null {
    const nowMs = source.redisNowMs();
    const newest = samples.at(-1);
    if (newest === undefined || nowMs - newest.atMs >= 1_000) {
      const to: Totals = { atMs: nowMs, ...sums() };
      samples = [...samples.filter(({ atMs }) => nowMs - atMs <= RATE_WINDOW_MS + 2_000), to];
    }
    const [from] = samples;
    const to = samples.at(-1);
    return from === undefined || to === undefined || to.atMs <= from.atMs ? null : { from, to };
  }
  function sums(): Omit<Totals, 'atMs'> {
    const totals = { accepted: 0, duplicates: 0, rejected: 0, drops: 0 };
    for (const { acceptedCount, duplicateCount, rejectedCount } of source.sources()) {
      totals.accepted += acceptedCount;
      totals.duplicates += duplicateCount;
      totals.rejected += rejectedCount;
    }
    for (const { socketsCutCount } of health().nodes) totals.drops += socketsCutCount;
    return totals;
  }
  function share(part: 'duplicates' | 'rejected'): number | null {
    const minute = lastMinute();
    if (minute === null) return null;
    const { from, to } = minute;
    const all = to.accepted - from.accepted + to.duplicates - from.duplicates + to.rejected - from.rejected;
    return all <= 0 ? 0 : Math.max(0, to[part] - from[part]) / all;
  }

  const facts: Readonly<Record<string, () => number | null>> = {
    watchdog: () => 1,
    redis_memory_ratio: () =>
      maxOf(
        health().nodes.flatMap(({ redisMemoryBytes, redisMemoryMaxBytes }) =>
          redisMemoryBytes === null || redisMemoryMaxBytes === null || redisMemoryMaxBytes === 0
            ? []
            : [redisMemoryBytes / redisMemoryMaxBytes],
        ),
      ),
    redis_latency_ms: () => maxOf(health().nodes.flatMap(({ redisMs }) => (redisMs === null ? [] : [redisMs]))),
    fsync_delay_ms: deps.fsyncDelayMs,
    event_loop_lag_ms: () => maxOf(health().nodes.map(({ lagP99Ms }) => lagP99Ms)),
    frame_age_ms: () => maxOf(health().screens.flatMap(({ frameAgeMs }) => (frameAgeMs === null ? [] : [frameAgeMs]))),
    ingest_lag_ms: () =>
      source.asOfMs === null || source.watermarkMs === null ? null : Math.max(0, source.asOfMs - source.watermarkMs),
    dead_letter_rate: () => share('rejected'),
    duplicate_rate: () => share('duplicates'),
    unmapped_share: () => {
      const minute = lastMinute();
      if (minute === null) return null;
      const accepted = minute.to.accepted - minute.from.accepted;
      // unmapped is of five minutes, accepted of one
      return accepted <= 0 ? 0 : Math.min(1, source.unmappedCount / (5 * accepted));
    },
    wall_offline_count: () => {
      const walls = health().screens.filter(({ kind }) => kind === 'kiosk');
      return walls.filter(({ frameAgeMs }) => frameAgeMs !== null && frameAgeMs > WALL_OFFLINE_MS).length;
    },
    socket_drops_per_minute: () => {
      const minute = lastMinute();
      return minute === null ? null : Math.max(0, minute.to.drops - minute.from.drops);
    },
    webhook_failing_count: deps.failingReceiverCount,
    outbox_backlog_count: deps.backlogCount,
    platform_drift_count: deps.platformDriftCount ?? (() => null),
    ledger_mismatch: deps.ledgerMismatch ?? (() => null),
    budget_overspend_ratio: deps.overspendRatio ?? (() => null),
    clock_jump_count: deps.clockJumpCount,
    disk_used_ratio: deps.diskUsedRatio,
  };
  return (name) => facts[name]?.() ?? null;
}
