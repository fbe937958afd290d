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
  /** ms of a clock that never jumps; the process's own when absent. */
  readonly monotonicMs?: () => number;
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

/** A wall whose newest frame is older than this is as good as offline, ms. */
const WALL_OFFLINE_MS = 30_000;
/** Rates of what sources sent are over this long; unmapped values are counted over five minutes. */
const MINUTE_MS = 60_000;
const UNMAPPED_MS = 5 * MINUTE_MS;
/** A share of fewer events than this says nothing: one bad event at night is no flood. */
const SHARE_LEAST_COUNT = 50;
/** A jump of the clock is trouble for this long: what it moved is worked off by then. */
const JUMP_PRESENT_MS = 10 * MINUTE_MS;
/** Samples are a second apart, and one more than that old is still good. */
const SAMPLE_MS = 1_000;
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
  const { source, health, monotonicMs = () => performance.now() } = deps;
  let samples: readonly Totals[] = [];
  let jumpCount = 0;
  let jumps: readonly number[] = [];

  /** What was counted in about the last `spanMs`; null before there are two samples. */
  function lately(spanMs: number): { readonly from: Totals; readonly to: Totals } | null {
    const nowMs = source.redisNowMs();
    const newest = samples.at(-1);
    if (newest === undefined || nowMs - newest.atMs >= SAMPLE_MS) {
      const next: Totals = { atMs: nowMs, ...sums() };
      samples = [...samples.filter(({ atMs }) => nowMs - atMs <= UNMAPPED_MS + 2 * SAMPLE_MS), next];
    }
    const from = samples.find(({ atMs }) => nowMs - atMs <= spanMs + 2 * SAMPLE_MS);
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
    const minute = lately(MINUTE_MS);
    if (minute === null) return null;
    const { from, to } = minute;
    const all = to.accepted - from.accepted + to.duplicates - from.duplicates + to.rejected - from.rejected;
    return all < SHARE_LEAST_COUNT ? 0 : Math.max(0, to[part] - from[part]) / all;
  }
  /** Jumps of late: the count is since the node's start, and an alert on that would never end. */
  function jumpsLately(): number {
    const count = deps.clockJumpCount();
    const atMs = monotonicMs();
    const fresh = Array.from({ length: count - jumpCount }, () => atMs);
    jumpCount = count;
    jumps = [...jumps, ...fresh].filter((jumpedMs) => atMs - jumpedMs < JUMP_PRESENT_MS);
    return jumps.length;
  }
  /** The worst wall, and what half of all other screens see: one phone in a lift is no trouble of ours. */
  function frameAgeMs(): number | null {
    const ages = (walls: boolean): number[] =>
      health()
        .screens.filter(({ kind }) => (kind === 'kiosk') === walls)
        .flatMap(({ frameAgeMs: ageMs }) => (ageMs === null || (walls && ageMs > WALL_OFFLINE_MS) ? [] : [ageMs]))
        .sort((a, b) => a - b);
    const others = ages(false);
    const middle = others[others.length >> 1];
    return maxOf([...ages(true), ...(middle === undefined ? [] : [middle])]);
  }
  function wallsOffline(): number {
    const { screens, awayWalls } = health();
    const stuck = screens.filter(({ kind, frameAgeMs: ageMs }) => kind === 'kiosk' && (ageMs ?? 0) > WALL_OFFLINE_MS);
    return stuck.length + awayWalls.length;
  }
  /** Of what was accepted in the same five minutes. */
  function unmappedShare(): number | null {
    const span = lately(UNMAPPED_MS);
    if (span === null) return null;
    const accepted = span.to.accepted - span.from.accepted;
    return accepted < SHARE_LEAST_COUNT ? 0 : Math.min(1, source.unmappedCount / accepted);
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
    frame_age_ms: frameAgeMs,
    ingest_lag_ms: () =>
      source.asOfMs === null || source.watermarkMs === null ? null : Math.max(0, source.asOfMs - source.watermarkMs),
    dead_letter_rate: () => share('rejected'),
    duplicate_rate: () => share('duplicates'),
    unmapped_share: unmappedShare,
    wall_offline_count: wallsOffline,
    socket_drops_per_minute: () => {
      const minute = lately(MINUTE_MS);
      return minute === null ? null : Math.max(0, minute.to.drops - minute.from.drops);
    },
    webhook_failing_count: deps.failingReceiverCount,
    outbox_backlog_count: deps.backlogCount,
    platform_drift_count: deps.platformDriftCount ?? (() => null),
    ledger_mismatch: deps.ledgerMismatch ?? (() => null),
    budget_overspend_ratio: deps.overspendRatio ?? (() => null),
    clock_jump_count: jumpsLately,
    disk_used_ratio: deps.diskUsedRatio,
  };
  return (name) => facts[name]?.() ?? null;
}
