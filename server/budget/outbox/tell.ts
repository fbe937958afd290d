import type { Actor } from '#contract/permissions';
import type { NewTimelineEntry } from '../../store/timeline.ts';
import { driftMinor, type ObjectBook } from './domain/book.ts';

export const OUTBOX_ACTOR: Actor = { kind: 'system', id: 'outbox' };

const KIND_OF = {
  confirmed: 'platform.changed',
  partial: 'platform.clamped',
  rejected: 'platform.refused',
  failed: 'platform.refused',
} as const;

/** What people see on the timeline of a change of a book: ends of commands, lost answers, drift that begins or is gone. */
export function tellChange(before: ObjectBook, after: ObjectBook): readonly NewTimelineEntry[] {
  const { channel, objectId } = after;
  const entries: NewTimelineEntry[] = [];
  const add = (kind: NewTimelineEntry['kind'], params: NewTimelineEntry['params']): void => {
    entries.push({ kind, actor: OUTBOX_ACTOR, params: { channel, object: objectId, ...params } });
  };
  const known = new Set(before.endedIds);
  for (const { commandId, moveId, state, askedMinor, doneMinor, budgetAfterMinor, reason } of after.owed) {
    if (known.has(commandId)) continue;
    const kind = KIND_OF[state];
    add(kind, { askedMinor, doneMinor, budgetMinor: budgetAfterMinor, reason, move: moveId ?? '' });
  }
  if (after.sent?.unknown === true && before.sent?.unknown !== true)
    add('platform.unknown', { targetMinor: after.sent.targetMinor, why: after.trouble });
  if (after.driftSinceMs !== null && before.driftSinceMs === null) {
    const oursMinor = after.expectedMinor ?? 0;
    add('platform.drift', { oursMinor, theirsMinor: oursMinor + driftMinor(after) });
  }
  if (after.driftSinceMs === null && before.driftSinceMs !== null && after.sent === null)
    add('platform.agreed', { budgetMinor: after.expectedMinor ?? 0 });
  return entries;
}
