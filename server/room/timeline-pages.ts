import { publicEntry, type TimelineEntry, type TimelineReply } from '#contract/timeline';
import { isWanted, type TimelineFilter } from '#contract/timeline-filter';
import type { TimelineKeys } from '../store/timeline.ts';

/** Rows one filtered read looks at before it answers with what it has. */
const SCAN_MAX = 5_000;
const READ = 500;

/** Stream commands of a connection; a single server, Sentinel and Cluster all have them. */
export interface StreamRedis {
  mget(...keys: string[]): Promise<(string | null)[]>;
  xrange(key: string, from: string, to: string, count: 'COUNT', limit: number): Promise<StreamRow[]>;
  xrevrange(key: string, from: string, to: string, count: 'COUNT', limit: number): Promise<StreamRow[]>;
}
export type StreamRow = [id: string, fields: string[]];
export const entryOf = (row: StreamRow): TimelineEntry => JSON.parse(row[1][1] ?? '') as TimelineEntry;

export interface TimelineQuery extends TimelineFilter {
  /** Entries with a higher seq, oldest first. */
  readonly after?: number;
  /** The epoch `after` belongs to; another one is answered from the newest page, with `reset`. */
  readonly epoch?: string;
  /** Entries with a lower seq, for paging back. */
  readonly before?: number;
  readonly limit: number;
  /** False, as when absent: security entries are hidden before anything is looked for, so that no filter finds them. */
  readonly seesSecurity?: boolean;
}

/** Reading the timeline in filtered pages. */
export function createTimelinePages(redis: StreamRedis, keys: TimelineKeys) {
  const shownTo =
    (query: Pick<TimelineQuery, 'seesSecurity'>) =>
    (row: StreamRow): TimelineEntry =>
      query.seesSecurity === true ? entryOf(row) : publicEntry(entryOf(row));

  /** The first seq whose entry is not before `atMs`: times rise with seq, so a dozen looks find it in 200,000. */
  async function seqAt(atMs: number): Promise<number> {
    const [first, last] = await Promise.all([
      redis.xrange(keys.stream, '-', '+', 'COUNT', 1),
      redis.xrevrange(keys.stream, '+', '-', 'COUNT', 1),
    ]);
    if (first[0] === undefined || last[0] === undefined) return 0;
    let low = entryOf(first[0]).seq;
    let high = entryOf(last[0]).seq + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const [row] = await redis.xrange(keys.stream, `${middle}-0`, '+', 'COUNT', 1);
      if (row === undefined || entryOf(row).atMs >= atMs) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** A filtered page, entries always oldest first. */
  async function page(query: TimelineQuery): Promise<TimelineReply & { reset: boolean; before: number | null }> {
    const [epochText, seqText] = await redis.mget(keys.epoch, keys.seq);
    const epoch = epochText ?? '';
    const seq = Number(seqText ?? 0);
    const stale = query.after !== undefined && query.epoch !== undefined && query.epoch !== epoch;
    const after = stale ? undefined : query.after;
    const shown = shownTo(query);
    const found: TimelineEntry[] = [];
    // next read goes beyond this seq
    let edge: number | undefined = after ?? query.before;
    if (after === undefined && query.toMs !== undefined)
      edge = Math.min(edge ?? Number.POSITIVE_INFINITY, await seqAt(query.toMs));
    let last = after ?? seq;
    let over = edge === 0 && after === undefined; // nothing lies before the first entry
    for (let scanned = 0; !over && scanned < SCAN_MAX && found.length < query.limit; ) {
      const rows: StreamRow[] =
        after !== undefined
          ? await redis.xrange(keys.stream, `(${edge}-0`, '+', 'COUNT', READ)
          : await redis.xrevrange(keys.stream, edge === undefined ? '+' : `(${edge}-0`, '-', 'COUNT', READ);
      over = rows.length === 0;
      for (const entry of rows.map(shown)) {
        if (found.length === query.limit) break;
        // older than the span: so is everything that follows
        over = after === undefined && query.fromMs !== undefined && entry.atMs < query.fromMs;
        if (over) break;
        edge = entry.seq;
        if (after !== undefined) last = entry.seq;
        if (isWanted(query, entry)) found.push(entry);
      }
      scanned += rows.length;
    }
    if (after === undefined) found.reverse();
    const before = over || after !== undefined ? null : (edge ?? null);
    return { position: { epoch, seq: last }, entries: found, reset: stale, before };
  }

  /** All wanted entries, oldest first, in pieces; what its reader may not see is left out. */
  async function* walk(
    query: Omit<TimelineQuery, 'after' | 'before' | 'limit' | 'epoch'>,
  ): AsyncGenerator<TimelineEntry[]> {
    const shown = shownTo(query);
    let edge = query.fromMs === undefined ? 0 : (await seqAt(query.fromMs)) - 1;
    for (;;) {
      const entries = (await redis.xrange(keys.stream, `(${Math.max(0, edge)}-0`, '+', 'COUNT', READ)).map(shown);
      const last = entries.at(-1);
      if (last === undefined) return;
      yield entries.filter((entry) => entry.kind !== 'hidden' && isWanted(query, entry));
      if (query.toMs !== undefined && last.atMs >= query.toMs) return;
      edge = last.seq;
    }
  }
  return { page, walk };
}
