import type { MoneyPort, OutboxCommand, PlatformReceipt } from '#contract/budget';
import type { PlatformLink } from '#contract/platforms';
import type { PlatformAdapter } from '../platforms/adapter.ts';
import type { BookStore } from './book-store.ts';
import { enqueue, nextOf, type ObjectBook, type Sent, told } from './domain/book.ts';
import type { CommandReceipt } from './domain/command.ts';
import { begin, type Chance, finish, missed, readBack } from './domain/deliver.ts';
import { tellChange } from './tell.ts';

/** A call starts at most this long after it was noted, else its read-back could come before it. ms. */
const STALL_MS = 800;
/** One turn goes on with further calls up to here, well within its claim, ms. */
const TURN_MS = 1_500;

export type CommandMoney = Pick<MoneyPort, 'openCommands' | 'marked' | 'confirmLeg'>;
export interface CourierOptions {
  readonly channel: string;
  readonly link: PlatformLink;
  readonly adapter: PlatformAdapter;
  readonly store: BookStore;
  readonly money: CommandMoney;
  /** Redis time, ms. */
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newToken: () => string;
  /** While true, raises wait. */
  readonly frozen: () => boolean;
  readonly onTrouble?: (error: unknown) => void;
  /** Called between any two steps; tests end the node there by throwing. */
  readonly at?: (point: CrashPoint) => Promise<void> | void;
}
/** Every place between two steps with an effect, in order. */
export const CRASH_POINTS = ['taken', 'read', 'noted', 'marked', 'called', 'kept', 'told', 'dropped'] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

export interface Courier {
  /** Does what the channel's object needs. Returns ms until it needs something again, null when nothing waits. */
  turn(): Promise<number | null>;
}

/** A signed change: a cut is below 0. */
export const deltaOf = ({ direction, amountMinor }: OutboxCommand): number =>
  direction === 'decrease' ? -amountMinor : amountMinor;

const OUTCOMES = { confirmed: 'applied', partial: 'clamped', rejected: 'rejected', failed: 'rejected' } as const;
function receiptFor(receipt: CommandReceipt, command: OutboxCommand): PlatformReceipt {
  const { commandId, state, doneMinor, budgetAfterMinor, reason, atMs, absorbedMinor } = receipt;
  return {
    commandId,
    direction: command.direction,
    outcome: OUTCOMES[state],
    appliedMinor: Math.abs(doneMinor),
    confirmedMinor: budgetAfterMinor,
    externalRef: null,
    message: reason === '' ? null : reason,
    at: atMs,
    ...(absorbedMinor === undefined ? {} : { absorbedMinor }),
  };
}

/**
 * Carries one channel's commands to its platform. Everything it knows is in the book, written before and after each step that has an
 * effect elsewhere, so that any node can go on after any other died: what was noted and not kept is read back, never sent blindly.
 */
export function createCourier(options: CourierOptions): Courier {
  const { channel, link, adapter, store, money, nowMs, random, newToken, frozen } = options;
  const at = async (point: CrashPoint): Promise<void> => options.at?.(point);
  const chance = (): Chance => ({ nowMs: nowMs(), random: random() });
  const change = async (fold: (book: ObjectBook) => ObjectBook): Promise<ObjectBook> =>
    (await store.change(fold, tellChange)).after;
  /** Applies only while the call that it is about is still the one under way. */
  const during =
    (token: string, fold: (book: ObjectBook) => ObjectBook) =>
    (book: ObjectBook): ObjectBook =>
      book.sent?.token === token ? fold(book) : book;

  /** Takes in new commands and tells money what has ended, until both sides agree. */
  async function exchange(): Promise<ObjectBook> {
    const open = await money.openCommands(channel);
    const take = (book: ObjectBook): ObjectBook =>
      open.reduce(
        (now, command) =>
          enqueue(now, {
            id: command.id,
            moveId: command.moveId,
            deltaMinor: deltaOf(command),
            createdAtMs: command.createdAt,
          }),
        book,
      );
    const book = await change(take);
    await at('taken');
    if (book.owed.length === 0) return book;
    // read after the book: what is owed was open before, so what is not open now has been told
    const untold = await money.openCommands(channel);
    for (const receipt of book.owed) {
      const command = untold.find(({ id }) => id === receipt.commandId);
      if (command !== undefined) await money.confirmLeg(command.id, receiptFor(receipt, command));
      await at('told');
    }
    await change((now) =>
      told(
        now,
        book.owed.map(({ commandId }) => commandId),
      ),
    );
    await at('dropped');
    return exchange(); // what was told may have led to the next command of this very channel
  }

  async function mark(sent: Sent, book: ObjectBook, as: 'sending' | 'unknown'): Promise<void> {
    const ofMoves = book.queue.filter(({ id, moveId }) => moveId !== null && sent.commandIds.includes(id));
    // it only tells people how far a move is; the call does not depend on it
    for (const { id } of ofMoves) await money.marked(id, as).catch((error: unknown) => options.onTrouble?.(error));
  }

  async function send(): Promise<void> {
    const read = await adapter.read(link.objectId);
    await at('read');
    if (read.kind === 'unreadable') {
      const miss = (book: ObjectBook): ObjectBook =>
        book.sent === null ? missed(book, read.why, read.retryAfterMs, chance(), frozen()) : book;
      await change(miss);
      return;
    }
    const token = newToken();
    const started = await change((book) =>
      nextOf(book, link, nowMs(), frozen()).kind === 'send'
        ? begin(book, link, read.reading, { nowMs: nowMs(), token, frozen: frozen() })
        : book,
    );
    const { sent } = started;
    if (sent === null || sent.token !== token) return; // ended without a call, or somebody else's turn
    const notedMs = performance.now();
    await at('noted');
    await mark(sent, started, 'sending');
    await at('marked');
    const answer =
      performance.now() - notedMs > STALL_MS
        ? ({ kind: 'not_done', why: 'this node was held up before the call', retryAfterMs: 0 } as const)
        : await adapter.setDailyBudget(link.objectId, sent.targetMinor, { id: sent.callId });
    await at('called');
    const kept = await change(during(token, (book) => finish(book, answer, chance())));
    await at('kept');
    if (answer.kind === 'lost' && kept.sent?.token === token) await mark(sent, kept, 'unknown');
  }

  async function check(sent: Sent): Promise<void> {
    const read = await adapter.read(link.objectId);
    await at('read');
    const fold = (book: ObjectBook): ObjectBook =>
      read.kind === 'read'
        ? readBack(book, read.reading, chance())
        : finish(book, { kind: 'lost', why: read.why }, chance());
    const kept = await change(during(sent.token, fold));
    await at('kept');
    if (kept.sent?.unknown === true) await mark(kept.sent, kept, 'unknown');
  }

  return {
    async turn() {
      const startedMs = performance.now();
      for (;;) {
        const book = await exchange();
        const next = nextOf(book, link, nowMs(), frozen());
        if (next.kind === 'idle') return null;
        if (next.kind === 'wait') return Math.max(1, next.untilMs - nowMs());
        if (performance.now() - startedMs > TURN_MS) return 0;
        if (next.kind === 'send') await send();
        else if (book.sent !== null) await check(book.sent);
      }
    },
  };
}
