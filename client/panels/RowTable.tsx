import type { ReactElement } from 'react';
import type { FrameRow } from '#contract/frames';
import { maybe, useT } from '../i18n/t.ts';
import { elide } from '../numbers/format.ts';
import { kpiText } from '../numbers/kpi-text.ts';
import { factsOf, kpiOfKey } from '../state/kpi-table.ts';
import { useFormat } from '../state/use-figure.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { useRowName } from '../state/use-rows.ts';
import { FigureNumber } from './FigureNumber.tsx';
import { TierMark } from './TierMark.tsx';

export interface RowTableProps {
  readonly caption: string;
  readonly head: string;
  readonly rows: readonly FrameRow[];
  /** Label of the rows in figure keys, and the dimension their names come from. */
  readonly label: string;
  /** Figure keys of the columns, `qps@1m`. */
  readonly columns: readonly string[];
  readonly nameLetters: number;
}

/** Rows × KPIs. A cell is grey unless it is abnormal: then shape, colour and number. */
export function RowTable({ caption, head, rows, label, columns, nameLetters }: RowTableProps): ReactElement {
  const { lang } = useT();
  const nameOf = useRowName(label);
  return (
    <table className="rows">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          {columns.map((column) => (
            <th key={column} scope="col">
              {maybe(lang, `short.${kpiOfKey(column)}`) ?? factsOf(kpiOfKey(column))[lang]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-testid={`row-${row.id}`}>
            <th scope="row">{elide(nameOf(row.id), nameLetters)}</th>
            {columns.map((column) => (
              <FigureCell key={column} row={row} column={column} label={label} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface FigureCellProps {
  readonly row: FrameRow;
  readonly column: string;
  readonly label: string;
}
export function FigureCell({ row, column, label }: FigureCellProps): ReactElement {
  const { lang } = useT();
  const format = useFormat();
  const freshness = useFreshness(column);
  const kpi = kpiOfKey(column);
  const facts = factsOf(kpi);
  const figure = row.figures[column];
  const few = figure?.quality === 'insufficient';
  const tier = freshness.trusted && !few ? figure?.tier : undefined;
  return (
    <td className={tier ? `cell tier-${tier}` : 'cell'} data-tier={tier} data-state={freshness.state} data-few={few}>
      {tier ? <TierMark tier={tier} /> : null}
      <FigureNumber
        figureKey={`${column}|${label}=${row.id}`}
        label={`${row.id} ${facts[lang]}`}
        value={figure?.value}
        freshness={freshness}
        format={(value) => kpiText(kpi, facts, value, format)}
        size="line"
      />
    </td>
  );
}
