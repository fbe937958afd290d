/**
 * The response of one channel: what a tick's spend x returns at demand 1, as a mixture over nodes of
 * `V_m · x / (x + θ_m)`. Concave and rising for V ≥ 0, so a greedy optimum is the optimum.
 */
export interface Curve {
  /** Half-saturation spends θ, minor units a tick, rising. */
  readonly nodes: readonly number[];
  /** What each node counts in the mixture, w_m · V_m: the return at endless spend. */
  readonly tops: readonly number[];
}

/** Return of spend x in one tick at demand 1. */
export function response({ nodes, tops }: Curve, x: number): number {
  let sum = 0;
  if (x <= 0) return 0;
  for (let m = 0; m < nodes.length; m += 1) sum += ((tops[m] ?? 0) * x) / (x + (nodes[m] ?? 1));
  return sum;
}

/** Marginal return at x: what the next unit of money brings; falls with x. */
export function slope({ nodes, tops }: Curve, x: number): number {
  let sum = 0;
  for (let m = 0; m < nodes.length; m += 1) {
    const node = nodes[m] ?? 1;
    const gap = Math.max(0, x) + node;
    sum += ((tops[m] ?? 0) * node) / (gap * gap);
  }
  return sum;
}

/** The spend at which one node's slope is μ: √(Vθ/μ) − θ; the optimum of a one-node curve in closed form. */
export const spendAtSlope = (top: number, node: number, mu: number): number =>
  Math.max(0, Math.sqrt((top * node) / mu) - node);

/** Multiples of the usual tick spend at which nodes lie: seven, log-spaced from 0.1 to 7. */
export const NODE_MULTIPLES: readonly number[] = Array.from({ length: 7 }, (_, m) => 0.1 * 70 ** (m / 6));

/** Money that is kept back brings itself: a line of slope 1 as far as any budget goes. */
export const KEPT: Curve = { nodes: [1e21], tops: [1e21] };
