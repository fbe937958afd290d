import type { Redis } from 'ioredis';
import { AppError } from '#contract/errors';
import type { Run, Runbook } from '#contract/runbooks';
import { dueKeys } from '../server/room/due.ts';
import { type Command, commandOutcome, IDEMPOTENCY_KEEP_MS } from '../server/store/idempotency.ts';
import { coreKey } from '../server/store/keys.ts';
import { loadScript, runScript } from '../server/store/scripts.ts';
import { timelineArgs, timelineKeyList, timelineKeys } from '../server/store/timeline.ts';
import { type Decision, RUN_DUE, type RunDue } from './domain/run.ts';

const commitScript = loadScript('commit-run-12');
const QUEUES: readonly RunDue[] = ['timeout', 'approval', 'execute', 'verify'];
/** Runs one list answers. */
export const RUNS_MAX = 200;

export interface Kept {
  readonly run: Run;
  readonly runbook: Runbook;
}
export type Commit = { readonly kind: 'done' | 'replay'; readonly run: Run } | { readonly kind: 'conflict' };

/** Runs of one campaign instance: each a hash with its version, and the plan as it was when the run began. */
export function createRunStore(redis: Redis, prefix: string, instance: string) {
  const key = (id: string): string => coreKey(prefix, instance, `run:${id}`);
  const index = coreKey(prefix, instance, 'runs');
  const due = dueKeys(prefix, instance);
  const timeline = timelineKeyList(timelineKeys(prefix, instance));
  const nobody: Command = { redisKey: coreKey(prefix, instance, 'idem:none'), print: '' };

  return {
    /** @throws {AppError} `not_found` */
    async load(id: string): Promise<Kept> {
      const [run, book] = await redis.hmget(key(id), 'run', 'book');
      if (!run || !book) throw new AppError('not_found', `there is no run ${id}`);
      return { run: JSON.parse(run) as Run, runbook: JSON.parse(book) as Runbook };
    },
    async find(id: string): Promise<Run | null> {
      const run = await redis.hget(key(id), 'run');
      return run === null ? null : (JSON.parse(run) as Run);
    },
    /** Newest first, at most 200. */
    async list(): Promise<Run[]> {
      const ids = await redis.zrevrange(index, 0, RUNS_MAX - 1);
      const runs = await Promise.all(ids.map((id) => redis.hget(key(id), 'run')));
      return runs.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Run]));
    },
    /** The run this command has already answered with; null when it is new. @throws {AppError} `idempotency_body_mismatch` */
    async replayed({ redisKey, print }: Command): Promise<Run | null> {
      const [kept, reply] = await redis.hmget(redisKey, 'print', 'reply');
      if (!kept || !reply) return null;
      return JSON.parse(commandOutcome(kept === print ? ['replay', reply] : ['mismatch', '']).reply) as Run;
    },
    /**
     * One atomic step, or nothing.
     * @param before - the run the decision was made on; null for a new one
     * @throws {AppError} `idempotency_body_mismatch`
     */
    async commit(
      before: Run | null,
      { run, entries, due: changes }: Decision,
      by: { readonly command: Command | null; readonly requestId: string | null; readonly runbook: Runbook },
    ): Promise<Commit> {
      const asked = by.command ?? nobody;
      const bodies = entries.map((entry) =>
        timelineArgs({ ...entry, ...(by.requestId === null ? {} : { requestId: by.requestId }) }),
      );
      const dueArgs = changes.flatMap((change) => [
        change.op,
        QUEUES.indexOf(change.due) + 1,
        `${RUN_DUE[change.due]}|${change.id}`,
        change.id,
        change.op === 'set' ? Math.round(change.atMs) : 0,
      ]);
      const reply = (await runScript(
        redis,
        commitScript,
        [
          key(run.id),
          index,
          ...timeline,
          asked.redisKey,
          due.items,
          due.claims,
          ...QUEUES.map((one) => due.queue(RUN_DUE[one])),
        ],
        [
          run.id,
          before === null ? '' : before.version,
          run.version,
          JSON.stringify(run),
          before === null ? JSON.stringify(by.runbook) : '',
          run.startedAt,
          asked.print,
          IDEMPOTENCY_KEEP_MS,
          bodies[0]?.[1] ?? 'none',
          bodies.length,
          ...bodies.map(([body]) => body),
          ...dueArgs,
        ],
      )) as [string, string];
      if (reply[0] === 'conflict') return { kind: 'conflict' };
      const outcome = commandOutcome(reply);
      return { kind: outcome.replayed ? 'replay' : 'done', run: JSON.parse(outcome.reply) as Run };
    },
  };
}
export type RunStore = ReturnType<typeof createRunStore>;
