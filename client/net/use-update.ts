import { useEffect } from 'react';
import { create } from 'zustand';
import type { Frame } from '#contract/frames';
import { useConsole } from '../state/console-store.ts';

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
