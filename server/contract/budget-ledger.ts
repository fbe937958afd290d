import type { AccountId, PlatformView } from './budget-accounts.ts';
import type { Move, Person } from './budget-moves.ts';
import type { Actor } from './permissions.ts';
import type { PlatformReading } from './platforms.ts';

/** Ledger lines and their seals; what leaves for the ad platforms and what comes back. */

// ---------------------------------------------------------------- ledger
/** `adopt`, `reassert`: a person decided which budget of a platform holds; debit and credit are the channel, and no balance changes. */
export const ENTRY_KINDS = [
  'fund',
  'reserve',
  'post',
  'void',
  'expire',
  'spend',
  'cover',
  'undo',
  'fix',
  'adopt',
  'reassert',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];
/**
 * One line of the ledger, exactly as it is hashed: this order of fields, absent ones left out, no spaces. Immutable; a
 * correction is a new line. `hash` = SHA-1(prevHash ‖ the line without `,"hash":"…"`).
 */
export interface LedgerLine {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly id: string;
  /** Redis time, ms. */
  readonly ts: number;
  readonly kind: EntryKind;
  readonly debit: AccountId;
  readonly credit: AccountId;
  /** Decimal, above 0. */
  readonly amountMinor: string;
  /** Hold that this line makes or ends. */
  readonly pendingId?: string;
  readonly moveId?: string;
  readonly actor: Actor;
  readonly onBehalfOf?: Person;
  readonly policyVersion: number;
  readonly reason: string;
  readonly recommendationId?: string;
  readonly undoOf?: string;
  /** Day of the spend report, or of the platform's budget, in the campaign's zone. */
  readonly day?: string;
  /** Budgets of the day as `adopt` and `reassert` found them, decimal; `amountMinor` is how far they are apart. */
  readonly oursMinor?: string;
  readonly theirsMinor?: string;
  /** Available on the debited (`a`) and credited (`b`) account, decimal. */
  readonly before: { readonly a: string; readonly b: string };
  readonly after: { readonly a: string; readonly b: string };
  readonly prevHash: string;
  readonly hash: string;
}
/** HMAC-SHA-256 over the seal before it and the lines `from`–`to`; the key is not in the store. */
export interface LedgerSeal {
  readonly from: number;
  readonly to: number;
  /** `hash` of line `to`. */
  readonly head: string;
  readonly at: number;
  readonly mac: string;
}
/**
 * `GET /api/v1/budget/ledger?after=&limit=&before=&account=&move=&kind=`; with `accept: application/x-ndjson` all lines as they are
 * hashed, with `text/csv` those that account, move and kind name.
 */
export interface LedgerReply {
  readonly seq: number;
  readonly sealedSeq: number;
  readonly lines: readonly LedgerLine[];
  /** Ask on with `after`, or with `before` when that was asked; null: these were the last. */
  readonly next: number | null;
}

// ---------------------------------------------------------------- platforms
export const COMMAND_DIRECTIONS = ['decrease', 'increase', 'restore'] as const;
/** Written with the ledger in one step and never changed after; how its delivery goes is the outbox's own record. */
export interface OutboxCommand {
  readonly id: string;
  readonly moveId: string;
  readonly leg: number;
  readonly channel: string;
  /** `restore` gives `from` back what `to` could not take. */
  readonly direction: (typeof COMMAND_DIRECTIONS)[number];
  /** Above 0. */
  readonly amountMinor: number;
  /** Absolute budget the object is to have, so that sending twice is harmless; a newer one replaces an older unsent one. */
  readonly targetMinor: number;
  /** Order of all commands of this instance. */
  readonly seq: number;
  readonly createdAt: number;
}
export const RECEIPT_OUTCOMES = ['applied', 'clamped', 'rejected'] as const;
/** What became of a command for good: exactly one each. `appliedMinor` of `amountMinor` took effect. */
export interface PlatformReceipt {
  readonly commandId: string;
  readonly direction: OutboxCommand['direction'];
  readonly outcome: (typeof RECEIPT_OUTCOMES)[number];
  readonly appliedMinor: number;
  /** What the platform says its budget is. */
  readonly confirmedMinor: number | null;
  readonly externalRef: string | null;
  readonly message: string | null;
  readonly at: number;
  /** Of a raise: not sent, because it pays for what the platform had charged beyond its budget; the reserve gets it back if it had paid. */
  readonly absorbedMinor?: number;
}

/**
 * What the outbox needs of money, and nothing else of it. Commands are written in the same step as the approval (or the
 * posting) that they follow from, with a due item `budget.outbox` whose id is the channel: claim it, send, settle.
 */
export interface MoneyPort {
  /** Commands without a receipt, by `seq`; all channels when none is named. */
  openCommands(channel?: string): Promise<readonly OutboxCommand[]>;
  /** Sent or being sent: the move is `decreasing` or `increasing`. `unknown`: no answer, read back before anything else. */
  marked(commandId: string, as: 'sending' | 'unknown'): Promise<void>;
  /**
   * The end of a command, safe to repeat. A confirmed decrease posts what was applied, gives back the rest of the hold and
   * writes the increase; an increase that took less is compensated (money goes back, `restore` is written); the last one
   * settles the move.
   */
  confirmLeg(commandId: string, receipt: PlatformReceipt): Promise<Move>;
  /** Gives up: as `confirmLeg` with nothing applied. */
  compensate(commandId: string, reason: string): Promise<Move>;
  /** What we last asked the platform to be set to, minor units; the opening allocation before that. */
  target(channel: string): Promise<number>;
  move(id: string): Promise<Move>;
}
/**
 * What money needs of the platforms (`budgets.platforms` of the campaign file, contract/platforms.ts). Absent (`null`): moves
 * of channels with a link wait in `approved`.
 */
export interface PlatformPort {
  /** Newest reading of the channel's object; null before the first: then the ledger's own spend and target are taken. */
  reading(channel: string): PlatformReading | null;
  view(channel: string): PlatformView | null;
  /** When the object's own window takes another change; null: now. Until then requests are refused (`platform_quota`). */
  nextChangeAt(channel: string): number | null;
  /**
   * Ends a command by what a person has seen on the platform, because the link has had no answer for a minute.
   * @throws {AppError} `conflict` while it may still answer
   */
  endByHand?(
    channel: string,
    seen: {
      readonly commandId: string;
      readonly appliedMinor: number;
      readonly reason: string;
      readonly by: Person;
    },
  ): Promise<void>;
}
