/**
 * A sale day may have 12 moves that people judge (goal of the offline proof): attention is a budget, and it is paced as money
 * is (multiplicatively, see pacing.ts). What runs ahead of its plan must promise more before anybody is asked.
 */
export interface AttentionRules {
  /** Decisions carried out in a day that are planned; what urgent ones add to it keeps within the goal. */
  readonly dayMovesCount: number;
  /** Ticks of a day. */
  readonly dayTicks: number;
  /** Least gain while on plan, as a part of what the money returns in the same time; 0.001: a yuan in a thousand. */
  readonly leastGainRatio: number;
  /** Natural logarithm by which one decision more than planned raises it, and one fewer lowers it. */
  readonly eta: number;
}
/** Chosen on seeds 1–30 of the offline proof: fewest lost yuan at no more than 12 moves on a day with stock-outs. */
export const ATTENTION_RULES: AttentionRules = { dayMovesCount: 10, dayTicks: 288, leastGainRatio: 0.001, eta: 1 };

/**
 * What a decision must gain at least, as a part of what the money returns.
 * @param madeCount - decisions carried out in the last day
 * @param tickCount - ticks since learning began; the plan fills evenly over the first day
 */
export function leastGainRatio(
  madeCount: number,
  tickCount: number,
  { dayMovesCount, dayTicks, leastGainRatio: onPlan, eta }: AttentionRules = ATTENTION_RULES,
): number {
  const planned = dayMovesCount * Math.min(1, Math.max(0, tickCount / dayTicks));
  return onPlan * Math.exp(eta * (madeCount - planned));
}
