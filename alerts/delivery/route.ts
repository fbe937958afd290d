import type { Alert } from '#contract/alerts';
import type { ReceiverSends } from '#contract/receivers';
import { TIER_RANK, type Tier } from '#contract/tiers';
import { matchesAll } from '../domain/matchers.ts';
import type { Receiver } from './domain/receiver.ts';

/** Whether a receiver is told of an alert: its tier reaches the receiver's least one, and all its matchers match. */
export function wants(
  { leastTier, matchers }: Receiver,
  alert: Pick<Alert, 'labels' | 'tier'>,
  tier: Tier = alert.tier,
): boolean {
  return TIER_RANK[tier] >= TIER_RANK[leastTier] && matchesAll(matchers, alert.labels, alert.tier);
}
export const sends = ({ sends: what }: Receiver, topic: ReceiverSends): boolean => what.includes(topic);
