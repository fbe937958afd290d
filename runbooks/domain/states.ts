import { AppError, type ErrorCode } from '#contract/errors';
import type { ExecutionState, RunState, StepState, VerifyState } from '#contract/runbooks';

/** Every allowed change of a run, a step, an action and its check; whatever is not listed is refused. */
export const RUN_TRANSITIONS: Readonly<Record<RunState, readonly RunState[]>> = {
  running: ['succeeded', 'failed', 'aborted', 'timedout'],
  succeeded: [],
  failed: [],
  aborted: [],
  timedout: [],
};
/** `claimed → claimed` is another person taking over, `claimed → pending` giving it back, `failed → claimed` another try. */
export const STEP_TRANSITIONS: Readonly<Record<StepState, readonly StepState[]>> = {
  pending: ['claimed', 'skipped'],
  claimed: ['claimed', 'done', 'failed', 'skipped', 'pending'],
  failed: ['claimed', 'skipped'],
  done: [],
  skipped: [],
};
/** `sending → sending` is a node going on with what another one began: the same id, so that it counts once. */
export const EXECUTION_TRANSITIONS: Readonly<Record<ExecutionState, readonly ExecutionState[]>> = {
  awaiting: ['countdown', 'cancelled', 'expired'],
  countdown: ['sending', 'cancelled'],
  sending: ['sending', 'sent', 'failed'],
  sent: [],
  failed: [],
  cancelled: [],
  expired: [],
};
export const VERIFY_TRANSITIONS: Readonly<Record<VerifyState, readonly VerifyState[]>> = {
  waiting: ['passed', 'failed'],
  passed: [],
  failed: [],
};

const REFUSED: Readonly<Record<'run' | 'step' | 'action' | 'check', ErrorCode>> = {
  run: 'run_ended',
  step: 'step_settled',
  action: 'conflict',
  check: 'conflict',
};
/** @throws {AppError} `run_ended`, `step_settled`, `conflict` */
export function assertTransition<S extends string>(
  what: keyof typeof REFUSED,
  table: Readonly<Record<S, readonly S[]>>,
  from: S,
  to: S,
): void {
  if (!table[from].includes(to)) throw new AppError(REFUSED[what], `this ${what} is ${from}; it cannot become ${to}`);
}
