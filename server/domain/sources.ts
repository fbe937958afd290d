import { type EventType, FEED_OF, type Feed } from '#contract/events';
import { WATERMARK_LAG_MS } from './place-event.ts';

/** What is known of one source of events; counts are since the campaign instance began. */
export interface SourceState {
  readonly source: string;
  /** Newest event time, ms. */
  readonly newestMs: number;
  /** Redis time when it last sent anything good, ms. */
  readonly heardMs: number;
  /** Minutes in a row in which it was heard; stays at `STEADY_MINUTES` once reached. Absent: not known. */
  readonly minutesCount?: number;
  readonly types: readonly EventType[];
  readonly acceptedCount: number;
  readonly lateCount: number;
  readonly duplicateCount: number;
  readonly rejectedCount: number;
}
/** A source silent for longer leaves the watermark and marks its figures `partial`. */
export const SILENT_AFTER_MS = 30_000;
/** A source heard in so many minutes in a row is expected to go on; who sent a little once may stop without anybody missing it. */
export const STEADY_MINUTES = 5;
export const isSteady = ({ minutesCount = 0 }: Pick<SourceState, 'minutesCount'>): boolean =>
  minutesCount >= STEADY_MINUTES;

export interface FeedState {
  readonly newestMs: number | null;
  /** Minimum over heard sources of newest − 2 s; null when none is heard. */
  readonly watermarkMs: number | null;
  readonly heardCount: number;
  /** Steady sources that are silent; while nobody of the feed is heard, every one that ever sent. */
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
  const passing = new Map<Feed, number>();
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
        silentCount: before.silentCount + (heard || !isSteady(source) ? 0 : 1),
      });
      if (!heard && !isSteady(source)) passing.set(feed, (passing.get(feed) ?? 0) + 1);
    }
  }
  for (const [feed, count] of passing) {
    const state = feeds.get(feed);
    if (state?.heardCount === 0) feeds.set(feed, { ...state, silentCount: state.silentCount + count });
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

/** What several shards know of each source, together. */
export function mergedSources(shards: readonly (readonly SourceState[])[]): SourceState[] {
  const merged = new Map<string, SourceState>();
  for (const states of shards) {
    for (const state of states) {
      const before = merged.get(state.source);
      merged.set(state.source, before === undefined ? state : addStates(before, state));
    }
  }
  return [...merged.values()];
}

function addStates(a: SourceState, b: SourceState): SourceState {
  return {
    source: a.source,
    newestMs: Math.max(a.newestMs, b.newestMs),
    heardMs: Math.max(a.heardMs, b.heardMs),
    minutesCount: Math.max(a.minutesCount ?? 0, b.minutesCount ?? 0),
    types: [...new Set([...a.types, ...b.types])],
    acceptedCount: a.acceptedCount + b.acceptedCount,
    lateCount: a.lateCount + b.lateCount,
    duplicateCount: a.duplicateCount + b.duplicateCount,
    rejectedCount: a.rejectedCount + b.rejectedCount,
  };
}
