import { type RefObject, useEffect, useRef } from 'react';
import { core, type EChartsCoreOption } from './echarts.ts';

/**
 * The one place where a chart is made, drawn, resized and thrown away: one instance a box for its whole life. Options come
 * at most once a second (the caller's pace), and nothing is animated, because a moving line is not a received value.
 */
export function useChart(option: EChartsCoreOption): RefObject<HTMLDivElement | null> {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<core.ECharts | null>(null);
  useEffect(() => {
    const box = host.current;
    if (!box) return;
    const made = core.init(box, null, { renderer: 'canvas' });
    chart.current = made;
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption({ animation: false, ...option }, { lazyUpdate: true, replaceMerge: ['series'] });
  }, [option]);
  return host;
}
