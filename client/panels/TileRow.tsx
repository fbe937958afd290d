import { Children, type ReactElement, type ReactNode } from 'react';
import { useConsole } from '../state/console-store.ts';
import { TakeOver } from './TakeOver.tsx';
import { useTakenOver } from './take-over.ts';

const FAR_TILES = 3;

/**
 * A row of tiles. A red alert that nobody has taken takes its left side, three tiles of five, on every scene; the first tiles
 * stay beside it. `far` shows three tiles, since five would have to be smaller than can be read.
 */
export function TileRow({ children }: { children: ReactNode }): ReactElement {
  const taken = useTakenOver();
  const far = useConsole((state) => state.wallScale === 'far');
  const tiles = Children.toArray(children).slice(0, far ? FAR_TILES : undefined);
  // `far` shows bigger letters: the alert needs the width of four.
  const kept = tiles.length <= 3 || far ? 1 : tiles.length - 3;
  return (
    <div className="row row-tiles" data-taken={taken}>
      {taken ? <TakeOver /> : null}
      {taken ? tiles.slice(0, kept) : tiles}
    </div>
  );
}
