import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { Run, Runbook, RunStep } from '#contract/runbooks';
import type { TimelineKind } from '#contract/timeline';
import { type DueChange, dueId, isBusy, isSettled, type RunCommand, type RunEntry } from './run.ts';

export type By<V extends RunCommand['verb']> = Extract<RunCommand, { verb: V }>;
/** What a command makes of one step; null entry: nobody needs to hear of it. */
export interface StepChange {
  readonly step: Partial<RunStep>;
  readonly entry: { readonly kind: TimelineKind; readonly actor: Actor; readonly params?: RunEntry['params'] } | null;
  readonly due?: readonly DueChange[];
}
export interface At {
  readonly run: Run;
  readonly runbook: Runbook;
  readonly step: RunStep;
  readonly nowMs: number;
}
/** The owner alone works on a step, and only when all before it are settled. */
export function assertTurn({ run, runbook, step }: At, byId: string): void {
  if (step.state !== 'claimed') {
    if (isSettled(step)) throw new AppError('step_settled', `step ${step.n} is ${step.state}`);
    throw new AppError('not_claimed', `claim step ${step.n} first, so that everybody sees who is on it`);
  }
  if (step.owner?.id !== byId)
    throw new AppError('already_claimed', `${step.owner?.name} has this step; take it over first`, {
      extra: { owner: step.owner },
    });
  assertOrder(run, runbook, step.n);
}
/** Steps are taken, looked at and settled in their order. @throws {AppError} `step_order` naming the one that comes first */
export function assertOrder(run: Run, runbook: Runbook, n: number): void {
  const open = run.steps.find((one) => one.n < n && !isSettled(one));
  if (open === undefined) return;
  const title = runbook.steps[open.n - 1]?.title;
  throw new AppError(
    'step_order',
    `step ${open.n}${title === undefined ? '' : ` · ${title.en}`} comes first: do it, or skip it with a reason`,
    { extra: { step: open.n, ...(title === undefined ? {} : { title }) } },
  );
}
export function refuseBusy({ n, execution }: RunStep): void {
  if (isBusy(execution))
    throw new AppError('conflict', `the action of step ${n} is under way (${execution?.state}); cancel it first`);
}

/** The check after a step starts at once and has `within` to come true. */
export function beginVerify(run: Run, runbook: Runbook, n: number, nowMs: number) {
  const verify = runbook.steps[n - 1]?.verify ?? null;
  if (verify === null) return null;
  const verification = { state: 'waiting', until: nowMs + verify.withinMs, reading: null } as const;
  return { step: { verification }, due: [{ op: 'set', due: 'verify', id: dueId(run.id, n), atMs: nowMs } as const] };
}
