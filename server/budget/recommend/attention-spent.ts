import { ATTENTION_RULES, leastGainRatio } from './domain/attention.ts';
import type { Rhythm } from './rhythm.ts';
import type { AdviceState } from './state.ts';

/** All cards of one decision share what stands before the last dash of their ids. */
const decisionOf = (cardId: string): string => cardId.slice(0, cardId.lastIndexOf('-'));

/** What a decision must gain at least now, after the decisions that people carried out in the last day (288 ticks). */
export function attentionOf(
  { settled, channels }: Pick<AdviceState, 'settled' | 'channels'>,
  { tickMs }: Pick<Rhythm, 'tickMs'>,
  nowMs: number,
): number {
  const sinceMs = nowMs - ATTENTION_RULES.dayTicks * tickMs;
  const made = new Set(settled.flatMap(({ id, settledAtMs }) => (settledAtMs > sinceMs ? [decisionOf(id)] : [])));
  const tickCount = Math.max(0, ...Object.values(channels).map(({ memory }) => memory.gmv.fit.tickCount));
  return leastGainRatio(made.size, tickCount);
}
