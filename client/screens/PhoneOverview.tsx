import type { ReactElement } from 'react';
import { AlertStrip } from '../panels/AlertStrip.tsx';
import { HeroPanel } from '../panels/HeroPanel.tsx';
import { MinutePanel } from '../panels/MinutePanel.tsx';
import { ComplaintTile, PaymentTile, QpsTile, RoiTile, StockTile } from '../panels/tiles.tsx';

/** The figures of S1 for one hand: what is wrong first, then the number, no chart library. */
export function PhoneOverview(): ReactElement {
  return (
    <>
      <HeroPanel />
      <AlertStrip rows={6} />
      <div className="phone-tiles">
        <QpsTile />
        <PaymentTile />
        <StockTile />
        <ComplaintTile />
        <RoiTile />
      </div>
      <MinutePanel />
    </>
  );
}
