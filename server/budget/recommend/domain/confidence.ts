import { type Fit, weightsOf } from './fit.ts';
import { Draws } from './random.ts';

/** Spend of one channel now and as advised, minor units a tick. */
export interface Change {
  /** null: money kept back, whose next unit is always worth itself. */
  readonly fit: Fit | null;
  readonly worth: number;
  readonly from: number;
  readonly to: number;
}
export interface Gain {
  /** Expected gain a tick at demand 1, in the objective's unit. */
  readonly mean: number;
  /** 5 % and 95 % of the draws. */
  readonly low: number;
  readonly high: number;
  /** Part of the draws in which the change earns more than doing nothing, 0–1. */
  readonly probability: number;
}
export const DRAW_COUNT = 200;

/** One possible world of a channel: a node by its weight, a height by its posterior. */
function drawGain({ fit, worth, from, to }: Change, weights: readonly number[], draws: Draws): number {
  if (fit === null) return worth * (to - from);
  let ticket = draws.next();
  let m = 0;
  while (m < weights.length - 1 && ticket >= (weights[m] ?? 0)) {
    ticket -= weights[m] ?? 0;
    m += 1;
  }
  const [p = 1, b = 0, a = 1, s = 0, node = 1] = [fit.p[m], fit.b[m], fit.a[m], fit.s[m], fit.nodes[m]];
  const top = Math.max(0, b / p + Math.sqrt(s / a / p) * draws.normal());
  return worth * top * (to / (to + node) - from / (from + node));
}

/** What a change is worth, by seeded draws of the posterior. Channels are independent. */
export function gainOf(changes: readonly Change[], seed: number, drawCount = DRAW_COUNT): Gain {
  const draws = new Draws(seed);
  const weights = changes.map(({ fit }) => (fit === null ? [] : weightsOf(fit)));
  const gains = new Float64Array(drawCount);
  for (let n = 0; n < drawCount; n += 1)
    for (let i = 0; i < changes.length; i += 1)
      gains[n] = (gains[n] ?? 0) + drawGain(changes[i] as Change, weights[i] ?? [], draws);
  let sum = 0;
  let won = 0;
  for (const gain of gains) {
    sum += gain;
    if (gain > 0) won += 1;
  }
  gains.sort();
  const at = (part: number): number => gains[Math.min(drawCount - 1, Math.floor(part * drawCount))] ?? 0;
  return { mean: sum / drawCount, low: at(0.05), high: at(0.95), probability: won / drawCount };
}
