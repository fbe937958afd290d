import type { Feed } from '#contract/events';
import { feedsOf, isSteady, type SourceState } from '../server/domain/sources.ts';
import type { FrameSource } from '../server/realtime/frame-source.ts';
import { silentAfterMs } from '../server/room/domain/changes.ts';

export interface Silence {
  /** Since it was last heard, ms. */
  readonly ageMs: number;
  /** Longer is silent. */
  readonly limitMs: number;
}
type Heard = Pick<FrameSource, 'campaign' | 'reader' | 'sources'>;

const limitOf = ({ campaign }: Heard, feeds: readonly Feed[]): number => silentAfterMs(feeds, campaign.file.feeds);

/** How long a feed as a whole has been silent: not one of its sources was heard. null: it never reported, or is not one of the sale's. */
export function feedSilence(from: Heard, feed: Feed, nowMs: number): Silence | null {
  const newestMs = from.reader.feedNewestMs(feed);
  if (newestMs === null || from.campaign.file.feeds[feed] === undefined) return null;
  const heardMs = from
    .sources()
    .reduce((last, { types, heardMs: at }) => (feedsOf(types).includes(feed) ? Math.max(last, at) : last), 0);
  // events from a clock that is ahead are no sign of life
  const lastMs = heardMs === 0 ? newestMs : Math.min(newestMs, heardMs);
  return { ageMs: Math.max(0, nowMs - lastMs), limitMs: limitOf(from, [feed]) };
}

/**
 * How long one source has been silent. null where nothing can be said of it alone: it is not known, or its feeds are silent as a whole,
 * which is told of the feed; an alert that stands, or that somebody ended, then stays as it is.
 */
export function sourceSilence(from: Heard, source: string, nowMs: number): Silence | null {
  const state = from.sources().find((one) => one.source === source);
  if (state === undefined) return null;
  const feeds = feedsOf(state.types);
  const silence = { ageMs: Math.max(0, nowMs - state.heardMs), limitMs: limitOf(from, feeds) };
  if (silence.ageMs <= silence.limitMs || feeds.length === 0) return silence;
  const goesOn = ({ types, heardMs }: SourceState): boolean =>
    nowMs - heardMs <= silence.limitMs && feedsOf(types).some((feed) => feeds.includes(feed));
  return from.sources().some(goesOn) ? silence : null;
}

/** Names of the sources that are expected to go on; the same list until it changes. */
export function steadySources({ sources }: Pick<FrameSource, 'sources'>): () => readonly string[] {
  let from: readonly SourceState[] | null = null;
  let names: readonly string[] = [];
  return () => {
    const now = sources();
    if (now !== from) {
      from = now;
      names = now
        .filter(isSteady)
        .map(({ source }) => source)
        .sort();
    }
    return names;
  };
}
