import type { ReactElement } from 'react';
import type { KpiSourceProof } from '#contract/kpis';
import { useT } from '../i18n/t.ts';
import { plainNumber } from '../numbers/format.ts';
import { spokenSpan } from '../numbers/time.ts';

/** What each source of a number sent: counted, late, duplicate, rejected, and how long ago it was last heard. */
export function ProofSources({ sources }: { sources: readonly KpiSourceProof[] }): ReactElement {
  const { t, lang } = useT();
  if (sources.length === 0) return <p>{t('proof.noSources')}</p>;
  const count = (value: number): string => plainNumber(value, lang, 0);
  return (
    <table className="proof-sources">
      <caption className="sr-only">{t('proof.sources')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('proof.source')}</th>
          <th scope="col">{t('proof.age')}</th>
          <th scope="col">{t('proof.accepted')}</th>
          <th scope="col">{t('proof.late')}</th>
          <th scope="col">{t('proof.duplicate')}</th>
          <th scope="col">{t('proof.rejected')}</th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => (
          <tr key={source.source}>
            <th scope="row">{source.source}</th>
            <td>{spokenSpan(source.ageMs, lang)}</td>
            <td>{count(source.acceptedCount)}</td>
            <td>{count(source.lateCount)}</td>
            <td>{count(source.duplicateCount)}</td>
            <td>{count(source.rejectedCount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
