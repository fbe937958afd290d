import type { ReactElement } from 'react';
import type { Tier } from '#contract/tiers';
import { useT } from '../i18n/t.ts';

/** One shape a tier, so that no tier is told by colour alone. */
const SHAPES: Readonly<Record<Tier, string>> = {
  red: 'M7 1h10l6 6v10l-6 6H7l-6-6V7z',
  orange: 'M12 2l11 20H1z',
  yellow: 'M2 2h20v20H2z',
  cyan: 'M12 0l12 12-12 12L0 12z',
  blue: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
};

/** Shape and colour of a tier; its word is spoken, unless it is written beside (`silent`). */
export function TierMark({ tier, silent = false }: { tier: Tier; silent?: boolean }): ReactElement {
  const { t } = useT();
  return (
    <span className={`tier-mark tier-${tier}`} data-tier={tier}>
      <svg viewBox="0 0 24 24" aria-hidden="true" className={tier === 'blue' ? 'tier-ring' : 'tier-shape'}>
        <path d={SHAPES[tier]} />
      </svg>
      {silent ? null : <span className="sr-only">{t(`tier.${tier}`)}</span>}
    </span>
  );
}
