import { lazy, type ReactElement, Suspense, useEffect, useLayoutEffect, useState, useSyncExternalStore } from 'react';
import type { SessionReply } from '#contract/people';
import type { Permission } from '#contract/permissions';
import { useT } from './i18n/t.ts';
import { retryDelayMs } from './net/backoff.ts';
import { RequestFailed } from './net/http.ts';
import { startReports } from './net/reports.ts';
import { closeSession, currentSession, openSession, takeAccessToken } from './net/session.ts';
import { useUpdate } from './net/use-update.ts';
import { Unanswered } from './panels/Unanswered.tsx';
import { homeOf, navigate, type Path, useRoute } from './router.ts';
import { useConsole } from './state/console-store.ts';
import { NARROW, SYSTEM_LIGHT } from './theme/theme.ts';

const KioskScreen = lazy(() => import('./screens/KioskScreen.tsx'));
const LoginScreen = lazy(() => import('./screens/LoginScreen.tsx'));
const PasswordScreen = lazy(() => import('./screens/PasswordScreen.tsx'));
const DeskScreen = lazy(() => import('./screens/desk/DeskScreen.tsx'));
const PhoneDesk = lazy(() => import('./screens/phone/PhoneDesk.tsx'));
const WallScreen = lazy(() => import('./screens/WallScreen.tsx'));
const IncidentsScreen = lazy(() => import('./screens/incidents/IncidentsScreen.tsx'));
const RunbooksScreen = lazy(() => import('./screens/runbooks/RunbooksScreen.tsx'));
const HealthScreen = lazy(() => import('./screens/HealthScreen.tsx'));
const TimelineScreen = lazy(() => import('./screens/timeline/TimelineScreen.tsx'));
const SilencesScreen = lazy(() => import('./screens/silences/SilencesScreen.tsx'));
const RosterScreen = lazy(() => import('./screens/roster/RosterScreen.tsx'));
const RulesScreen = lazy(() => import('./screens/rules/RulesScreen.tsx'));
const MoneyScreen = lazy(() => import('./screens/money/MoneyScreen.tsx'));
const PhoneScreen = lazy(() => import('./screens/PhoneScreen.tsx'));

/** What each page demands; the server demands it again. */
const NEEDS: Readonly<Partial<Record<Path, Permission>>> = {
  '/wall': 'figures.read',
  '/desk': 'alerts.read',
  '/health': 'health.read',
  '/timeline': 'timeline.read',
  '/silences': 'silences.read',
  '/roster': 'duty.read',
  '/rules': 'alerts.read',
  '/runbooks': 'runbooks.read',
  '/runs': 'runbooks.read',
  '/incidents': 'incidents.read',
  '/money': 'budget.read',
};
/** Below this the two columns of the on-call desk have no room: the phone form has all of it in one. */
const DESK_NARROW = '(max-width: 1023px)';

const useMedia = (query: string): boolean =>
  useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );

/** Finds out who this is: by the link it came with, else by its cookie. Tries again while the server is away. */
function useSession(): RequestFailed | null {
  const [failed, setFailed] = useState<RequestFailed | null>(null);
  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let attempt = 0;
    const link = takeAccessToken();
    const settle = (session: SessionReply | 'none'): void => {
      if (!left) useConsole.getState().applySession(session);
    };
    const ask = async (): Promise<void> => {
      try {
        const session = link !== null && attempt === 0 ? await openSession({ link }) : await currentSession();
        settle(session);
        if (link === null) return;
        if (session.kind === 'user' && !session.passwordSet) navigate('/password', { replace: true });
        else if (location.pathname === '/login') navigate(homeOf(session.role), { replace: true });
      } catch (error) {
        if (left || !(error instanceof RequestFailed)) return;
        if (
          error.status === 401 ||
          error.status === 410 ||
          (link !== null && error.status >= 400 && error.status < 500)
        ) {
          if (link !== null) setFailed(error);
          return settle('none');
        }
        timer = setTimeout(() => void ask(), retryDelayMs(attempt++, Math.random()));
      }
    };
    void ask();
    return () => {
      left = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, []);
  return failed;
}

/** The page keeps the colours that its address, its width and its reader ask for; set before it is painted. */
function useTheme(): void {
  const { path, query } = useRoute();
  const asked = query.get('theme');
  const narrow = useMedia(NARROW);
  const systemIsLight = useMedia(SYSTEM_LIGHT);
  useLayoutEffect(() => useConsole.getState().renewTheme(), [path, asked, narrow, systemIsLight]);
}

export function App(): ReactElement {
  useTheme();
  return (
    <Suspense fallback={<Message text="app.loading" />}>
      <Door />
      <Unanswered />
    </Suspense>
  );
}

/** Who is it, and what may they see. */
function Door(): ReactElement {
  const failed = useSession();
  const { lang } = useT();
  const { path } = useRoute();
  const session = useConsole((state) => state.session);
  const refused = useConsole((state) => state.link.status === 'refused' && state.link.refusal === 'unauthenticated');
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  }, [lang]);
  const home = typeof session === 'object' ? homeOf(session.role) : null;
  useEffect(() => {
    if (path === '/' && home !== null) navigate(`${home}${location.search}`, { replace: true });
    // the tech wall is a scene: its address is the wall's
    if (path === '/tech') navigate(`/wall?${withScene(location.search)}`, { replace: true });
  }, [path, home]);
  // A revoked session: ask once who we are now; the login page follows when nobody.
  useEffect(() => {
    if (!refused) return;
    currentSession().catch((error: unknown) => {
      if (error instanceof RequestFailed && error.status === 401) useConsole.getState().applySession('none');
    });
  }, [refused]);
  const signedIn = typeof session === 'object';
  useEffect(() => {
    if (signedIn) startReports();
  }, [signedIn]);
  const signedOut = session === 'none' && path !== '/login' && path !== '/kiosk' && path !== null;
  useEffect(() => {
    if (!signedOut) return;
    const next = encodeURIComponent(location.pathname + location.search);
    navigate(`/login?next=${next}`, { replace: true });
  }, [signedOut]);

  if (path === null) return <Message text="app.notFound" />;
  if (path === '/kiosk') return <KioskScreen />;
  if (path === '/login') return <LoginScreen failed={failed} key={failed?.code ?? ''} />;
  if (path === '/password' && typeof session === 'object') return <PasswordScreen />;
  if (session === 'unknown' || session === 'none' || path === '/' || path === '/tech')
    return <Message text="app.loading" />;
  const needs = NEEDS[path];
  if (needs && !session.permissions.includes(needs)) return <Forbidden session={session} />;
  return <Page path={path} />;
}

function withScene(search: string): string {
  const query = new URLSearchParams(search);
  query.set('scene', 'tech');
  return query.toString();
}

function Page({ path }: { path: Path }): ReactElement {
  useUpdate();
  const narrow = useMedia(NARROW);
  const deskNarrow = useMedia(DESK_NARROW);
  const { id } = useRoute();
  switch (path) {
    case '/wall':
      return narrow ? <PhoneScreen /> : <WallScreen />;
    case '/desk':
      return deskNarrow ? <PhoneDesk /> : <DeskScreen />;
    case '/health':
      return <HealthScreen />;
    case '/timeline':
      return <TimelineScreen />;
    case '/silences':
      return <SilencesScreen />;
    case '/roster':
      return <RosterScreen />;
    case '/rules':
      return <RulesScreen />;
    case '/money':
      return <MoneyScreen />;
    case '/incidents':
      return <IncidentsScreen id={id} />;
    case '/runbooks':
    case '/runs':
      return <RunbooksScreen page={path} id={id} />;
    default:
      return <Message text="app.notFound" />;
  }
}

function Message({ text }: { text: 'app.loading' | 'app.notFound' }): ReactElement {
  const { t } = useT();
  return (
    <main className="gate">
      <div className="gate-card" role="status">
        <h1>{t(text)}</h1>
        {text === 'app.notFound' ? <a href="/wall">{t('app.toWall')}</a> : null}
      </div>
    </main>
  );
}

function Forbidden({ session }: { session: SessionReply }): ReactElement {
  const { t } = useT();
  const leave = (): void => {
    closeSession()
      .catch(() => undefined)
      .then(() => useConsole.getState().applySession('none'));
  };
  return (
    <main className="gate">
      <div className="gate-card" data-testid="forbidden">
        <h1>{t('app.forbidden', { role: t(`role.${session.role}`) })}</h1>
        <p>{t('app.forbiddenHint')}</p>
        <p className="gate-links">
          <a href="/wall">{t('app.toWall')}</a>
          <button type="button" className="link-button" onClick={leave}>
            {t('login.out')}
          </button>
        </p>
      </div>
    </main>
  );
}
