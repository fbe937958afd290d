import type { TimelineEntry } from '#contract/timeline';
import { isWanted, type TimelineFilter } from '#contract/timeline-filter';

/** Rows a page keeps; what is scrolled away further is read again. */
export const ROWS_MOST = 5_000;

export interface Feed {
  /** Newest first, none twice. */
  readonly entries: readonly TimelineEntry[];
  /** Entries up to here were read from the server; what is newer comes live. */
  readonly headSeq: number;
  readonly epoch: string;
  /** Where older ones go on; null: there are none. */
  readonly before: number | null;
}
export const NO_FEED: Feed = { entries: [], headSeq: 0, epoch: '', before: null };
const shown = ({ kind }: TimelineEntry): boolean => kind !== 'hidden';
const newestFirst = (entries: readonly TimelineEntry[]): TimelineEntry[] =>
  [...new Map(entries.map((entry) => [entry.seq, entry])).values()].sort((a, b) => b.seq - a.seq);

/** An older page goes below what is there. Pure. */
export const withOlder = (feed: Feed, entries: readonly TimelineEntry[], before: number | null): Feed => ({
  ...feed,
  entries: newestFirst([...feed.entries, ...entries.filter(shown)]).slice(0, ROWS_MOST),
  before,
});

/** What came live and fits the filter, above what was read; nothing that the page before already had. Pure. */
export function withLive(feed: Feed, live: readonly TimelineEntry[], filter: TimelineFilter): readonly TimelineEntry[] {
  const fresh = live.filter((entry) => entry.seq > feed.headSeq && shown(entry) && isWanted(filter, entry));
  return fresh.length === 0 ? feed.entries : newestFirst([...feed.entries, ...fresh]);
}

/**
 * What is drawn while somebody reads: nothing newer than what was there when they began, so that no row moves under the
 * pointer. Pure.
 */
export function held(
  entries: readonly TimelineEntry[],
  untilSeq: number | null,
): { readonly rows: readonly TimelineEntry[]; readonly newCount: number } {
  if (untilSeq === null) return { rows: entries, newCount: 0 };
  const rows = entries.filter(({ seq }) => seq <= untilSeq);
  return { rows, newCount: entries.length - rows.length };
}
