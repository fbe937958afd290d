import { type FeedAge, type Freshness, LINK_STALE_MS, tileFreshness } from '#contract/freshness';
import type { StreamData } from './fold-frame.ts';
import { serverNowMs } from './server-clock.ts';

declare const made: unique symbol;
/**
 * How far the figures of a tile can be trusted. Only `figureFreshness` makes one, and every component that draws a number
 * demands one, so a number cannot be drawn without its freshness.
 */
export interface FigureFreshness {
  readonly state: Freshness;
  /** ms since the oldest feed's newest event, or since the last frame where that is longer; null when neither came. */
  readonly ageMs: number | null;
  /** Severity colours and deltas may be shown. */
  readonly trusted: boolean;
  readonly [made]: true;
}

/**
 * @param feeds - names of the feeds the tile's figures need
 * @param nowMs - performance.now()
 */
export function figureFreshness(
  { frame, frameHeardAtMs, clock }: Pick<StreamData, 'frame' | 'frameHeardAtMs' | 'clock'>,
  feeds: readonly string[],
  nowMs: number,
): FigureFreshness {
  const serverMs = serverNowMs(clock, nowMs);
  if (!frame || serverMs === null) return { state: 'empty', ageMs: null, trusted: false } as FigureFreshness;
  const frameAgeMs = nowMs - frameHeardAtMs;
  const ages = feeds.map((name): FeedAge => {
    const feed = frame.feeds[name];
    return feed && feed.newestMs !== null
      ? { ageMs: Math.max(0, serverMs - feed.newestMs), intervalMs: feed.intervalMs }
      : { ageMs: null, intervalMs: feed?.intervalMs ?? 1_000 };
  });
  // A frame may be slower than the link's deadline only if the server said so with its time to live.
  const linkAgeMs = frameAgeMs > Math.max(LINK_STALE_MS, frame.ttlMs) ? Math.max(frameAgeMs, LINK_STALE_MS + 1) : 0;
  const byAge = tileFreshness(ages, linkAgeMs);
  const loading = frame.loadingRatio !== undefined && frame.loadingRatio < 1;
  const degraded = frame.quality === 'degraded';
  // Windows that are still being loaded hold too little, and a server without its store knows nothing new, of alerts neither:
  // such a number is no better than a stale one, however punctual its frame.
  const state = (loading || degraded) && (byAge === 'live' || byAge === 'late') ? 'stale' : byAge;
  const oldest = ages.reduce<number | null>(
    (worst, { ageMs }) => (ageMs === null ? worst : Math.max(worst ?? 0, ageMs)),
    null,
  );
  const storeAgeMs = degraded && frame.asOf !== null ? Math.max(0, serverMs - frame.asOf) : null;
  const ageMs = linkAgeMs > 0 ? Math.max(frameAgeMs, oldest ?? 0) : (oldest ?? storeAgeMs);
  return { state, ageMs, trusted: state === 'live' || state === 'late' } as FigureFreshness;
}
