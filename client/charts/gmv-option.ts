import { floorTo } from '../numbers/floor.ts';
import { plainNumber } from '../numbers/format.ts';
import type { Lang, Scale } from '../numbers/scale.ts';
import { minuteTime } from '../numbers/time.ts';
import type { LinePoint } from '../state/fold-line.ts';
import type { Colours } from '../styles/colours.ts';
import type { EChartsCoreOption } from './echarts.ts';
import { markWords } from './mark-words.ts';

export interface GmvCurve {
  readonly actual: readonly LinePoint[];
  readonly plan: readonly LinePoint[];
  readonly lastYear: readonly LinePoint[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Vertical marks with a few words each: changes, openings. */
  readonly marks: readonly { readonly atMs: number; readonly words: string }[];
  readonly trusted: boolean;
  readonly scale: Scale;
  readonly minorPerMajor: number;
  readonly symbol: string;
  readonly lang: Lang;
  readonly timeZone: string;
  readonly colours: Colours;
  /** Height of the smallest text allowed on this wall, px. */
  readonly textPx: number;
  /** Width of the chart, CSS px; 0 while it is not known. */
  readonly widthPx: number;
}

/** A round step so that three grid lines cover `top`. */
export function niceStep(top: number, lines = 3): number {
  if (!(top > 0)) return 1;
  const raw = top / lines;
  const tens = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 2.5, 5, 10].find((each) => each * tens >= raw) ?? 10) * tens;
}

/** GMV a minute: what came (solid), what was planned (dashed), last year (dotted). Builds an option, draws nothing. */
export function gmvOption(curve: GmvCurve): EChartsCoreOption {
  const { scale, minorPerMajor, lang, textPx, timeZone, colours } = curve;
  const perUnit = minorPerMajor * scale.size;
  const toUnit = (points: readonly LinePoint[]) =>
    points.map(([ms, value]) => [ms, value === null ? null : value / perUnit]);
  const inSpan = curve.actual.filter(([ms]) => ms >= curve.fromMs && ms <= curve.toMs);
  const highest = [...inSpan, ...curve.plan, ...curve.lastYear].reduce(
    (top, [, value]) => Math.max(top, value ?? 0),
    0,
  );
  const step = niceStep(highest / perUnit);
  const decimals = step >= 1 ? 0 : Math.min(2, Math.ceil(-Math.log10(step)));
  const max = Math.max(step, Math.ceil(highest / perUnit / step) * step);
  const tick = (value: number): string =>
    value === 0 ? '0' : `${curve.symbol}${plainNumber(floorTo(value, 1, decimals), lang, decimals)}${scale.suffix}`;
  const text = { color: colours.dim, fontSize: textPx, fontFamily: FONT };
  const spanMs = curve.toMs - curve.fromMs;
  return {
    grid: {
      left: textPx * (0.66 * tick(max).length + 0.9),
      right: textPx * 0.9,
      top: textPx * 0.8,
      bottom: textPx * 1.6,
    },
    xAxis: {
      type: 'time',
      min: curve.fromMs,
      max: curve.toMs,
      splitNumber: 4,
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: {
        ...text,
        hideOverlap: true,
        showMinLabel: false,
        showMaxLabel: false,
        margin: textPx * 0.4,
        formatter: (ms: number) => minuteTime(ms, timeZone),
      },
      minInterval: spanMs / 6,
    },
    yAxis: {
      type: 'value',
      min: 0,
      max,
      interval: step,
      splitLine: { lineStyle: { color: colours.line, width: 1 } },
      axisLabel: {
        ...text,
        margin: textPx * 0.4,
        formatter: tick,
      },
    },
    series: [
      line('lastYear', toUnit(curve.lastYear), colours.lastYear, 'dotted', textPx * 0.09),
      line('plan', toUnit(curve.plan), colours.plan, 'dashed', textPx * 0.09),
      {
        ...line('actual', toUnit(inSpan), curve.trusted ? colours.data : colours.dim, 'solid', textPx * 0.14),
        markLine: {
          silent: true,
          symbol: 'none',
          animation: false,
          lineStyle: { color: colours.dim, type: 'dotted', width: Math.max(1, textPx * 0.06) },
          label: {
            ...text,
            color: colours.muted,
            position: 'end',
            distance: -textPx,
          },
          // Words for the newest only: two changes within minutes would be written over each other.
          data: curve.marks.map(({ atMs, words: all }, index) => {
            const { late, words: fitting } = markWords(all, atMs, curve);
            const words = index === curve.marks.length - 1 ? fitting : '';
            const label = {
              formatter: words,
              align: late ? 'right' : 'left',
              offset: [textPx * (late ? -0.4 : 0.4), 0],
            };
            return { xAxis: atMs, label };
          }),
        },
      },
    ],
  };
}
const FONT = 'Inter, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

function line(name: string, data: unknown, color: string, type: string, width: number) {
  return {
    id: name,
    name,
    type: 'line',
    data,
    showSymbol: false,
    silent: true,
    connectNulls: false,
    lineStyle: { color, type, width: Math.max(1.5, width) },
    itemStyle: { color },
    z: name === 'actual' ? 3 : 2,
  };
}
