import type { AdviceReply } from '#contract/recommendations';
import type { AdviceFigures } from '../../domain/kpis/types.ts';

/** A curve that has learnt from fewer ticks is still its prior, and no figure of this sale. */
const TICKS_MIN = 30;

/** What figures need of the advice. */
export function adviceFigures({ curves, score }: Pick<AdviceReply, 'curves' | 'score'>): AdviceFigures | null {
  const learnt = curves.filter(({ tickCount }) => tickCount >= TICKS_MIN);
  if (learnt.length === 0) return null;
  return {
    channels: Object.fromEntries(
      learnt.map(({ channel, marginal, present }) => [channel, { marginal: marginal.mid, spendMinor: present.spend }]),
    ),
    judgedCount: score.judgedCount,
    gainedCount: score.gainedCount,
    shadow: { actualMinor: score.shadow.actual, bestMinor: score.shadow.best ?? score.shadow.actual },
  };
}
