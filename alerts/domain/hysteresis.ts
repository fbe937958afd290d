import { TIER_RANK, TIERS, type Tier } from '#contract/tiers';

/** Tiers of the newest windows, oldest first, and the one that is shown. */
export interface TierFold {
  readonly tier: Tier | null;
  readonly recent: readonly (Tier | null)[];
}
export const NO_FOLD: TierFold = { tier: null, recent: [] };

export const rankOf = (tier: Tier | null): number => (tier === null ? 0 : TIER_RANK[tier]);
/** The tier of a rank 1–5; null for 0 and everything else. */
export const tierOfRank = (rank: number): Tier | null => TIERS[rank - 1] ?? null;

/** What a node starts from that takes a firing alert over: as if the tier had been seen all the time. */
export const settledFold = (tier: Tier | null, lowerAfterCount: number): TierFold => ({
  tier,
  recent: Array.from({ length: lowerAfterCount }, () => tier),
});

/**
 * Folds the next window in. Up to the tier that all of the last `raiseAfterCount` windows reached; down to the highest that
 * the last `lowerAfterCount` reached. So one bad or one good window changes nothing.
 */
export function foldTier(
  state: TierFold,
  reached: Tier | null,
  { raiseAfterCount, lowerAfterCount }: { readonly raiseAfterCount: number; readonly lowerAfterCount: number },
): TierFold {
  const recent = [...state.recent, reached].slice(-Math.max(raiseAfterCount, lowerAfterCount));
  const raised = recent.length >= raiseAfterCount ? Math.min(...recent.slice(-raiseAfterCount).map(rankOf)) : 0;
  const lowered = recent.length >= lowerAfterCount ? Math.max(...recent.slice(-lowerAfterCount).map(rankOf)) : 5;
  const shown = rankOf(state.tier);
  const rank = raised > shown ? raised : Math.min(shown, lowered);
  return { tier: tierOfRank(rank), recent };
}
