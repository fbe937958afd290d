import type { Figure } from '#contract/kpis';
import { TIER_RANK, TIERS, type Tier } from '#contract/tiers';
import type { Kpi } from './kpis/types.ts';

export type Thresholds = Readonly<Record<Tier, number>>;

/** Raise after this many breaching windows in a row, lower after this many clean ones. */
export const RAISE_AFTER = 2;
export const LOWER_AFTER = 3;

/**
 * The highest tier whose threshold the value has reached; a value exactly on a threshold has reached it.
 * @param better - `high`: a fall is bad, so a value at or under the threshold breaches; `low`: at or over it
 */
export function tierOf(value: number, thresholds: Thresholds, better: 'high' | 'low'): Tier | null {
  let reached: Tier | null = null;
  for (const tier of TIERS) {
    if (better === 'high' ? value <= thresholds[tier] : value >= thresholds[tier]) reached = tier;
  }
  return reached;
}

type Shown = Pick<Figure, 'value' | 'quality' | 'plan' | 'lastYear' | 'target'>;

/** What the thresholds of a KPI are compared with, after its rule (see TierRule); null when there is nothing to compare. */
export function tierMeasure(rule: Kpi['tierRule'], { value, plan, lastYear, target }: Shown): number | null {
  if (value === null) return null;
  if (rule === 'level') return value;
  if (rule === 'off') return Math.abs(value - 1);
  const base = rule === 'pace' ? plan : (lastYear ?? plan ?? target);
  if (base === undefined || base === null || base === 0) return null;
  if (rule === 'pace') return value / base;
  return rule === 'drop' ? 1 - value / base : value / base - 1;
}

/** Which way the measure is bad; null when the KPI has no bad direction. */
export function tierDirection({ tierRule, better }: Pick<Kpi, 'tierRule' | 'better'>): 'high' | 'low' | null {
  if (tierRule === 'pace') return 'high';
  if (tierRule !== 'level') return 'low';
  return better === 'neither' ? null : better;
}

/**
 * Tier of one window, before hysteresis; null when none is reached. A figure that is insufficient or unavailable raises
 * no tier: nothing is known about it.
 */
export function windowTier(
  kpi: Pick<Kpi, 'tierRule' | 'better'>,
  thresholds: Thresholds | undefined,
  figure: Shown,
): Tier | null {
  const direction = tierDirection(kpi);
  if (thresholds === undefined || direction === null) return null;
  if (figure.quality === 'insufficient' || figure.quality === 'unavailable') return null;
  const measure = tierMeasure(kpi.tierRule, figure);
  return measure === null ? null : tierOf(measure, thresholds, direction);
}

/** A tier as it is shown, and what it would take to change it. */
export interface TierState {
  readonly tier: Tier | null;
  /** Tiers of the newest windows, oldest first, no more than the fold needs. */
  readonly recent: readonly (Tier | null)[];
  /** End of the newest window folded in, ms; a window is counted once, however often it is asked for. */
  readonly windowEndMs: number;
}
export const NO_TIER: TierState = { tier: null, recent: [], windowEndMs: 0 };

const rank = (tier: Tier | null): number => (tier === null ? 0 : TIER_RANK[tier]);
const lowest = (tiers: readonly (Tier | null)[]): Tier | null =>
  tiers.reduce((a, b) => (rank(b) < rank(a) ? b : a), tiers[0] ?? null);
const highest = (tiers: readonly (Tier | null)[]): Tier | null =>
  tiers.reduce((a, b) => (rank(b) > rank(a) ? b : a), null);

/**
 * Folds the next window in. Up: to the tier that both of the last 2 windows reached. Down: to the highest that the last 3
 * reached, all of them under the tier shown; so one good or bad window changes nothing.
 */
export function foldTier(state: TierState, windowEndMs: number, reached: Tier | null): TierState {
  if (windowEndMs <= state.windowEndMs) return state;
  const recent = [...state.recent, reached].slice(-LOWER_AFTER);
  const raised = recent.length >= RAISE_AFTER ? lowest(recent.slice(-RAISE_AFTER)) : null;
  const lowered = recent.length >= LOWER_AFTER ? highest(recent) : state.tier;
  let { tier } = state;
  if (rank(raised) > rank(tier)) tier = raised;
  else if (rank(lowered) < rank(tier)) tier = lowered;
  return { tier, recent, windowEndMs };
}
