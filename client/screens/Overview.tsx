import type { ReactElement } from 'react';
import { AlertStrip } from '../panels/AlertStrip.tsx';
import { GmvCurve } from '../panels/GmvCurve.tsx';
import { HeroPanel } from '../panels/HeroPanel.tsx';
import { MinutePanel } from '../panels/MinutePanel.tsx';
import { TileRow } from '../panels/TileRow.tsx';
import { ComplaintTile, PaymentTile, QpsTile, RoiTile, StockTile } from '../panels/tiles.tsx';
import { useConsole } from '../state/console-store.ts';

/** Lines that fit under the strip's heading. */
const STRIP_ROWS = { near: 5, mid: 3, far: 1 } as const;

/** S1: the number the room came for, five that explain it, its curve, and what is wrong. `far` shows less, not smaller. */
export function Overview(): ReactElement {
  const scale = useConsole((state) => state.wallScale);
  const far = scale === 'far';
  return (
    <>
      <div className="row row-hero">
        <HeroPanel />
        {far ? null : <MinutePanel />}
      </div>
      <TileRow>
        <QpsTile />
        <PaymentTile />
        <StockTile />
        {far ? null : <ComplaintTile />}
        {far ? null : <RoiTile />}
      </TileRow>
      <div className="row row-rest">
        {far ? null : <GmvCurve />}
        <AlertStrip rows={STRIP_ROWS[scale]} />
      </div>
    </>
  );
}
