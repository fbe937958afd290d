import { describe, expect, it } from 'vitest';
import { EVALUATIONS, type Evaluation } from '#contract/alerts';
import { type EvaluationState, mayFollow, NORMAL, type Observation, stepEvaluation } from './evaluation.ts';

const times = { forMs: 10_000, keepFiringForMs: 5_000 };
const breach: Observation = { kind: 'breach', tier: 'red' };
const clear: Observation = { kind: 'clear' };
const at = (evaluation: Evaluation, fields: Partial<EvaluationState> = {}): EvaluationState => ({
  evaluation,
  sinceMs: 0,
  activeSinceMs: null,
  fired: evaluation === 'firing' || evaluation === 'recovering',
  ...fields,
});

/** Literal twin of the table: rows from, columns to, in the order of EVALUATIONS. x allowed, . not, - the same. */
const TABLE = `
  normal      - x x . x x
  pending     x - x . x x
  firing      x . - x x x
  recovering  x . x - x x
  nodata      x x x x - x
  error       x x x x x -
`;

describe('evaluation', () => {
  for (const line of TABLE.trim().split('\n')) {
    const [from = '', ...cells] = line.trim().split(/\s+/);
    EVALUATIONS.forEach((to, index) => {
      it(`[ALR1] ${from} → ${to}: ${cells[index]}`, () =>
        expect(mayFollow(from as Evaluation, to)).toBe(cells[index] !== '.'));
    });
  }
  it('[ALR1] no input leads out of the table, from any state', () => {
    for (const evaluation of EVALUATIONS)
      for (const fired of [true, false])
        for (const seen of [breach, clear, { kind: 'nodata' }, { kind: 'error' }] as const)
          for (const [forMs, keepFiringForMs] of [
            [0, 0],
            [10, 10],
          ] as const)
            for (const nowMs of [5, 10, 20]) {
              if ((evaluation === 'firing' || evaluation === 'recovering') && !fired) continue;
              if ((evaluation === 'normal' || evaluation === 'pending') && fired) continue;
              const state = at(evaluation, { fired, activeSinceMs: evaluation === 'pending' ? 0 : null });
              const next = stepEvaluation(state, seen, { forMs, keepFiringForMs }, nowMs);
              expect(mayFollow(evaluation, next.evaluation), `${evaluation} → ${next.evaluation}`).toBe(true);
            }
  });
  it('[ALR2] for: 0s fires at the first look', () =>
    expect(stepEvaluation(NORMAL, breach, { forMs: 0, keepFiringForMs: 0 }, 7)).toEqual({
      evaluation: 'firing',
      sinceMs: 7,
      activeSinceMs: 7,
      fired: true,
    }));
  it('[ALR2] for counts time, not looks: on the ms it fires, one ms before it does not', () => {
    const pending = stepEvaluation(NORMAL, breach, times, 1_000);
    expect(pending.evaluation).toBe('pending');
    expect(stepEvaluation(pending, breach, times, 10_999)).toBe(pending);
    expect(stepEvaluation(pending, breach, times, 11_000).evaluation).toBe('firing');
  });
  it('[ALR2] a break starts for anew', () => {
    let state = stepEvaluation(NORMAL, breach, times, 0);
    state = stepEvaluation(state, clear, times, 9_000);
    state = stepEvaluation(state, breach, times, 9_500);
    expect(stepEvaluation(state, breach, times, 12_000).evaluation).toBe('pending');
  });
  it('[ALR3] keep_firing_for: recovering for so long, then normal; a breach meanwhile fires at once', () => {
    const recovering = stepEvaluation(at('firing'), clear, times, 100);
    expect(recovering).toMatchObject({ evaluation: 'recovering', fired: true });
    expect(stepEvaluation(recovering, breach, times, 200).evaluation).toBe('firing');
    expect(stepEvaluation(recovering, clear, times, 5_099).evaluation).toBe('recovering');
    expect(stepEvaluation(recovering, clear, times, 5_100)).toMatchObject({ evaluation: 'normal', fired: false });
  });
  it('[ALR4] nodata is its own thing: what fires stays fired, what does not never fires by it', () => {
    const dark = stepEvaluation(at('firing'), { kind: 'nodata' }, times, 5);
    expect(dark).toMatchObject({ evaluation: 'nodata', fired: true });
    expect(stepEvaluation(dark, breach, times, 6).evaluation).toBe('firing');
    expect(stepEvaluation(dark, clear, times, 6).evaluation).toBe('recovering');
    const quiet = stepEvaluation(NORMAL, { kind: 'nodata' }, times, 5);
    expect(quiet).toMatchObject({ evaluation: 'nodata', fired: false });
    expect(stepEvaluation(quiet, clear, times, 6).evaluation).toBe('normal');
  });
});
