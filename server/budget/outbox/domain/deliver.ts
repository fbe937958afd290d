import { type PlatformLink, type PlatformReading, platformMinMinor } from '#contract/platforms';
import { attribute } from './attribute.ts';
import { noteReading, type ObjectBook, type Sent, sendable } from './book.ts';
import { assertCommandTransition, type Command, type CommandReceipt, type CommandState } from './command.ts';
import { usesWithin } from './quota.ts';

/** Calls made for one command before it is a dead letter. */
export const TRIES_MAX = 8;
const ENDED_KEPT = 500;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MOST_MS = 60_000;
/** Tries that the wait between two read-backs looks like: 4 s. */
const READ_BACK_TRIES = 4;

/** What came of a call. `not_done`: surely without effect. `lost`: nobody knows. */
export type Outcome =
  | { readonly kind: 'answered'; readonly reading: PlatformReading; readonly rejected: string | null }
  | { readonly kind: 'not_done'; readonly why: string; readonly retryAfterMs: number }
  | { readonly kind: 'lost'; readonly why: string };
export interface Chance {
  readonly nowMs: number;
  /** In [0, 1): spreads retries. */
  readonly random: number;
}

/** Doubles from half a second to a minute, spread by ±25 %. */
export const backoffMs = (tries: number, random: number): number =>
  Math.round(Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, tries - 1)) * (0.75 + 0.5 * random));

/** Commands `ids` in a new state, with so many more tries. */
const withState = (
  queue: readonly Command[],
  ids: readonly string[],
  state: CommandState,
  triesMore = 0,
): readonly Command[] =>
  queue.map((command) => {
    if (!ids.includes(command.id)) return command;
    assertCommandTransition(command.state, state);
    return { ...command, state, tryCount: command.tryCount + triesMore };
  });

/**
 * Turns what waits into one absolute target, by a reading taken just now. What the platform's bounds leave no room for is never
 * sent: its own clamping is late by what it spends meanwhile and differs from platform to platform.
 * @returns the book with the call noted as under way, or with commands ended because no call can help them
 */
export function begin(
  book: ObjectBook,
  link: PlatformLink,
  reading: PlatformReading,
  { nowMs, token, frozen = false }: { nowMs: number; token: string; frozen?: boolean },
): ObjectBook {
  const { dailyBudgetMinor: beforeMinor, version } = reading;
  const noted = noteReading(book, reading, nowMs);
  const batch = sendable(noted, frozen);
  const netMinor = batch.reduce((sum, { deltaMinor }) => sum + deltaMinor, 0);
  // Money for what was charged beyond the budget buys nothing new: sent, the platform would charge it once more.
  const absorbedMinor = Math.max(0, Math.min(netMinor, reading.spentMinor - beforeMinor));
  const wantedMinor = beforeMinor + netMinor - absorbedMinor;
  const lowest = Math.min(beforeMinor, platformMinMinor(link, reading));
  const highest = Math.max(beforeMinor, link.maxMinor);
  const takenMinor = Math.min(highest, Math.max(lowest, wantedMinor));
  const stepMinor = Math.abs(takenMinor - beforeMinor);
  const ids = batch.map(({ id }) => id);
  if (stepMinor === 0 || stepMinor < link.minStepMinor) {
    const reason = takenMinor === wantedMinor ? 'platform_step' : 'platform_bounds';
    return end(noted, ids, 0, reading, { nowMs, reason, readBack: false, absorbedMinor });
  }
  const sent: Sent = {
    commandIds: ids,
    targetMinor: takenMinor,
    beforeMinor,
    beforeVersion: version,
    sentAtMs: nowMs,
    callId: ids[0] ?? '',
    unknown: false,
    absorbedMinor,
    token,
  };
  const usedMs = [...usesWithin(noted.usedMs, link, nowMs), nowMs];
  return { ...noted, queue: withState(noted.queue, ids, 'sent', 1), sent, usedMs };
}

interface Ending {
  readonly nowMs: number;
  readonly reason: string;
  readonly readBack: boolean;
  readonly absorbedMinor: number;
}
/** Ends the commands of a batch by what the platform's budget changed by, each with one receipt. */
function end(
  book: ObjectBook,
  ids: readonly string[],
  achievedMinor: number,
  reading: PlatformReading,
  { nowMs, reason, readBack, absorbedMinor }: Ending,
): ObjectBook {
  const batch = book.queue.filter(({ id }) => ids.includes(id));
  const shares = attribute(batch, achievedMinor + absorbedMinor);
  let leftMinor = absorbedMinor; // the oldest raises pay for it
  const receipts = batch.map((command, index): CommandReceipt => {
    const { askedMinor, doneMinor } = shares[index] ?? { askedMinor: command.deltaMinor, doneMinor: 0 };
    const ownMinor = command.moveId === null ? 0 : Math.max(0, Math.min(leftMinor, doneMinor));
    leftMinor -= ownMinor;
    const state = doneMinor === askedMinor ? 'confirmed' : doneMinor === 0 ? 'rejected' : 'partial';
    return receiptOf(book, command, state, {
      doneMinor,
      atMs: nowMs,
      reason: state === 'confirmed' ? '' : reason,
      readBack,
      budgetAfterMinor: reading.dailyBudgetMinor,
      ...(ownMinor === 0 ? {} : { absorbedMinor: ownMinor }),
    });
  });
  // what set the platform right does not change what is right
  const doneMinor = receipts.reduce((sum, receipt) => sum + (receipt.moveId === null ? 0 : receipt.doneMinor), 0);
  const expectedMinor = book.expectedMinor === null ? null : book.expectedMinor + doneMinor - absorbedMinor;
  const queue = book.queue.filter(({ id }) => !ids.includes(id));
  const ended = { ...withEnds(book, receipts), queue, sent: null, notBeforeMs: 0, trouble: '' };
  return noteReading({ ...ended, expectedMinor }, reading, nowMs);
}

const withEnds = (book: ObjectBook, receipts: readonly CommandReceipt[]): ObjectBook => ({
  ...book,
  owed: [...book.owed, ...receipts],
  endedIds: [...book.endedIds, ...receipts.map(({ commandId }) => commandId)].slice(-ENDED_KEPT),
});

function receiptOf(
  { objectId }: ObjectBook,
  { id, moveId, deltaMinor, tryCount, state: from }: Command,
  state: CommandReceipt['state'],
  rest: Pick<CommandReceipt, 'doneMinor' | 'budgetAfterMinor' | 'atMs' | 'reason' | 'readBack' | 'absorbedMinor'>,
): CommandReceipt {
  assertCommandTransition(from, state);
  return { commandId: id, moveId, objectId, state, askedMinor: deltaMinor, tryCount, ...rest };
}

/** Takes the outcome of the call under way. */
export function finish(book: ObjectBook, outcome: Outcome, { nowMs, random }: Chance): ObjectBook {
  const { sent } = book;
  if (sent === null) return book;
  if (outcome.kind === 'lost') {
    const queue = sent.unknown ? book.queue : withState(book.queue, sent.commandIds, 'unknown');
    const waitMs = sent.unknown ? backoffMs(READ_BACK_TRIES, random) : 0;
    return { ...book, queue, sent: { ...sent, unknown: true }, notBeforeMs: nowMs + waitMs, trouble: outcome.why };
  }
  if (outcome.kind === 'not_done') {
    const freed = { ...book, usedMs: book.usedMs.filter((atMs) => atMs !== sent.sentAtMs) };
    return giveBack(freed, sent.commandIds, { nowMs, random, why: outcome.why, retryAfterMs: outcome.retryAfterMs });
  }
  const { reading, rejected } = outcome;
  if (rejected !== null) {
    const { absorbedMinor } = sent;
    return end(book, sent.commandIds, 0, reading, { nowMs, reason: rejected, readBack: false, absorbedMinor });
  }
  return judge(book, sent, reading, { nowMs, random, readBack: false });
}

/** Takes what a read-back found: the target stands, or part of it, or nothing was done and it is tried again. */
export function readBack(book: ObjectBook, reading: PlatformReading, chance: Chance): ObjectBook {
  const { sent } = book;
  if (sent === null) return noteReading(book, reading, chance.nowMs);
  const queue = sent.unknown ? book.queue : withState(book.queue, sent.commandIds, 'unknown');
  return judge({ ...book, queue }, sent, reading, { ...chance, readBack: true });
}

/** Whatever a platform says it did, its budget tells. */
function judge(
  book: ObjectBook,
  sent: Sent,
  reading: PlatformReading,
  how: Chance & { readBack: boolean },
): ObjectBook {
  const { nowMs } = how;
  const achievedMinor = reading.dailyBudgetMinor - sent.beforeMinor;
  const towards = Math.sign(achievedMinor) === Math.sign(sent.targetMinor - sent.beforeMinor);
  if (reading.version !== sent.beforeVersion && towards)
    return end(book, sent.commandIds, achievedMinor, reading, {
      nowMs,
      reason: 'platform_clamped',
      readBack: how.readBack,
      absorbedMinor: sent.absorbedMinor,
    });
  const noted = noteReading({ ...book, sent: null }, reading, nowMs);
  const freed = { ...noted, usedMs: book.usedMs.filter((atMs) => atMs !== sent.sentAtMs) };
  return giveBack(freed, sent.commandIds, { ...how, why: 'the platform did not do it', retryAfterMs: 0 });
}

/** A call could not even be prepared, because the platform cannot be read: a try of everything that waits. */
export function missed(
  book: ObjectBook,
  why: string,
  retryAfterMs: number,
  chance: Chance,
  frozen = false,
): ObjectBook {
  const ids = sendable(book, frozen).map(({ id }) => id);
  const queue = book.queue.map((one) => (ids.includes(one.id) ? { ...one, tryCount: one.tryCount + 1 } : one));
  return giveBack({ ...book, queue }, ids, { ...chance, why, retryAfterMs });
}

/** Queues commands again; what was tried often enough is a dead letter with nothing done. */
function giveBack(
  book: ObjectBook,
  ids: readonly string[],
  { nowMs, random, why, retryAfterMs }: Chance & { why: string; retryAfterMs: number },
): ObjectBook {
  const batch = book.queue.filter(({ id }) => ids.includes(id));
  const dead = batch.filter(({ tryCount }) => tryCount >= TRIES_MAX);
  const again = batch.filter(({ tryCount }) => tryCount < TRIES_MAX);
  const budgetAfterMinor = book.reading?.dailyBudgetMinor ?? 0;
  const receipts = dead.map((command) =>
    receiptOf(book, command, 'failed', { doneMinor: 0, budgetAfterMinor, atMs: nowMs, reason: why, readBack: false }),
  );
  const alive = book.queue.filter((command) => !dead.includes(command));
  const sentIds = again.filter(({ state }) => state !== 'queued').map(({ id }) => id);
  const tries = Math.max(0, ...again.map(({ tryCount }) => tryCount));
  return {
    ...withEnds(book, receipts),
    queue: withState(alive, sentIds, 'queued'),
    sent: null,
    notBeforeMs: again.length === 0 ? 0 : nowMs + Math.max(retryAfterMs, backoffMs(tries, random)),
    trouble: why,
  };
}
