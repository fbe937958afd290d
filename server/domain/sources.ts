import { type EventType, FEED_OF, type Feed } from '#contract/events';
import { WATERMARK_LAG_MS } from './place-event.ts';

/** What is known of one source of events; counts are since the campaign instance began. */
export interface SourceState {
  readonly source: string;
  /** Newest event time, ms. */
  readonly newestMs: number;
  /** Redis time when it last sent anything good, ms. */
  readonly heardMs: number;
  readonly types: readonly EventType[];
  readonly acceptedCount: number;
  readonly lateCount: number;
  readonly duplicateCount: number;
  readonly rejectedCount: number;
}
/** A source silent for longer leaves the watermark and marks its figures `partial`. */
export const SILENT_AFTER_MS = 30_000;

export interface FeedState {
  readonly newestMs: number | null;
  /** Minimum over heard sources of newest − 2 s; null when none is heard. */
  readonly watermarkMs: number | null;
  readonly heardCount: number;
  readonly silentCount: number;
}

const known = new WeakMap<readonly EventType[], readonly Feed[]>();
/** Looked up for every source in every tick, so it is worked out once a list. */
export function feedsOf(types: readonly EventType[]): readonly Feed[] {
  let feeds = known.get(types);
  if (feeds === undefined) {
    feeds = [...new Set(types.flatMap((type) => (type === 'source.heartbeat' ? [] : [FEED_OF[type]])))];
    known.set(types, feeds);
  }
  return feeds;
}

/** State of every feed that ever reported. @param nowMs - Redis time */
export function feedStates(sources: readonly SourceState[], nowMs: number): Map<Feed, FeedState> {
  const feeds = new Map<Feed, FeedState>();
  for (const source of sources) {
    const heard = nowMs - source.heardMs <= SILENT_AFTER_MS;
    for (const feed of feedsOf(source.types)) {
      const before = feeds.get(feed) ?? { newestMs: null, watermarkMs: null, heardCount: 0, silentCount: 0 };
      feeds.set(feed, {
        newestMs: Math.max(before.newestMs ?? 0, source.newestMs),
        watermarkMs: heard
          ? Math.min(before.watermarkMs ?? Number.POSITIVE_INFINITY, source.newestMs - WATERMARK_LAG_MS)
          : before.watermarkMs,
        heardCount: before.heardCount + (heard ? 1 : 0),
        silentCount: before.silentCount + (heard ? 0 : 1),
      });
    }
  }
  return feeds;
}

/** Minimum watermark of all heard sources; null when none is heard. */
export function watermark(sources: readonly SourceState[], nowMs: number): number | null {
  let least = Number.POSITIVE_INFINITY;
  for (const { newestMs, heardMs } of sources) {
    if (newestMs > 0 && nowMs - heardMs <= SILENT_AFTER_MS) least = Math.min(least, newestMs - WATERMARK_LAG_MS);
  }
  return Number.isFinite(least) ? Math.min(least, nowMs) : null;
}
