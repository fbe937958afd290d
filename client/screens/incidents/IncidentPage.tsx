import { type ReactElement, useState } from 'react';
import { INCIDENT_ROLES, type Incident, type IncidentReply, type IncidentRole } from '#contract/incidents';
import { useT } from '../../i18n/t.ts';
import { figureLine } from '../../numbers/format.ts';
import { minuteTime, spokenSpan } from '../../numbers/time.ts';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { useFormat } from '../../state/use-figure.ts';
import { PageFrame, type PageKey, useMay } from '../frame/PageFrame.tsx';
import { useLoaded } from '../frame/use-loaded.ts';
import { useFrameWords } from '../frame/words.ts';
import { getIncident } from './api.ts';
import { type DialogKind, IncidentDialog } from './IncidentDialog.tsx';
import { useServerSecond } from './IncidentsScreen.tsx';
import { Entries, LinkedAlerts, LinkedRuns } from './Linked.tsx';
import { useActs } from './use-acts.ts';
import { useIncidentWords } from './words.ts';

/** One incident, the same on every screen that shows it. */
export function IncidentPage({ id }: { id: string }): ReactElement {
  const { say } = useIncidentWords();
  const { say: frame } = useFrameWords();
  const mayAct = useMay('incidents.act');
  const online = useLinkState() !== 'offline';
  const { data, failed, reload } = useLoaded(() => getIncident(id), id, { about: /^(incident|alert|run)\./ });
  const acts = useActs(reload);
  const [dialog, setDialog] = useState<DialogKind | null>(null);
  const incident = data?.incident ?? null;
  const over = incident?.state === 'resolved';
  const offered: readonly (readonly [string, DialogKind, boolean])[] = [
    ['s', 'status', !over],
    ['h', 'role', !over],
    ['m', 'mitigate', incident?.state === 'open'],
    ['r', 'resolve', !over],
    ['u', 'reopen', incident !== null && incident.state !== 'open'],
    ['l', 'link', !over],
    ['c', 'note', true],
  ];
  const words = {
    status: say('say'),
    role: say('handOver'),
    mitigate: say('mitigate'),
    resolve: say('resolve'),
    reopen: say('reopen'),
    link: say('link'),
    note: say('note'),
  };
  const openDialog = (kind: DialogKind): void => {
    acts.clear();
    setDialog(kind);
  };
  const able = mayAct && online && incident !== null;
  const keys: PageKey[] = offered
    .filter(([, , allowed]) => allowed && able)
    .map(([key, kind]) => ({ key, words: words[kind], act: () => openDialog(kind) }));
  return (
    <PageFrame
      id="incident"
      title={incident === null ? say('title') : `${say('number', { n: incident.number })} · ${incident.title}`}
      keys={keys}
      aside={<a href="/incidents">{say('back')}</a>}
    >
      {failed === null || data !== null ? null : failed.status === 0 || failed.status >= 429 ? (
        <p role="status">{say('waiting')}</p>
      ) : (
        <p role="alert">{frame('refused.not_found')}</p>
      )}
      {data === null ? null : (
        <>
          <Headline incident={data.incident} />
          {able ? (
            <p className="line incident-acts">
              {offered
                .filter(([, , allowed]) => allowed)
                .map(([key, kind]) => (
                  <button
                    key={kind}
                    type="button"
                    className="button"
                    data-testid={`do-${kind}`}
                    onClick={() => openDialog(kind)}
                  >
                    {words[kind]} <kbd>{key}</kbd>
                  </button>
                ))}
            </p>
          ) : (
            <p className="quiet" data-testid="read-only">
              {frame(mayAct ? 'offline' : 'readOnly')}
            </p>
          )}
          <div className="incident-columns">
            <div className="incident-left">
              <StatusCard incident={data.incident} />
              {data.incident.summary === null ? null : <Summary incident={data.incident} />}
              <RolesCard incident={data.incident} onHandOver={able && !over ? () => openDialog('role') : null} />
              <LinkedAlerts reply={data} acts={able && !over ? acts : null} />
              <LinkedRuns reply={data} acts={able && !over ? acts : null} />
              <Cost reply={data} />
            </div>
            <Entries entries={data.entries} />
          </div>
          {dialog === null ? null : (
            <IncidentDialog
              kind={dialog}
              title={words[dialog]}
              incident={data.incident}
              alerts={data.alerts}
              acts={acts}
              onClose={() => setDialog(null)}
            />
          )}
        </>
      )}
    </PageFrame>
  );
}

function Headline({ incident }: { incident: Incident }): ReactElement {
  const { say, lang } = useIncidentWords();
  const { t } = useT();
  const nowMs = useServerSecond();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const { tier, state, declaredAt, declaredBy, resolvedAt, reopenedCount } = incident;
  return (
    <p className="line" data-testid="headline" data-state={state}>
      <span className={resolvedAt === null ? `tier-text tier-${tier}` : ''}>
        {resolvedAt === null ? <TierMark tier={tier} silent /> : null}
        {t(`tier.${tier}`)}
      </span>
      <span className={resolvedAt === null ? 'pill pill-strong' : 'pill'}>{say(state)}</span>
      <span>
        {say(resolvedAt === null ? 'since' : 'lasted', { time: spokenSpan((resolvedAt ?? nowMs) - declaredAt, lang) })}
      </span>
      <span className="quiet">{say('declaredBy', { time: minuteTime(declaredAt, zone), who: declaredBy.name })}</span>
      {reopenedCount > 0 ? <span className="quiet">{say('reopened', { n: reopenedCount })}</span> : null}
    </p>
  );
}

function StatusCard({ incident }: { incident: Incident }): ReactElement {
  const { say, lang } = useIncidentWords();
  const nowMs = useServerSecond();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const { status, nextUpdateAt, state } = incident;
  const late = nextUpdateAt !== null && nextUpdateAt < nowMs;
  return (
    <section className="card" data-testid="status">
      <h2>{say('status')}</h2>
      {status === null ? <p className="quiet">{say('noStatus')}</p> : null}
      {status?.zh ? (
        <p className="status-text" lang="zh-CN">
          {status.zh}
        </p>
      ) : null}
      {status?.en ? (
        <p className="status-text" lang="en">
          {status.en}
        </p>
      ) : null}
      <p className="line quiet">
        {status === null ? null : (
          <span>{say('saidBy', { who: status.by.name, time: minuteTime(status.at, zone) })}</span>
        )}
        {state === 'resolved' ? null : nextUpdateAt === null ? (
          <span>{say('noNext')}</span>
        ) : (
          <>
            <span>{say('next', { time: minuteTime(nextUpdateAt, zone) })}</span>
            <b className={late ? 'overdue' : ''} data-testid="next-update">
              {say(late ? 'overdue' : 'nextIn', { time: spokenSpan(Math.abs(nextUpdateAt - nowMs), lang) })}
            </b>
          </>
        )}
      </p>
    </section>
  );
}

function RolesCard({ incident, onHandOver }: { incident: Incident; onHandOver: (() => void) | null }): ReactElement {
  const { say } = useIncidentWords();
  return (
    <section className="card">
      <h2>{say('roles')}</h2>
      <dl className="role-list">
        {INCIDENT_ROLES.map((role: IncidentRole) => (
          <div key={role} data-testid={`role-${role}`}>
            <dt>{say(role)}</dt>
            <dd className={incident.roles[role] === null ? 'quiet' : ''}>
              {incident.roles[role]?.name ?? say('nobody')}
            </dd>
          </div>
        ))}
      </dl>
      {onHandOver === null ? null : (
        <button type="button" className="button" onClick={onHandOver}>
          {say('handOver')} <kbd>h</kbd>
        </button>
      )}
    </section>
  );
}

/** What it has cost so far; once it is over the summary says it. */
function Cost({ reply: { incident, costMinor } }: { reply: IncidentReply }): ReactElement | null {
  const { say } = useIncidentWords();
  const format = useFormat();
  if (incident.summary !== null || costMinor === null) return null;
  return (
    <p data-testid="cost">
      {say('costNow')} <b>{figureLine(costMinor, 'minor', format)}</b> <span className="quiet">{say('costHow')}</span>
    </p>
  );
}

function Summary({ incident }: { incident: Incident }): ReactElement | null {
  const { say, lang } = useIncidentWords();
  const format = useFormat();
  const { summary } = incident;
  if (summary === null) return null;
  return (
    <section className="card" data-testid="summary">
      <h2>{say('summary')}</h2>
      <dl className="role-list">
        <div>
          <dt>{say('duration')}</dt>
          <dd>{spokenSpan(summary.durationMs, lang)}</dd>
        </div>
        <div>
          <dt>{say('toMitigate')}</dt>
          <dd>{spokenSpan(summary.toMitigateMs, lang)}</dd>
        </div>
        <div>
          <dt>{say('cost')}</dt>
          <dd>
            {summary.costMinor === null ? (
              <span className="quiet">{say('noCost')}</span>
            ) : (
              <>
                <b>{figureLine(summary.costMinor, 'minor', format)}</b> <span className="quiet">{say('costHow')}</span>
              </>
            )}
          </dd>
        </div>
      </dl>
      <p className="line quiet">
        <span>{say('alertsCount', { n: summary.alerts.length })}</span>
        <span>{say('runsCount', { n: summary.runs.length })}</span>
      </p>
    </section>
  );
}
