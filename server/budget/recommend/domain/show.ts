import { type Fit, weightsOf } from './fit.ts';
import { Draws } from './random.ts';

const SHOWN_DRAWS = 120;

export interface Band {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** One drawn curve: a node and its height. */
function drawn(fit: Fit, weights: readonly number[], draws: Draws): { readonly top: number; readonly node: number } {
  let ticket = draws.next();
  let m = 0;
  while (m < weights.length - 1 && ticket >= (weights[m] ?? 0)) {
    ticket -= weights[m] ?? 0;
    m += 1;
  }
  const [p = 1, b = 0, a = 1, s = 0, node = 1] = [fit.p[m], fit.b[m], fit.a[m], fit.s[m], fit.nodes[m]];
  return { top: Math.max(0, b / p + Math.sqrt(s / a / p) * draws.normal()), node };
}

function bandOf(values: number[]): Band {
  values.sort((a, b) => a - b);
  const at = (part: number): number => values[Math.min(values.length - 1, Math.floor(part * values.length))] ?? 0;
  return {
    low: at(0.05),
    mid: values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length),
    high: at(0.95),
  };
}

/** 5 %, mean and 95 % of the return at each spend, and of the marginal return at `present`; seeded, so it stands still. */
export function bandsOf(
  fit: Fit,
  spends: readonly number[],
  present: number,
  seed: number,
): { readonly returns: readonly Band[]; readonly marginal: Band } {
  const draws = new Draws(seed);
  const weights = weightsOf(fit);
  const worlds = Array.from({ length: SHOWN_DRAWS }, () => drawn(fit, weights, draws));
  return {
    returns: spends.map((x) => bandOf(worlds.map(({ top, node }) => (x <= 0 ? 0 : (top * x) / (x + node))))),
    marginal: bandOf(worlds.map(({ top, node }) => (top * node) / (present + node) ** 2)),
  };
}
