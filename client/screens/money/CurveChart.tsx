import { type ReactElement, useMemo } from 'react';
import { useChart } from '../../charts/use-chart.ts';
import { type CurveDrawing, curveOption } from './curve-option.ts';

/** A chunk of its own: the chart library comes after the words. */
export default function CurveChart({ drawing, label }: { drawing: CurveDrawing; label: string }): ReactElement {
  const host = useChart(useMemo(() => curveOption(drawing), [drawing]));
  return <div ref={host} className="curve-chart" role="img" aria-label={label} data-testid="curve-chart" />;
}
