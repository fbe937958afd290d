import type { ResponseCurve } from '#contract/recommendations';
import type { EChartsCoreOption } from '../../charts/echarts.ts';
import { niceStep } from '../../charts/gmv-option.ts';
import type { Colours } from '../../styles/colours.ts';

export interface CurveDrawing {
  readonly curve: ResponseCurve;
  readonly words: { readonly present: string; readonly advised: string };
  readonly textPx: number;
  readonly spend: (minor: number) => string;
  readonly gain: (value: number) => string;
  readonly trusted: boolean;
}
const FONT = 'Inter, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** What a channel returns at each spend: the middle line, its 5–95 % band, where it stands now and where it is advised to. */
export function curveOption(
  { curve, words, textPx, spend, gain, trusted }: CurveDrawing,
  colours: Colours,
): EChartsCoreOption {
  const text = { color: colours.dim, fontSize: textPx, fontFamily: FONT };
  const { points, present, advised, bounds } = curve;
  const mostX = points.at(-1)?.spend ?? 1;
  const mostY = Math.max(1, ...points.map(({ high }) => high));
  const interval = niceStep(mostY);
  const at = (x: number): number => {
    const after = points.findIndex((point) => point.spend >= x);
    const [a, b] = [points[Math.max(0, after - 1)], points[after < 0 ? points.length - 1 : after]];
    if (a === undefined || b === undefined) return 0;
    const part = b.spend === a.spend ? 0 : (x - a.spend) / (b.spend - a.spend);
    return a.mid + (b.mid - a.mid) * part;
  };
  const line = trusted ? colours.data : colours.dim;
  const dot = (id: string, x: number, y: number, name: string, filled: boolean) => ({
    id,
    type: 'line',
    data: [[x, y]],
    symbol: 'circle',
    symbolSize: textPx * 0.85,
    showSymbol: true,
    silent: true,
    z: 5,
    itemStyle: { color: filled ? colours.text : colours.surface, borderColor: colours.text, borderWidth: 2 },
    // above the point, on a ground of its own: the curve and the lines of the limits run through here
    label: {
      show: true,
      formatter: name,
      position: 'top',
      distance: textPx * 0.5,
      padding: [0, textPx * 0.3],
      ...text,
      color: colours.text,
      backgroundColor: colours.surface,
    },
  });
  const band = {
    type: 'line',
    stack: 'band',
    stackStrategy: 'all',
    showSymbol: false,
    silent: true,
    lineStyle: { width: 0 },
  };
  const near = advised !== null && Math.abs(advised - present.spend) < mostX * 0.02;
  return {
    grid: { left: textPx * 5.2, right: textPx * 1.6, top: textPx * 1.2, bottom: textPx * 2 },
    xAxis: {
      type: 'value',
      min: 0,
      max: mostX,
      interval: niceStep(mostX),
      splitLine: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true, showMaxLabel: false, formatter: spend },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: Math.ceil(mostY / interval) * interval,
      interval,
      splitLine: { lineStyle: { color: colours.line, width: 1 } },
      axisLabel: { ...text, formatter: gain },
    },
    series: [
      { ...band, id: 'low', data: points.map(({ spend: x, low }) => [x, low]) },
      {
        ...band,
        id: 'band',
        data: points.map(({ spend: x, low, high }) => [x, Math.max(0, high - low)]),
        areaStyle: { color: colours.dim, opacity: 0.22 },
      },
      {
        id: 'mid',
        type: 'line',
        data: points.map(({ spend: x, mid }) => [x, mid]),
        showSymbol: false,
        silent: true,
        lineStyle: { color: line, width: Math.max(2, textPx * 0.14) },
        markLine: {
          silent: true,
          symbol: 'none',
          animation: false,
          label: { show: false },
          data: [bounds.min, bounds.max]
            .filter((x) => x > 0 && x < mostX)
            .map((x) => ({
              xAxis: x,
              lineStyle: { color: colours.dim, type: 'dotted', width: Math.max(1.5, textPx * 0.12) },
            })),
        },
      },
      dot('present', present.spend, present.return, words.present, true),
      ...(advised === null || near ? [] : [dot('advised', advised, at(advised), words.advised, false)]),
    ],
  };
}
