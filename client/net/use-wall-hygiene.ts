import { useEffect } from 'react';
import type { Frame } from '#contract/frames';
import { useConsole } from '../state/console-store.ts';
import { HEAP_LOOK_MS, heapIsHigh, lookAtHeap, NO_HEAP, reloadAfterMs } from './hygiene.ts';
import { screenId } from './screen-id.ts';
import { isQuiet } from './use-update.ts';

/** A wanted reload waits for a quiet moment, and for a server: without one the page would not come back. Pure. */
export const mayReload = (at: {
  readonly wanted: boolean;
  readonly open: boolean;
  readonly frame: Frame | null;
}): boolean => at.wanted && at.open && at.frame !== null && isQuiet(at.frame);

/** Walls only: loads the page again after half a day, or when it holds twice the memory it needs, at the next quiet moment. */
export function useWallHygiene(): void {
  useEffect(() => {
    const beganAtMs = performance.now();
    const afterMs = reloadAfterMs(screenId());
    let heap = NO_HEAP;
    const timer = setInterval(() => {
      const { usedJSHeapSize } = (performance as { memory?: { usedJSHeapSize: number } }).memory ?? {};
      if (usedJSHeapSize !== undefined) heap = lookAtHeap(heap, usedJSHeapSize);
      const { frame, link } = useConsole.getState();
      const aged = performance.now() - beganAtMs >= afterMs;
      if (mayReload({ wanted: aged || heapIsHigh(heap), open: link.status === 'open', frame })) location.reload();
    }, HEAP_LOOK_MS);
    return () => clearInterval(timer);
  }, []);
}
