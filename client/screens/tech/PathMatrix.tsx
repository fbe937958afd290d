import type { ReactElement } from 'react';
import type { FrameRow } from '#contract/frames';
import { elide } from '../../numbers/format.ts';
import { kpiText } from '../../numbers/kpi-text.ts';
import { FigureNumber } from '../../panels/FigureNumber.tsx';
import { Panel } from '../../panels/Panel.tsx';
import { AgeNote } from '../../panels/StateNote.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { factsOf, kpiOfKey } from '../../state/kpi-table.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useFreshness } from '../../state/use-freshness.ts';
import { useRowName } from '../../state/use-rows.ts';
import { cellTier } from './path-tier.ts';
import { useTechWords } from './words.ts';

export const PATH_METRICS = ['qps@1m', 'fault_rate@1m', 'page_latency_p99@1m', 'capacity_headroom@1m'] as const;
type Metric = (typeof PATH_METRICS)[number];

/** The way of an order as columns, what can go wrong as rows. A cell is grey unless it is abnormal. */
export function PathMatrix({ services }: { services: readonly FrameRow[] }): ReactElement {
  const { say } = useTechWords();
  const nameOf = useRowName('service');
  const freshness = useFreshness(...PATH_METRICS);
  return (
    <Panel id="path" title={say('path')} freshness={freshness} aside={<AgeNote freshness={freshness} />}>
      <table className="path">
        <caption className="sr-only">{say('path')}</caption>
        <thead>
          <tr>
            <td />
            {services.map(({ id }, index) => (
              <th key={id} scope="col" data-last={index === services.length - 1}>
                {elide(nameOf(id), 10)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PATH_METRICS.map((metric) => (
            <tr key={metric}>
              <th scope="row">{say(`row.${metric}`)}</th>
              {services.map((row) => (
                <PathCell key={row.id} row={row} metric={metric} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function PathCell({ row, metric }: { row: FrameRow; metric: Metric }): ReactElement {
  const format = useFormat();
  const nameOf = useRowName('service');
  const freshness = useFreshness(metric);
  const { say } = useTechWords();
  const figure = row.figures[metric];
  const few = figure?.quality === 'insufficient';
  const tier = useConsole((state) => cellTier(figure?.tier, state.frame?.alerts.top ?? [], row.id, metric));
  const shown = freshness.trusted && !few ? tier : undefined;
  const facts = factsOf(kpiOfKey(metric));
  return (
    <td
      className={shown ? `cell tier-${shown}` : 'cell'}
      data-tier={shown}
      data-state={freshness.state}
      data-few={few}
      data-testid={`path-${row.id}-${kpiOfKey(metric)}`}
    >
      {shown ? <TierMark tier={shown} /> : null}
      <FigureNumber
        figureKey={`${metric}|service=${row.id}`}
        label={`${nameOf(row.id)} ${say(`row.${metric}`)}`}
        value={figure?.value}
        freshness={freshness}
        format={(value) => {
          const text = kpiText(kpiOfKey(metric), facts, value, format);
          if (facts.unit === 'ms' || facts.unit === 'ratio') return { ...text, suffix: '' }; // the row says it
          return facts.unit === 'per_second' ? { ...text, suffix: text.suffix.replace(/\/.*$/, '') } : text;
        }}
        size="line"
      />
    </td>
  );
}
