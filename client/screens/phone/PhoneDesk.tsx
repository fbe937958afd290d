import { lazy, type ReactElement, Suspense, useEffect } from 'react';
import '../../styles/phone-desk.css';
import { useDeskWords } from '../../i18n/phone-words.ts';
import { useHistoryLines } from '../../net/use-history.ts';
import { useLink } from '../../net/use-link.ts';
import { LinkBanner } from '../../panels/LinkBanner.tsx';
import { LiveDot } from '../../panels/Liveness.tsx';
import { followLinks, setQuery, useRoute } from '../../router.ts';
import { useConsole } from '../../state/console-store.ts';
import { ALERT_SINK } from '../../state/use-alert-feed.ts';
import { useFeedFreshness } from '../../state/use-ticked.ts';
import { Announcer } from '../desk/Announcer.tsx';

import { AlertsTab } from './AlertsTab.tsx';

const BooksTab = lazy(() => import('./BooksTab.tsx'));
const TimelineTab = lazy(() => import('./TimelineTab.tsx'));
const WaitingForMe = lazy(() => import('./WaitingForMe.tsx'));
const MeTab = lazy(() => import('./MeTab.tsx'));
const TABS = ['alerts', 'runbooks', 'timeline', 'me'] as const;
type Tab = (typeof TABS)[number];

/** S4: the on-call desk for one hand. Alerts come first, everything else when it is asked for; no chart library. */
export default function PhoneDesk(): ReactElement {
  useLink('desk:oncall', ALERT_SINK);
  useHistoryLines();
  useEffect(followLinks, []);
  const { say } = useDeskWords();
  const { query } = useRoute();
  const link = useFeedFreshness([]);
  const mayApprove = useConsole(
    ({ session }) => typeof session === 'object' && session.permissions.includes('budget.approve'),
  );
  const tab: Tab = TABS.find((each) => each === query.get('tab')) ?? 'alerts';
  useEffect(() => {
    scrollTo(0, 0); // answers a promise in newer browsers, which is no way to clean up
  }, [tab]);
  return (
    <main className="phone-desk" data-testid="phone-desk" data-trusted={link.trusted}>
      <header className="phone-head">
        <LinkBanner>{null}</LinkBanner>
        <LiveDot />
      </header>
      {mayApprove ? (
        <Suspense>
          <WaitingForMe />
        </Suspense>
      ) : null}
      <Suspense fallback={<p role="status" className="phone-wait" />}>
        {tab === 'alerts' ? <AlertsTab /> : null}
        {tab === 'runbooks' ? <BooksTab /> : null}
        {tab === 'timeline' ? <TimelineTab /> : null}
        {tab === 'me' ? <MeTab /> : null}
      </Suspense>
      <nav className="phone-tabs" aria-label={say('tab.label')}>
        {TABS.map((each) => (
          <button
            key={each}
            type="button"
            aria-current={tab === each ? 'page' : undefined}
            data-testid={`tab-${each}`}
            onClick={() => setQuery({ tab: each === 'alerts' ? null : each })}
          >
            {say(`tab.${each}`)}
          </button>
        ))}
      </nav>
      <Announcer />
    </main>
  );
}
