import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { useConsole } from '../state/console-store.ts';
import { CORRECTED_MARK_MS } from '../state/fold-frame.ts';
import { useTicked } from '../state/use-ticked.ts';

/** Stands beside a total for 30 s after it fell: a refund or a duplicate found late, not a mistake of the wall. */
export function CorrectedMark({ figureKey }: { figureKey: string }): ReactElement | null {
  const { t } = useT();
  const shown = useTicked((nowMs) => {
    const correction = useConsole.getState().corrections[figureKey];
    return correction !== undefined && nowMs - correction.atMs < CORRECTED_MARK_MS;
  });
  if (!shown) return null;
  return (
    <span className="corrected" data-testid={`corrected-${figureKey}`}>
      ▼ {t('fresh.corrected')}
    </span>
  );
}
