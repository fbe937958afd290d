/**
 * How far a figure can be trusted, derived from ages and never stored. Shared by the server, the client and the tests,
 * so that there is one definition of stale (PROTOCOL.md FRESH1–FRESH8).
 */
export type Freshness = 'live' | 'late' | 'stale' | 'gone' | 'empty';

/** Link deadlines, ms without a frame or a beat by the client's monotonic clock. */
export const LINK_STALE_MS = 3_000;
export const LINK_OFFLINE_MS = 10_000;
/** A stale value stays, dimmed, for this long, then becomes a dash. */
export const GONE_MS = 600_000;

/** Feed age at which a tile leaves `live`, ms. @param intervalMs how often the feed normally reports, ms */
export const lateAfterMs = (intervalMs: number): number => Math.max(5_000, 2 * intervalMs);
/** Feed age at which a tile becomes `stale`, ms. */
export const staleAfterMs = (intervalMs: number): number => Math.max(15_000, 5 * intervalMs);

export interface FeedAge {
  /** ms since the feed's newest event or heartbeat, now; null when it never reported. */
  readonly ageMs: number | null;
  /** How often it normally reports, ms. */
  readonly intervalMs: number;
}

/** Freshness of one feed. The boundaries belong to the better state: exactly `lateAfterMs` is still live. */
export function feedFreshness({ ageMs, intervalMs }: FeedAge): Freshness {
  if (ageMs === null) return 'empty';
  if (ageMs > GONE_MS) return 'gone';
  if (ageMs > staleAfterMs(intervalMs)) return 'stale';
  if (ageMs > lateAfterMs(intervalMs)) return 'late';
  return 'live';
}

const ORDER: readonly Freshness[] = ['live', 'late', 'stale', 'gone', 'empty'];

/** The worst of several; a figure that needs two feeds is as fresh as the older one. */
export function worstFreshness(states: readonly Freshness[]): Freshness {
  let worst = 0;
  for (const state of states) worst = Math.max(worst, ORDER.indexOf(state));
  return ORDER[worst] ?? 'live';
}

/**
 * Freshness of a tile: its feeds' state made worse by the link's.
 * @param linkAgeMs - ms since the last frame or beat, by the client's monotonic clock
 */
export function tileFreshness(feeds: readonly FeedAge[], linkAgeMs: number): Freshness {
  const states = feeds.map(feedFreshness);
  if (linkAgeMs > GONE_MS) states.push('gone');
  else if (linkAgeMs > LINK_STALE_MS) states.push('stale');
  return worstFreshness(states);
}
