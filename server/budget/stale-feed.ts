import type { Feed } from '#contract/events';
import type { FrameFeed } from '#contract/frames';
import { feedFreshness } from '#contract/freshness';

/** The feeds that say what money does: what it costs, and what it brings. */
const MONEY_FEEDS = ['ads', 'orders'] as const satisfies readonly Feed[];
export type MoneyFeed = (typeof MONEY_FEEDS)[number];

/**
 * The first feed of money that has fallen silent; null while all speak. One that was never heard is not stale: before the first
 * report budgets are made by hand.
 */
export function staleFeed(
  feeds: Readonly<Partial<Record<Feed, Pick<FrameFeed, 'newestMs' | 'intervalMs'>>>>,
  nowMs: number,
): MoneyFeed | null {
  const silent = MONEY_FEEDS.find((feed) => {
    const facts = feeds[feed];
    if (facts === undefined) return false;
    const { newestMs, intervalMs } = facts;
    const state = feedFreshness({ ageMs: newestMs === null ? null : nowMs - newestMs, intervalMs });
    return state === 'stale' || state === 'gone';
  });
  return silent ?? null;
}
