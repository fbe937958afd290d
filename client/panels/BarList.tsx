import type { ReactElement } from 'react';
import type { FrameRow } from '#contract/frames';
import { useT } from '../i18n/t.ts';
import { kpiText } from '../numbers/kpi-text.ts';
import { factsOf, kpiOfKey } from '../state/kpi-table.ts';
import { useFormat } from '../state/use-figure.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { useRowName } from '../state/use-rows.ts';
import { Elided } from './Elided.tsx';
import { FigureNumber } from './FigureNumber.tsx';
import { TierMark } from './TierMark.tsx';

export interface BarListProps {
  readonly rows: readonly FrameRow[];
  readonly label: string;
  readonly column: string;
  /** Value of a full bar, in the KPI's unit. */
  readonly full: number;
}

/** One KPI over the rows of a list: name, bar, number; the bar takes the tier's colour when there is one. */
export function BarList({ rows, label, column, full }: BarListProps): ReactElement {
  const { t } = useT();
  if (rows.length === 0) return <p className="note">{t('fresh.empty')}</p>;
  return (
    <ul className="bars">
      {rows.map((row) => (
        <Bar key={row.id} row={row} label={label} column={column} full={full} />
      ))}
    </ul>
  );
}

function Bar({
  row,
  label,
  column,
  full,
}: {
  row: FrameRow;
  label: string;
  column: string;
  full: number;
}): ReactElement {
  const { lang } = useT();
  const format = useFormat();
  const nameOf = useRowName(label);
  const freshness = useFreshness(column);
  const kpi = kpiOfKey(column);
  const facts = factsOf(kpi);
  const figure = row.figures[column];
  const few = figure?.quality === 'insufficient';
  const tier = freshness.trusted && !few ? figure?.tier : undefined;
  const part = Math.max(0, Math.min(1, (figure?.value ?? 0) / full));
  const name = nameOf(row.id);
  return (
    <li
      className={tier ? `bar-row tier-${tier}` : 'bar-row'}
      data-tier={tier}
      data-few={few}
      data-testid={`bar-${row.id}`}
    >
      <span className="bar-name">
        {tier ? <TierMark tier={tier} /> : null}
        <Elided className="bar-words" text={name} />
      </span>
      <FigureNumber
        figureKey={`${column}|${label}=${row.id}`}
        label={`${name} ${facts[lang]}`}
        value={figure?.value}
        freshness={freshness}
        format={(value) => kpiText(kpi, facts, value, format)}
        size="line"
      />
      <span className="bar-track" aria-hidden="true">
        <span className="bar-fill" data-trusted={freshness.trusted} style={{ width: `${part * 100}%` }} />
      </span>
    </li>
  );
}
