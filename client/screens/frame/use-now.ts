import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useTicked } from '../../state/use-freshness.ts';

/** Server time now, whole ms, as commands send it; null before the server was heard. */
export function nowOfServer(): number | null {
  const serverMs = serverNowMs(useConsole.getState().clock, performance.now());
  return serverMs === null ? null : Math.floor(serverMs);
}
/** The same, again each `stepMs`. */
export const useServerNow = (stepMs = 1_000): number | null =>
  useTicked((atMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, atMs);
    return serverMs === null ? null : Math.floor(serverMs / stepMs) * stepMs;
  });
export const useZone = (): string => useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
