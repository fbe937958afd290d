import type { ReactElement } from 'react';
import type { IncidentReply } from '#contract/incidents';
import type { TimelineEntry } from '#contract/timeline';
import { figureLine } from '../../numbers/format.ts';
import { clockTime } from '../../numbers/time.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { entryWords } from '../../panels/TimelineLine.tsx';
import { useConsole } from '../../state/console-store.ts';
import { useFormat } from '../../state/use-figure.ts';
import { againstLine, titleOf } from '../desk/alert-words.ts';
import { act } from './api.ts';
import type { useActs } from './use-acts.ts';
import { useIncidentWords } from './words.ts';

/** Alerts it holds: what, how far, who has it, what it costs; each can be let go. */
export function LinkedAlerts(props: {
  readonly reply: IncidentReply;
  readonly acts: ReturnType<typeof useActs> | null;
}): ReactElement {
  const { reply, acts } = props;
  const { say, lang } = useIncidentWords();
  const format = useFormat();
  const { incident, alerts } = reply;
  return (
    <section className="card">
      <h2>{say('alerts')}</h2>
      {alerts.length === 0 ? <p className="quiet">{say('noLinks')}</p> : null}
      <ul className="linked">
        {alerts.map((alert) => {
          const over = alert.handling === 'resolved';
          return (
            <li key={alert.id} className="line" data-testid={`linked-${alert.id}`}>
              {over ? null : <TierMark tier={alert.tier} />}
              <a href={`/desk?alert=${encodeURIComponent(alert.id)}`}>{titleOf(alert, lang)}</a>
              <span>{againstLine(alert, format)}</span>
              <span className="quiet">{over ? say('over') : (alert.owner?.name ?? say('unownedAlert'))}</span>
              {alert.costMinor === null ? null : <span>{figureLine(alert.costMinor, 'minor', format)}</span>}
              <Unlink incident={incident} acts={acts} what={{ alertIds: [alert.id] }} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Unlink(props: {
  readonly incident: IncidentReply['incident'];
  readonly acts: ReturnType<typeof useActs> | null;
  readonly what: { readonly alertIds: readonly string[] } | { readonly runIds: readonly string[] };
}): ReactElement | null {
  const { incident, acts, what } = props;
  const { say } = useIncidentWords();
  if (acts === null) return null;
  const { id, version } = incident;
  return (
    <button
      type="button"
      className="link-button"
      onClick={() => void acts.send(() => act(id, 'links', { ...what, remove: true, version }))}
    >
      {say('unlink')}
    </button>
  );
}

/** Runs it holds, how far each is; each can be let go. */
export function LinkedRuns(props: {
  readonly reply: IncidentReply;
  readonly acts: ReturnType<typeof useActs> | null;
}): ReactElement | null {
  const { incident, runs } = props.reply;
  const { say, lang } = useIncidentWords();
  if (runs.length === 0) return null;
  return (
    <section className="card">
      <h2>{say('runs')}</h2>
      <ul className="linked">
        {runs.map((run) => (
          <li key={run.id} className="line" data-testid={`linked-${run.id}`}>
            <a href={`/runs/${run.id}`}>{run.title[lang]}</a>
            <span className="quiet">
              {run.steps.filter(({ state }) => state === 'done' || state === 'skipped').length}/{run.steps.length}
            </span>
            <Unlink incident={incident} acts={props.acts} what={{ runIds: [run.id] }} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was done in it and to what it holds, newest first. */
export function Entries({ entries }: { entries: readonly TimelineEntry[] }): ReactElement {
  const { say, lang } = useIncidentWords();
  const campaign = useConsole((state) => state.campaign);
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  return (
    <section className="card incident-entries">
      <h2>{say('lineTitle')}</h2>
      <ol data-testid="entries">
        {entries.toReversed().map((entry) => (
          <li key={entry.seq} data-kind={entry.kind}>
            <time className="quiet">{clockTime(entry.atMs, zone)}</time>
            <span>
              {entryWords(entry, lang, campaign)}
              {entry.kind === 'incident.role' ? ` (${say(entry.params.role as 'scribe')})` : ''}
              {typeof entry.params.text === 'string' &&
              entry.params.text !== '' &&
              /mitigated|resolved/.test(entry.kind)
                ? ` · ${entry.params.text}`
                : ''}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
