import type { ReactElement } from 'react';
import { TierMark } from '../../panels/TierMark.tsx';
import { rowTitle } from '../../panels/take-over.ts';
import { useConsole } from '../../state/console-store.ts';
import { useFeedFreshness } from '../../state/use-ticked.ts';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

const SHOWN = 5;

/** What is wrong elsewhere, to read: who moves money should know it, and acts on it nowhere here. */
export function AlertStripCard({ desk }: { desk: Desk }): ReactElement {
  const { say, lang, span } = useMoneyText(desk.accounts);
  const alerts = useConsole((state) => state.frame?.alerts);
  const { trusted } = useFeedFreshness([]);
  const top = alerts?.top ?? [];
  return (
    <section className="card" aria-labelledby="money-alerts-title" data-testid="money-alerts">
      <h2 id="money-alerts-title">{say('alerts')}</h2>
      {top.length === 0 ? (
        <p className="quiet">{say(trusted && alerts?.state === 'on' ? 'alertsNone' : 'alertsUnknown')}</p>
      ) : (
        <ul className="alert-lines">
          {top.slice(0, SHOWN).map((alert) => (
            <li key={alert.id}>
              {trusted ? <TierMark tier={alert.tier} /> : null} {rowTitle(alert, lang)}{' '}
              <span className="quiet">
                {span(desk.nowMs - alert.startsAt)} {alert.owner ?? ''}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
