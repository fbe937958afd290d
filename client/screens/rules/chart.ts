import type { BacktestLine } from '#contract/alerts';

export const WIDTH = 1_000;
export const HEIGHT = 220;

export interface Scale {
  readonly x: (ms: number) => number;
  readonly y: (value: number) => number;
  readonly low: number;
  readonly high: number;
}
/** A scale that holds every value and every limit that is near them, with a little air. Pure. */
export function scaleOf(lines: readonly BacktestLine[], fromMs: number, toMs: number): Scale {
  const values = lines.flatMap(({ points }) => points.flatMap(([, value]) => (value === null ? [] : [value])));
  let low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  let high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(low)) [low, high] = [0, 1];
  const reach = Math.max(high - low, Math.abs(high) * 0.05, 1e-9);
  // limits far away would press the line flat; near ones are shown, and always the nearest, for it is judged by that
  const farOf = (limit: number): number => Math.max(low - limit, limit - high, 0);
  const limits = lines
    .flatMap((line) => line.limits.filter((limit) => limit !== null))
    .sort((a, b) => farOf(a) - farOf(b));
  const shown = limits.filter((limit, index) => index === 0 || farOf(limit) <= 3 * reach);
  low = Math.min(low, ...shown);
  high = Math.max(high, ...shown);
  const air = Math.max(high - low, Math.abs(high) * 0.01, 1e-9) * 0.06;
  const [bottom, top] = [low - air, high + air];
  return {
    low: bottom,
    high: top,
    x: (ms) => ((ms - fromMs) / Math.max(1, toMs - fromMs)) * WIDTH,
    y: (value) => HEIGHT - ((value - bottom) / (top - bottom)) * HEIGHT,
  };
}

/** An SVG path with a gap where there was nothing to measure. Pure. */
export function pathOf({ points }: Pick<BacktestLine, 'points'>, { x, y }: Scale): string {
  let pen = 'M';
  let path = '';
  for (const [ms, value] of points) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${x(ms).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = 'L';
  }
  return path;
}
