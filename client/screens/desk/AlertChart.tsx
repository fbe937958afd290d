import { type ReactElement, useMemo } from 'react';
import { useChart } from '../../charts/use-chart.ts';
import { useConsole } from '../../state/console-store.ts';
import { type AlertLine, alertLineOption } from './alert-line-option.ts';

/** A chunk of its own: the chart library comes after the words. */
export default function AlertChart({ line, label }: { line: AlertLine; label: string }): ReactElement {
  const theme = useConsole((state) => state.theme);
  const host = useChart(
    useMemo(() => (widthPx: number) => alertLineOption({ ...line, widthPx }, theme), [line, theme]),
  );
  return <div ref={host} className="alert-chart" role="img" aria-label={label} data-testid="alert-chart" />;
}
