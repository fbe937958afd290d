import { type Curve, slope } from './curve.ts';

/** One channel as the optimiser sees it; spends in minor units of the same horizon. */
export interface Bounded {
  readonly curve: Curve;
  /** What a unit of its return is worth in the objective: 1 for GMV, the margin for profit. */
  readonly worth: number;
  readonly min: number;
  readonly max: number;
}
export type Allocation =
  | {
      readonly kind: 'optimal';
      readonly spends: readonly number[];
      /** Worth of the next unit of money, the same for every channel inside its bounds. */
      readonly mu: number;
      readonly binding: readonly ('none' | 'min' | 'max')[];
    }
  /** The bounds cannot hold the money: `short` channels forced at their bound, never a quietly short allocation. */
  | {
      readonly kind: 'infeasible';
      readonly why: 'min_above_total' | 'max_below_total';
      readonly rows: readonly number[];
    };

const OUTER = 34;
const INNER = 22;

/** Spend at which the slope has fallen to μ, inside the bounds. */
function spendAt({ curve, worth, min, max }: Bounded, mu: number): number {
  if (worth * slope(curve, min) <= mu) return min;
  if (worth * slope(curve, max) >= mu) return max;
  let low = min;
  let high = max;
  for (let step = 0; step < INNER; step += 1) {
    const middle = (low + high) / 2;
    if (worth * slope(curve, middle) > mu) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The spends that sum to `total`, keep every bound and earn most: f′ᵢ(xᵢ)·worthᵢ = μ wherever no bound holds.
 * Exact water-filling by bisection on μ; curves are concave, so what it finds is the optimum.
 */
export function allocate(channels: readonly Bounded[], total: number): Allocation {
  const mins = channels.reduce((sum, { min }) => sum + min, 0);
  const maxs = channels.reduce((sum, { max }) => sum + max, 0);
  const slack = 1e-9 * Math.max(1, total);
  const rows = (moved: (channel: Bounded) => boolean): number[] =>
    channels.flatMap((channel, i) => (moved(channel) ? [i] : []));
  if (mins > total + slack || channels.some(({ min, max }) => min > max + slack))
    return { kind: 'infeasible', why: 'min_above_total', rows: rows(({ min }) => min > 0) };
  if (maxs < total - slack) return { kind: 'infeasible', why: 'max_below_total', rows: rows(({ max }) => max < total) };
  let low = 0;
  let high = channels.reduce((top, { curve, worth, min }) => Math.max(top, worth * slope(curve, min)), 0);
  for (let step = 0; step < OUTER; step += 1) {
    const mu = (low + high) / 2;
    const sum = channels.reduce((spent, channel) => spent + spendAt(channel, mu), 0);
    if (sum > total) low = mu;
    else high = mu;
  }
  const mu = (low + high) / 2;
  const spends = closeGap(
    channels,
    channels.map((channel) => spendAt(channel, mu)),
    total,
    mu,
  );
  const binding = channels.map(({ min, max }, i) => {
    const spend = spends[i] ?? 0;
    const near = 1e-6 * Math.max(1, max - min);
    return spend <= min + near ? ('min' as const) : spend >= max - near ? ('max' as const) : ('none' as const);
  });
  return { kind: 'optimal', spends, mu, binding };
}

/** What the bisections left over goes where it changes least: a flat curve, whose every spend has the slope μ, first. */
function closeGap(channels: readonly Bounded[], spends: number[], total: number, mu: number): number[] {
  let gap = total - spends.reduce((sum, spend) => sum + spend, 0);
  const away = channels.map(({ curve, worth }, i) => Math.abs(worth * slope(curve, spends[i] ?? 0) - mu));
  const order = spends.map((_, i) => i).sort((a, b) => (away[a] ?? 0) - (away[b] ?? 0));
  for (const i of order) {
    if (gap === 0) break;
    const { min = 0, max = 0 } = channels[i] ?? {};
    const before = spends[i] ?? 0;
    const after = Math.min(max, Math.max(min, before + gap));
    spends[i] = after;
    gap -= after - before;
  }
  return spends;
}

/**
 * Whole amounts with exactly the given sum: the largest remainders get the last units. Bounds that are whole numbers are
 * kept, as rounding goes to a neighbour.
 */
export function roundToSum(values: readonly number[], total: number): number[] {
  const floors = values.map(Math.floor);
  let left = total - floors.reduce((sum, value) => sum + value, 0);
  const order = values
    .map((value, i) => ({ i, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of order) {
    if (left <= 0) break;
    floors[i] = (floors[i] ?? 0) + 1;
    left -= 1;
  }
  return floors;
}
