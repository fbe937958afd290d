import { TIER_RANK, type Tier } from '#contract/tiers';

/** Flap control: what fires again and again is one trouble, not many pages. */
export const FLAP_WINDOW_MS = 10 * 60_000;
/** From this many fresh starts within the window on it flaps: shown, counted, not paged for each start. */
export const FLAP_COUNT = 4;

/** Starts that still count, with a new one. At most `FLAP_COUNT` are kept. */
export const countStart = (starts: readonly number[], nowMs: number): readonly number[] =>
  [...starts.filter((atMs) => nowMs - atMs < FLAP_WINDOW_MS), nowMs].slice(-FLAP_COUNT);

/** It goes on flapping until the window has passed without so many starts. */
export const isFlapping = (starts: readonly number[], nowMs: number): boolean =>
  starts.length >= FLAP_COUNT && starts.filter((atMs) => nowMs - atMs < FLAP_WINDOW_MS).length >= FLAP_COUNT;

/** The highest tier that an alert came down from within the window, and when, ms. */
export interface CameDown {
  readonly tier: Tier;
  readonly atMs: number;
}
/** What is remembered when a tier is left downwards: a higher one that still counts goes first. */
export const cameDown = (before: CameDown | undefined, tier: Tier, nowMs: number): CameDown =>
  before !== undefined && swingsTo(before, tier, nowMs) ? before : { tier, atMs: nowMs };
/**
 * Whether a raise only swings back to where it was a moment ago: a figure that hovers about a threshold. Who was called then
 * knows, and who took it since did so knowing.
 */
export const swingsTo = (down: CameDown | undefined, tier: Tier, nowMs: number): boolean =>
  down !== undefined && nowMs - down.atMs < FLAP_WINDOW_MS && TIER_RANK[tier] <= TIER_RANK[down.tier];
