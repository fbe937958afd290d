import { type Curve, response } from './curve.ts';

/** One tick of one end of a settled move. */
export interface JudgedTick {
  readonly spend: number;
  readonly gain: number;
  /** What the move put on (receiver, above 0) or took off (donor, below 0) this tick's spend. */
  readonly moved: number;
}

/**
 * What a move brought at one end: what came, less what would have come without it. The counterfactual is the tick's own
 * outcome scaled along the curve as it is known at judging time, so a good or bad hour for everybody cancels out.
 */
export function realisedAt(curve: Curve, ticks: readonly JudgedTick[]): number {
  let sum = 0;
  for (const { spend, gain, moved } of ticks) {
    const now = response(curve, spend);
    if (now <= 0) continue;
    sum += gain * (1 - response(curve, Math.max(0, spend - moved)) / now);
  }
  return sum;
}
