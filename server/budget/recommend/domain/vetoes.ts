import type { VetoCode } from '#contract/recommendations';
import { TIER_RANK, type Tier } from '#contract/tiers';

/** What operations and the desk say of one channel at the moment of a decision. */
export interface ChannelFacts {
  /** Tiers after hysteresis; null: all is well, or nothing is known. */
  readonly tiers: {
    readonly stockout: Tier | null;
    readonly payments: Tier | null;
    readonly complaints: Tier | null;
    readonly faults: Tier | null;
  };
  /** Part of what this channel's buyers asked for that was not in stock, 0–1. */
  readonly stockoutRatio: number | null;
  readonly feedStale: boolean;
  /** `increases` or `all`; null: free. */
  readonly frozen: 'increases' | 'all' | null;
  readonly cooldownUntilMs: number | null;
  readonly pinned: boolean;
  /** Spent ÷ planned of the last hour; null before there is a plan to compare with. */
  readonly usedRatio: number | null;
  readonly ordersCount: number;
  readonly regimeChangedAtMs: number | null;
  readonly spends: boolean;
}
export interface VetoRules {
  readonly leastUsedRatio: number;
  readonly leastOrdersCount: number;
  readonly afterRegimeMs: number;
}
export const VETO_RULES: VetoRules = { leastUsedRatio: 0.9, leastOrdersCount: 30, afterRegimeMs: 15 * 60_000 };

export interface ChannelVeto {
  readonly code: VetoCode;
  readonly tier: Tier | null;
  /** `receive`: may give, not take; `move`: neither. */
  readonly stops: 'receive' | 'move';
  readonly params: Readonly<Record<string, string | number>>;
}

/**
 * Whether so many rare events are more than chance: over three standard deviations beyond what was expected. A minute of a small sale
 * has a handful of complaints, and a handful is often half as much again.
 */
export const isBeyondChance = (seenCount: number, expectedCount: number): boolean =>
  seenCount - expectedCount > 3 * Math.sqrt(expectedCount);

const isRaised = (tier: Tier | null): boolean => tier !== null && TIER_RANK[tier] >= TIER_RANK.yellow;

/** Everything that stops a channel from receiving, or from moving at all. No traffic is bought for what cannot be sold. */
export function vetoesOf(facts: ChannelFacts, nowMs: number, rules: VetoRules = VETO_RULES): ChannelVeto[] {
  const found: ChannelVeto[] = [];
  const add = (
    code: VetoCode,
    stops: ChannelVeto['stops'],
    params: ChannelVeto['params'] = {},
    tier: Tier | null = null,
  ): void => void found.push({ code, stops, params, tier });
  for (const [code, tier] of Object.entries(facts.tiers) as [keyof ChannelFacts['tiers'], Tier | null][]) {
    if (!isRaised(tier)) continue;
    const ratio = code === 'stockout' && facts.stockoutRatio !== null ? { ratio: facts.stockoutRatio } : {};
    add(code, 'receive', ratio, tier);
  }
  if (facts.feedStale) add('stale_feed', 'move');
  if (facts.frozen !== null) add('frozen', facts.frozen === 'all' ? 'move' : 'receive');
  if (facts.cooldownUntilMs !== null && facts.cooldownUntilMs > nowMs)
    add('cooldown', 'move', { until: facts.cooldownUntilMs });
  if (facts.pinned) add('pinned', 'move');
  if (!facts.spends) add('no_spend', 'move');
  else if (facts.ordersCount < rules.leastOrdersCount)
    add('few_orders', 'move', { count: facts.ordersCount, least: rules.leastOrdersCount });
  if (facts.usedRatio !== null && facts.usedRatio < rules.leastUsedRatio)
    add('under_used', 'receive', { ratio: facts.usedRatio });
  if (facts.regimeChangedAtMs !== null && nowMs - facts.regimeChangedAtMs < rules.afterRegimeMs)
    add('regime_changed', 'receive', { at: facts.regimeChangedAtMs });
  return found;
}
export const mayReceive = (vetoes: readonly ChannelVeto[]): boolean => vetoes.length === 0;
export const mayGive = (vetoes: readonly ChannelVeto[]): boolean => !vetoes.some(({ stops }) => stops === 'move');
