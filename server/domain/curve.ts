import type { Curve, MinuteCurve } from '#contract/campaign';
import type { Span } from './kpis/types.ts';

const MINUTE_MS = 60_000;

/**
 * Turns a curve of the campaign file into one whole number a minute. Their sum is the scaled total, exactly: each minute
 * is the difference of two rounded running totals, so rounding never drifts.
 */
export function minuteCurve(curve: Curve, scale: number): MinuteCurve {
  const weights = minuteWeights(curve.points);
  const sum = weights.reduce((a, b) => a + b, 0) || 1; // a curve of nothing has no weight
  const total = Math.round(curve.total * scale);
  const values: number[] = [];
  let reached = 0;
  let before = 0;
  for (const weight of weights) {
    reached += weight;
    const after = Math.round((total * reached) / sum);
    values.push(after - before);
    before = after;
  }
  return { fromMinute: curve.fromMinute, values, ...(curve.shares === undefined ? {} : { shares: curve.shares }) };
}

/** Mean weight of each minute `[m, m + 1)` under the broken line through the points. */
function minuteWeights(points: Curve['points']): number[] {
  const weights: number[] = [];
  for (let i = 1; i < points.length; i += 1) {
    const [fromMinute, fromWeight] = points[i - 1] as [number, number];
    const [toMinute, toWeight] = points[i] as [number, number];
    const minutes = toMinute - fromMinute;
    for (let m = 0; m < minutes; m += 1) weights.push(fromWeight + ((toWeight - fromWeight) * (m + 0.5)) / minutes);
  }
  return weights;
}

/** Running totals of a curve, kept beside it: a wall asks for hundreds of spans a second. */
const running = new WeakMap<MinuteCurve, Float64Array>();
function runningOf(curve: MinuteCurve): Float64Array {
  let totals = running.get(curve);
  if (totals === undefined) {
    totals = new Float64Array(curve.values.length + 1);
    for (let i = 0; i < curve.values.length; i += 1) totals[i + 1] = (totals[i] ?? 0) + (curve.values[i] ?? 0);
    running.set(curve, totals);
  }
  return totals;
}

/** What the curve holds over a span; a part of a minute counts in proportion. Outside the curve it holds 0. */
export function curveOver(curve: MinuteCurve, opensAtMs: number, span: Span): number {
  const totals = runningOf(curve);
  const startMs = opensAtMs + curve.fromMinute * MINUTE_MS;
  const at = (ms: number): number => {
    const minutes = Math.min(Math.max((ms - startMs) / MINUTE_MS, 0), curve.values.length);
    const whole = Math.floor(minutes);
    return (totals[whole] ?? 0) + (minutes - whole) * (curve.values[whole] ?? 0);
  };
  return Math.max(0, at(span.toMs) - at(span.fromMs));
}
