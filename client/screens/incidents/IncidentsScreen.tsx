import { type ReactElement, useState } from 'react';
import '../../styles/incidents.css';
import type { Incident } from '#contract/incidents';
import { TIERS, type Tier } from '#contract/tiers';
import { useT } from '../../i18n/t.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { navigate } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useTicked } from '../../state/use-freshness.ts';
import { PageFrame, useMay } from '../frame/PageFrame.tsx';
import { useLoaded } from '../frame/use-loaded.ts';
import { ActDialog, Field, textOf } from './ActDialog.tsx';
import { AlertChoice } from './AlertChoice.tsx';
import { declare, getIncidents } from './api.ts';
import { IncidentPage } from './IncidentPage.tsx';
import { useActs } from './use-acts.ts';
import { useIncidentWords } from './words.ts';

/** `/incidents` and `/incidents/<id>`: on a desk in two columns, on a phone in one. */
export default function IncidentsScreen({ id }: { id: string | null }): ReactElement {
  return id === null ? <IncidentList /> : <IncidentPage id={id} key={id} />;
}

/** Whole seconds of the server's clock. */
export const useServerSecond = (): number =>
  useTicked((nowMs) => Math.floor((serverNowMs(useConsole.getState().clock, nowMs) ?? 0) / 1_000) * 1_000);

/** All incidents, newest first, and the way to declare one: by hand, or from alerts with `?alerts=<id>,<id>`. */
function IncidentList(): ReactElement {
  const { say } = useIncidentWords();
  const mayAct = useMay('incidents.act');
  const online = useLinkState() !== 'offline';
  const asked = new URLSearchParams(location.search).get('alerts')?.split(',') ?? [];
  const [open, setOpen] = useState(asked.length > 0 && mayAct);
  const [at, setAt] = useState(0);
  const { data, reload } = useLoaded(getIncidents, 'incidents', { about: /^incident\./ });
  const incidents = data?.incidents ?? [];
  const chosen = Math.min(at, incidents.length - 1);
  const start = (): void => {
    if (mayAct && online) setOpen(true);
  };
  return (
    <PageFrame
      id="incidents"
      title={say('title')}
      keys={[
        { key: 'n', words: say('declare'), act: start },
        { key: 'j', words: say('move'), act: () => setAt(Math.min(chosen + 1, incidents.length - 1)) },
        { key: 'k', words: say('move'), act: () => setAt(Math.max(chosen - 1, 0)) },
        {
          key: 'Enter',
          words: say('enter'),
          act: () => {
            const incident = incidents[chosen];
            if (incident) navigate(`/incidents/${incident.id}`);
          },
        },
      ]}
      aside={
        <button
          type="button"
          className="button button-main"
          disabled={!mayAct || !online}
          onClick={start}
          data-testid="declare"
        >
          {say('declare')} <kbd>n</kbd>
        </button>
      }
    >
      {data !== null && incidents.length === 0 ? <p className="quiet">{say('none')}</p> : null}
      <ul className="incident-list">
        {incidents.map((incident, index) => (
          <IncidentRow key={incident.id} incident={incident} chosen={index === chosen} />
        ))}
      </ul>
      {open ? <DeclareDialog chosen={asked} onClose={() => setOpen(false)} reload={reload} /> : null}
    </PageFrame>
  );
}

function IncidentRow({ incident, chosen }: { incident: Incident; chosen: boolean }): ReactElement {
  const { say, lang } = useIncidentWords();
  const nowMs = useServerSecond();
  const { id, number, title, tier, state, roles, declaredAt, resolvedAt, status, nextUpdateAt, alertIds } = incident;
  const over = resolvedAt !== null;
  const span = spokenSpan((resolvedAt ?? nowMs) - declaredAt, lang);
  const told = status === null ? null : (status[lang] ?? status.zh ?? status.en);
  return (
    <li className="card incident-row" data-state={state} data-chosen={chosen} data-testid={`incident-${number}`}>
      <p className="line">
        {over ? null : <TierMark tier={tier} />}
        <a className="incident-title" href={`/incidents/${id}`}>
          {say('number', { n: number })} · {title}
        </a>
        <span className={over ? 'pill' : 'pill pill-strong'}>{say(state)}</span>
        <span className="quiet">{say(over ? 'lasted' : 'since', { time: span })}</span>
      </p>
      {told === null ? null : <p>{told}</p>}
      <p className="line quiet">
        <span>
          {say('commander')} {roles.commander?.name ?? say('nobody')}
        </span>
        <span>{say('alertsCount', { n: alertIds.length })}</span>
        {over || nextUpdateAt === null ? null : nextUpdateAt < nowMs ? (
          <b className="overdue">{say('statusLate', { time: spokenSpan(nowMs - nextUpdateAt, lang) })}</b>
        ) : (
          <span>{say('statusIn', { time: spokenSpan(nextUpdateAt - nowMs, lang) })}</span>
        )}
      </p>
    </li>
  );
}

function DeclareDialog(props: {
  readonly chosen: readonly string[];
  readonly onClose: () => void;
  readonly reload: () => void;
}): ReactElement {
  const { chosen, onClose, reload } = props;
  const { say } = useIncidentWords();
  const { t } = useT();
  const acts = useActs(reload);
  const onSend = (data: FormData): Promise<boolean> => {
    const title = textOf(data, 'title');
    const tier = textOf(data, 'tier') as Tier | undefined;
    const alertIds = data.getAll('alert').map(String);
    return acts.send(async () => {
      const done = await declare({
        alertIds,
        ...(title === undefined ? {} : { title }),
        ...(tier === undefined ? {} : { tier }),
      });
      navigate(`/incidents/${done.incident.id}`);
      return done;
    });
  };
  return (
    <ActDialog title={say('declare')} acts={acts} onSend={onSend} onClose={onClose}>
      <Field name="title" label={say('name')} max={120} hint={say('nameHint')} />
      <label className="field">
        {say('tier')}
        <select name="tier" defaultValue="">
          <option value="">{say('byAlerts')}</option>
          {TIERS.toReversed().map((tier) => (
            <option key={tier} value={tier}>
              {t(`tier.${tier}`)}
            </option>
          ))}
        </select>
      </label>
      <p className="quiet">{say('fromAlerts')}</p>
      <AlertChoice chosen={chosen} />
    </ActDialog>
  );
}
