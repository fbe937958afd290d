import { type ActionSpec, SECOND_PERSON } from '#contract/runbooks';
import { TIER_RANK } from '#contract/tiers';

/** Whether somebody else must agree, to do it as to undo it. */
export function needsSecondPerson(action: ActionSpec): boolean {
  if (action.secondPerson) return true;
  if (action.type === 'silence') return action.minutes > SECOND_PERSON.silenceMinutes;
  return action.type === 'banner' && TIER_RANK[action.tier] >= TIER_RANK[SECOND_PERSON.bannerTier];
}

/** Whether this console can take it back. */
export const isUndoable = (action: ActionSpec): boolean => action.type !== 'webhook' || action.undo !== null;
