import type { ReactElement } from 'react';
import type { AlertRow } from '#contract/alerts';
import { elide } from '../numbers/format.ts';
import { spokenSpan } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useTicked } from '../state/use-ticked.ts';
import { Elided } from './Elided.tsx';
import { useStripWords } from './strip-words.ts';
import { TierMark } from './TierMark.tsx';
import { rowTitle, useAlertAge } from './take-over.ts';

/** The most urgent alerts: what is hurt, who has it, since when. Severity is withdrawn while the link is stale. */
export function AlertLines({ alerts, trusted }: { alerts: readonly AlertRow[]; trusted: boolean }): ReactElement {
  return (
    <>
      {alerts.map((alert) => (
        <AlertLine key={alert.id} alert={alert} trusted={trusted} />
      ))}
    </>
  );
}

function AlertLine({ alert, trusted }: { alert: AlertRow; trusted: boolean }): ReactElement {
  const { say, lang } = useStripWords();
  const age = useTicked((nowMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return serverMs === null ? '' : spokenSpan(serverMs - alert.startsAt, lang);
  });
  const goodAge = useAlertAge(alert.recovery?.sinceMs);
  // two spans on a line leave its name no room: since when it is better is the one that counts
  const lasting = alert.recovery ? '' : age;
  return (
    <li className="strip-row" data-trusted={trusted} data-testid={`alert-${alert.id}`}>
      {trusted ? <TierMark tier={alert.tier} /> : <span className="tier-none" />}
      <Elided className="strip-name" text={rowTitle(alert, lang)} />
      {alert.recovery ? (
        <span className="strip-note" data-testid="recovering">
          {say('recovering', { age: goodAge })}
        </span>
      ) : null}
      <span className={alert.owner === null ? 'strip-value strip-open' : 'strip-value'}>
        {(alert.owner === null ? say('unowned', { age: lasting }) : `${elide(alert.owner, 10)} ${lasting}`).trim()}
      </span>
    </li>
  );
}
