import type { ReactElement } from 'react';
import type { DutyReply } from '#contract/alerts';
import { useDeskWords } from '../../i18n/desk-words.ts';
import { useT } from '../../i18n/t.ts';
import { useSingleKeys } from '../../keys/use-keys.ts';
import { getDuty } from '../../net/alert-commands.ts';
import { LinkBanner } from '../../panels/LinkBanner.tsx';
import { Clock, LiveDot } from '../../panels/Liveness.tsx';
import { RoomHead } from '../../panels/RoomHead.tsx';
import { useRoute } from '../../router.ts';
import { SoundChip } from '../../sound/SoundChip.tsx';
import { useConsole } from '../../state/console-store.ts';
import { PAGES } from '../frame/PageBar.tsx';
import { useLoaded } from '../frame/use-loaded.ts';
import { useFrameWords } from '../frame/words.ts';
import { LangSwitch } from '../LangSwitch.tsx';
import { ThemeSwitch } from '../ThemeSwitch.tsx';

/** Whose console this is, where else to go, who commands and who is on, whether the picture lives, and what time it is. */
export function DeskHeader({ onHelp }: { onHelp: () => void }): ReactElement {
  const { t, lang } = useT();
  const { say } = useDeskWords();
  const { say: sayFrame } = useFrameWords();
  const { path } = useRoute();
  const singles = useSingleKeys();
  const campaign = useConsole((state) => state.campaign);
  const session = useConsole((state) => (typeof state.session === 'object' ? state.session : null));
  const { data: duty } = useLoaded(getDuty, 'duty', { about: /^duty\./, everyMs: 60_000 });
  return (
    <header className="desk-head">
      <p className="wall-name">
        <span className="wall-app">{t('app.name')}</span>
        {campaign?.drill ? <span className="drill">{t('head.drill')}</span> : null}
      </p>
      <nav aria-label={say('nav.label')}>
        {PAGES.filter(([, needs]) => session?.permissions.includes(needs)).map(([to]) => (
          <a key={to} href={to} aria-current={path === to ? 'page' : undefined}>
            {sayFrame(to)}
          </a>
        ))}
      </nav>
      <LinkBanner Head={RoomHead}>
        <span className="desk-campaign">{campaign?.[lang]}</span>
      </LinkBanner>
      {duty === null ? <p className="desk-duty" /> : <OnDuty duty={duty} me={session?.name ?? ''} />}
      <LiveDot />
      <Clock />
      <SoundChip openWith={singles ? 'm' : null} />
      <LangSwitch />
      <ThemeSwitch />
      <button type="button" className="button" aria-label={say('help.title')} data-testid="help" onClick={onHelp}>
        <kbd>?</kbd>
      </button>
    </header>
  );
}

/** The commander and, when it is me, my post; otherwise who leads the technical side. */
function OnDuty({ duty, me }: { duty: DutyReply; me: string }): ReactElement {
  const { say, lang } = useDeskWords();
  const campaign = useConsole((state) => state.campaign);
  const holder = (post: RegExp): string | undefined =>
    duty.people.find((one) => post.test(one.post) && one.role === 'A')?.person;
  const commander = useConsole((state) => state.frame?.room?.commander) ?? holder(/lead|boss|owner/);
  const mine = duty.people.find(({ person }) => person === me);
  const lead = holder(/^technology/) ?? duty.people[0]?.person;
  const who =
    mine === undefined
      ? lead
      : `${say('why.me')} (${campaign?.posts.find(({ id }) => id === mine.post)?.[lang] ?? mine.post} ${mine.role})`;
  const words = `${commander === undefined ? '' : `${say('commander')} ${commander} · `}${
    who === undefined ? say('nobodyOnDuty') : say('onDuty', { who })
  }`;
  return (
    <p className="desk-duty" title={words}>
      {words}
    </p>
  );
}
