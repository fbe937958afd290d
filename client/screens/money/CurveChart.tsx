import { type ReactElement, useMemo } from 'react';
import { useChart } from '../../charts/use-chart.ts';
import { useConsole } from '../../state/console-store.ts';
import { COLOURS } from '../../styles/colours.ts';
import { type CurveDrawing, curveOption } from './curve-option.ts';

/** A chunk of its own: the chart library comes after the words. */
export default function CurveChart({ drawing, label }: { drawing: CurveDrawing; label: string }): ReactElement {
  const colours = COLOURS[useConsole((state) => state.theme)];
  const host = useChart(useMemo(() => curveOption(drawing, colours), [drawing, colours]));
  return <div ref={host} className="curve-chart" role="img" aria-label={label} data-testid="curve-chart" />;
}
