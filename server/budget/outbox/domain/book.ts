import type { PlatformLink, PlatformReading } from '#contract/platforms';
import type { Command, CommandReceipt } from './command.ts';
import { nextTokenMs } from './quota.ts';

/** An answer that has not come by then never will: the call is cut at 3 s, the rest is for slow clocks. ms. */
export const SETTLE_GRACE_MS = 4_000;

/** The call that is under way, or whose fate is unknown. Kept before it is made, so that a dead node leaves a trace. */
export interface Sent {
  /** Commands that went out as one absolute target, oldest first. */
  readonly commandIds: readonly string[];
  readonly targetMinor: number;
  /** What the platform had when it was read just before. */
  readonly beforeMinor: number;
  readonly beforeVersion: number;
  readonly sentAtMs: number;
  /** The same over all tries of the oldest command. */
  readonly callId: string;
  readonly unknown: boolean;
  /** Part of the raises that the platform has charged already, beyond its budget; it is not sent. */
  readonly absorbedMinor: number;
  /** Random: tells the node that made the call from one that came after it. */
  readonly token: string;
}

/**
 * All that is known of one external object. One call at a time goes to it and the oldest command goes first; what waits is sent as
 * one target. A command says by how much, not to what: if somebody changed the budget on the platform meanwhile, that change stays
 * and shows as drift, instead of being wiped out by the next move. What is sent is absolute, so that a repetition is harmless.
 */
export interface ObjectBook {
  readonly objectId: string;
  readonly channel: string;
  readonly reading: (PlatformReading & { readonly atMs: number }) | null;
  /** What the platform's budget should be by all that was confirmed; null before the first reading. */
  readonly expectedMinor: number | null;
  /** Not ended, oldest first. */
  readonly queue: readonly Command[];
  readonly sent: Sent | null;
  /** Ends that money has not been told yet. */
  readonly owed: readonly CommandReceipt[];
  /** Commands that ended lately: never taken in again, however late a list with them arrives. */
  readonly endedIds: readonly string[];
  readonly usedMs: readonly number[];
  /** Backoff and Retry-After: nothing is called before, ms. */
  readonly notBeforeMs: number;
  /** Since when theirs differs from ours, ms; null while they agree. */
  readonly driftSinceMs: number | null;
  /** Day of the last reading in the campaign's zone. */
  readonly day: string;
  /** Last trouble in words, empty when the last call went well. */
  readonly trouble: string;
}
export const emptyBook = (objectId: string, channel: string): ObjectBook => ({
  objectId,
  channel,
  reading: null,
  expectedMinor: null,
  queue: [],
  sent: null,
  owed: [],
  endedIds: [],
  usedMs: [],
  notBeforeMs: 0,
  driftSinceMs: null,
  day: '',
  trouble: '',
});

/** Puts a command at the end; one that is known, waiting or ended, changes nothing. */
export function enqueue(
  book: ObjectBook,
  command: Pick<Command, 'id' | 'moveId' | 'deltaMinor' | 'createdAtMs'>,
): ObjectBook {
  if (command.deltaMinor === 0) throw new Error(`command ${command.id} changes nothing`);
  const known = book.queue.some(({ id }) => id === command.id) || book.endedIds.includes(command.id);
  return known ? book : { ...book, queue: [...book.queue, { ...command, state: 'queued', tryCount: 0 }] };
}

/** Money has been told of these ends. */
export const told = (book: ObjectBook, commandIds: readonly string[]): ObjectBook => ({
  ...book,
  owed: book.owed.filter(({ commandId }) => !commandIds.includes(commandId)),
});

/** What may go out now. While a channel is frozen its raises wait; a cut is always allowed (I7). */
export const sendable = (book: ObjectBook, frozen: boolean): readonly Command[] =>
  book.queue.filter(({ state, deltaMinor }) => state === 'queued' && (!frozen || deltaMinor < 0));

export type Next =
  | { readonly kind: 'idle' }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'send' }
  /** Before anything else: nobody knows what the last call did. */
  | { readonly kind: 'read_back' };
/** How often a frozen channel's raises are looked at again, ms. */
const FROZEN_WAIT_MS = 5_000;

/** What this object needs now. */
export function nextOf(book: ObjectBook, link: PlatformLink, nowMs: number, frozen = false): Next {
  const { sent } = book;
  if (sent !== null) {
    const untilMs = Math.max(sent.sentAtMs + SETTLE_GRACE_MS, sent.unknown ? book.notBeforeMs : 0);
    return nowMs < untilMs ? { kind: 'wait', untilMs } : { kind: 'read_back' };
  }
  if (book.queue.length === 0) return { kind: 'idle' };
  if (sendable(book, frozen).length === 0) return { kind: 'wait', untilMs: nowMs + FROZEN_WAIT_MS };
  const untilMs = Math.max(book.notBeforeMs, nextTokenMs(book.usedMs, link, nowMs));
  return untilMs > nowMs ? { kind: 'wait', untilMs } : { kind: 'send' };
}

/** Keeps a reading and notes since when theirs is not ours. Nothing is judged while a call is under way. */
export function noteReading(book: ObjectBook, reading: PlatformReading, nowMs: number, day = book.day): ObjectBook {
  const kept = { ...book, reading: { ...reading, atMs: nowMs }, day };
  if (book.sent !== null) return kept;
  const expectedMinor = book.expectedMinor ?? reading.dailyBudgetMinor;
  const drifts = reading.dailyBudgetMinor !== expectedMinor;
  return { ...kept, expectedMinor, driftSinceMs: drifts ? (book.driftSinceMs ?? nowMs) : null };
}

/** Theirs minus ours, minor units; 0 while they agree, nobody has looked, or a call is under way. */
export const driftMinor = ({ reading, expectedMinor, sent }: ObjectBook): number =>
  reading === null || expectedMinor === null || sent !== null ? 0 : reading.dailyBudgetMinor - expectedMinor;
