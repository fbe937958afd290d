import type { MinuteCurve } from '#contract/campaign';
import type { LinePoint } from '../state/fold-line.ts';

const MINUTE_MS = 60_000;

export interface MinuteLine {
  /** `[end of the minute, value]`, whole minutes only, then the rolling last minute as the live tip. */
  readonly points: readonly LinePoint[];
  /** The highest whole minute; null while the rolling one is above it, for then that is the peak and stands there already. */
  readonly peak: { readonly atMs: number; readonly value: number } | null;
}

/**
 * The drawn line of a per-minute sum. A minute that is not over looks like a fall, so it is left out; the sum of the last
 * sixty seconds, which is a whole minute too, stands at its end.
 * @param completeMs - all earlier events are in (the watermark)
 */
export function minuteLine(held: readonly LinePoint[], completeMs: number | null, tip: number | null): MinuteLine {
  const points: LinePoint[] = [];
  let peak: { atMs: number; value: number } | null = null;
  for (const [startMs, value] of held) {
    const endMs = startMs + MINUTE_MS;
    if (completeMs === null || endMs > completeMs) continue;
    points.push([endMs, value]);
    if (value !== null && value > (peak?.value ?? 0)) peak = { atMs: startMs, value };
  }
  if (completeMs !== null && tip !== null && completeMs > (points.at(-1)?.[0] ?? 0)) {
    points.push([completeMs, tip]);
  }
  // a rolling minute is gone in the next moment: as a peak it would fall again
  if (peak !== null && tip !== null && tip > peak.value) peak = null;
  return { points, peak };
}

/** A planned curve as points at the ends of its minutes, cut to `[fromMs, toMs]` and thinned to at most `most` points. */
export function curvePoints(
  curve: MinuteCurve | undefined,
  opensAtMs: number,
  span: { fromMs: number; toMs: number },
  most = 600,
): readonly LinePoint[] {
  if (!curve) return [];
  const startMs = opensAtMs + curve.fromMinute * MINUTE_MS;
  const points = curve.values
    .map((value, index): LinePoint => [startMs + (index + 1) * MINUTE_MS, value])
    .filter(([ms]) => ms >= span.fromMs && ms <= span.toMs);
  return thin(points, most);
}

/** Keeps each n-th point and the highest of those between, so that a peak is never thinned away. */
export function thin(points: readonly LinePoint[], most: number): readonly LinePoint[] {
  const each = Math.ceil(points.length / most);
  if (each <= 1) return points;
  const kept: LinePoint[] = [];
  for (let start = 0; start < points.length; start += each) {
    let best = points[start] as LinePoint;
    for (const point of points.slice(start, start + each)) if ((point[1] ?? 0) > (best[1] ?? 0)) best = point;
    kept.push(best);
  }
  return kept;
}

const HOUR_MS = 3_600_000;
const SPANS_HOURS = [1, 2, 4, 8, 12, 24, 48, 96];
/** What the curve shows: from shortly before opening, growing in steps so that the line never runs into the edge. */
export function curveSpan(opensAtMs: number, nowMs: number): { fromMs: number; toMs: number } {
  const elapsedMs = Math.max(0, nowMs - opensAtMs);
  const hours = SPANS_HOURS.find((each) => elapsedMs <= each * HOUR_MS * 0.85) ?? 96;
  return { fromMs: opensAtMs - hours * HOUR_MS * 0.08, toMs: opensAtMs + hours * HOUR_MS };
}
