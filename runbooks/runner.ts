import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '#contract/errors';
import { actorOf, type Principal } from '#contract/permissions';
import { undoableId } from '#contract/run-facts';
import type { ActionSpec, Preview, Run, Runbook, RunPerson, StartBody } from '#contract/runbooks';
import type { Log } from '../server/room/log.ts';
import { type Command, command as idempotent } from '../server/store/idempotency.ts';
import { chooseRunbooks } from './domain/choose.ts';
import { decide } from './domain/decide.ts';
import { type Decision, type RunCommand, startRun, stepOf } from './domain/run.ts';
import { isUndoable, needsSecondPerson } from './domain/second-person.ts';
import { assertOrder } from './domain/turn.ts';
import { undoEffectOf } from './domain/undo-effect.ts';
import type { ActionPort, ActionPorts, AlertLookup, FigureLookup } from './ports.ts';
import { readStep } from './read-step.ts';
import type { Kept, RunStore } from './run-store.ts';

/** Times a decision is made anew when somebody else was faster. */
const TRIES = 8;

/** Who asks, and how to recognise a retry. */
export interface Ask {
  readonly by: Principal;
  /** The caller's Idempotency-Key. */
  readonly key: string;
  readonly requestId: string;
}
export interface Answer {
  readonly run: Run;
  readonly replayed: boolean;
}
export interface RunnerDeps {
  readonly store: RunStore;
  readonly prefix: string;
  readonly instance: string;
  readonly runbooks: ReadonlyMap<string, Runbook>;
  readonly actions: ActionPorts;
  readonly figures: FigureLookup;
  /** null: there is no alert engine, runs are started by hand. */
  readonly alerts: AlertLookup | null;
  /** Phase of the campaign now. */
  readonly phase: () => string | null;
  /** Redis time, ms. */
  readonly nowMs: () => number;
  readonly log: Log;
}
export type StepVerb =
  | { readonly verb: 'claim'; readonly takeOver: boolean }
  | {
      readonly verb: 'complete';
      readonly outcome: 'done' | 'failed' | 'released';
      readonly note: string | null;
      readonly despite?: boolean;
    }
  | { readonly verb: 'skip'; readonly reason: string }
  | { readonly verb: 'execute'; readonly undo: boolean; readonly terms: string }
  | { readonly verb: 'approve'; readonly terms: string }
  | { readonly verb: 'cancel'; readonly reason: string | null };

/** A person, as runs remember them. Machines do not carry out plans. */
export function personOf(principal: Principal): RunPerson {
  if (principal.kind !== 'user') throw new AppError('forbidden', 'runs are carried out by people who are signed in');
  return { id: principal.id, name: principal.name };
}

/** Everything that people do with runs. Each change is one decision, written whole or not at all. */
export function createRunner(deps: RunnerDeps) {
  const { store, runbooks, actions, nowMs } = deps;

  /**
   * Reads, decides, writes; again when the run has moved on meanwhile. A retry of the same command answers what it answered.
   * @param make - null: nothing is to be done
   */
  async function change(
    id: string,
    asked: Command | null,
    requestId: string | null,
    make: (kept: Kept) => Promise<Decision | null> | Decision | null,
  ): Promise<Answer> {
    const before = asked === null ? null : await store.replayed(asked);
    if (before !== null) return { run: before, replayed: true };
    for (let tries = 0; tries < TRIES; tries += 1) {
      const kept = await store.load(id);
      let decision: Decision | null;
      try {
        decision = await make(kept);
      } catch (error) {
        const answered = asked === null ? null : await store.replayed(asked); // the same request was faster than itself
        if (answered !== null) return { run: answered, replayed: true };
        throw error;
      }
      if (decision === null) return { run: kept.run, replayed: false };
      const done = await store.commit(kept.run, decision, { command: asked, requestId, runbook: kept.runbook });
      if (done.kind !== 'conflict') return { run: done.run, replayed: done.kind === 'replay' };
    }
    throw new AppError('conflict', 'too many people change this run at once; try again');
  }

  function specOf({ run, runbook }: Kept, n: number): ActionSpec {
    stepOf(run, n);
    const name = runbook.steps[n - 1]?.action ?? null;
    const spec = name === null ? undefined : runbook.actions[name];
    if (spec === undefined) throw new AppError('not_found', `step ${n} has no action`);
    return spec;
  }

  /** What would happen: present state against what the action makes of it, and the fingerprint that binds everybody to it. */
  async function previewOf(kept: Kept, n: number, direction: 'do' | 'undo'): Promise<Preview> {
    const spec = specOf(kept, n);
    const doneKey = undoableId(stepOf(kept.run, n).execution) ?? '';
    const undoable = isUndoable(spec);
    if (direction === 'undo' && !undoable)
      throw new AppError('action_unavailable', 'this console cannot take it back; follow the way back of the step');
    const port = actions[spec.type] as ActionPort<typeof spec.type>;
    const diff = await port.diff({ spec, direction, doneKey } as never);
    const secondPerson = needsSecondPerson(spec);
    const effect = direction === 'do' ? spec.effect : undoEffectOf(spec);
    const bound = [kept.run.id, n, direction, kept.run.drill, secondPerson, spec, diff];
    const terms = createHash('sha256').update(JSON.stringify(bound)).digest('hex');
    return { direction, diff, effect, undoable, secondPerson, terms };
  }

  async function alertOf(id: string | undefined) {
    if (id === undefined) return null;
    const alert = (await deps.alerts?.find(id)) ?? null;
    if (alert === null) throw new AppError('not_found', `there is no alert ${id}`, { field: '/alertId' });
    return alert;
  }
  function choose(given: string | undefined, alert: Awaited<ReturnType<typeof alertOf>>): Runbook {
    if (given !== undefined) {
      const found = runbooks.get(given);
      if (found === undefined) throw new AppError('not_found', `there is no runbook ${given}`, { field: '/runbook' });
      return found;
    }
    if (alert === null)
      throw new AppError('validation', 'name a runbook, or an alert that chooses one', { field: '/runbook' });
    const best = chooseRunbooks(runbooks.values(), { ...alert, phase: deps.phase() })[0];
    if (best === undefined)
      throw new AppError('not_found', `no runbook is chosen by ${alert.rule}; name one`, { field: '/runbook' });
    return best.runbook;
  }

  return {
    change,
    store,
    /** @throws {AppError} `step_order`, `action_unavailable`, `not_found` */
    preview: async (id: string, n: number, direction: 'do' | 'undo'): Promise<Preview> => {
      const kept = await store.load(id);
      stepOf(kept.run, n);
      if (direction === 'do') assertOrder(kept.run, kept.runbook, n);
      return previewOf(kept, n, direction);
    },

    /** Two people who start the same plan for the same alert at once are in the same run. */
    async start(body: StartBody, ask: Ask): Promise<Answer & { readonly joined: boolean }> {
      const asked = idempotent(deps.prefix, deps.instance, {
        principal: ask.by,
        route: 'runs',
        key: ask.key,
        asked: body,
      });
      const again = await store.replayed(asked);
      if (again !== null) return { run: again, replayed: true, joined: false };
      personOf(ask.by);
      const alert = await alertOf(body.alertId);
      const runbook = choose(body.runbook, alert);
      const drill = body.drill ?? false;
      const shared =
        alert === null ? null : createHash('sha256').update(`${alert.id}\n${runbook.id}\n${drill}`).digest('hex');
      for (let life = 1; life <= 100; life += 1) {
        const id = shared === null ? `r-${randomBytes(6).toString('hex')}` : `r-${shared.slice(0, 12)}-${life}`;
        const there = shared === null ? null : await store.find(id);
        if (there?.state === 'running') return { run: there, replayed: false, joined: true };
        if (there !== null) continue; // that one is over
        const facts = {
          alertId: alert?.id ?? null,
          alertRule: alert?.rule ?? null,
          ...(alert?.title === undefined ? {} : { alertTitle: alert.title }),
          tier: alert?.tier ?? null,
        };
        const decision = startRun(runbook, { id, drill, ...facts, startedBy: actorOf(ask.by) }, nowMs());
        const done = await store.commit(null, decision, { command: asked, requestId: ask.requestId, runbook });
        if (done.kind === 'conflict')
          life -= 1; // somebody else began it just now: join them
        else return { run: done.run, replayed: done.kind === 'replay', joined: false };
      }
      throw new AppError('conflict', 'this alert has had a hundred runs of this plan');
    },

    /**
     * @param version - of the step, as the caller saw it
     * @throws {AppError} what `decide` throws, `version_conflict`, `terms_changed`, `action_unavailable`
     */
    step(id: string, n: number, what: StepVerb, ask: Ask, version?: number): Promise<Answer> {
      const by = personOf(ask.by);
      const asked = idempotent(deps.prefix, deps.instance, {
        principal: ask.by,
        route: `runs.step.${what.verb}`,
        key: ask.key,
        asked: { id, n, what, version },
      });
      const executionId = `exec-${createHash('sha256').update(asked.redisKey).digest('hex').slice(0, 24)}`;
      return change(id, asked, ask.requestId, async (kept) => {
        const step = stepOf(kept.run, n);
        // whoever claimed it meanwhile is named by `decide`
        const taken = what.verb === 'claim' && step.owner !== null && step.owner.id !== by.id;
        if (version !== undefined && version !== step.version && !taken)
          throw new AppError('version_conflict', `step ${n} has moved on; look at it again`, { extra: { step } });
        let command: RunCommand;
        const check = kept.runbook.steps[n - 1]?.verify ?? null;
        if (what.verb === 'claim')
          command = { ...what, n, by, ...(version === undefined ? {} : { seenVersion: version }) };
        else if (what.verb === 'complete')
          command = { ...what, n, by, ...(check === null ? {} : { reading: await readStep(check, kept, n, deps) }) };
        else if (what.verb !== 'execute') command = { ...what, n, by };
        else {
          const direction = what.undo ? 'undo' : 'do';
          const { terms, diff, secondPerson } = await previewOf(kept, n, direction);
          if (terms !== what.terms)
            throw new AppError('terms_changed', 'it has changed since you were shown it; look at the dry run again');
          command = { verb: 'request', n, by, direction, terms, diff, secondPerson, executionId };
        }
        return decide(kept.run, kept.runbook, command, nowMs());
      });
    },

    abort(id: string, reason: string, ask: Ask): Promise<Answer> {
      const by = personOf(ask.by);
      const given = { principal: ask.by, route: 'runs.abort', key: ask.key, asked: { id, reason } };
      const asked = idempotent(deps.prefix, deps.instance, given);
      return change(id, asked, ask.requestId, ({ run, runbook }) =>
        decide(run, runbook, { verb: 'abort', by, reason }, nowMs()),
      );
    },
  };
}
export type Runner = ReturnType<typeof createRunner>;
