import { useEffect } from 'react';
import { create } from 'zustand';
import type { Frame } from '#contract/frames';
import { useConsole } from '../state/console-store.ts';
import { HEAP_LOOK_MS, heapIsHigh, lookAtHeap, NO_HEAP, reloadAfterMs } from './hygiene.ts';
import { screenId } from './screen-id.ts';

const LOOK_EVERY_MS = 60_000;
const WAVE_GUARD_MS = 10 * 60_000;

/** Nothing is burning, nobody works on an incident and no wave is near: the moment at which a page may load itself again. Pure. */
export function isQuiet(frame: Frame | null): boolean {
  if (frame === null) return true;
  const { opensAt, nextWaveAt } = frame.campaign;
  for (const atMs of [opensAt, nextWaveAt])
    if (atMs !== null && Math.abs(atMs - frame.serverMs) < WAVE_GUARD_MS) return false;
  if ((frame.alerts.openCount.red ?? 0) + (frame.alerts.openCount.orange ?? 0) > 0) return false;
  if (frame.room?.incident !== undefined) return false;
  return !Object.values(frame.figures).some(({ tier }) => tier === 'red' || tier === 'orange');
}

/** Another build is there and waits for a quiet moment. */
export const useUpdateWaits = create<{ readonly waits: boolean }>()(() => ({ waits: false }));

/**
 * Loads the page again when the server has another build, at the next quiet moment and not all screens at once. All that a
 * wall shows is in its address, so nothing is lost.
 */
export function useUpdate(): void {
  useEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | null = null;
    const look = async (): Promise<void> => {
      if (waiting !== null || useConsole.getState().link.status !== 'open') return;
      const reply = await fetch('/build.json', { cache: 'no-store' }).catch(() => null);
      const told = reply?.ok ? ((await reply.json().catch(() => null)) as { build?: string } | null) : null;
      if (!told?.build || told.build === __BUILD__) return;
      useUpdateWaits.setState({ waits: true });
      const again = (): void => {
        if (isQuiet(useConsole.getState().frame)) location.reload();
        else waiting = setTimeout(again, LOOK_EVERY_MS);
      };
      waiting = setTimeout(again, 2_000 + Math.random() * 8_000);
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    // Right after a reconnect the server is most likely a new one.
    const stop = useConsole.subscribe((state, before) => {
      if (state.link.status === 'open' && before.link.status !== 'open') void look();
    });
    return () => {
      clearInterval(timer);
      stop();
      if (waiting !== null) clearTimeout(waiting);
    };
  }, []);
}

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
