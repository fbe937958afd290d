import type { Evaluation } from '#contract/alerts';
import type { Tier } from '#contract/tiers';

/** What one look at a rule's condition gave, after hysteresis. */
export type Observation =
  | { readonly kind: 'breach'; readonly tier: Tier }
  | { readonly kind: 'clear' }
  /** A figure it needs is null. Its own state: neither good nor bad. */
  | { readonly kind: 'nodata' }
  | { readonly kind: 'error' };

export interface EvaluationState {
  readonly evaluation: Evaluation;
  /** Since when it has been in this evaluation, ms of Redis time. */
  readonly sinceMs: number;
  /** Since when the condition has held without a break; null while it does not. */
  readonly activeSinceMs: number | null;
  /** Whether it fires for people: from `firing` on until `normal`, also over recovering, nodata and error. */
  readonly fired: boolean;
}
export const NORMAL: EvaluationState = { evaluation: 'normal', sinceMs: 0, activeSinceMs: null, fired: false };

/** Which evaluation may follow which; a pair that is not here is a bug. Staying is always allowed. */
export const EVALUATION_NEXT: Readonly<Record<Evaluation, readonly Evaluation[]>> = {
  normal: ['pending', 'firing', 'nodata', 'error'],
  pending: ['normal', 'firing', 'nodata', 'error'],
  firing: ['normal', 'recovering', 'nodata', 'error'],
  recovering: ['normal', 'firing', 'nodata', 'error'],
  nodata: ['normal', 'pending', 'firing', 'recovering', 'error'],
  error: ['normal', 'pending', 'firing', 'recovering', 'nodata'],
};
export const mayFollow = (from: Evaluation, to: Evaluation): boolean =>
  from === to || EVALUATION_NEXT[from].includes(to);

export interface EvaluationTimes {
  readonly forMs: number;
  readonly keepFiringForMs: number;
}

function nextEvaluation(state: EvaluationState, seen: Observation, times: EvaluationTimes, nowMs: number): Evaluation {
  const { evaluation, fired } = state;
  if (seen.kind === 'nodata' || seen.kind === 'error') return seen.kind;
  if (seen.kind === 'breach') {
    if (fired) return 'firing';
    // the condition must have held for the whole of `for`; a gap of data starts it anew
    const heldMs = state.activeSinceMs === null ? 0 : nowMs - state.activeSinceMs;
    return heldMs >= times.forMs ? 'firing' : 'pending';
  }
  if (!fired) return 'normal';
  if (evaluation === 'recovering') return nowMs - state.sinceMs >= times.keepFiringForMs ? 'normal' : 'recovering';
  return times.keepFiringForMs > 0 ? 'recovering' : 'normal';
}

/**
 * One step of a rule's match. `for` and `keep_firing_for` count Redis time, not looks, so a slow or changed evaluator
 * changes nothing. Returns the same object when nothing changed.
 */
export function stepEvaluation(
  state: EvaluationState,
  seen: Observation,
  times: EvaluationTimes,
  nowMs: number,
): EvaluationState {
  const evaluation = nextEvaluation(state, seen, times, nowMs);
  const fired = evaluation === 'firing' || (state.fired && evaluation !== 'normal');
  const activeSinceMs = seen.kind === 'breach' ? (state.activeSinceMs ?? nowMs) : null;
  const same = evaluation === state.evaluation && fired === state.fired && activeSinceMs === state.activeSinceMs;
  if (same) return state;
  const sinceMs = evaluation === state.evaluation ? state.sinceMs : nowMs;
  return { evaluation, sinceMs, activeSinceMs, fired };
}
