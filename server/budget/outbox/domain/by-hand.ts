import { AppError } from '#contract/errors';
import type { ObjectBook } from './book.ts';
import type { CommandReceipt } from './command.ts';

/** A platform that has not answered for so long is asked by a person, ms. */
export const BY_HAND_AFTER_MS = 60_000;
export interface SeenByHand {
  readonly commandId: string;
  /** What of the command took effect, as an amount; at most what was asked. */
  readonly appliedMinor: number;
  /** Who looked, and what was found. */
  readonly reason: string;
  readonly nowMs: number;
}

/**
 * Ends a command by what a person has seen on the platform, when nobody here can: its call has had no answer for a minute, or no call
 * could be made for so long. The others of its batch go on; a word that was wrong shows as drift once the platform can be read.
 * @throws {AppError} `conflict` while the link may still answer; `not_found` for a command that has ended
 */
export function endByHand(book: ObjectBook, { commandId, appliedMinor, reason, nowMs }: SeenByHand): ObjectBook {
  const command = book.queue.find(({ id }) => id === commandId);
  if (command === undefined) throw new AppError('not_found', `${commandId} has ended, or is not taken up yet`);
  const inCall = book.sent?.commandIds.includes(commandId) === true ? book.sent : null;
  const sinceMs = inCall === null ? command.createdAtMs : inCall.sentAtMs;
  const isStuck = inCall === null ? command.state === 'queued' && command.tryCount > 0 : inCall.unknown;
  if (!isStuck || book.trouble === '' || nowMs - sinceMs < BY_HAND_AFTER_MS)
    throw new AppError('conflict', `${book.channel} has a platform link that works; it confirms by itself`);
  const doneMinor = command.deltaMinor < 0 ? 0 - appliedMinor : appliedMinor;
  const receipt: CommandReceipt = {
    commandId,
    moveId: command.moveId,
    objectId: book.objectId,
    state: doneMinor === command.deltaMinor ? 'confirmed' : doneMinor === 0 ? 'rejected' : 'partial',
    askedMinor: command.deltaMinor,
    doneMinor,
    budgetAfterMinor: (inCall?.beforeMinor ?? book.reading?.dailyBudgetMinor ?? 0) + doneMinor,
    tryCount: command.tryCount,
    atMs: nowMs,
    reason,
    readBack: false,
  };
  const others = inCall?.commandIds.filter((id) => id !== commandId) ?? [];
  const rest = inCall === null || others.length === 0 ? null : { commandIds: others };
  return {
    ...book,
    queue: book.queue.filter(({ id }) => id !== commandId),
    // what the others of the call did is what the platform's budget has changed by besides this
    sent:
      inCall === null
        ? book.sent
        : rest === null
          ? null
          : { ...inCall, ...rest, beforeMinor: inCall.beforeMinor + doneMinor },
    expectedMinor: book.expectedMinor === null ? null : book.expectedMinor + doneMinor,
    owed: [...book.owed, receipt],
    endedIds: [...book.endedIds, commandId],
  };
}
