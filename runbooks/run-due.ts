import type { ActionSpec, Execution } from '#contract/runbooks';
import type { DueItem, DueOutcome, DueWork } from '../server/room/due.ts';
import { decide } from './domain/decide.ts';
import { RUN_DUE, type RunCommand } from './domain/run.ts';
import type { ActionPort, ActionPorts, ActionResult, FigureLookup } from './ports.ts';
import { readStep } from './read-step.ts';
import type { Kept } from './run-store.ts';
import type { Runner } from './runner.ts';

/** Between two looks of a check, ms. */
export const VERIFY_EVERY_MS = 5_000;
/** Tries of one action, and the pause between them. */
export const SEND_TRIES = 3;
const RETRY_MS = 2_000;
/** A node's own clock may say "not yet" when the due set says "now". */
const SOON_MS = 50;

export interface RunDueDeps {
  readonly runner: Runner;
  readonly due: Pick<DueWork, 'register'>;
  readonly actions: ActionPorts;
  readonly figures: FigureLookup;
  readonly nowMs: () => number;
}

/**
 * What becomes of runs by the passing of time. Any node does it; a node that dies half-way leaves the item to another one,
 * which goes on with the same execution id, so that whoever receives it takes it once.
 */
export function registerRunDue({ runner, due, actions, figures, nowMs }: RunDueDeps): void {
  const done: DueOutcome = { kind: 'done' };
  const parts = (id: string): { run: string; n: number } => {
    const at = id.lastIndexOf('.');
    return { run: id.slice(0, at), n: Number(id.slice(at + 1)) };
  };
  const decideNow = (id: string, command: RunCommand) =>
    runner.change(id, null, null, ({ run, runbook }) => decide(run, runbook, command, nowMs()));

  async function execute(item: DueItem): Promise<DueOutcome> {
    const { run: id, n } = parts(item.id);
    const waiting = (await runner.store.load(id)).run.steps[n - 1]?.execution ?? null;
    const earlyMs = waiting?.state === 'countdown' ? (waiting.dueAt ?? 0) - nowMs() : 0;
    if (earlyMs > 0) return { kind: 'again', inMs: Math.max(SOON_MS, earlyMs) };
    await decideNow(id, { verb: 'send', n });
    const kept = await runner.store.load(id);
    const execution = kept.run.steps[n - 1]?.execution ?? null;
    if (execution?.state !== 'sending') return done; // cancelled, or told already
    const result = await perform(kept, execution);
    const tries = (JSON.parse(item.payload) as { tries?: number }).tries ?? 1;
    if (!result.ok && result.retryable && tries < SEND_TRIES)
      return { kind: 'again', inMs: RETRY_MS, payload: JSON.stringify({ tries: tries + 1 }) };
    await decideNow(id, {
      verb: 'sent',
      n,
      executionId: execution.id,
      ok: result.ok,
      outcome: result.outcome,
      ...(result.told === undefined ? {} : { told: result.told }),
    });
    return done;
  }

  async function perform({ run, runbook }: Kept, execution: Execution): Promise<ActionResult> {
    const spec = runbook.actions[execution.action];
    if (spec === undefined) return { ok: false, outcome: `no action ${execution.action}`, retryable: false };
    if (run.drill) return { ok: true, outcome: 'drill: nothing was sent', told: { code: 'drill', params: {} } };
    const port = actions[spec.type] as ActionPort<ActionSpec['type']>;
    const { direction, id: key, requestedBy: by, undoes } = execution;
    try {
      return await port.perform({
        spec,
        direction,
        key,
        by,
        runId: run.id,
        atMs: execution.dueAt ?? nowMs(),
        doneKey: undoes ?? key,
      } as never);
    } catch (error) {
      return { ok: false, outcome: error instanceof Error ? error.message : String(error), retryable: true };
    }
  }

  async function verify(item: DueItem): Promise<DueOutcome> {
    const { run: id, n } = parts(item.id);
    const kept = await runner.store.load(id);
    const { run, runbook } = kept;
    const check = runbook.steps[n - 1]?.verify ?? null;
    const verification = run.steps[n - 1]?.verification ?? null;
    if (check === null || verification?.state !== 'waiting') return done;
    const reading = await readStep(check, kept, n, { actions, figures });
    const answer = await decideNow(id, { verb: 'verified', n, reading });
    if (answer.run.steps[n - 1]?.verification?.state !== 'waiting') return done;
    return { kind: 'again', inMs: Math.max(SOON_MS, Math.min(VERIFY_EVERY_MS, verification.until - nowMs())) };
  }

  async function expire(item: DueItem): Promise<DueOutcome> {
    const { run: id, n } = parts(item.id);
    const { run } = await decideNow(id, { verb: 'expire', n });
    return run.steps[n - 1]?.execution?.state === 'awaiting' ? { kind: 'again', inMs: SOON_MS } : done;
  }

  due.register(RUN_DUE.execute, execute);
  due.register(RUN_DUE.verify, verify);
  due.register(RUN_DUE.approval, expire);
  due.register(RUN_DUE.timeout, async ({ id }) => {
    await decideNow(id, { verb: 'timeout' });
    return done;
  });
}
