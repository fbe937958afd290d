import type { ReactElement } from 'react';
import type { Alert } from '#contract/alerts';
import type { Run } from '#contract/runbooks';
import { useT } from '../../i18n/t.ts';
import { getAlert } from '../../net/alert-commands.ts';
import { minuteTime, spokenSpan } from '../../numbers/time.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useTicked } from '../../state/use-freshness.ts';
import { titleOf } from '../desk/alert-words.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { useWords } from './words.ts';

/** What is run, how it stands, who began it and for which alert; help and the end of it. */
export function RunHead({
  run,
  mayAct,
  onAbort,
  onHelp,
}: {
  run: Run;
  mayAct: boolean;
  onAbort: () => void;
  onHelp: () => void;
}): ReactElement {
  const { say, lang } = useWords();
  const seconds = useTicked((nowMs) => {
    const until = run.endedAt ?? serverNowMs(useConsole.getState().clock, nowMs) ?? run.startedAt;
    return Math.max(0, Math.floor((until - run.startedAt) / 1_000));
  });
  const time = spokenSpan(seconds * 1_000, lang);
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const { t } = useT();
  const { alertId } = run;
  const { data } = useLoaded(() => (alertId === null ? Promise.resolve(null) : getAlert(alertId)), alertId ?? '', {
    about: /^alert\./,
  });
  const alert = data?.alert ?? null;
  // while it runs, the alert's tier of now counts; what is over keeps the one it began with
  const tier = run.state === 'running' && alert !== null ? alert.tier : run.tier;
  const starter = run.startedBy.kind === 'user' ? run.startedBy.name : run.startedBy.id;
  return (
    <header className="run-head">
      <h1>
        {tier ? <TierMark tier={tier} /> : null} {run.title[lang]}
      </h1>
      <p className="row">
        <span className="chip" data-testid="run-state">
          {say(`state.${run.state}`)}
        </span>
        {run.drill ? <span className="chip chip-drill">{say('drill')}</span> : null}
        <span>{say('startedBy', { who: starter })}</span>
        <FromAlert run={run} alert={alert} />
        {run.tier !== null && tier !== run.tier ? (
          <span className="quiet" data-testid="tier-then">
            {say('tierThen', { tier: t(`tier.${run.tier}`) })}
          </span>
        ) : null}
        <span>{say(run.endedAt === null ? 'elapsed' : 'took', { time })}</span>
        {run.endedAt === null ? (
          <span className="quiet">{say('endsAt', { time: minuteTime(run.timeoutAt, zone) })}</span>
        ) : null}
        {run.endNote ? <span className="quiet">{run.endNote}</span> : null}
        <button type="button" className="link-button" onClick={onHelp}>
          {say('keys')} <kbd>?</kbd>
        </button>
        {run.state === 'running' ? (
          <button type="button" className="link-button" disabled={!mayAct} onClick={onAbort} data-testid="abort">
            {say('abort')}
          </button>
        ) : null}
      </p>
    </header>
  );
}

/** What it is for, by the words of the alert, and the way back to it. */
function FromAlert({
  run: { alertId, alertRule, alertTitle },
  alert,
}: {
  run: Run;
  /** Null while it is not known. */
  alert: Alert | null;
}): ReactElement | null {
  const { say, lang } = useWords();
  if (alertId === null) return null;
  // offline, or when the alert is forgotten, the run itself knows what it was for
  const title = alert === null ? (alertTitle?.[lang] ?? alertRule ?? '') : titleOf(alert, lang);
  return (
    <a href={`/desk?alert=${encodeURIComponent(alertId)}`} data-testid="to-alert">
      ← {say('toAlert')} · {title}
    </a>
  );
}
