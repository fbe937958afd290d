/** The three stored resolutions. Each is complete while it is kept; `10s` and anything else is derived. */
export const RESOLUTIONS = {
  '1s': { sizeMs: 1_000, keepMs: 2 * 3_600_000 },
  '1m': { sizeMs: 60_000, keepMs: 15 * 86_400_000 },
  '1h': { sizeMs: 3_600_000, keepMs: 400 * 86_400_000 },
} as const;
export type ResolutionName = keyof typeof RESOLUTIONS;

export const floorTo = (ms: number, sizeMs: number): number => Math.floor(ms / sizeMs) * sizeMs;
export const ceilTo = (ms: number, sizeMs: number): number => Math.ceil(ms / sizeMs) * sizeMs;

export interface SpanPart {
  readonly resolution: ResolutionName;
  /** First slice start and end (exclusive), multiples of the resolution. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Whether a slice is still there; at each resolution the older ones go first, but for those around the opening. */
export type Kept = (resolution: ResolutionName, startMs: number) => boolean;

const MINUTE_MS = RESOLUTIONS['1m'].sizeMs;
const HOUR_MS = RESOLUTIONS['1h'].sizeMs;

/** Finest resolution an edge can be cut at. It asks for the whole minute or hour around it, so that the windows on both sides are cut alike. */
function edgeResolutionMs(ms: number, kept: Kept): number {
  if (kept('1s', floorTo(ms, MINUTE_MS))) return 1_000;
  return kept('1m', floorTo(ms, HOUR_MS)) ? MINUTE_MS : HOUR_MS;
}

export interface Snapped {
  readonly fromMs: number;
  readonly toMs: number;
  /** The coarser of what the two edges could be cut at. */
  readonly resolutionMs: number;
}

/**
 * Moves both edges back to the finest slice that is still kept there. Either side of an edge moves it alike, so adjacent
 * windows stay adjacent; a window shorter than the resolution becomes the one slice it lies in. An end behind which there
 * is nothing moves forward instead, so that the last events never drop out of a total.
 * @param emptyFromMs - no event lies at or after this
 */
export function snapSpan(fromMs: number, toMs: number, kept: Kept, emptyFromMs = Number.POSITIVE_INFINITY): Snapped {
  const olderMs = edgeResolutionMs(fromMs, kept);
  const from = floorTo(fromMs, olderMs);
  if (toMs <= fromMs) return { fromMs: from, toMs: from, resolutionMs: olderMs };
  const newerMs = edgeResolutionMs(toMs, kept);
  const to = newerMs === 1_000 || toMs >= emptyFromMs ? ceilTo(toMs, newerMs) : floorTo(toMs, newerMs);
  const resolutionMs = Math.max(olderMs, newerMs);
  return { fromMs: from, toMs: to > from ? to : from + resolutionMs, resolutionMs };
}

/** Cuts a span, snapped, into the fewest stored slices: hours inside, minutes and seconds at the edges. */
export function cutSpan(
  fromMs: number,
  toMs: number,
  kept: Kept,
  emptyFromMs?: number,
): { readonly parts: readonly SpanPart[]; readonly resolutionMs: number } {
  const parts: SpanPart[] = [];
  const { fromMs: from, toMs: to, resolutionMs } = snapSpan(fromMs, toMs, kept, emptyFromMs);
  const push = (resolution: ResolutionName, start: number, end: number): void => {
    if (end > start) parts.push({ resolution, fromMs: start, toMs: end });
  };
  const firstMinute = ceilTo(from, MINUTE_MS);
  const lastMinute = floorTo(to, MINUTE_MS);
  if (firstMinute > lastMinute) {
    push('1s', from, to);
    return { parts, resolutionMs };
  }
  const firstHour = ceilTo(firstMinute, HOUR_MS);
  const lastHour = floorTo(lastMinute, HOUR_MS);
  push('1s', from, firstMinute);
  if (firstHour > lastHour) push('1m', firstMinute, lastMinute);
  else {
    push('1m', firstMinute, firstHour);
    push('1h', firstHour, lastHour);
    push('1m', lastHour, lastMinute);
  }
  push('1s', lastMinute, to);
  return { parts, resolutionMs };
}
