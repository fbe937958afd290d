import { UNVERIFIED_AFTER_MS } from '#contract/room';
import { useConsole } from '../state/console-store.ts';

/**
 * How long alerting has not been known to work, in whole minutes; 0 while it is known. Rules were not evaluated, or the canary has
 * not gone the whole way (P16).
 */
export function useUnverifiedMs(): number {
  return useConsole(({ frame }) => {
    if (frame === null || frame.alerts.state === 'off') return 0;
    const agoMs = Math.max(frame.alerts.evaluatedAgoMs ?? 0, frame.room?.verifiedAgoMs ?? 0);
    return agoMs > UNVERIFIED_AFTER_MS ? Math.floor(agoMs / 60_000) * 60_000 : 0;
  });
}
