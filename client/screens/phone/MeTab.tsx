import type { ReactElement } from 'react';
import { useDeskWords } from '../../i18n/phone-words.ts';
import { useT } from '../../i18n/t.ts';
import { getDuty } from '../../net/alert-commands.ts';
import { closeSession } from '../../net/session.ts';
import { minuteTime } from '../../numbers/time.ts';
import { useAlerts } from '../../state/alerts-store.ts';
import { useConsole } from '../../state/console-store.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { LangSwitch } from '../LangSwitch.tsx';
import { ThemeSwitch } from '../ThemeSwitch.tsx';

/** Who I am here, whether I am on duty and as what, and the way out. */
export default function MeTab(): ReactElement {
  const { say, lang } = useDeskWords();
  const { t } = useT();
  const session = useConsole((state) => (typeof state.session === 'object' ? state.session : null));
  const campaign = useConsole((state) => state.campaign);
  const { data: duty } = useLoaded(getDuty, 'duty', { about: /^duty\./, everyMs: 60_000 });
  const mine = duty?.people.filter(({ person }) => person === session?.name) ?? [];
  const zone = campaign?.timeZone ?? 'Asia/Shanghai';
  const leave = (): void => {
    closeSession()
      .catch(() => undefined)
      .then(() => {
        useAlerts.getState().forget();
        useConsole.getState().applySession('none');
      });
  };
  return (
    <section className="phone-list" data-testid="me-tab">
      <h1>{session?.name}</h1>
      <p>
        <span className="quiet">{say('phone.role')}</span> {session === null ? '' : t(`role.${session.role}`)}
      </p>
      {mine.length === 0 ? <p>{say('phone.offDuty')}</p> : <p>{say('phone.onDutyAs')}</p>}
      <ul>
        {mine.map(({ post, role, untilMs }) => (
          <li key={`${post}${role}`} className="phone-link">
            <span>
              {campaign?.posts.find(({ id }) => id === post)?.[lang] ?? post} {role}
            </span>
            <span className="quiet">
              {untilMs === null ? '' : say('phone.untilAt', { time: minuteTime(untilMs, zone) })}
            </span>
          </li>
        ))}
      </ul>
      <a className="phone-link" href="/wall">
        {say('phone.figures')}
      </a>
      <p className="phone-link">
        <LangSwitch />
        <ThemeSwitch />
      </p>
      <button type="button" className="phone-button" onClick={leave}>
        {say('do.signOut')}
      </button>
    </section>
  );
}
