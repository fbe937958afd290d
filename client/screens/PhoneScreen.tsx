import type { ReactElement } from 'react';
import { useHistoryLines } from '../net/use-history.ts';
import { useLink } from '../net/use-link.ts';
import { ProofDialog } from '../panels/ProofDialog.tsx';
import { TimelineLine } from '../panels/TimelineLine.tsx';
import { WallHeader } from '../panels/WallHeader.tsx';
import { PhoneOverview } from './PhoneOverview.tsx';

/** Narrow or upright screens: the same figures in one column that scrolls. */
export default function PhoneScreen(): ReactElement {
  useLink('wall:overview');
  useHistoryLines();
  return (
    <main className="phone" data-testid="phone">
      <WallHeader />
      <PhoneOverview />
      <TimelineLine />
      <ProofDialog />
    </main>
  );
}
