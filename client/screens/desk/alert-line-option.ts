import type { Tier } from '#contract/tiers';
import type { EChartsCoreOption } from '../../charts/echarts.ts';
import { niceStep } from '../../charts/gmv-option.ts';
import { markWords } from '../../charts/mark-words.ts';
import { clockTime, minuteTime } from '../../numbers/time.ts';
import type { LinePoint } from '../../state/fold-line.ts';
import { COLOURS, tierLine } from '../../styles/colours.ts';
import type { Theme } from '../../theme/theme.ts';

export interface AlertLine {
  readonly points: readonly LinePoint[];
  readonly limit: number | null;
  readonly limitWords: string;
  readonly tier: Tier;
  /** When it began to fire, ms. */
  readonly firedAtMs: number | null;
  readonly marks: readonly { readonly atMs: number; readonly words: string }[];
  readonly trusted: boolean;
  readonly timeZone: string;
  readonly textPx: number;
  /** Width of the chart, CSS px; 0 while it is not known. */
  readonly widthPx?: number;
  readonly tick: (value: number) => string;
  /** What the figure cannot pass: 1 for a share. */
  readonly most?: number;
  /** Values above it are drawn on it, and the axis says so; see ceiling.ts. */
  readonly ceiling?: number | null;
}
/** A line shorter than this has labels with seconds, ms. */
const SECONDS_BELOW_MS = 5 * 60_000;
const FONT = 'Inter, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/**
 * Room for the line and its limit, on round numbers; a figure that never falls below 0 is not drawn below 0, and one that
 * never passes `most` (a share, 1) not above it.
 */
export function axisOf(
  values: readonly number[],
  most = Number.POSITIVE_INFINITY,
): { min: number; max: number; interval: number } {
  if (values.length === 0) return { min: 0, max: 1, interval: 1 };
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high - low || Math.abs(high) * 0.04 || 1;
  const interval = niceStep(span * 1.2);
  const min = Math.floor((low - span * 0.08) / interval) * interval;
  const max = Math.ceil((high + span * 0.08) / interval) * interval;
  return { min: low >= 0 ? Math.max(0, min) : min, max: high <= most ? Math.min(most, max) : max, interval };
}

/** What a rule measures, its limit, when it fired and what was changed. Builds an option, draws nothing. */
export function alertLineOption(line: AlertLine, theme: Theme): EChartsCoreOption {
  const { textPx, limit, timeZone, ceiling = null } = line;
  const colours = COLOURS[theme];
  const points = line.points.map(
    ([atMs, value]): LinePoint =>
      value !== null && ceiling !== null && value > ceiling ? [atMs, ceiling] : [atMs, value],
  );
  const text = { color: colours.dim, fontSize: textPx, fontFamily: FONT };
  const values = points.flatMap(([, value]) => (value === null ? [] : [value]));
  const axis =
    ceiling === null
      ? axisOf(limit === null ? values : [...values, limit], line.most)
      : { min: 0, max: ceiling, interval: ceiling / 3 };
  // labels of what has only begun would be one minute over and over
  const time = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0) < SECONDS_BELOW_MS ? clockTime : minuteTime;
  const tick = (value: number): string => (value === ceiling ? `≥ ${line.tick(value)}` : line.tick(value));
  const colour = line.trusted ? tierLine(theme, line.tier) : colours.dim;
  const alone = !points.some(([, value], at) => value !== null && (points[at + 1]?.[1] ?? null) !== null);
  const widest = Math.max(tick(axis.min).length, tick(axis.max).length);
  const room = { widthPx: line.widthPx ?? 0, textPx, fromMs: points[0]?.[0] ?? 0, toMs: points.at(-1)?.[0] ?? 0 };
  const mark = (atMs: number, all: string, color: string) => {
    const { late, words } = markWords(all, atMs, room);
    return {
      xAxis: atMs,
      lineStyle: { color, type: 'dotted' },
      label: {
        ...text,
        color: colours.muted,
        formatter: words,
        position: 'end',
        distance: -textPx * 1.1,
        align: late ? 'right' : 'left',
        offset: [late ? -textPx * 0.4 : textPx * 0.4, 0],
      },
    };
  };
  return {
    grid: { left: textPx * (0.66 * widest + 1), right: textPx * 1.2, top: textPx * 1.4, bottom: textPx * 1.8 },
    xAxis: {
      type: 'time',
      min: points[0]?.[0],
      max: points.at(-1)?.[0],
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true, formatter: (ms: number) => time(ms, timeZone) },
    },
    yAxis: {
      type: 'value',
      ...axis,
      splitLine: { lineStyle: { color: colours.line, width: 1 } },
      axisLabel: { ...text, formatter: tick },
    },
    series: [
      {
        id: 'measure',
        type: 'line',
        data: points,
        // a point without neighbours is no line: it is drawn as a point
        showSymbol: alone,
        symbol: 'circle',
        symbolSize: Math.max(5, textPx * 0.5),
        silent: true,
        connectNulls: false,
        lineStyle: { color: line.trusted ? colours.data : colours.dim, width: Math.max(2, textPx * 0.14) },
        itemStyle: { color: colours.data },
        markLine: {
          // its own default rounds to two decimals: a limit of 0.1 % would lie on the floor
          precision: -1,
          silent: true,
          symbol: 'none',
          animation: false,
          data: [
            ...(limit === null
              ? []
              : [
                  {
                    yAxis: limit,
                    lineStyle: { color: colour, type: 'dashed', width: Math.max(1.5, textPx * 0.1) },
                    label: { ...text, color: colour, formatter: line.limitWords, position: 'insideEndTop' },
                  },
                ]),
            ...(line.firedAtMs === null ? [] : [mark(line.firedAtMs, '', colour)]),
            // words for the newest only: two changes within minutes would be written over each other
            ...line.marks.map(({ atMs, words }, at) =>
              mark(atMs, at === line.marks.length - 1 ? words : '', colours.muted),
            ),
          ],
        },
      },
    ],
  };
}
