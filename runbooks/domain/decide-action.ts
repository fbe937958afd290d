import { AppError } from '#contract/errors';
import { undoableId } from '#contract/run-facts';
import { APPROVAL_MS, COUNTDOWN_MS } from '#contract/runbooks';
import { aboutAction, dueId, SYSTEM, userActor } from './run.ts';
import { assertTransition, EXECUTION_TRANSITIONS, VERIFY_TRANSITIONS } from './states.ts';
import { type At, assertTurn, type By, beginVerify, refuseBusy, type StepChange } from './turn.ts';

/** What becomes of a step's action: asked for, approved, cancelled, expired, sent, told, checked. */
export function request(at: At, { by, direction, terms, diff, secondPerson, executionId }: By<'request'>): StepChange {
  const { run, runbook, step, nowMs } = at;
  const action = runbook.steps[step.n - 1]?.action ?? null;
  if (action === null) throw new AppError('not_found', `step ${step.n} has no action`);
  refuseBusy(step);
  const undoes = direction === 'undo' ? undoableId(step.execution) : null;
  if (direction === 'do') assertTurn(at, by.id);
  else if (undoes === null)
    throw new AppError('conflict', `nothing of step ${step.n} has been sent that could be undone`);
  const state = secondPerson ? 'awaiting' : 'countdown';
  const dueAt = nowMs + (secondPerson ? APPROVAL_MS : COUNTDOWN_MS);
  return {
    step: {
      execution: {
        id: executionId,
        action,
        direction,
        undoes,
        state,
        terms,
        diff,
        requestedBy: by,
        requestedAt: nowMs,
        approvedBy: null,
        dueAt,
        endedAt: null,
        outcome: null,
      },
      verification: null,
    },
    entry: {
      kind: 'run.action_requested',
      actor: userActor(by),
      params: { ...aboutAction(runbook, action), direction, state },
    },
    due: [{ op: 'set', due: secondPerson ? 'approval' : 'execute', id: dueId(run.id, step.n), atMs: dueAt }],
  };
}

export function approve({ run, runbook, step, nowMs }: At, { by, terms }: By<'approve'>): StepChange {
  const { execution } = step;
  if (execution === null) throw new AppError('conflict', `nothing of step ${step.n} waits to be approved`);
  if (execution.requestedBy.id === by.id)
    throw new AppError('self_approval', 'somebody else must approve what you asked for');
  if (execution.state === 'expired' || (execution.state === 'awaiting' && nowMs >= (execution.dueAt ?? 0)))
    throw new AppError('approval_expired', 'the 15 minutes to approve are over; it must be asked for again');
  if (execution.state !== 'awaiting')
    throw new AppError('conflict', `this is ${execution.state} and does not wait for approval`);
  if (execution.terms !== terms)
    throw new AppError('terms_changed', 'what is asked for is not what you were shown; look at it again');
  assertTransition('action', EXECUTION_TRANSITIONS, execution.state, 'countdown');
  const dueAt = nowMs + COUNTDOWN_MS;
  const id = dueId(run.id, step.n);
  return {
    step: { execution: { ...execution, state: 'countdown', approvedBy: by, dueAt } },
    entry: {
      kind: 'run.action_approved',
      actor: userActor(by),
      params: {
        ...aboutAction(runbook, execution.action),
        direction: execution.direction,
        requester: execution.requestedBy.name,
      },
    },
    due: [
      { op: 'cut', due: 'approval', id },
      { op: 'set', due: 'execute', id, atMs: dueAt },
    ],
  };
}

export function cancel({ run, runbook, step, nowMs }: At, { by, reason }: By<'cancel'>): StepChange {
  const { execution } = step;
  if (execution === null) throw new AppError('conflict', `nothing of step ${step.n} is under way`);
  if (execution.state === 'sending' || execution.state === 'sent')
    throw new AppError('already_sent', 'it has been sent; undo it instead');
  assertTransition('action', EXECUTION_TRANSITIONS, execution.state, 'cancelled');
  const id = dueId(run.id, step.n);
  const { action, direction } = execution;
  const params = { ...aboutAction(runbook, action), direction, ...(reason === null ? {} : { reason }) };
  return {
    step: {
      execution: {
        ...execution,
        state: 'cancelled',
        dueAt: null,
        endedAt: nowMs,
        cancelledBy: { id: by.id, name: by.name },
        outcome: reason ?? `cancelled by ${by.name}`,
      },
    },
    entry: { kind: 'run.action_cancelled', actor: userActor(by), params },
    due: [
      { op: 'cut', due: 'approval', id },
      { op: 'cut', due: 'execute', id },
    ],
  };
}

export function expire({ runbook, step, nowMs }: At): StepChange | null {
  const { execution } = step;
  if (execution?.state !== 'awaiting' || nowMs < (execution.dueAt ?? 0)) return null;
  assertTransition('action', EXECUTION_TRANSITIONS, execution.state, 'expired');
  return {
    step: {
      execution: {
        ...execution,
        state: 'expired',
        dueAt: null,
        endedAt: nowMs,
        outcome: 'nobody approved within 15 min',
      },
    },
    entry: {
      kind: 'run.action_expired',
      actor: SYSTEM,
      params: { ...aboutAction(runbook, execution.action), direction: execution.direction },
    },
  };
}

/** The last moment at which nothing has happened: from here on it can only be undone. */
export function send({ step, nowMs }: At): StepChange | null {
  const { execution } = step;
  if (execution?.state !== 'countdown' || nowMs < (execution.dueAt ?? 0)) return null;
  assertTransition('action', EXECUTION_TRANSITIONS, execution.state, 'sending');
  return { step: { execution: { ...execution, state: 'sending' } }, entry: null };
}

export function sent(
  { run, runbook, step, nowMs }: At,
  { executionId, ok, outcome, told }: By<'sent'>,
): StepChange | null {
  const { execution } = step;
  if (execution?.id !== executionId || execution.state !== 'sending') return null;
  const state = ok ? 'sent' : 'failed';
  assertTransition('action', EXECUTION_TRANSITIONS, execution.state, state);
  const ended = {
    ...execution,
    state,
    dueAt: null,
    endedAt: nowMs,
    outcome,
    ...(told === undefined ? {} : { told }),
  } as const;
  const kind = ok ? 'run.action_sent' : 'run.action_failed';
  const params = { ...aboutAction(runbook, execution.action), direction: execution.direction, outcome };
  const entry = { kind, actor: SYSTEM, params } as const;
  if (!ok) return { step: { execution: ended }, entry };
  if (execution.direction === 'undo') return { step: { execution: ended, rolledBackAt: nowMs }, entry };
  const verify = beginVerify(run, runbook, step.n, nowMs);
  return { step: { execution: ended, rolledBackAt: null, ...verify?.step }, entry, due: verify?.due ?? [] };
}

/** One look at the figures. Until its time is up only a pass counts; after it, whatever is not a pass has failed. */
export function verified({ step, nowMs }: At, { reading }: By<'verified'>): StepChange | null {
  const { verification } = step;
  if (verification?.state !== 'waiting') return null;
  const over = nowMs >= verification.until;
  if (reading.outcome !== 'passed' && !over) return null;
  const state = reading.outcome === 'passed' ? 'passed' : 'failed';
  assertTransition('check', VERIFY_TRANSITIONS, verification.state, state);
  const value = reading.values[0] ?? null;
  return {
    step: { verification: { ...verification, state, reading } },
    entry: {
      kind: 'run.verified',
      actor: SYSTEM,
      params: { state, ...(value === null ? {} : { value }), outcome: reading.outcome },
    },
  };
}
