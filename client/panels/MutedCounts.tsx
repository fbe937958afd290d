import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';

/** Alerts that are in no tier's count, and why: by a silence, or by a cause, a storm or flapping. Nothing while there are none. */
export function MutedCounts({
  silencedCount,
  suppressedCount = 0,
  className,
}: {
  silencedCount: number;
  suppressedCount?: number | undefined;
  className: string;
}): ReactElement {
  const { t } = useT();
  return (
    <>
      {silencedCount > 0 ? (
        <span className={className} data-testid="silenced">
          {t('strip.silenced')} {silencedCount}
        </span>
      ) : null}
      {suppressedCount > 0 ? (
        <span className={className} data-testid="suppressed" title={t('strip.suppressedHint')}>
          {t('strip.suppressed')} {suppressedCount}
        </span>
      ) : null}
    </>
  );
}
