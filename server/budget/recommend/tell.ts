import type { NewTimelineEntry } from '../../store/timeline.ts';
import type { AdviceState } from './state.ts';

const nameOf = (account: string): string => account.slice(account.indexOf(':') + 1);

/** What the timeline is told of a tick: cards that were judged, and channels whose curve has changed. */
export function newsOf(before: AdviceState, after: AdviceState): NewTimelineEntry[] {
  const actor = { kind: 'system', id: 'recommendations' } as const;
  const judged = after.settled.flatMap((card): NewTimelineEntry[] => {
    const known = before.settled.find(({ moveId }) => moveId === card.moveId);
    if (card.realised === null || (known !== undefined && known.realised !== null)) return [];
    const { id, moveId, from, to, amountMinor, probability, predicted, realised } = card;
    const legs = `${nameOf(from)} → ${nameOf(to)}`;
    const params = { card: id, move: moveId, legs, amountMinor, probability, predicted: predicted.mid, realised };
    return [{ kind: realised > 0 ? 'advice.gained' : 'advice.lost', actor, params }];
  });
  const changed = Object.entries(after.channels).flatMap(([channel, { regimeChangedAtMs }]): NewTimelineEntry[] =>
    regimeChangedAtMs === null || regimeChangedAtMs === before.channels[channel]?.regimeChangedAtMs
      ? []
      : [{ kind: 'advice.regime_changed', actor, params: { channel, changedAtMs: regimeChangedAtMs } }],
  );
  return [...judged, ...changed];
}
