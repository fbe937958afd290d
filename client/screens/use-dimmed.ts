import { isQuietHour, quietHours } from '../net/hygiene.ts';
import { minuteTime } from '../numbers/time.ts';
import { useRoute } from '../router.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useTicked } from '../state/use-freshness.ts';

/**
 * Whether the wall is dimmed: by hand (`?dim=1`, key `d`), or in its quiet hours (`?quiet=23:30-07:00`, the campaign's time). A red
 * alert that nobody has taken is never dimmed.
 */
export function useDimmed(taken: boolean): boolean {
  const { query } = useRoute();
  const hours = quietHours(query.get('quiet'));
  const byHand = query.get('dim') === '1';
  const quiet = useTicked((nowMs) => {
    if (hours === null) return false;
    const { clock, campaign } = useConsole.getState();
    const serverMs = serverNowMs(clock, nowMs);
    if (serverMs === null) return false;
    const [hour = 0, minute = 0] = minuteTime(serverMs, campaign?.timeZone ?? 'Asia/Shanghai')
      .split(':')
      .map(Number);
    return isQuietHour(hours, hour * 60 + minute);
  });
  return !taken && (byHand || quiet);
}
