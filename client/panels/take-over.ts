import type { AlertRow } from '#contract/alerts';
import { isPlaceLabel, placeName } from '#contract/place-names';
import type { Lang } from '../numbers/scale.ts';
import { spokenSpan } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { serverNowMs } from '../state/server-clock.ts';
import { useSame } from '../state/use-same.ts';
import { useTicked } from '../state/use-ticked.ts';

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

/** Since when, on the screen's own clock. */
export function useAlertAge(startsAt: number | undefined): string {
  const lang = useConsole((state) => state.lang);
  return useTicked((nowMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return serverMs === null || startsAt === undefined ? '' : spokenSpan(serverMs - startsAt, lang);
  });
}
