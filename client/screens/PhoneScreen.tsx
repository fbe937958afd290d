import type { ReactElement } from 'react';
import { useHistoryLines } from '../net/use-history.ts';
import { useLink } from '../net/use-link.ts';
import { Announce } from '../panels/Announce.tsx';
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
      <Announce />
      <PhoneOverview />
      <TimelineLine />
      <ProofDialog />
    </main>
  );
}
