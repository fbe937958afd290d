import type { AlertLabels, NotificationReason, SuppressionReason } from '#contract/alerts';
import { TIER_RANK, type Tier } from '#contract/tiers';

/** Timers of a group, Alertmanager's words; ours are shorter for a sale, and red waits for nothing. */
export interface GroupTimers {
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
}
const SLOW: GroupTimers = { groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 4 * 3_600_000 };
export const GROUP_TIMERS: Readonly<Record<Tier, GroupTimers>> = {
  red: { groupWaitMs: 0, groupIntervalMs: 0, repeatIntervalMs: 30 * 60_000 },
  orange: { groupWaitMs: 10_000, groupIntervalMs: 60_000, repeatIntervalMs: 3_600_000 },
  yellow: SLOW,
  cyan: SLOW,
  blue: SLOW,
};
/** However it flaps, one group is paged at most this often; a red start and a raised tier are never held back by more (F46). */
export const GROUP_LEAST_MS = 30_000;

/** Labels alerts are grouped by, besides their rule: one page for a service, not one a region. */
export const groupKey = (alertname: string, labels: AlertLabels, by: readonly string[]): string =>
  [alertname, ...by.flatMap((name) => (labels[name] === undefined ? [] : [`${name}=${labels[name]}`]))].join('/');

/** What is remembered of a group since its last page. */
export interface GroupState {
  readonly notifiedAtMs: number | null;
  /** Alerts that were firing when it was last paged. */
  readonly firingIds: readonly string[];
  /** The highest tier it was paged with. */
  readonly tier: Tier | null;
}
export const NEW_GROUP: GroupState = { notifiedAtMs: null, firingIds: [], tier: null };

/**
 * When a group whose content changed is to be paged. Waits `group_wait` from the first alert on, `group_interval` after that;
 * red and a raised tier break through both.
 * @returns ms of Redis time, never before `nowMs`
 */
export function flushAtMs(group: GroupState, tier: Tier, nowMs: number): number {
  const { groupWaitMs, groupIntervalMs } = GROUP_TIMERS[tier];
  if (group.notifiedAtMs === null) return nowMs + groupWaitMs;
  const breaksThrough = tier === 'red' || (group.tier !== null && TIER_RANK[tier] > TIER_RANK[group.tier]);
  const raised = group.tier === null || TIER_RANK[tier] > TIER_RANK[group.tier];
  if (breaksThrough) return raised ? nowMs : Math.max(nowMs, group.notifiedAtMs + GROUP_LEAST_MS);
  return Math.max(nowMs, group.notifiedAtMs + groupIntervalMs);
}

export type FlushDecision =
  | { readonly kind: 'send'; readonly reason: NotificationReason }
  | { readonly kind: 'hold'; readonly reason: SuppressionReason; readonly untilMs: number | null };

/**
 * What a due flush does.
 * @param firing - ids that fire and are not suppressed now
 * @param tier - the highest tier among them; null when none is left
 */
export function decideFlush(
  group: GroupState,
  firing: readonly string[],
  resolvedCount: number,
  tier: Tier | null,
  nowMs: number,
  repeatMs = GROUP_TIMERS[tier ?? 'blue'].repeatIntervalMs,
): FlushDecision {
  // gone before group_wait ended: nobody ever hears of it
  if (group.notifiedAtMs === null) {
    return firing.length === 0
      ? { kind: 'hold', reason: 'resolved', untilMs: null }
      : { kind: 'send', reason: 'first notification' };
  }
  const before = new Set(group.firingIds);
  if (tier !== null && group.tier !== null && TIER_RANK[tier] > TIER_RANK[group.tier])
    return { kind: 'send', reason: 'severity raised' };
  if (firing.some((id) => !before.has(id))) return { kind: 'send', reason: 'new alerts added' };
  if (firing.length === 0 && group.firingIds.length > 0) return { kind: 'send', reason: 'all alerts resolved' };
  if (resolvedCount > 0 && firing.length > 0) return { kind: 'send', reason: 'some alerts resolved' };
  const repeatAtMs = group.notifiedAtMs + repeatMs;
  if (firing.length > 0 && nowMs >= repeatAtMs) return { kind: 'send', reason: 'repeat interval elapsed' };
  return { kind: 'hold', reason: 'group_interval', untilMs: firing.length > 0 ? repeatAtMs : null };
}
