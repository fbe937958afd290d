import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type {
  CheckReading,
  DiffRow,
  Execution,
  Run,
  Runbook,
  RunPerson,
  RunStep,
  Told,
  Words,
} from '#contract/runbooks';
import type { Tier } from '#contract/tiers';
import type { TimelineKind } from '#contract/timeline';

/** Something of a run that falls due, in one queue a kind. */
export const RUN_DUE = {
  /** id: run. The run has taken too long. */
  timeout: 'runbook.timeout',
  /** id: `<run>.<step>`. Nobody approved in time. */
  approval: 'runbook.approval',
  /** id: `<run>.<step>`. The countdown is over. */
  execute: 'runbook.execute',
  /** id: `<run>.<step>`. Look at the figures. */
  verify: 'runbook.verify',
} as const;
export type RunDue = keyof typeof RUN_DUE;
export type DueChange =
  | { readonly op: 'set'; readonly due: RunDue; readonly id: string; readonly atMs: number }
  | { readonly op: 'cut'; readonly due: RunDue; readonly id: string };
export interface RunEntry {
  readonly kind: TimelineKind;
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string | number>>;
}
/** A run after a decision, and what must be written with it in the same step. */
export interface Decision {
  readonly run: Run;
  readonly entries: readonly RunEntry[];
  readonly due: readonly DueChange[];
}

/** What somebody, or the passing of time, asks of a run. */
export type RunCommand =
  | {
      readonly verb: 'claim';
      readonly n: number;
      readonly by: RunPerson;
      readonly takeOver: boolean;
      /** Version of the step that the caller saw; needed to take it from somebody. */
      readonly seenVersion?: number;
    }
  | {
      readonly verb: 'complete';
      readonly n: number;
      readonly by: RunPerson;
      readonly outcome: 'done' | 'failed' | 'released';
      readonly note: string | null;
      /** The step's check as it reads now; absent where it has none. */
      readonly reading?: CheckReading;
      /** Although that is not true and the action was not run. */
      readonly despite?: boolean;
    }
  | { readonly verb: 'skip'; readonly n: number; readonly by: RunPerson; readonly reason: string }
  | {
      readonly verb: 'request';
      readonly n: number;
      readonly by: RunPerson;
      readonly direction: 'do' | 'undo';
      readonly terms: string;
      readonly diff: readonly DiffRow[];
      readonly secondPerson: boolean;
      /** Chosen by the caller; what a sink sees as the id of the message. */
      readonly executionId: string;
    }
  | { readonly verb: 'approve'; readonly n: number; readonly by: RunPerson; readonly terms: string }
  | { readonly verb: 'cancel'; readonly n: number; readonly by: RunPerson; readonly reason: string | null }
  | { readonly verb: 'abort'; readonly by: RunPerson; readonly reason: string }
  // by the passing of time
  | { readonly verb: 'expire'; readonly n: number }
  | { readonly verb: 'send'; readonly n: number }
  | {
      readonly verb: 'sent';
      readonly n: number;
      readonly executionId: string;
      readonly ok: boolean;
      readonly outcome: string;
      readonly told?: Told;
    }
  | { readonly verb: 'verified'; readonly n: number; readonly reading: CheckReading }
  | { readonly verb: 'timeout' };

export interface NewRun {
  readonly id: string;
  readonly drill: boolean;
  readonly alertId: string | null;
  readonly alertRule: string | null;
  readonly alertTitle?: Words;
  readonly tier: Tier | null;
  readonly startedBy: Actor;
}

export const SYSTEM: Actor = { kind: 'system', id: 'runbook' };
export const userActor = ({ id, name }: RunPerson): Actor => ({ kind: 'user', id, name });
/** What every entry of a run carries; both titles, since the server sends no sentences. */
export const about = ({ id, runbook, title }: Run): RunEntry['params'] => ({
  run: id,
  runbook,
  titleZh: title.zh,
  titleEn: title.en,
});
/** What every entry of an action carries. */
export const aboutAction = ({ actions }: Pick<Runbook, 'actions'>, action: string): RunEntry['params'] => {
  const title = actions[action]?.title;
  return { action, ...(title === undefined ? {} : { actionZh: title.zh, actionEn: title.en }) };
};
export const dueId = (run: string, n: number): string => `${run}.${n}`;

/** Begins a run: every step is free, and its end is due. */
export function startRun(runbook: Runbook, { startedBy, ...given }: NewRun, nowMs: number): Decision {
  const steps = runbook.steps.map(
    ({ n }): RunStep => ({
      n,
      state: 'pending',
      owner: null,
      attempts: [],
      note: null,
      settledBy: null,
      settledAt: null,
      execution: null,
      verification: null,
      rolledBackAt: null,
      version: 1,
    }),
  );
  const run: Run = {
    ...given,
    runbook: runbook.id,
    title: runbook.title,
    state: 'running',
    startedBy,
    startedAt: nowMs,
    timeoutAt: nowMs + runbook.timeoutMs,
    endedAt: null,
    endNote: null,
    steps,
    version: 1,
  };
  const params = { ...(run.alertRule === null ? {} : { rule: run.alertRule }), drill: run.drill ? 1 : 0 };
  return {
    run,
    entries: [{ kind: 'run.started', actor: startedBy, params: { ...about(run), ...params } }],
    due: [{ op: 'set', due: 'timeout', id: run.id, atMs: run.timeoutAt }],
  };
}

export function stepOf(run: Run, n: number): RunStep {
  const step = run.steps[n - 1];
  if (step === undefined) throw new AppError('not_found', `this run has steps 1 to ${run.steps.length}`);
  return step;
}
export const isSettled = ({ state }: RunStep): boolean => state === 'done' || state === 'skipped';
/** Whether something is under way that must end before the step may be changed. */
export const isBusy = (execution: Execution | null): boolean =>
  execution !== null && ['awaiting', 'countdown', 'sending'].includes(execution.state);
