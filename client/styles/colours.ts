import type { Tier } from '#contract/tiers';

/** The tokens of `tokens.css`, for what is not drawn by CSS. `colours.test.ts` compares the two and measures contrast. */
export const COLOURS = {
  background: '#14181D',
  surface: '#1D232B',
  raised: '#252C36',
  line: '#343D49',
  text: '#E8ECF1',
  muted: '#A9B4C0',
  dim: '#8A96A3',
  stale: '#C9A0FF',
  focus: '#7DD3FC',
  data: '#E8ECF1',
  plan: '#8A96A3',
  lastYear: '#6B7785',
} as const;

/** Those of the reference mock, orange and yellow moved by ΔE 1.4 each: yellow was only 10.4 from data in tritan vision. */
export const TIER_COLOURS: Readonly<Record<Tier, string>> = {
  red: '#FF5860',
  orange: '#FBB84E',
  yellow: '#FAF2B0',
  cyan: '#46D6F7',
  blue: '#3B86FF',
};
