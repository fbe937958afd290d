import type { ReactElement } from 'react';
import type { LinePoint } from '../state/fold-line.ts';

/** Path of a small curve in a 100 × 30 box; gaps where there is no value. Pure. */
export function sparkPath(points: readonly LinePoint[]): string {
  const first = points[0]?.[0] ?? 0;
  const span = (points.at(-1)?.[0] ?? 0) - first;
  const values = points.flatMap(([, value]) => (value === null ? [] : [value]));
  const top = Math.max(0, ...values);
  if (span <= 0 || top <= 0) return '';
  // No axis, so no zero line either: the shape is the message. Some room is left under the lowest point.
  const low = Math.min(...values);
  const floor = Math.max(0, low - (top - low || top) * 0.35);
  let path = '';
  let pen = 'M';
  for (const [ms, value] of points) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${(((ms - first) / span) * 100).toFixed(2)} ${(29 - ((value - floor) / (top - floor || 1)) * 28).toFixed(2)}`;
    pen = 'L';
  }
  return path;
}

/** A curve without axes, as SVG: phones and small panels need no chart library. */
export function Spark({ points, trusted }: { points: readonly LinePoint[]; trusted: boolean }): ReactElement {
  return (
    <svg className="spark" viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true" data-trusted={trusted}>
      <path d={sparkPath(points)} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
