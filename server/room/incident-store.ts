import type { Redis } from 'ioredis';
import { AppError } from '#contract/errors';
import { INCIDENT_DUE, type Incident } from '#contract/incidents';
import type { Actor } from '#contract/permissions';
import type { TimelineEntry } from '#contract/timeline';
import { type Command, commandOutcome, IDEMPOTENCY_KEEP_MS } from '../store/idempotency.ts';
import { coreKey } from '../store/keys.ts';
import { loadScript, runScript } from '../store/scripts.ts';
import { timelineArgs, timelineKeyList, timelineKeys } from '../store/timeline.ts';
import type { IncidentDecision } from './domain/incident.ts';
import { dueKeyList, dueKeys } from './due.ts';
import { entryOf } from './timeline.ts';

const commitScript = loadScript('commit-incident-11');
/** Timeline rows that are looked through for what is linked, and entries that are answered. */
const SCAN_MAX = 5_000;
export const ENTRIES_MAX = 1_000;

export type IncidentCommit =
  | { readonly kind: 'done' | 'replay'; readonly incident: Incident }
  | { readonly kind: 'conflict'; readonly version: number }
  /** An incident that is not resolved has one of its alerts already. */
  | { readonly kind: 'held'; readonly incident: Incident };
/** Who changes it, and how a retry is recognised; null: the console itself. */
export interface CommitBy {
  readonly actor: Actor;
  readonly command: Command | null;
  readonly requestId: string | null;
}

/** Incidents of one campaign instance, in Redis. */
export function createIncidentStore(redis: Redis, prefix: string, instance: string) {
  const key = (name: string): string => coreKey(prefix, instance, `incidents:${name}`);
  const records = key('records');
  const open = key('open');
  const seqs = (id: string): string => key(`seqs:${id}`);
  const timeline = timelineKeys(prefix, instance);
  const due = dueKeyList(dueKeys(prefix, instance), INCIDENT_DUE);
  const nobody: Command = { redisKey: coreKey(prefix, instance, 'idem:none'), print: '' };
  const read = (text: string): Incident => JSON.parse(text) as Incident;

  return {
    /** The next number; one that is not used after all leaves a gap. */
    nextNumber: async (): Promise<number> => redis.incr(key('number')),
    /** @throws {AppError} `not_found` */
    async load(id: string): Promise<Incident> {
      const text = await redis.hget(records, id);
      if (text === null) throw new AppError('not_found', `there is no incident ${id.slice(0, 80)}`);
      return read(text);
    },
    /** All, newest first. */
    async list(): Promise<Incident[]> {
      return (await redis.hvals(records)).map(read).sort((a, b) => b.number - a.number);
    },
    /** Those that are not resolved. */
    async open(): Promise<Incident[]> {
      return (await redis.hvals(open)).map(read);
    },
    /** What the command has already answered; null when it is new. @throws {AppError} `idempotency_body_mismatch` */
    async replayed({ redisKey, print }: Command): Promise<Incident | null> {
      const [kept, reply] = await redis.hmget(redisKey, 'print', 'reply');
      if (!kept || !reply) return null;
      return read(commandOutcome(kept === print ? ['replay', reply] : ['mismatch', '']).reply);
    },
    /**
     * One atomic step, or nothing.
     * @param expected - version the decision was made on; null for a new incident
     * @throws {AppError} `idempotency_body_mismatch`
     */
    async commit(expected: number | null, decision: IncidentDecision, by: CommitBy): Promise<IncidentCommit> {
      const { incident, entries, remindAtMs } = decision;
      const asked = by.command ?? nobody;
      const told = entries.map(({ kind, params }) =>
        timelineArgs({
          kind,
          actor: by.actor,
          params: { incident: incident.id, number: incident.number, title: incident.title, ...params },
          ...(by.requestId === null ? {} : { requestId: by.requestId }),
        }),
      );
      const reminder = remindAtMs === undefined ? 'keep' : remindAtMs === null ? 'cut' : 'set';
      const reply = (await runScript(
        redis,
        commitScript,
        [key('versions'), records, open, ...timelineKeyList(timeline), asked.redisKey, ...due, seqs(incident.id)],
        [
          incident.id,
          expected ?? '',
          incident.version,
          JSON.stringify(incident),
          incident.state,
          asked.print,
          IDEMPOTENCY_KEEP_MS,
          told[0]?.[1] ?? 'none',
          reminder,
          `${INCIDENT_DUE}|${incident.id}`,
          Math.round(remindAtMs ?? 0),
          ...told.map(([body]) => body),
        ],
      )) as [string, string];
      if (reply[0] === 'conflict') return { kind: 'conflict', version: Number(reply[1]) };
      if (reply[0] === 'held') return { kind: 'held', incident: read(reply[1]) };
      const outcome = commandOutcome(reply);
      return { kind: outcome.replayed ? 'replay' : 'done', incident: read(outcome.reply) };
    },
    /**
     * What was done in it and, from its declaration on, to the alerts and runs it holds; oldest first. Its own entries are
     * always among them; of a very long night the linked ones end after 5,000 rows of the timeline.
     */
    async entries({ id, alertIds, runIds }: Incident): Promise<TimelineEntry[]> {
      const own = await redis.lrange(seqs(id), -ENTRIES_MAX, -1);
      const first = own[0];
      if (first === undefined) return [];
      const rows = await redis.xrange(timeline.stream, `${first}-0`, '+', 'COUNT', SCAN_MAX);
      const alerts = new Set(alertIds);
      const runs = new Set(runIds);
      const wanted = ({ params }: TimelineEntry): boolean =>
        params.incident === id || alerts.has(String(params.alert)) || runs.has(String(params.run));
      const found = new Map(
        rows
          .map(entryOf)
          .filter(wanted)
          .map((entry) => [entry.seq, entry]),
      );
      const beyond = own.map(Number).filter((seq) => !found.has(seq));
      for (const seq of beyond) {
        const [row] = await redis.xrange(timeline.stream, `${seq}-0`, `${seq}-0`);
        if (row !== undefined) found.set(seq, entryOf(row));
      }
      return [...found.values()].sort((a, b) => a.seq - b.seq).slice(-ENTRIES_MAX);
    },
  };
}
export type IncidentStore = ReturnType<typeof createIncidentStore>;
