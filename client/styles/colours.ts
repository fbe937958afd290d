import type { Tier } from '#contract/tiers';
import type { Theme } from '../theme/theme.ts';

/** The tokens of `tokens.css`, for what is not drawn by CSS. `colours.test.ts` compares the two and measures contrast. */
export interface Colours {
  readonly background: string;
  readonly surface: string;
  readonly raised: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly dim: string;
  readonly stale: string;
  readonly focus: string;
  readonly ink: string;
  /** What came (solid), what was planned (dashed), last year (dotted). */
  readonly data: string;
  readonly plan: string;
  readonly lastYear: string;
}
export const COLOURS: Readonly<Record<Theme, Colours>> = {
  dark: {
    background: '#14181D',
    surface: '#1D232B',
    raised: '#252C36',
    line: '#343D49',
    text: '#E8ECF1',
    muted: '#A9B4C0',
    dim: '#8A96A3',
    stale: '#C9A0FF',
    focus: '#7DD3FC',
    ink: '#14181D',
    data: '#E8ECF1',
    plan: '#8A96A3',
    lastYear: '#6B7785',
  },
  light: {
    background: '#F1F4F7',
    surface: '#FFFFFF',
    raised: '#E6EBF0',
    line: '#CFD7DF',
    text: '#16202A',
    muted: '#4A5866',
    dim: '#5C6975',
    stale: '#6B3FA0',
    focus: '#0B5FA5',
    ink: '#FFFFFF',
    data: '#2F6484',
    plan: '#5C6975',
    lastYear: '#6C7885',
  },
};

/**
 * Fills of the tiers, the same in both themes. Those of the reference mock, orange and yellow moved by ΔE 1.4 each: yellow was only
 * 10.4 from data in tritan vision.
 */
export const TIER_COLOURS: Readonly<Record<Tier, string>> = {
  red: '#FF5860',
  orange: '#FBB84E',
  yellow: '#FAF2B0',
  cyan: '#46D6F7',
  blue: '#3B86FF',
};
/** What is written on a tier's fill, and the line around it where the ground is white. */
export const TIER_INK = '#14181D';
export const TIER_EDGE = '#16202A';

/** A line or words of a tier on a chart: its colour in the dark, where it can be read; ink on white. */
export const tierLine = (theme: Theme, tier: Tier): string => (theme === 'light' ? TIER_EDGE : TIER_COLOURS[tier]);
