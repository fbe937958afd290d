import type { ReactElement } from 'react';
import { AlertStrip } from '../panels/AlertStrip.tsx';
import { GmvCurve } from '../panels/GmvCurve.tsx';
import { HeroPanel } from '../panels/HeroPanel.tsx';
import { MinutePanel } from '../panels/MinutePanel.tsx';
import { ComplaintTile, PaymentTile, QpsTile, RoiTile, StockTile } from '../panels/tiles.tsx';
import { useConsole } from '../state/console-store.ts';

/** S1: the number the room came for, five that explain it, its curve, and what is wrong. `far` shows less, not smaller. */
export function Overview(): ReactElement {
  const far = useConsole((state) => state.wallScale === 'far');
  return (
    <>
      <div className="row row-hero">
        <HeroPanel />
        {far ? null : <MinutePanel />}
      </div>
      <div className="row row-tiles">
        <QpsTile />
        <PaymentTile />
        <StockTile />
        {far ? null : <ComplaintTile />}
        {far ? null : <RoiTile />}
      </div>
      <div className="row row-rest">
        {far ? null : <GmvCurve />}
        <AlertStrip />
      </div>
    </>
  );
}
