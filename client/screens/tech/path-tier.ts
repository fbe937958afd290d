import type { AlertRow } from '#contract/alerts';
import { TIER_RANK, type Tier } from '#contract/tiers';

/** Rules that alarm about one figure of one service: their tier is shown in the matrix where the figure stands. */
const COLUMN_OF: Readonly<Record<string, string>> = {
  TrafficDrop: 'qps@1m',
  TrafficSpike: 'qps@1m',
  ServiceErrors: 'fault_rate@1m',
  ServiceSlow: 'page_latency_p99@1m',
  PaymentSlow: 'page_latency_p99@1m',
  CapacityLow: 'capacity_headroom@1m',
};

/** The higher of the figure's own tier and that of an alert about it; undefined when neither is there. Pure. */
export function cellTier(
  own: Tier | undefined,
  alerts: readonly Pick<AlertRow, 'rule' | 'labels' | 'tier'>[],
  service: string,
  column: string,
): Tier | undefined {
  let highest = own;
  for (const { rule, labels, tier } of alerts) {
    if (COLUMN_OF[rule] !== column || labels.service !== service) continue;
    if (highest === undefined || TIER_RANK[tier] > TIER_RANK[highest]) highest = tier;
  }
  return highest;
}
