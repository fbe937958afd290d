import { lazy, type ReactElement, Suspense } from 'react';
import { useMinuteLine } from '../charts/use-minute-line.ts';
import { useT } from '../i18n/t.ts';
import { figureLine } from '../numbers/format.ts';
import { useFormat } from '../state/use-figure.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { Panel } from './Panel.tsx';

/** ECharts is fetched with the first chart, never by phones or the login page. */
const Chart = lazy(() => import('../charts/GmvChart.tsx'));

/** GMV a minute since opening, beside the plan and last year. */
export function GmvCurve(): ReactElement {
  const { t } = useT();
  const format = useFormat();
  const freshness = useFreshness('gmv_paid@1m');
  const line = useMinuteLine();
  const newest = line.points.at(-1)?.[1] ?? null;
  return (
    <Panel
      id="curve"
      className="curve"
      title={t('gmv.curve')}
      freshness={freshness}
      aside={
        <span className="legend">
          <span className="legend-item legend-actual">{t('gmv.actual')}</span>
          <span className="legend-item legend-plan">{t('gmv.plan')}</span>
          <span className="legend-item legend-last">{t('gmv.lastYear')}</span>
        </span>
      }
    >
      <Suspense fallback={<div className="chart" />}>
        <Chart
          line={line}
          freshness={freshness}
          label={t('gmv.curveLabel', {
            n: line.points.length,
            value: newest === null ? '—' : figureLine(newest, 'minor', format),
            plan: '',
          })}
        />
      </Suspense>
    </Panel>
  );
}
