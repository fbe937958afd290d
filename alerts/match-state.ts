import type { AlertRecovery } from '#contract/alerts';
import { type EvaluationState, NORMAL, type Observation, stepEvaluation } from './domain/evaluation.ts';
import { foldTier, NO_FOLD, rankOf, type TierFold } from './domain/hysteresis.ts';
import { recoveryOf } from './domain/recovery.ts';
import type { Look, RunnableRule } from './rule.ts';

/** What is remembered of one match of a rule between two looks. */
export interface MatchState {
  readonly fold: TierFold;
  readonly state: EvaluationState;
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: string;
  /** Which look of the rule's interval was the last one; a window counts once, however often it is looked at. */
  readonly windowIndex: number;
  /** The figure is good again, but what is shown is held; null otherwise. */
  readonly recovery: AlertRecovery | null;
  /** Why it cannot be evaluated, with `error`. */
  readonly message: string | null;
}
export const FRESH: MatchState = {
  fold: NO_FOLD,
  state: NORMAL,
  value: null,
  limit: null,
  unit: '',
  windowIndex: -1,
  recovery: null,
  message: null,
};

/** The look of the rule's interval that `nowMs` falls into; with an interval of 0 every tick is one. */
export const windowIndexOf = ({ rule }: Pick<RunnableRule, 'rule'>, nowMs: number): number =>
  rule.intervalMs === 0 ? nowMs : Math.floor(nowMs / rule.intervalMs);
export const isDue = (rule: Pick<RunnableRule, 'rule'>, before: MatchState, nowMs: number): boolean =>
  windowIndexOf(rule, nowMs) !== before.windowIndex;

/** Folds one look in. Pure: engine, rule tests and back-test are this one function over different clocks and figures. */
export function stepMatch({ rule }: RunnableRule, before: MatchState, look: Look, nowMs: number): MatchState {
  const windowIndex = windowIndexOf({ rule }, nowMs);
  const times = { forMs: rule.forMs, keepFiringForMs: rule.keepFiringForMs };
  if (look.kind !== 'seen') {
    const state = stepEvaluation(before.state, { kind: look.kind }, times, nowMs);
    return {
      ...before,
      state,
      value: null,
      windowIndex,
      recovery: null,
      message: look.kind === 'error' ? look.message : null,
    };
  }
  const fold = foldTier(before.fold, look.tier, rule);
  const seen: Observation = fold.tier === null ? { kind: 'clear' } : { kind: 'breach', tier: fold.tier };
  const state = stepEvaluation(before.state, seen, times, nowMs);
  const { value, unit } = look;
  // what is shown beside the tier is the limit of that tier, whatever this one look reached
  const limit = look.limits[rankOf(fold.tier) - 1] ?? look.limit;
  const recovery = recoveryOf({ fold, state, reached: look.tier, rule, sinceMs: before.recovery?.sinceMs ?? nowMs });
  return { fold, state, value, limit, unit, windowIndex, recovery, message: null };
}
