import type { ReactElement } from 'react';
import { useHistoryLines } from '../net/use-history.ts';
import { useLink } from '../net/use-link.ts';
import { ProofDialog } from '../panels/ProofDialog.tsx';
import { TimelineLine } from '../panels/TimelineLine.tsx';
import { WallHeader } from '../panels/WallHeader.tsx';
import { useConsole } from '../state/console-store.ts';
import { Overview } from './Overview.tsx';
import { useWallKeys } from './use-wall-keys.ts';

const none = (): void => undefined;
const NO_SCENES = { onScene: none, onStep: none, onHold: none, onHelp: none };

export default function WallScreen(): ReactElement {
  useLink('wall:overview');
  useHistoryLines();
  useWallKeys(NO_SCENES);
  const scale = useConsole((state) => state.wallScale);
  const dimmed = useConsole((state) => state.dimmed);
  return (
    <main className="wall" data-testid="wall" data-scale={scale} data-dimmed={dimmed} data-scene="overview">
      <WallHeader />
      <Overview />
      <TimelineLine />
      <ProofDialog />
    </main>
  );
}
