import type { ReactElement } from 'react';
import type { Tier } from '#contract/tiers';
import { floorTo } from '../numbers/floor.ts';
import { plainNumber } from '../numbers/format.ts';
import { useConsole } from '../state/console-store.ts';
import { TierMark } from './TierMark.tsx';

export interface DeltaProps {
  readonly words: string;
  /** 0.021 is +2.1 %. */
  readonly ratio: number;
  readonly tier?: Tier | undefined;
}

/** A difference: sign, arrow and words, never red or green (red means "up" on the mainland's markets). */
export function Delta({ words, ratio, tier }: DeltaProps): ReactElement {
  const lang = useConsole((state) => state.lang);
  const percent = floorTo(ratio, 1 / 100, 1);
  const digits = plainNumber(Math.abs(percent), lang, 1);
  return (
    <span className="fact">
      <span className="fact-name">{words}</span>{' '}
      <span className={tier ? `fact-value tier-text tier-${tier}` : 'fact-value'}>
        {tier ? <TierMark tier={tier} /> : <Arrow down={percent < 0} flat={percent === 0} />}
        {percent < 0 ? '−' : '+'}
        {digits}%
      </span>
    </span>
  );
}

function Arrow({ down, flat }: { down: boolean; flat: boolean }): ReactElement | null {
  if (flat) return null;
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="arrow">
      <path d={down ? 'M1 4h22L12 22z' : 'M12 2l11 18H1z'} />
    </svg>
  );
}
