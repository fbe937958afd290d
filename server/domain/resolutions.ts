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

/**
 * Cuts a span into the fewest stored slices: hours inside, minutes and seconds at the edges. Edges that lie where a
 * finer resolution is no longer kept are snapped outwards to the next coarser one.
 * @param keptFromMs - oldest start that is still kept, by resolution (exact, as `sliceExpiresAtMs` says)
 */
export function cutSpan(
  fromMs: number,
  toMs: number,
  kept: (resolution: ResolutionName, startMs: number) => boolean,
): { parts: SpanPart[]; resolutionMs: number } {
  const parts: SpanPart[] = [];
  let resolutionMs = 1_000;
  const hour = RESOLUTIONS['1h'].sizeMs;
  const minute = RESOLUTIONS['1m'].sizeMs;
  const push = (resolution: ResolutionName, from: number, to: number): void => {
    if (to > from) parts.push({ resolution, fromMs: from, toMs: to });
  };
  const seconds = (from: number, to: number): void => {
    if (to <= from) return;
    if (kept('1s', floorTo(from, 1_000))) push('1s', floorTo(from, 1_000), ceilTo(to, 1_000));
    else {
      resolutionMs = Math.max(resolutionMs, minute);
      push('1m', floorTo(from, minute), ceilTo(to, minute));
    }
  };
  const minutes = (from: number, to: number): void => {
    if (to <= from) return;
    if (!kept('1m', floorTo(from, minute))) {
      resolutionMs = Math.max(resolutionMs, hour);
      push('1h', floorTo(from, hour), ceilTo(to, hour));
      return;
    }
    const first = ceilTo(from, minute);
    const last = floorTo(to, minute);
    if (first > last) {
      seconds(from, to);
      return;
    }
    seconds(from, first);
    push('1m', first, last);
    seconds(last, to);
  };
  const firstHour = ceilTo(fromMs, hour);
  const lastHour = floorTo(toMs, hour);
  if (firstHour > lastHour) minutes(fromMs, toMs);
  else {
    minutes(fromMs, firstHour);
    push('1h', firstHour, lastHour);
    minutes(lastHour, toMs);
  }
  return { parts, resolutionMs };
}
