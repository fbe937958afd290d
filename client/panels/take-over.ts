import type { AlertRow } from '#contract/alerts';
import { isPlaceLabel, placeName } from '#contract/place-names';
import type { Lang } from '../numbers/scale.ts';
import { clockTime, spokenSpan } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useSame } from '../state/use-same.ts';
import { useTicked } from '../state/use-ticked.ts';
import { useRoomWords } from './room-words.ts';

/** A red alert that nobody has taken has this wall. */
export const useTakenOver = (): boolean => useConsole((state) => state.frame?.alerts.takeOver !== undefined);

/** The worst red alert that somebody has taken, while none is untaken: it stands in a line with its owner. */
export const useTakenRed = (): AlertRow | undefined =>
  useSame((state) =>
    state.frame?.alerts.takeOver === undefined
      ? state.frame?.alerts.top?.find(({ tier, handling }) => tier === 'red' && handling === 'acknowledged')
      : undefined,
  );

/** What is hurt, in the reader's language where the rule has words in it. */
export const rowTitle = ({ summary, summaryZh, rule }: AlertRow, lang: Lang): string =>
  (lang === 'zh' ? (summaryZh ?? summary) : summary) || rule;

/** Where it is, by the names of the campaign; what the title says already is left out. */
export function usePlace(alert: AlertRow | undefined): string {
  const lang = useConsole((state) => state.lang);
  const campaign = useConsole((state) => state.campaign);
  if (alert === undefined) return '';
  const title = rowTitle(alert, lang);
  return Object.entries(alert.labels)
    .filter(([name]) => isPlaceLabel(name))
    .map(([name, value]) => placeName(campaign, name, value, lang))
    .filter((name) => !title.includes(name))
    .join(' ');
}

/** That the number is good again and the tier only held, since when, and what is missing; null while it is beyond the limit. */
export function useRecovery(alert: Pick<AlertRow, 'recovery'> | undefined, short = false): string | null {
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

/** Since when, on the screen's own clock. */
export function useAlertAge(startsAt: number | undefined): string {
  const lang = useConsole((state) => state.lang);
  return useTicked((nowMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return serverMs === null || startsAt === undefined ? '' : spokenSpan(serverMs - startsAt, lang);
  });
}
