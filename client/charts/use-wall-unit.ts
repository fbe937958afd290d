import { useSyncExternalStore } from 'react';
import { type ConsoleState, useConsole } from '../state/console-store.ts';

/** Type sizes of each preset against `mid`; the same numbers as in wall.css. */
export const PRESET_RATIO: Readonly<Record<ConsoleState['wallScale'], number>> = { near: 0.72, mid: 1, far: 1.41 };

/** Pixels of one wall unit (`--u`: 1 vh on a 16:9 screen) times the preset's ratio, for text drawn on canvas. */
export function useWallUnit(): number {
  const scale = useConsole((state) => state.wallScale);
  const unit = useSyncExternalStore(
    (listener) => {
      addEventListener('resize', listener);
      return () => removeEventListener('resize', listener);
    },
    () => Math.min(innerHeight / 100, innerWidth * 0.005625),
  );
  return unit * PRESET_RATIO[scale];
}
