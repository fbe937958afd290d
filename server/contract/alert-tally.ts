import type { Alert } from './alerts.ts';
import type { Tier } from './tiers.ts';

/** How many alerts there are, as every screen and the API say it. */
export interface AlertTally {
  /** By tier: what somebody may have to act on. What is muted is in none of them. */
  readonly openCount: Readonly<Partial<Record<Tier, number>>>;
  /** Muted by a silence. */
  readonly silencedCount: number;
  /** Muted by something else only: a cause that stands, a storm that is folded, flapping. */
  readonly suppressedCount: number;
}
type Counted = Pick<Alert, 'tier' | 'handling' | 'firedAt' | 'rule' | 'suppressedBy'>;

/** Fires, and nobody has ended it: what a desk lists. The watchdog always fires and is no trouble. */
export const isListed = ({ handling, firedAt, rule }: Omit<Counted, 'tier' | 'suppressedBy'>): boolean =>
  handling !== 'resolved' && firedAt !== null && rule !== 'Watchdog';

/**
 * The one way alerts are counted: each that is listed is in exactly one number.
 * @param suppressedBy - what mutes an alert, where it is derived elsewhere
 */
export function tallyOf<A extends Counted>(
  alerts: Iterable<A>,
  suppressedBy: (alert: A) => Alert['suppressedBy'] = (alert) => alert.suppressedBy,
): AlertTally {
  const openCount: Partial<Record<Tier, number>> = {};
  let silencedCount = 0;
  let suppressedCount = 0;
  for (const alert of alerts) {
    if (!isListed(alert)) continue;
    const by = suppressedBy(alert);
    if (by.length === 0) openCount[alert.tier] = (openCount[alert.tier] ?? 0) + 1;
    else if (by.some(({ kind }) => kind === 'silence')) silencedCount += 1;
    else suppressedCount += 1;
  }
  return { openCount, silencedCount, suppressedCount };
}
