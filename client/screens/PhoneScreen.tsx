import { lazy, type ReactElement, Suspense } from 'react';
import { useHistoryLines } from '../net/use-history.ts';
import { useLink } from '../net/use-link.ts';
import { ProofDialog } from '../panels/ProofDialog.tsx';
import { TimelineLine } from '../panels/TimelineLine.tsx';
import { WallHeader } from '../panels/WallHeader.tsx';
import { useConsole } from '../state/console-store.ts';
import { PhoneOverview } from './PhoneOverview.tsx';

const WaitingForMe = lazy(() => import('./phone/WaitingForMe.tsx'));

/** Narrow or upright screens: the same figures in one column that scrolls. */
export default function PhoneScreen(): ReactElement {
  useLink('wall:overview');
  useHistoryLines();
  const mayApprove = useConsole(
    ({ session }) => typeof session === 'object' && session.permissions.includes('budget.approve'),
  );
  return (
    <main className="phone" data-testid="phone">
      <WallHeader />
      {mayApprove ? (
        <Suspense>
          <WaitingForMe />
        </Suspense>
      ) : null}
      <PhoneOverview />
      <TimelineLine />
      <ProofDialog />
    </main>
  );
}
