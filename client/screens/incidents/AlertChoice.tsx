import { type ReactElement, useEffect, useState } from 'react';
import type { Alert } from '#contract/alerts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useFormat } from '../../state/use-figure.ts';
import { againstLine, titleOf } from '../desk/alert-words.ts';
import { getOpenAlerts } from './api.ts';
import { useIncidentWords } from './words.ts';

/** Open alerts to tick, the most urgent first. @param chosen - ticked from the start; @param without - not offered */
export function AlertChoice(props: {
  readonly chosen: readonly string[];
  readonly without?: readonly string[];
}): ReactElement {
  const { chosen, without = [] } = props;
  const { say, lang } = useIncidentWords();
  const format = useFormat();
  const [alerts, setAlerts] = useState<readonly Alert[] | null>(null);
  useEffect(() => {
    getOpenAlerts().then(
      (reply) => setAlerts(reply.alerts),
      () => setAlerts([]),
    );
  }, []);
  const offered = alerts?.filter(
    ({ id, rule, handling }) => rule !== 'Watchdog' && handling !== 'resolved' && !without.includes(id),
  );
  if (offered?.length === 0) return <p className="quiet">{say('noAlerts')}</p>;
  return (
    <ul className="choice" data-testid="choice">
      {offered?.map((alert) => (
        <li key={alert.id}>
          <label className="check-line">
            <input type="checkbox" name="alert" value={alert.id} defaultChecked={chosen.includes(alert.id)} />
            <TierMark tier={alert.tier} />
            <span className="choice-name">{titleOf(alert, lang)}</span>
            <span className="quiet">{againstLine(alert, format)}</span>
            {alert.suppressedBy.length > 0 ? <span className="pill">{say('held')}</span> : null}
          </label>
        </li>
      ))}
    </ul>
  );
}
