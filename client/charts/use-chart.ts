import { type RefObject, useEffect, useRef } from 'react';
import { core, type EChartsCoreOption } from './echarts.ts';

/** An option, or one that depends on how wide the chart is, CSS px. */
export type ChartOption = EChartsCoreOption | ((widthPx: number) => EChartsCoreOption);
function draw(chart: core.ECharts, option: ChartOption): void {
  const made = typeof option === 'function' ? option(chart.getWidth()) : option;
  chart.setOption({ animation: false, ...made }, { lazyUpdate: true, replaceMerge: ['series'] });
}

/**
 * The one place where a chart is made, drawn, resized and thrown away: one instance a box for its whole life. Options come
 * at most once a second (the caller's pace), and nothing is animated, because a moving line is not a received value.
 */
export function useChart(option: ChartOption): RefObject<HTMLDivElement | null> {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<core.ECharts | null>(null);
  const latest = useRef(option);
  latest.current = option;
  useEffect(() => {
    const box = host.current;
    if (!box) return;
    const made = core.init(box, null, { renderer: 'canvas' });
    chart.current = made;
    const watch = new ResizeObserver(() => {
      made.resize();
      if (typeof latest.current === 'function') draw(made, latest.current);
    });
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    if (chart.current !== null) draw(chart.current, option);
  }, [option]);
  return host;
}
