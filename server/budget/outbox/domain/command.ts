/**
 * What becomes of one command to a platform. `sent`: a call is under way or its node died with it; `unknown`: no answer that can be
 * trusted came, only a read-back may decide; `failed`: the dead letter, after 8 tries none of which took effect.
 */
export const COMMAND_STATES = ['queued', 'sent', 'unknown', 'confirmed', 'partial', 'rejected', 'failed'] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

/** Every allowed change. The last four are ends: they have no way out. */
export const COMMAND_TRANSITIONS: Readonly<Record<CommandState, readonly CommandState[]>> = {
  queued: ['sent', 'confirmed', 'rejected', 'partial', 'failed'], // ends unsent: bounds leave no room, opposites cancel out, nobody answers
  sent: ['queued', 'unknown', 'confirmed', 'partial', 'rejected', 'failed'], // queued: surely not done
  unknown: ['queued', 'confirmed', 'partial', 'rejected', 'failed'], // only what a read-back says; the youngest of a batch may have got nothing
  confirmed: [],
  partial: [],
  rejected: [],
  failed: [],
};
export const isEnded = (state: CommandState): boolean => COMMAND_TRANSITIONS[state].length === 0;

/** @throws {Error} on a change that the table does not have: a bug */
export function assertCommandTransition(from: CommandState, to: CommandState): void {
  if (!COMMAND_TRANSITIONS[from].includes(to)) throw new Error(`a command cannot go from ${from} to ${to}`);
}

/** One change of one object's budget. The change is relative, what is sent is absolute: `book.ts` says why. */
export interface Command {
  /** The ledger's, or `assert:…` for one that belongs to no move. */
  readonly id: string;
  /** null: nobody's money moves, only the platform is set right. */
  readonly moveId: string | null;
  /** Below 0: a cut. Never 0. */
  readonly deltaMinor: number;
  readonly state: CommandState;
  /** Calls that were made for it. */
  readonly tryCount: number;
  readonly createdAtMs: number;
}

/** The end of one command, written once and never changed (I12). */
export interface CommandReceipt {
  readonly commandId: string;
  readonly moveId: string | null;
  readonly objectId: string;
  readonly state: 'confirmed' | 'partial' | 'rejected' | 'failed';
  readonly askedMinor: number;
  /** What the platform's budget changed by for this command; between 0 and `askedMinor`. */
  readonly doneMinor: number;
  /** The platform's budget after it, as read. */
  readonly budgetAfterMinor: number;
  readonly tryCount: number;
  readonly atMs: number;
  /** Why not all of it: the platform's words or ours; empty when all of it. */
  readonly reason: string;
  /** It was known only by reading back. */
  readonly readBack: boolean;
  /** Part of a raise that was not sent, because it pays for what the platform had charged beyond its budget. */
  readonly absorbedMinor?: number;
}
