import type { Alert } from '#contract/alerts';
import { TIER_RANK } from '#contract/tiers';

/** Most urgent first: tier, then what pages before what is muted, then money a minute, then the older one, then the id so that a list never jumps. */
export function byUrgency(a: Alert, b: Alert): number {
  return (
    TIER_RANK[b.tier] - TIER_RANK[a.tier] ||
    Number(a.suppressedBy.length > 0) - Number(b.suppressedBy.length > 0) ||
    (b.costMinorPerMinute ?? 0) - (a.costMinorPerMinute ?? 0) ||
    a.startsAt - b.startsAt ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** What keeps a person awake: fires, and is neither taken nor over. */
export const isOpen = ({ handling, firedAt }: Alert): boolean => handling !== 'resolved' && firedAt !== null;
