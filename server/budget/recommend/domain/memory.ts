import {
  type Fit,
  type FitSettings,
  forgetRegime,
  type Learnt,
  learn,
  type Prior,
  priorFit,
  type Tick,
} from './fit.ts';

/**
 * What is remembered of one channel. While operations say that it is in trouble (sold out, payments failing) its ticks teach
 * a copy of little certainty, so that the money leaves soon; what was known of it in health is laid aside and comes back
 * when the trouble is over.
 */
export interface Memory {
  readonly fit: Fit;
  readonly aside: Fit | null;
}

export const newMemory = (prior: Prior, settings: FitSettings): Memory => ({
  fit: priorFit(prior, settings),
  aside: null,
});

export type Remembered = Learnt & { readonly memory: Memory };

/** Takes one tick in. @param troubled - operations veto this channel in this tick */
export function remember({ fit, aside }: Memory, tick: Tick, troubled: boolean, settings: FitSettings): Remembered {
  const before = troubled && aside === null ? forgetRegime(fit, settings) : !troubled && aside !== null ? aside : fit;
  const learnt = learn(before, tick, settings);
  // what lies aside grows old as well: it forgets towards the prior, and learns nothing
  const kept = troubled ? learn(aside ?? fit, { ...tick, spend: 0 }, settings).fit : null;
  return { ...learnt, memory: { fit: learnt.fit, aside: kept } };
}
