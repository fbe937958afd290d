import type { AlertRecovery } from '#contract/alerts';
import type { Tier } from '#contract/tiers';
import type { EvaluationState } from './evaluation.ts';
import { rankOf, type TierFold } from './hysteresis.ts';

/**
 * Whether an alert only lasts because hysteresis or `keep_firing_for` holds it: this look reached less than the tier that is
 * shown. null while the figure is beyond the limit, and while nothing fires.
 * @param reached - tier of this look alone
 * @param sinceMs - when the figure came back, if it has not left since; this look otherwise
 */
export function recoveryOf({
  fold,
  state,
  reached,
  rule,
  sinceMs,
}: {
  readonly fold: TierFold;
  readonly state: EvaluationState;
  readonly reached: Tier | null;
  readonly rule: { readonly lowerAfterCount: number; readonly keepFiringForMs: number };
  readonly sinceMs: number;
}): AlertRecovery | null {
  const shown = rankOf(fold.tier);
  if (!state.fired || (shown > 0 && rankOf(reached) >= shown)) return null;
  const last = fold.recent.findLastIndex((tier) => rankOf(tier) >= shown);
  const goodCount = fold.recent.length - 1 - last;
  return {
    sinceMs,
    windowsLeftCount: shown === 0 ? 0 : Math.max(1, rule.lowerAfterCount - goodCount),
    untilMs: state.evaluation === 'recovering' ? state.sinceMs + rule.keepFiringForMs : null,
  };
}
