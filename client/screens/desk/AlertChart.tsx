import { type ReactElement, useMemo } from 'react';
import { useChart } from '../../charts/use-chart.ts';
import { type AlertLine, alertLineOption } from './alert-line-option.ts';

/** A chunk of its own: the chart library comes after the words. */
export default function AlertChart({ line, label }: { line: AlertLine; label: string }): ReactElement {
  const host = useChart(useMemo(() => alertLineOption(line), [line]));
  return <div ref={host} className="alert-chart" role="img" aria-label={label} data-testid="alert-chart" />;
}
