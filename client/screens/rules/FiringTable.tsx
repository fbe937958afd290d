import type { ReactElement } from 'react';
import type { BacktestFiring } from '#contract/alerts';
import { clockTime, spokenSpan } from '../../numbers/time.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useFormat } from '../../state/use-figure.ts';
import { measureLine } from '../desk/alert-words.ts';
import { useZone } from '../frame/use-now.ts';
import { usePlaceOf } from './use-place.ts';
import { useRuleWords } from './words.ts';

const ROWS_MOST = 50;
const PEOPLE_MOST = 3;

/** Each time a rule would have fired: when, where, how high, how long, and who would have been called. */
export function FiringTable({ firings, title }: { firings: readonly BacktestFiring[]; title: string }): ReactElement {
  const { say, lang } = useRuleWords();
  const placeOf = usePlaceOf();
  const format = useFormat();
  const zone = useZone();
  return (
    <div className="scroll-x">
      <table className="grid firings">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{say('firedAt')}</th>
            <th scope="col">{say('where')}</th>
            <th scope="col">{say('peak')}</th>
            <th scope="col">{say('lasted')}</th>
            <th scope="col">{say('pages')}</th>
          </tr>
        </thead>
        <tbody>
          {firings.slice(0, ROWS_MOST).map(({ labels, firedAt, endsAt, peakTier, peakValue, unit, pages }) => {
            const people = [...new Set(pages.map(({ person }) => person))];
            return (
              <tr key={`${JSON.stringify(labels)}${firedAt}`}>
                <td>{clockTime(firedAt, zone)}</td>
                <td>{placeOf(labels) || '—'}</td>
                <td>
                  <TierMark tier={peakTier} /> {peakValue === null ? '—' : measureLine(peakValue, unit, format)}
                </td>
                <td>{endsAt === null ? say('still') : spokenSpan(endsAt - firedAt, lang)}</td>
                <td>
                  {people.length === 0 ? say('nobody') : people.slice(0, PEOPLE_MOST).join(', ')}
                  {people.length > PEOPLE_MOST ? ' …' : ''}
                  {pages.length > people.length ? (
                    <span className="quiet"> {say('more', { n: pages.length })}</span>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
