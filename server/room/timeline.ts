import { actorOf, type Principal } from '#contract/permissions';
import type { Position, TimelineEntry, TimelineReply } from '#contract/timeline';
import { command, commandOutcome, IDEMPOTENCY_KEEP_MS } from '../store/idempotency.ts';
import { loadScript, runScript, type ScriptRunner } from '../store/scripts.ts';
import { appendEntry, type NewTimelineEntry, timelineArgs, timelineKeyList, timelineKeys } from '../store/timeline.ts';
import { createTimelinePages, entryOf, type StreamRedis, type TimelineQuery } from './timeline-pages.ts';

export { entryOf, type StreamRow, type TimelineQuery } from './timeline-pages.ts';

/** Entries of a newest page and of one read. */
export const TIMELINE_PAGE = 100;
/** A reader further behind than this starts again at the newest page: the screen holds 2,000 rows. */
export const TIMELINE_BACKLOG_MAX = 2_000;
/** Stream commands of a connection; a single server, Sentinel and Cluster all have them. */
export interface TimelineRedis extends ScriptRunner, StreamRedis {
  get(key: string): Promise<string | null>;
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
  page(query: TimelineQuery): Promise<TimelineReply & { readonly reset: boolean; readonly before: number | null }>;
  /** All wanted entries, oldest first, in pieces of a few hundred. */
  walk(query: Omit<TimelineQuery, 'after' | 'before' | 'limit' | 'epoch'>): AsyncGenerator<TimelineEntry[]>;
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

  const { page, walk } = createTimelinePages(redis, keys);
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
    walk,
  };
}
