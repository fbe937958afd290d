import type { SuppressionReason } from '#contract/alerts';
import { TIER_RANK, type Tier } from '#contract/tiers';

/** How much one person is to bear. Red is never held back. */
export interface FatigueLimits {
  /** Pages a person gets in an hour; what is beyond goes to the next step. */
  readonly perHour: number;
  /** Tiers up to this one wait at night; null: none does. */
  readonly quietTier: Tier | null;
  /** Minutes after midnight in the campaign's zone; from > to spans midnight. */
  readonly quietFromMinute: number;
  readonly quietToMinute: number;
}
export const HOUR_MS = 3_600_000;
export const NO_LIMITS: FatigueLimits = { perHour: 1_000, quietTier: null, quietFromMinute: 0, quietToMinute: 0 };

/** `quietFrom` is quiet, the first minute of `quietTo` no longer. */
export function isQuiet({ quietFromMinute: from, quietToMinute: to }: FatigueLimits, minuteOfDay: number): boolean {
  return from <= to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to;
}

/**
 * Why a person is spared a page, in Alertmanager's words; null: page.
 * @param pagedCount - pages of the last hour, this one not among them
 * @param minuteOfDay - 0–1439, in the campaign's zone
 */
export function sparedBy(
  limits: FatigueLimits,
  tier: Tier,
  pagedCount: number,
  minuteOfDay: number,
): SuppressionReason | null {
  if (tier === 'red') return null;
  const low = limits.quietTier !== null && TIER_RANK[tier] <= TIER_RANK[limits.quietTier];
  if (low && isQuiet(limits, minuteOfDay)) return 'mute_time_interval';
  return pagedCount >= limits.perHour ? 'fatigue limit' : null;
}

/** Minutes since midnight at an instant, in a zone such as Asia/Shanghai. */
export function minuteOfDayIn(timeZone: string, atMs: number): number {
  const text = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const [hour = 0, minute = 0] = text.format(atMs).split(':').map(Number);
  return hour * 60 + minute;
}
