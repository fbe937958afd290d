import type { ReactElement } from 'react';
import '../../styles/tech.css';
import { AlertStrip } from '../../panels/AlertStrip.tsx';
import { TakeOver } from '../../panels/TakeOver.tsx';
import { useTakenOver } from '../../panels/take-over.ts';
import { useConsole } from '../../state/console-store.ts';
import { PACE_MS } from '../../state/use-paced.ts';
import { useRows } from '../../state/use-rows.ts';
import { AlertRatePanel } from './AlertRatePanel.tsx';
import { CapacityPanel } from './CapacityPanel.tsx';
import { DependencyPanel } from './DependencyPanel.tsx';
import { MarksPanel } from './MarksPanel.tsx';
import { PathMatrix } from './PathMatrix.tsx';

/** Services and ways to pay that have room, by how far away the wall is read. */
const SERVICES = { near: 12, mid: 6, far: 4 } as const;
const METHODS = { near: 6, mid: 4, far: 3 } as const;
const STRIP_ROWS = { near: 4, mid: 2, far: 1 } as const;

/** S2: is the way of an order well, what is left, what it rests on, what was changed, and how loud it is. */
export function TechScene(): ReactElement {
  const scale = useConsole((state) => state.wallScale);
  const taken = useTakenOver();
  const services = useRows('services', PACE_MS.grid);
  return (
    <>
      <div className="row row-path">
        <PathMatrix services={services.slice(0, scale === 'near' ? 8 : 6)} />
        <AlertRatePanel />
      </div>
      {taken ? (
        <div className="row row-taken">
          <div className="taken-left">
            <TakeOver />
            {scale === 'far' ? null : <AlertStrip rows={STRIP_ROWS[scale]} besideTaken />}
          </div>
          <MarksPanel />
        </div>
      ) : (
        <div className="row row-three row-below">
          <CapacityPanel services={services.slice(0, SERVICES[scale])} />
          <DependencyPanel most={METHODS[scale]} />
          <MarksPanel />
        </div>
      )}
    </>
  );
}
