import type { AlertRow } from '#contract/alerts';
import { clockTime } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { useRoomWords } from './room-words.ts';
import { useAlertAge } from './take-over.ts';

/**
 * That the number is good again and the tier only held, since when, and what is missing; null while it is beyond the limit.
 * @param short - only since when
 */
export function useRecovery(alert: Pick<AlertRow, 'recovery'> | undefined, short: boolean): string | null {
  const { say } = useRoomWords();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const recovery = alert?.recovery ?? null;
  const age = useAlertAge(recovery?.sinceMs);
  if (recovery === null) return null;
  const { windowsLeftCount: n, untilMs } = recovery;
  if (short) return say('recoveringShort', { age });
  return untilMs === null
    ? say('recovering', { age, n })
    : say('recoveringUntil', { age, until: clockTime(untilMs, zone) });
}
