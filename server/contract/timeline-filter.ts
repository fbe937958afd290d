import type { Tier } from './tiers.ts';
import type { TimelineEntry, TimelineKind } from './timeline.ts';

/** Which entries somebody wants to see; what is absent restricts nothing. */
export interface TimelineFilter {
  readonly kinds?: readonly TimelineKind[];
  readonly actorId?: string;
  readonly tier?: Tier;
  /** Found, whatever the case of letters, in the parameters, the actor's name or id, or the kind. */
  readonly text?: string;
  /** `[fromMs, toMs)`, ms since the Unix epoch. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Whether an entry, as its reader may see it, is wanted. What is hidden answers to no filter but the time. Pure. */
export function isWanted(filter: TimelineFilter, entry: TimelineEntry): boolean {
  const { kinds, actorId, tier, text, fromMs, toMs } = filter;
  if (fromMs !== undefined && entry.atMs < fromMs) return false;
  if (toMs !== undefined && entry.atMs >= toMs) return false;
  if (actorId !== undefined && entry.actor.id !== actorId) return false;
  if (kinds !== undefined && (entry.kind === 'hidden' || !kinds.includes(entry.kind))) return false;
  if (tier !== undefined && entry.params.tier !== tier) return false;
  return text === undefined || (entry.kind !== 'hidden' && holds(entry, text.toLowerCase()));
}

function holds({ kind, actor, params }: TimelineEntry, wanted: string): boolean {
  const name = actor.kind === 'user' ? actor.name : '';
  return [kind, actor.id, name, ...Object.values(params)].some((part) => String(part).toLowerCase().includes(wanted));
}
