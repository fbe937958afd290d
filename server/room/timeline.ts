import { actorOf, type Principal } from '#contract/permissions';
import {
  type Position,
  publicEntry,
  type TimelineEntry,
  type TimelineKind,
  type TimelineReply,
} from '#contract/timeline';
import { command, commandOutcome, IDEMPOTENCY_KEEP_MS } from '../store/idempotency.ts';
import { loadScript, runScript, type ScriptRunner } from '../store/scripts.ts';
import { appendEntry, type NewTimelineEntry, timelineArgs, timelineKeyList, timelineKeys } from '../store/timeline.ts';

/** Entries of a newest page and of one read. */
export const TIMELINE_PAGE = 100;
/** A reader further behind than this starts again at the newest page: the screen holds 2,000 rows. */
export const TIMELINE_BACKLOG_MAX = 2_000;
/** Rows one filtered read looks at before it answers with what it has. */
const SCAN_MAX = 5_000;

/** Stream commands of a connection; a single server, Sentinel and Cluster all have them. */
export interface TimelineRedis extends ScriptRunner {
  get(key: string): Promise<string | null>;
  mget(...keys: string[]): Promise<(string | null)[]>;
  xrange(key: string, from: string, to: string, count: 'COUNT', limit: number): Promise<StreamRow[]>;
  xrevrange(key: string, from: string, to: string, count: 'COUNT', limit: number): Promise<StreamRow[]>;
}
export type StreamRow = [id: string, fields: string[]];

export const entryOf = (row: StreamRow): TimelineEntry => JSON.parse(row[1][1] ?? '') as TimelineEntry;

export interface TimelineQuery {
  /** Entries with a higher seq, oldest first. */
  readonly after?: number;
  /** The epoch `after` belongs to; another one is answered from the newest page, with `reset`. */
  readonly epoch?: string;
  /** Entries with a lower seq, for paging back. */
  readonly before?: number;
  readonly limit: number;
  readonly kinds?: readonly TimelineKind[];
  readonly actorId?: string;
  /** False, as when absent: security entries are hidden before anything is looked for, so that no filter finds them. */
  readonly seesSecurity?: boolean;
}
/** Entries after a position; `reset`: the position was of another life or too far back, this is the newest page. */
export interface TimelinePage {
  readonly position: Position;
  readonly entries: readonly TimelineEntry[];
  readonly reset: boolean;
}
export interface NoteCommand {
  readonly principal: Principal;
  /** The caller's Idempotency-Key. */
  readonly key: string;
  readonly text: string;
  readonly requestId: string;
}
export interface Timeline {
  append(entry: NewTimelineEntry): Promise<number>;
  /** @throws {AppError} `idempotency_body_mismatch` */
  note(note: NoteCommand): Promise<{ entry: TimelineEntry; replayed: boolean }>;
  /** The newest entry's position; seq 0 and an empty epoch before the first entry. */
  head(): Promise<Position>;
  /** What a screen has missed: at most `TIMELINE_BACKLOG_MAX` entries, in order; null asks for the newest page. */
  since(position: Position | null): Promise<TimelinePage>;
  /** A filtered page for reading, entries always oldest first. `position` is where a follow-up with `after` goes on. */
  page(query: TimelineQuery): Promise<TimelineReply & { readonly reset: boolean }>;
}

const noteScript = loadScript('append-note-4');

/** The timeline of one campaign instance: append-only, gap-free seq within an epoch, kept in a Redis stream. */
export function createTimeline(redis: TimelineRedis, prefix: string, instance: string): Timeline {
  const keys = timelineKeys(prefix, instance);

  async function head(): Promise<Position> {
    const [epoch, seq] = await redis.mget(keys.epoch, keys.seq);
    return { epoch: epoch ?? '', seq: Number(seq ?? 0) };
  }
  async function newest(limit: number): Promise<readonly TimelineEntry[]> {
    return (await redis.xrevrange(keys.stream, '+', '-', 'COUNT', limit)).map(entryOf).reverse();
  }
  /** The newest page, in one consistent view: its own last entry is the position. */
  async function restart(epoch: string): Promise<TimelinePage> {
    const entries = await newest(TIMELINE_PAGE);
    return { position: { epoch, seq: entries.at(-1)?.seq ?? 0 }, entries, reset: true };
  }

  async function since(position: Position | null): Promise<TimelinePage> {
    const { epoch, seq } = await head();
    const missed = position === null ? 0 : seq - position.seq;
    if (position === null || position.epoch !== epoch || missed < 0 || missed > TIMELINE_BACKLOG_MAX)
      return restart(epoch);
    if (missed === 0) return { position, entries: [], reset: false };
    const rows = await redis.xrange(keys.stream, `(${position.seq}-0`, '+', 'COUNT', TIMELINE_BACKLOG_MAX);
    const entries = rows.map(entryOf);
    if (entries[0]?.seq !== position.seq + 1) return restart(epoch); // trimmed, or another life by now
    return { position: { epoch, seq: entries.at(-1)?.seq ?? position.seq }, entries, reset: false };
  }

  async function page(query: TimelineQuery): Promise<TimelineReply & { reset: boolean }> {
    const { epoch, seq } = await head();
    const stale = query.after !== undefined && query.epoch !== undefined && query.epoch !== epoch;
    const after = stale ? undefined : query.after;
    const shown = (row: StreamRow): TimelineEntry =>
      query.seesSecurity === true ? entryOf(row) : publicEntry(entryOf(row));
    const wanted = ({ kind, actor }: TimelineEntry): boolean =>
      (query.kinds === undefined || (kind !== 'hidden' && query.kinds.includes(kind))) &&
      (query.actorId === undefined || actor.id === query.actorId);
    const found: TimelineEntry[] = [];
    let edge: number | undefined = after ?? query.before; // next read goes beyond this seq
    let last = after ?? seq;
    for (let scanned = 0; scanned < SCAN_MAX && found.length < query.limit; ) {
      const rows =
        after !== undefined
          ? await redis.xrange(keys.stream, `(${edge}-0`, '+', 'COUNT', 500)
          : await redis.xrevrange(keys.stream, edge === undefined ? '+' : `(${edge}-0`, '-', 'COUNT', 500);
      if (rows.length === 0) break;
      for (const entry of rows.map(shown)) {
        if (found.length === query.limit) break;
        edge = entry.seq;
        if (after !== undefined) last = entry.seq;
        if (wanted(entry)) found.push(entry);
      }
      scanned += rows.length;
    }
    if (after === undefined) found.reverse();
    return { position: { epoch, seq: last }, entries: found, reset: stale };
  }

  return {
    append: (entry) => appendEntry(redis, keys, entry),
    async note({ principal, key, text, requestId }) {
      const asked = command(prefix, instance, { principal, route: 'timeline.note', key, asked: { text } });
      const args = timelineArgs({ kind: 'note', actor: actorOf(principal), params: { text }, requestId });
      const reply = await runScript(
        redis,
        noteScript,
        [...timelineKeyList(keys), asked.redisKey],
        [...args, asked.print, IDEMPOTENCY_KEEP_MS],
      );
      const outcome = commandOutcome(reply);
      return { entry: JSON.parse(outcome.reply) as TimelineEntry, replayed: outcome.replayed };
    },
    head,
    since,
    page,
  };
}
