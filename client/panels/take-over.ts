import type { AlertRow } from '#contract/alerts';
import type { Lang } from '../numbers/scale.ts';
import { useConsole } from '../state/console-store.ts';

/** A red alert that nobody has taken has this wall. */
export const useTakenOver = (): boolean => useConsole((state) => state.frame?.alerts.takeOver !== undefined);

/** The worst red alert that somebody has taken, while none is untaken: it stands in a line with its owner. */
export const useTakenRed = (): AlertRow | undefined =>
  useConsole((state) =>
    state.frame?.alerts.takeOver === undefined
      ? state.frame?.alerts.top?.find(({ tier, handling }) => tier === 'red' && handling === 'acknowledged')
      : undefined,
  );

/** What is hurt, in the reader's language where the rule has words in it. */
export const rowTitle = ({ summary, summaryZh, rule }: AlertRow, lang: Lang): string =>
  (lang === 'zh' ? (summaryZh ?? summary) : summary) || rule;
