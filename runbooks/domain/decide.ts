import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import { APPROVAL_MS, COUNTDOWN_MS, type Run, type Runbook, type RunState, type RunStep } from '#contract/runbooks';
import type { TimelineKind } from '#contract/timeline';
import {
  about,
  type Decision,
  type DueChange,
  dueId,
  isBusy,
  isSettled,
  type RunCommand,
  type RunEntry,
  SYSTEM,
  stepOf,
  userActor,
} from './run.ts';
import {
  assertTransition,
  EXECUTION_TRANSITIONS,
  RUN_TRANSITIONS,
  STEP_TRANSITIONS,
  VERIFY_TRANSITIONS,
} from './states.ts';

type StepCommand = Exclude<RunCommand, { verb: 'abort' | 'timeout' }>;
type By<V extends RunCommand['verb']> = Extract<RunCommand, { verb: V }>;
interface StepChange {
  readonly step: Partial<RunStep>;
  readonly entry: { readonly kind: TimelineKind; readonly actor: Actor; readonly params?: RunEntry['params'] } | null;
  readonly due?: readonly DueChange[];
}
interface At {
  readonly run: Run;
  readonly runbook: Runbook;
  readonly step: RunStep;
  readonly nowMs: number;
}
/** Steps of an action that somebody may still undo although the run is over. */
const AFTER_THE_END: ReadonlySet<RunCommand['verb']> = new Set(['cancel', 'expire', 'send', 'sent', 'verified']);

/**
 * What becomes of a run. Pure: the caller writes run, entries and due work in one atomic step, or none of them.
 * @returns null when there is nothing to do: time has passed something over that is already settled
 * @throws {AppError} `run_ended`, `step_settled`, `step_order`, `already_claimed`, `not_claimed`, `terms_changed`,
 * `self_approval`, `approval_expired`, `already_sent`, `conflict`, `not_found`
 */
export function decide(run: Run, runbook: Runbook, command: RunCommand, nowMs: number): Decision | null {
  if (command.verb === 'abort') return end(run, 'aborted', command.reason, userActor(command.by), nowMs);
  if (command.verb === 'timeout') return run.state === 'running' ? end(run, 'timedout', null, SYSTEM, nowMs) : null;
  const undoing = command.verb === 'request' && command.direction === 'undo';
  const going = undoing || AFTER_THE_END.has(command.verb) || isUndoApproval(run, command);
  if (run.state !== 'running' && !going)
    throw new AppError('run_ended', `this run has ${run.state}; start another one`, { extra: { state: run.state } });
  const step = stepOf(run, command.n);
  const change = changeStep({ run, runbook, step, nowMs }, command);
  if (change === null) return null;
  const changed: RunStep = { ...step, ...change.step, version: step.version + 1 };
  const steps = run.steps.map((one) => (one.n === step.n ? changed : one));
  const next: Run = { ...run, steps, version: run.version + 1 };
  const entries: RunEntry[] =
    change.entry === null ? [] : [{ ...change.entry, params: { ...about(run), step: step.n, ...change.entry.params } }];
  const due = [...(change.due ?? [])];
  if (run.state !== 'running' || !steps.every(isSettled) || steps.some(({ execution }) => isBusy(execution)))
    return { run: next, entries, due };
  // the last step is settled: a step that was given up after failing makes the run a failed one
  const failed = steps.some(
    ({ state, attempts }) => state === 'skipped' && attempts.some(({ outcome }) => outcome === 'failed'),
  );
  const over = end(next, failed ? 'failed' : 'succeeded', null, change.entry?.actor ?? SYSTEM, nowMs);
  return {
    run: { ...over.run, version: next.version },
    entries: [...entries, ...over.entries],
    due: [...due, ...over.due],
  };
}

/** Ends a run; what has not been sent by then is not sent any more. */
function end(run: Run, state: RunState, note: string | null, actor: Actor, nowMs: number): Decision {
  assertTransition('run', RUN_TRANSITIONS, run.state, state);
  const waiting = run.steps.filter(
    ({ execution }) => execution?.state === 'awaiting' || execution?.state === 'countdown',
  );
  const steps = run.steps.map((step): RunStep => {
    if (!waiting.includes(step) || step.execution === null) return step;
    const execution = {
      ...step.execution,
      state: 'cancelled' as const,
      dueAt: null,
      endedAt: nowMs,
      outcome: `run ${state}`,
    };
    return { ...step, execution, version: step.version + 1 };
  });
  return {
    run: { ...run, state, steps, endedAt: nowMs, endNote: note, version: run.version + 1 },
    entries: [
      {
        kind: 'run.ended',
        actor,
        params: { ...about(run), state, ...(note === null ? {} : { reason: note }) },
      },
    ],
    due: [
      { op: 'cut', due: 'timeout', id: run.id },
      ...waiting.flatMap(({ n }): DueChange[] => [
        { op: 'cut', due: 'approval', id: dueId(run.id, n) },
        { op: 'cut', due: 'execute', id: dueId(run.id, n) },
      ]),
    ],
  };
}

const isUndoApproval = (run: Run, command: StepCommand): boolean =>
  command.verb === 'approve' && run.steps[command.n - 1]?.execution?.direction === 'undo';

function changeStep(at: At, command: StepCommand): StepChange | null {
  switch (command.verb) {
    case 'claim':
      return claim(at, command);
    case 'complete':
      return complete(at, command);
    case 'skip':
      return skip(at, command);
    case 'request':
      return request(at, command);
    case 'approve':
      return approve(at, command);
    case 'cancel':
      return cancel(at, command);
    case 'expire':
      return expire(at);
    case 'send':
      return send(at);
    case 'sent':
      return sent(at, command);
    case 'verified':
      return verified(at, command);
  }
}

const endAttempt = (step: RunStep, outcome: 'done' | 'failed' | 'released', note: string | null, nowMs: number) =>
  step.attempts.map((one) => (one.endedAt === null ? { ...one, endedAt: nowMs, outcome, note } : one));

function claim({ step, nowMs }: At, { by, takeOver }: By<'claim'>): StepChange | null {
  if (step.state === 'claimed' && step.owner?.id === by.id) return null;
  if (step.state === 'claimed' && !takeOver)
    throw new AppError('already_claimed', `${step.owner?.name} has this step; take it over, or let them`, {
      extra: { owner: step.owner },
    });
  assertTransition('step', STEP_TRANSITIONS, step.state, 'claimed');
  refuseBusy(step);
  const before =
    step.state === 'claimed' ? endAttempt(step, 'released', `taken over by ${by.name}`, nowMs) : step.attempts;
  const number = step.attempts.length + 1;
  const attempts = [...before, { number, by, startedAt: nowMs, endedAt: null, outcome: null, note: null }];
  const from = step.state === 'claimed' && step.owner !== null ? { from: step.owner.name } : {};
  return {
    step: { state: 'claimed', owner: by, attempts },
    entry: { kind: 'run.step_claimed', actor: userActor(by), params: { attempt: number, ...from } },
  };
}

/** The owner alone works on a step, and only when all before it are settled. */
function assertTurn({ run, step }: At, byId: string): void {
  if (step.state !== 'claimed') {
    if (isSettled(step)) throw new AppError('step_settled', `step ${step.n} is ${step.state}`);
    throw new AppError('not_claimed', `claim step ${step.n} first, so that everybody sees who is on it`);
  }
  if (step.owner?.id !== byId)
    throw new AppError('already_claimed', `${step.owner?.name} has this step; take it over first`, {
      extra: { owner: step.owner },
    });
  const open = run.steps.find((one) => one.n < step.n && !isSettled(one));
  if (open !== undefined)
    throw new AppError('step_order', `step ${open.n} comes first: do it, or skip it with a reason`, {
      extra: { step: open.n },
    });
}
function refuseBusy({ n, execution }: RunStep): void {
  if (isBusy(execution))
    throw new AppError('conflict', `the action of step ${n} is under way (${execution?.state}); cancel it first`);
}

function complete(at: At, { by, outcome, note }: By<'complete'>): StepChange {
  const { run, runbook, step, nowMs } = at;
  refuseBusy(step);
  const attempts = endAttempt(step, outcome, note, nowMs);
  const params = note === null ? {} : { note };
  if (outcome === 'released') {
    if (step.owner?.id !== by.id) assertTurn(at, by.id);
    assertTransition('step', STEP_TRANSITIONS, step.state, 'pending');
    const entry = { kind: 'run.step_released', actor: userActor(by), params } as const;
    return { step: { state: 'pending', owner: null, attempts }, entry };
  }
  assertTurn(at, by.id);
  assertTransition('step', STEP_TRANSITIONS, step.state, outcome);
  if (outcome === 'failed') {
    const entry = { kind: 'run.step_failed', actor: userActor(by), params } as const;
    return { step: { state: 'failed', owner: null, attempts, note }, entry };
  }
  const verify = step.verification === null ? beginVerify(run, runbook, step.n, nowMs) : null;
  return {
    step: { state: 'done', attempts, note, settledBy: by, settledAt: nowMs, ...verify?.step },
    entry: { kind: 'run.step_done', actor: userActor(by), params },
    due: verify?.due ?? [],
  };
}

/** The check after a step starts at once and has `within` to come true. */
function beginVerify(run: Run, runbook: Runbook, n: number, nowMs: number) {
  const verify = runbook.steps[n - 1]?.verify ?? null;
  if (verify === null) return null;
  const verification = { state: 'waiting', until: nowMs + verify.withinMs, reading: null } as const;
  return { step: { verification }, due: [{ op: 'set', due: 'verify', id: dueId(run.id, n), atMs: nowMs } as const] };
}

function skip({ run, step, nowMs }: At, { by, reason }: By<'skip'>): StepChange {
  assertTransition('step', STEP_TRANSITIONS, step.state, 'skipped');
  if (step.state === 'claimed' && step.owner?.id !== by.id)
    throw new AppError('already_claimed', `${step.owner?.name} has this step; take it over first`, {
      extra: { owner: step.owner },
    });
  refuseBusy(step);
  const open = run.steps.find((one) => one.n < step.n && !isSettled(one));
  if (open !== undefined) throw new AppError('step_order', `step ${open.n} comes first`, { extra: { step: open.n } });
  const attempts = endAttempt(step, 'released', reason, nowMs);
  return {
    step: { state: 'skipped', owner: null, attempts, note: reason, settledBy: by, settledAt: nowMs },
    entry: { kind: 'run.step_skipped', actor: userActor(by), params: { reason } },
  };
}

function request(at: At, { by, direction, terms, diff, secondPerson, executionId }: By<'request'>): StepChange {
  const { run, runbook, step, nowMs } = at;
  const action = runbook.steps[step.n - 1]?.action ?? null;
  if (action === null) throw new AppError('not_found', `step ${step.n} has no action`);
  refuseBusy(step);
  if (direction === 'do') assertTurn(at, by.id);
  else if (step.execution?.state !== 'sent' || step.execution.direction !== 'do')
    throw new AppError('conflict', `nothing of step ${step.n} has been sent that could be undone`);
  const state = secondPerson ? 'awaiting' : 'countdown';
  const dueAt = nowMs + (secondPerson ? APPROVAL_MS : COUNTDOWN_MS);
  return {
    step: {
      execution: {
        id: executionId,
        action,
        direction,
        undoes: direction === 'undo' ? (step.execution?.id ?? null) : null,
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
    entry: { kind: 'run.action_requested', actor: userActor(by), params: { action, direction, state } },
    due: [{ op: 'set', due: secondPerson ? 'approval' : 'execute', id: dueId(run.id, step.n), atMs: dueAt }],
  };
}

function approve({ run, step, nowMs }: At, { by, terms }: By<'approve'>): StepChange {
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
      params: { action: execution.action, requester: execution.requestedBy.name },
    },
    due: [
      { op: 'cut', due: 'approval', id },
      { op: 'set', due: 'execute', id, atMs: dueAt },
    ],
  };
}

function cancel({ run, step, nowMs }: At, { by, reason }: By<'cancel'>): StepChange {
  const { execution } = step;
  if (execution === null) throw new AppError('conflict', `nothing of step ${step.n} is under way`);
  if (execution.state === 'sending' || execution.state === 'sent')
    throw new AppError('already_sent', 'it has been sent; undo it instead');
  assertTransition('action', EXECUTION_TRANSITIONS, execution.state, 'cancelled');
  const id = dueId(run.id, step.n);
  const params = { action: execution.action, ...(reason === null ? {} : { reason }) };
  return {
    step: {
      execution: {
        ...execution,
        state: 'cancelled',
        dueAt: null,
        endedAt: nowMs,
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

function expire({ step, nowMs }: At): StepChange | null {
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
    entry: { kind: 'run.action_expired', actor: SYSTEM, params: { action: execution.action } },
  };
}

/** The last moment at which nothing has happened: from here on it can only be undone. */
function send({ step, nowMs }: At): StepChange | null {
  const { execution } = step;
  if (execution?.state !== 'countdown' || nowMs < (execution.dueAt ?? 0)) return null;
  assertTransition('action', EXECUTION_TRANSITIONS, execution.state, 'sending');
  return { step: { execution: { ...execution, state: 'sending' } }, entry: null };
}

function sent({ run, runbook, step, nowMs }: At, { executionId, ok, outcome }: By<'sent'>): StepChange | null {
  const { execution } = step;
  if (execution?.id !== executionId || execution.state !== 'sending') return null;
  const state = ok ? 'sent' : 'failed';
  assertTransition('action', EXECUTION_TRANSITIONS, execution.state, state);
  const ended = { ...execution, state, dueAt: null, endedAt: nowMs, outcome } as const;
  const kind = ok ? 'run.action_sent' : 'run.action_failed';
  const params = { action: execution.action, direction: execution.direction, outcome };
  const entry = { kind, actor: SYSTEM, params } as const;
  if (!ok) return { step: { execution: ended }, entry };
  if (execution.direction === 'undo') return { step: { execution: ended, rolledBackAt: nowMs }, entry };
  const verify = beginVerify(run, runbook, step.n, nowMs);
  return { step: { execution: ended, ...verify?.step }, entry, due: verify?.due ?? [] };
}

/** One look at the figures. Until its time is up only a pass counts; after it, whatever is not a pass has failed. */
function verified({ step, nowMs }: At, { reading }: By<'verified'>): StepChange | null {
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
