import type { ReactElement } from 'react';
import type { FrameRow } from '#contract/frames';
import { elide } from '../../numbers/format.ts';
import { kpiLine, kpiText } from '../../numbers/kpi-text.ts';
import { FigureNumber } from '../../panels/FigureNumber.tsx';
import { Panel } from '../../panels/Panel.tsx';
import { AgeNote } from '../../panels/StateNote.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { factsOf } from '../../state/kpi-table.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useFreshness } from '../../state/use-freshness.ts';
import { useRowName } from '../../state/use-rows.ts';
import { useTechWords } from './words.ts';

const KEY = 'capacity_headroom@1m';
const KPI = 'capacity_headroom';
const inside = (ratio: number): number => Math.max(0, Math.min(1, ratio)) * 100;

/** What is left of each service's rated capacity, and what the planned traffic would leave (the tick). */
export function CapacityPanel({ services }: { services: readonly FrameRow[] }): ReactElement {
  const { say } = useTechWords();
  const freshness = useFreshness(KEY);
  return (
    <Panel
      id="capacity"
      title={say('capacity')}
      freshness={freshness}
      aside={freshness.state === 'live' ? say('nowAndPlan') : <AgeNote freshness={freshness} />}
    >
      <ul className="bars">
        {services.map((row) => (
          <Capacity key={row.id} row={row} />
        ))}
      </ul>
    </Panel>
  );
}

function Capacity({ row }: { row: FrameRow }): ReactElement {
  const { say } = useTechWords();
  const format = useFormat();
  const nameOf = useRowName('service');
  const freshness = useFreshness(KEY);
  const figure = row.figures[KEY];
  const facts = factsOf(KPI);
  const tier = freshness.trusted ? figure?.tier : undefined;
  const { value = null, plan = null } = figure ?? {};
  return (
    <li className={tier ? `capacity tier-${tier}` : 'capacity'} data-tier={tier} data-testid={`capacity-${row.id}`}>
      <span className="bar-name">
        {tier ? <TierMark tier={tier} /> : null}
        {elide(nameOf(row.id), tier ? 7 : 10)}
      </span>
      <span className="capacity-track" aria-hidden="true">
        <span
          className="bar-fill"
          data-trusted={freshness.trusted}
          style={{ width: `${value === null ? 0 : inside(value)}%` }}
        />
        {plan === null ? null : <span className="capacity-plan" style={{ left: `${inside(plan)}%` }} />}
      </span>
      <FigureNumber
        figureKey={`${KEY}|service=${row.id}`}
        label={`${nameOf(row.id)} ${say('row.capacity_headroom@1m')}`}
        value={value}
        freshness={freshness}
        format={(each) => kpiText(KPI, facts, each, format)}
        size="line"
      />
      <span className="capacity-at">
        {plan === null || !freshness.trusted ? '—' : kpiLine(KPI, facts, plan, format)}
      </span>
    </li>
  );
}
