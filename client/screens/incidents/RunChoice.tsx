import { type ReactElement, useEffect, useState } from 'react';
import type { Run } from '#contract/runbooks';
import { minuteTime } from '../../numbers/time.ts';
import { useConsole } from '../../state/console-store.ts';
import { getRuns } from './api.ts';
import { useIncidentWords } from './words.ts';

/** Older ones are found on the page of runbooks. */
const OFFERED = 20;

/** Runs to tick: those that go on first, then the newest. @param without - not offered */
export function RunChoice({ without }: { readonly without: readonly string[] }): ReactElement {
  const { say, lang } = useIncidentWords();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const [runs, setRuns] = useState<readonly Run[] | null>(null);
  useEffect(() => {
    getRuns().then(
      (reply) => setRuns(reply.runs),
      () => setRuns([]),
    );
  }, []);
  const offered = runs
    ?.filter(({ id }) => !without.includes(id))
    .sort((a, b) => Number(b.state === 'running') - Number(a.state === 'running') || b.startedAt - a.startedAt)
    .slice(0, OFFERED);
  if (offered?.length === 0) return <p className="quiet">{say('noRuns')}</p>;
  return (
    <ul className="choice" data-testid="run-choice">
      {offered?.map(({ id, title, startedAt, startedBy }) => (
        <li key={id}>
          <label className="check-line">
            <input type="checkbox" name="run" value={id} />
            <span className="choice-name">{title[lang]}</span>
            <span className="quiet">
              {minuteTime(startedAt, zone)} {startedBy.kind === 'user' ? startedBy.name : ''}
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}
