import type { ReactElement } from 'react';
import type { FrameRow } from '#contract/frames';
import { maybe, useT } from '../i18n/t.ts';
import { plainNumber } from '../numbers/format.ts';
import type { Lang } from '../numbers/scale.ts';
import { spokenSpan } from '../numbers/time.ts';

export type FactKind = 'text' | 'count' | 'ms' | 'span' | 'bytes';
export interface FactTableProps {
  readonly rows: readonly FrameRow[];
  /** Name of a fact in the row, and how it is written. */
  readonly columns: readonly (readonly [string, FactKind])[];
}

/** A fact of the console itself as text; an unknown one is a dash. */
export function factText(kind: FactKind, value: number | null, of: string | undefined, lang: Lang): string {
  if (kind === 'text') return of ?? '—';
  if (value === null) return '—';
  if (kind === 'span') return spokenSpan(value, lang);
  if (kind === 'bytes') return `${plainNumber(value / 1_048_576, lang, 0)} MiB`;
  if (kind === 'ms') return `${plainNumber(value, lang, value < 10 ? 1 : 0)} ms`;
  return plainNumber(value, lang, 0);
}

/** Rows of facts about nodes, screens and sources. */
export function FactTable({ rows, columns }: FactTableProps): ReactElement {
  const { t, lang } = useT();
  if (rows.length === 0) return <p className="note">{t('fresh.empty')}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls sideways must be reachable by keyboard
    <section className="facts" tabIndex={0} aria-label={t('health.table')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('health.name')}</th>
            {columns.map(([name, kind]) => (
              <th key={name} scope="col" className={kind === 'text' ? 'fact-text' : ''}>
                {maybe(lang, `health.${name}`) ?? name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-testid={`fact-${row.id}`}>
              <th scope="row">{row.id}</th>
              {columns.map(([name, kind]) => {
                const figure = row.figures[name];
                return (
                  <td key={name} className={kind === 'text' ? 'fact-text' : ''}>
                    {factText(kind, figure?.value ?? null, figure?.of, lang)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
