import { randomUUID } from 'node:crypto';
import {
  type AckExpiryPayload,
  type AlertHistoryEntry,
  DUE_KINDS,
  type EscalatePayload,
  type NotifyPayload,
  type Silence,
  type TellPayload,
} from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { Position } from '#contract/timeline';
import { type Command, commandOutcome, IDEMPOTENCY_KEEP_MS } from '../server/store/idempotency.ts';
import { loadScript, runScript, type ScriptRunner } from '../server/store/scripts.ts';
import { type NewTimelineEntry, timelineArgs } from '../server/store/timeline.ts';
import { type GroupState, NEW_GROUP } from './domain/group.ts';
import { SILENCE_ENDING_MS } from './domain/silence.ts';
import { alertKeys } from './keys.ts';
import { type AlertRecord, readRecord } from './record.ts';

/** Closed alerts can be read for so long, ms (72 h). */
export const CLOSED_KEEP_MS = 72 * 3_600_000;
/** Changes of one script: a millisecond or two of Redis. */
const BATCH = 100;

/** Due work that goes with a change. `earliest` keeps an item that is due sooner. */
export type DueChange =
  | {
      readonly queue: 'notify';
      readonly op: 'earliest';
      readonly id: string;
      readonly atMs: number;
      readonly payload: NotifyPayload;
    }
  | {
      readonly queue: 'escalate';
      readonly op: 'set';
      readonly id: string;
      readonly atMs: number;
      readonly payload: EscalatePayload;
    }
  | {
      readonly queue: 'ack';
      readonly op: 'set';
      readonly id: string;
      readonly atMs: number;
      readonly payload: AckExpiryPayload;
    }
  | {
      readonly queue: 'tell';
      readonly op: 'set';
      readonly id: string;
      readonly atMs: number;
      readonly payload: TellPayload;
    }
  | { readonly queue: 'escalate' | 'ack'; readonly op: 'cancel'; readonly id: string };

export interface AlertChange {
  /** The record after it; `version` is what it will have. */
  readonly record: AlertRecord;
  /** Version it must have now; 0: it must not exist, nor may its fingerprint be open. */
  readonly expected: number;
  /** `closed` ends its life and keeps it to be read; `dropped` forgets one that never fired; `note` changes only history. */
  readonly mode: 'open' | 'closed' | 'dropped' | 'note';
  readonly history: readonly AlertHistoryEntry[];
  readonly timeline: readonly NewTimelineEntry[];
  readonly due: readonly DueChange[];
}
/** What a write put on the alert stream: its records in order, and where the last of them stands. */
export interface AlertsTold {
  readonly position: Position;
  readonly records: readonly AlertRecord[];
}
export type AlertWritten =
  /** `done`: the same command had written it before, and nothing was written now. */
  | { readonly id: string; readonly ok: true; readonly version: number; readonly done?: true }
  /** It had moved on; `record` is how it is, null when it is gone. */
  | { readonly id: string; readonly ok: false; readonly record: AlertRecord | null };
/**
 * Who writes: the node that evaluates, fenced by its claim, or a person's command with its idempotency key. `each`: the command
 * has many writes and its reply comes later (`keepReply`); meanwhile each alert's own write remembers that it was done.
 */
export type AlertWriter =
  | { readonly kind: 'engine'; readonly holder: string; readonly version: string }
  | { readonly kind: 'command'; readonly command: Command | null; readonly each?: true };
/** How far a command of many writes has come. */
export interface ManyKept<Reply> {
  /** null: it has not ended. */
  readonly reply: Reply | null;
  /** Alerts it has written. */
  readonly done: ReadonlySet<string>;
}

/** Connection commands the store needs; a single server, Sentinel and Cluster have them. */
export interface AlertRedis extends ScriptRunner {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  mget(...keys: string[]): Promise<(string | null)[]>;
  hget(key: string, field: string): Promise<string | null>;
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  hset(key: string, field: string, value: string): Promise<unknown>;
  hdel(key: string, ...fields: string[]): Promise<unknown>;
  hvals(key: string): Promise<string[]>;
  pexpire(key: string, ms: number): Promise<unknown>;
  lrange(key: string, from: number, to: number): Promise<string[]>;
  xrange(key: string, from: string, to: string, count: 'COUNT', limit: number): Promise<[string, string[]][]>;
}

const writeScript = loadScript('write-alerts-n');
const silenceScript = loadScript('write-silence-9');
const keepScript = loadScript('keep-command-1');
const KIND_OF = {
  notify: DUE_KINDS.notify,
  escalate: DUE_KINDS.escalate,
  ack: DUE_KINDS.ackExpiry,
  tell: DUE_KINDS.tell,
} as const;

const dueText = (due: DueChange): Record<string, string> => ({
  queue: due.queue,
  op: due.op,
  kind: KIND_OF[due.queue],
  id: due.id,
  ...(due.op === 'cancel' ? {} : { at: String(Math.round(due.atMs)), payload: JSON.stringify(due.payload) }),
});
const changeText = ({ record, expected, mode, history, timeline, due }: AlertChange): Record<string, unknown> => ({
  id: record.id,
  fingerprint: record.fingerprint,
  expected: String(expected),
  version: String(record.version),
  mode,
  record: JSON.stringify(record),
  history: history.map((entry) => JSON.stringify(entry)),
  timeline: timeline.map((entry) => timelineArgs(entry)[0]),
  due: due.map(dueText),
});

const isNew = (result: AlertWritten | undefined): boolean => result?.ok === true && result.done !== true;

/** Alerts and silences in Redis. Every write is one atomic step with its effects. */
export class AlertStore {
  private readonly redis: AlertRedis;
  readonly keys: ReturnType<typeof alertKeys>;
  /** Something may be due at once: whoever does due work need not wait for its next look. */
  onDue: () => void = () => undefined;
  /**
   * Given what each write has put on the alert stream, so that this node need not read it back. Answers whether it follows on what
   * the node knew; otherwise it is to be read.
   */
  onTold: (told: AlertsTold) => boolean = () => false;
  constructor(redis: AlertRedis, prefix: string, instance: string) {
    this.redis = redis;
    this.keys = alertKeys(prefix, instance);
  }

  /**
   * Writes changes in order, each all or nothing under its version.
   * @returns `known`: this node's copy has all of it already; otherwise others wrote in between, and it is to be read
   * @throws {AppError} `stale_claim` when this node no longer evaluates (nothing of that batch was written),
   *   `idempotency_body_mismatch`
   */
  async write(
    changes: readonly AlertChange[],
    by: AlertWriter,
  ): Promise<{ written: AlertWritten[]; replayed: boolean; known: boolean }> {
    const written: AlertWritten[] = [];
    let replayed = false;
    let known = true;
    const step = by.kind === 'command' ? Math.max(1, changes.length) : BATCH;
    for (let from = 0; from < changes.length; from += step) {
      const part = changes.slice(from, from + step);
      const { keys } = this;
      const command = by.kind === 'command' ? by.command : null;
      const [state, reply, epoch = '', seq = ''] = (await runScript(
        this.redis,
        writeScript,
        [
          keys.claim,
          keys.records,
          keys.versions,
          keys.open,
          keys.seq,
          keys.epoch,
          keys.stream,
          ...keys.timeline,
          ...keys.dueNotify,
          ...keys.dueEscalate,
          ...keys.dueAck,
          ...keys.dueTell,
          command?.redisKey ?? keys.claim,
          ...part.flatMap(({ record }) => [keys.history(record.id), keys.closed(record.id)]),
        ],
        [
          by.kind === 'engine' ? by.holder : '',
          by.kind === 'engine' ? by.version : '',
          JSON.stringify(part.map(changeText)),
          command?.print ?? '',
          IDEMPOTENCY_KEEP_MS,
          CLOSED_KEEP_MS,
          randomUUID(),
          by.kind === 'command' && by.each === true ? 'each' : '',
        ],
      )) as [string, string, string?, string?];
      if (state === 'stale') throw new AppError('stale_claim', 'another node evaluates rules now; nothing was written');
      const outcome = commandOutcome([state, reply]);
      replayed ||= outcome.replayed;
      const results = JSON.parse(outcome.reply) as AlertWritten[];
      written.push(...results);
      const published = part.filter(({ mode }, index) => mode !== 'note' && isNew(results[index]));
      // as everybody else reads them
      const records = published.map(({ record }) => readRecord(JSON.stringify(record)));
      if (records.length > 0) known = this.onTold({ position: { epoch, seq: Number(seq) }, records }) && known;
      else known &&= !outcome.replayed;
      if (part.some(({ due }) => due.some(({ op }) => op !== 'cancel'))) this.onDue();
    }
    return { written, replayed, known };
  }

  /** The reply of a command that has taken effect; null when it is new. @throws {AppError} `idempotency_body_mismatch` */
  async findReply<Reply = AlertWritten[]>({ redisKey, print }: Command): Promise<Reply | null> {
    const [kept, reply] = await this.redis.hmget(redisKey, 'print', 'reply');
    if (kept === null || kept === undefined) return null;
    const { reply: text } = commandOutcome(kept === print ? ['replay', reply ?? '[]'] : ['mismatch', '']);
    return JSON.parse(text) as Reply;
  }
  /** What a command of many writes has come to, also when a crash cut it short. @throws {AppError} `idempotency_body_mismatch` */
  async findMany<Reply>({ redisKey, print }: Command, ids: readonly string[]): Promise<ManyKept<Reply>> {
    const [kept, reply, ...did] = await this.redis.hmget(redisKey, 'print', 'reply', ...ids.map((id) => `did:${id}`));
    if (kept !== null && kept !== undefined) commandOutcome([kept === print ? 'replay' : 'mismatch', '']);
    return {
      reply: typeof reply === 'string' ? (JSON.parse(reply) as Reply) : null,
      done: new Set(ids.filter((_, index) => typeof did[index] === 'string')),
    };
  }
  /** Of a command of many writes, after them. */
  async keepReply({ redisKey, print }: Command, reply: unknown): Promise<void> {
    await runScript(this.redis, keepScript, [redisKey], [print, IDEMPOTENCY_KEEP_MS, JSON.stringify(reply)]);
  }

  async read(id: string): Promise<{ record: AlertRecord; closed: boolean } | null> {
    const open = await this.redis.hget(this.keys.records, id);
    if (open !== null) return { record: readRecord(open), closed: false };
    const closed = await this.redis.get(this.keys.closed(id));
    return closed === null ? null : { record: readRecord(closed), closed: true };
  }

  async history(id: string): Promise<AlertHistoryEntry[]> {
    return (await this.redis.lrange(this.keys.history(id), 0, -1)).map(
      (entry) => JSON.parse(entry) as AlertHistoryEntry,
    );
  }

  async head(): Promise<Position> {
    const [epoch, seq] = await this.redis.mget(this.keys.epoch, this.keys.seq);
    return { epoch: epoch ?? '', seq: Number(seq ?? 0) };
  }

  /** All that is not closed, at least as new as the position that comes with it. */
  async load(): Promise<{ position: Position; records: AlertRecord[] }> {
    const position = await this.head();
    return { position, records: (await this.redis.hvals(this.keys.records)).map(readRecord) };
  }

  /** Records as they became after `seq`, in order; null when the stream no longer goes back so far. */
  async changesAfter(seq: number): Promise<{ seq: number; records: AlertRecord[] } | null> {
    const rows = await this.redis.xrange(this.keys.stream, `(${seq}-0`, '+', 'COUNT', 2_000);
    const first = rows[0];
    if (first === undefined) return { seq, records: [] };
    if (Number.parseInt(first[0], 10) !== seq + 1) return null;
    const last = rows.at(-1)?.[0] ?? '';
    return { seq: Number.parseInt(last, 10), records: rows.map(([, fields]) => readRecord(fields[1] ?? '')) };
  }

  async groups(ids: readonly string[]): Promise<GroupState[]> {
    if (ids.length === 0) return [];
    return (await this.redis.hmget(this.keys.groups, ...ids)).map((text) =>
      text === null ? NEW_GROUP : (JSON.parse(text) as GroupState),
    );
  }
  /** For the part that pages: what a group was last paged with. */
  async writeGroup(id: string, state: GroupState): Promise<void> {
    await this.redis.hset(this.keys.groups, id, JSON.stringify(state));
  }

  async markEvaluated(atMs: number): Promise<void> {
    await this.redis.set(this.keys.evaluated, String(atMs));
  }
  /** When any node last evaluated rules, ms; null before the first time. */
  async evaluatedAtMs(): Promise<number | null> {
    const text = await this.redis.get(this.keys.evaluated);
    return text === null ? null : Number(text);
  }

  async silences(): Promise<Silence[]> {
    return (await this.redis.hvals(this.keys.silences)).map((text) => JSON.parse(text) as Silence);
  }
  async silence(id: string): Promise<Silence | null> {
    const text = await this.redis.hget(this.keys.silences, id);
    return text === null ? null : (JSON.parse(text) as Silence);
  }
  /** Forgets silences that ended long ago. */
  async forgetSilences(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.redis.hdel(this.keys.silences, ...ids);
  }

  /** @throws {AppError} `version_conflict`, `idempotency_body_mismatch` */
  async writeSilence(
    silence: Silence,
    expected: number,
    entry: NewTimelineEntry,
    { command, announceEnd }: { readonly command: Command | null; readonly announceEnd: boolean },
  ): Promise<{ silence: Silence; replayed: boolean }> {
    const [body, epoch] = timelineArgs(entry);
    const { keys } = this;
    const [state, reply] = (await runScript(
      this.redis,
      silenceScript,
      [keys.silences, keys.silenceVersions, ...keys.timeline, ...keys.dueSilence, command?.redisKey ?? keys.claim],
      [
        silence.id,
        expected,
        silence.version,
        JSON.stringify(silence),
        body,
        epoch,
        `${DUE_KINDS.silenceEnding}|${silence.id}`,
        announceEnd && silence.endsAt - silence.startsAt > SILENCE_ENDING_MS ? silence.endsAt - SILENCE_ENDING_MS : '',
        command?.print ?? '',
        IDEMPOTENCY_KEEP_MS,
      ],
    )) as [string, string];
    if (state === 'conflict')
      throw new AppError('version_conflict', 'this silence was changed meanwhile; read it again');
    const outcome = commandOutcome([state, reply]);
    return { silence: JSON.parse(outcome.reply) as Silence, replayed: outcome.replayed };
  }
}
