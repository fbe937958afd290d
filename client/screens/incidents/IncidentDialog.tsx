import { type ReactElement, useEffect, useState } from 'react';
import type { Alert } from '#contract/alerts';
import { INCIDENT_ROLES, type Incident, STATUS_MAX } from '#contract/incidents';
import { getDuty } from '../../net/alert-commands.ts';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { titleOf } from '../desk/alert-words.ts';
import { ActDialog, Field, textOf } from './ActDialog.tsx';
import { AlertChoice } from './AlertChoice.tsx';
import { act, type RoleChange } from './api.ts';
import { RunChoice } from './RunChoice.tsx';
import type { useActs } from './use-acts.ts';
import { useIncidentWords } from './words.ts';

export type DialogKind = 'status' | 'role' | 'mitigate' | 'resolve' | 'reopen' | 'link' | 'note';
const MINUTE_MS = 60_000;
const PEOPLE = 'people-on-duty';

/** Names of whoever is on duty, to hand something over to. */
function usePeople(): readonly string[] {
  const [people, setPeople] = useState<readonly string[]>([]);
  useEffect(() => {
    getDuty().then(
      (duty) => setPeople([...new Set(duty.people.map(({ person }) => person))]),
      () => undefined, // a name can be typed as well
    );
  }, []);
  return people;
}

/** One thing that is done to an incident. It binds to the version that is shown beside it. */
export function IncidentDialog(props: {
  readonly kind: DialogKind;
  readonly title: string;
  readonly incident: Incident;
  /** Alerts it holds, as they are now. */
  readonly alerts: readonly Alert[];
  readonly acts: ReturnType<typeof useActs>;
  readonly onClose: () => void;
}): ReactElement {
  const { kind, title, incident, alerts, acts, onClose } = props;
  const me = useConsole((state) => (typeof state.session === 'object' ? state.session : null));
  const { version } = incident;

  const bodyOf = (data: FormData): readonly [Parameters<typeof act>[1], object] => {
    const text = textOf(data, 'text');
    switch (kind) {
      case 'status': {
        const [zh, en, minutes] = ['zh', 'en', 'minutes'].map((name) => textOf(data, name));
        const words = { ...(zh === undefined ? {} : { zh }), ...(en === undefined ? {} : { en }) };
        return [
          'status',
          { ...words, nextUpdateMinutes: minutes === undefined ? null : Math.max(1, Number(minutes)), version },
        ];
      }
      case 'role': {
        const name = textOf(data, 'person');
        const person = name === undefined ? null : { id: name === me?.name ? me.id : name, name };
        const change: RoleChange = { role: textOf(data, 'role') as RoleChange['role'], person };
        return ['role', { ...change, version }];
      }
      case 'mitigate':
      case 'resolve': {
        const minutes = Number(textOf(data, 'minutes') ?? 0);
        const nowMs = serverNowMs(useConsole.getState().clock, performance.now());
        const at = minutes > 0 && nowMs !== null ? { at: Math.floor(nowMs - minutes * MINUTE_MS) } : {};
        const despite = kind === 'resolve' && data.has('despite') ? { despiteFiring: true } : {};
        return [kind, { ...at, ...(text === undefined ? {} : { note: text }), ...despite, version }];
      }
      case 'reopen':
        return ['reopen', { reason: text ?? '', version }];
      case 'link':
        return [
          'links',
          { alertIds: data.getAll('alert').map(String), runIds: data.getAll('run').map(String), version },
        ];
      case 'note':
        return ['notes', { text: text ?? '' }];
    }
  };
  const onSend = (data: FormData): Promise<boolean> => {
    const [verb, body] = bodyOf(data);
    return acts.send(() => act(incident.id, verb, body));
  };
  return (
    <ActDialog title={title} acts={acts} onSend={onSend} onClose={onClose}>
      {kind === 'resolve' ? <StillFiring alerts={alerts} /> : null}
      <Fields
        kind={kind}
        incident={incident}
        needsNote={kind === 'resolve' && firingOf(alerts).length > 0}
        mine={me?.name ?? ''}
      />
    </ActDialog>
  );
}

/** Critical alerts that still fire: the server resolves nothing over them unless somebody says so. */
const firingOf = (alerts: readonly Alert[]): readonly Alert[] =>
  alerts.filter(
    ({ tier, handling, evaluation }) => tier === 'red' && handling !== 'resolved' && evaluation === 'firing',
  );

function StillFiring({ alerts }: { alerts: readonly Alert[] }): ReactElement | null {
  const { say, lang } = useIncidentWords();
  const firing = firingOf(alerts);
  if (firing.length === 0) return null;
  return (
    <div role="alert" data-testid="still-firing">
      <p>{say('stillFiring', { n: firing.length })}</p>
      <ul className="choice">
        {firing.map((alert) => (
          <li key={alert.id}>
            <TierMark tier={alert.tier} /> {titleOf(alert, lang)}
          </li>
        ))}
      </ul>
      <label className="check-line">
        <input type="checkbox" name="despite" required /> {say('despiteFiring')}
      </label>
    </div>
  );
}

function Fields({
  kind,
  incident,
  needsNote,
  mine,
}: {
  kind: DialogKind;
  incident: Incident;
  needsNote: boolean;
  mine: string;
}): ReactElement {
  const { say } = useIncidentWords();
  const people = usePeople();
  switch (kind) {
    case 'status':
      return (
        <>
          <Field name="zh" label={say('statusZh')} max={STATUS_MAX} />
          <Field name="en" label={say('statusEn')} max={STATUS_MAX} />
          <Field name="minutes" label={say('nextMinutes')} type="number" value={15} />
        </>
      );
    case 'role':
      return (
        <>
          <label className="field">
            {say('role')}
            <select name="role" defaultValue="commander">
              {INCIDENT_ROLES.map((role) => (
                <option key={role} value={role}>
                  {say(role)}
                </option>
              ))}
            </select>
          </label>
          <Field name="person" label={say('person')} max={128} list={PEOPLE} value={mine} hint={say('vacate')} />
          <datalist id={PEOPLE}>
            {people.map((person) => (
              <option key={person} value={person} />
            ))}
          </datalist>
        </>
      );
    case 'mitigate':
    case 'resolve':
      return (
        <>
          <Field name="minutes" label={say('minutesAgo')} type="number" value={0} />
          <Field name="text" label={say('note')} max={2_000} required={needsNote} />
        </>
      );
    case 'reopen':
      return <Field name="text" label={say('reason')} max={500} required />;
    case 'link':
      return (
        <>
          <p className="quiet">{say('linkAlerts')}</p>
          <AlertChoice chosen={[]} without={incident.alertIds} />
          <p className="quiet">{say('linkRuns')}</p>
          <RunChoice without={incident.runIds} />
        </>
      );
    case 'note':
      return <Field name="text" label={say('note')} max={2_000} required />;
  }
}
