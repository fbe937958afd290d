import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import { actionRan, claimedSince } from '#contract/run-facts';
import type { CheckReading, Run, Runbook, RunState, RunStep } from '#contract/runbooks';
import { approve, cancel, expire, request, send, sent, verified } from './decide-action.ts';
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
import { assertTransition, RUN_TRANSITIONS, STEP_TRANSITIONS } from './states.ts';
import { type At, assertOrder, assertTurn, type By, beginVerify, refuseBusy, type StepChange } from './turn.ts';

type StepCommand = Exclude<RunCommand, { verb: 'abort' | 'timeout' }>;
/** Steps of an action that somebody may still undo although the run is over. */
const AFTER_THE_END: ReadonlySet<RunCommand['verb']> = new Set(['cancel', 'expire', 'send', 'sent', 'verified']);

/**
 * What becomes of a run. Pure: the caller writes run, entries and due work in one atomic step, or none of them.
 * @returns null when there is nothing to do: time has passed something over that is already settled
 * @throws {AppError} `run_ended`, `step_settled`, `step_order`, `already_claimed`, `check_not_true`, `not_claimed`, `terms_changed`,
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

function claim({ run, runbook, step, nowMs }: At, { by, takeOver, seenVersion }: By<'claim'>): StepChange | null {
  if (step.state === 'claimed' && step.owner?.id === by.id) return null;
  // to take it from somebody one must have seen that they have it
  if (step.state === 'claimed' && (!takeOver || seenVersion !== step.version))
    throw new AppError(
      'already_claimed',
      takeOver
        ? `${step.owner?.name} has this step; to take it over name its version ${step.version}`
        : `${step.owner?.name} has this step; take it over, or let them`,
      { extra: { owner: step.owner, since: claimedSince(step), version: step.version } },
    );
  assertTransition('step', STEP_TRANSITIONS, step.state, 'claimed');
  assertOrder(run, runbook, step.n);
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

function complete(at: At, { by, outcome, note, reading, despite }: By<'complete'>): StepChange {
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
  const unproven = unprovenOf(at, reading);
  if (unproven?.reading.outcome === 'failed' && !unproven.actionRan && despite !== true)
    throw new AppError(
      'check_not_true',
      `the action of step ${step.n} was not run and its check is not true: ${unproven.check}; run it, or say that it is done despite that: send despite: true with the outcome`,
      { field: 'despite', extra: { check: unproven.check, values: unproven.reading.values } },
    );
  const verify = step.verification === null ? beginVerify(run, runbook, step.n, nowMs) : null;
  return {
    step: {
      state: 'done',
      attempts,
      note,
      settledBy: by,
      settledAt: nowMs,
      ...(unproven === null ? {} : { despite: unproven }),
      ...verify?.step,
    },
    entry: {
      kind: 'run.step_done',
      actor: userActor(by),
      params: unproven === null ? params : { ...params, despite: unproven.check },
    },
    due: verify?.due ?? [],
  };
}

/** What must be said beside "done": an action with a check that was not seen to be true. null: nothing. */
function unprovenOf({ runbook, step }: At, reading: CheckReading | undefined): NonNullable<RunStep['despite']> | null {
  const { action = null, verify = null } = runbook.steps[step.n - 1] ?? {};
  if (action === null || verify === null || reading === undefined) return null;
  if (reading.outcome === 'passed' || step.verification?.state === 'passed') return null;
  return { check: verify.text, actionRan: actionRan(step), reading };
}

function skip({ run, runbook, step, nowMs }: At, { by, reason }: By<'skip'>): StepChange {
  assertTransition('step', STEP_TRANSITIONS, step.state, 'skipped');
  if (step.state === 'claimed' && step.owner?.id !== by.id)
    throw new AppError('already_claimed', `${step.owner?.name} has this step; take it over first`, {
      extra: { owner: step.owner },
    });
  refuseBusy(step);
  assertOrder(run, runbook, step.n);
  const attempts = endAttempt(step, 'released', reason, nowMs);
  return {
    step: { state: 'skipped', owner: null, attempts, note: reason, settledBy: by, settledAt: nowMs },
    entry: { kind: 'run.step_skipped', actor: userActor(by), params: { reason } },
  };
}
