import type { AccountId, Move, MoveLeg, OutboxCommand, PlatformReceipt } from '#contract/budget';
import { chan, kindOf, nameOf, RESERVE } from './accounts.ts';
import type { NewCommand, PlanEntry } from './plan.ts';
import { assertTransition, stateOfLegs } from './states.ts';

/** What happens to the money next, as parts of a plan. */
export interface Step {
  readonly move: Move;
  readonly entries: readonly PlanEntry[];
  readonly commands: readonly NewCommand[];
  readonly answered: readonly string[];
  readonly rails: readonly (readonly ['add', field: string, value: string])[];
}
export type HasLink = (account: AccountId) => boolean;
export const linked =
  (links: ReadonlyMap<string, unknown>): HasLink =>
  (account) =>
    kindOf(account) === 'chan' && links.has(nameOf(account));

const command = (
  move: Move,
  leg: number,
  direction: OutboxCommand['direction'],
  amountMinor: number,
  atMs: number,
): NewCommand => {
  const { from, to } = move.legs[leg] as MoveLeg;
  const account = direction === 'increase' ? to : from;
  return {
    id: `${move.id}-${leg}-${direction}`,
    moveId: move.id,
    leg,
    channel: nameOf(account),
    direction,
    amountMinor,
    createdAt: atMs,
    deltaMinor: direction === 'decrease' ? -amountMinor : amountMinor,
  };
};

/**
 * Carries an approved move as far as the ledger alone can: a leg whose source no platform holds is posted at once; the others wait
 * for the platform to confirm that it charges less. Money is given to a platform only after it has been taken from the other.
 */
export function begin(move: Move, hasLink: HasLink, meta: string, atMs: number): Step {
  const entries: PlanEntry[] = [];
  const commands: NewCommand[] = [];
  const legs = move.legs.map((leg, i): MoveLeg => {
    if (hasLink(leg.from)) {
      commands.push(command(move, i, 'decrease', leg.amountMinor, atMs));
      return { ...leg, state: 'decreasing' };
    }
    entries.push({ kind: 'post', hold: leg.holdId, meta });
    if (!hasLink(leg.to)) return { ...leg, state: 'settled', postedMinor: leg.amountMinor };
    commands.push(command(move, i, 'increase', leg.amountMinor, atMs));
    return { ...leg, state: 'increasing', postedMinor: leg.amountMinor };
  });
  return { move: follow(move, legs, false, atMs), entries, commands, answered: [], rails: [] };
}

function follow(move: Move, legs: readonly MoveLeg[], sent: boolean, atMs: number): Move {
  const state = legs.length === 0 ? 'settled' : stateOfLegs(legs, sent);
  assertTransition(move.state, state);
  const ended = ['settled', 'partially_settled', 'compensated', 'failed'].includes(state);
  const bad = legs.flatMap(({ receipts }) => receipts).find(({ outcome }) => outcome === 'rejected');
  return {
    ...move,
    legs,
    state,
    decideBy: null,
    expiresAt: null,
    endedAt: ended ? atMs : null,
    outcome:
      ended && state !== 'settled' ? (bad === undefined ? 'platform_clamped' : 'platform_rejected') : move.outcome,
    version: move.version + 1,
  };
}

/** How an account stands that money came to, minor units. */
export interface Standing {
  readonly freeMinor: number;
  /** Charged beyond its budget and paid by nobody yet: comes before the reserve. */
  readonly openMinor: number;
  readonly lentMinor: number;
  /** What the account that gave may take back below its cap, which others may have filled meanwhile. */
  readonly roomMinor: number;
}
export const NO_STANDING: Standing = { freeMinor: 0, openMinor: 0, lentMinor: 0, roomMinor: 0 };
export const receiptOf = (move: Move, commandId: string): PlatformReceipt | undefined =>
  move.legs.flatMap(({ receipts }) => receipts).find((receipt) => receipt.commandId === commandId);

/**
 * A platform's final word on one command.
 * @param standing - how the account stands that the command raises, minor units: free on it, and what the reserve has paid for it
 */
export function receive(
  move: Move,
  sent: OutboxCommand,
  receipt: PlatformReceipt,
  { hasLink, meta, atMs, standing }: { hasLink: HasLink; meta: string; atMs: number; standing: Standing },
): Step {
  const leg = move.legs[sent.leg] as MoveLeg;
  const applied = Math.max(0, Math.min(sent.amountMinor, receipt.appliedMinor));
  const missed = sent.amountMinor - applied;
  const entries: PlanEntry[] = [];
  const commands: NewCommand[] = [];
  const receipts = [...leg.receipts, { ...receipt, appliedMinor: applied }];
  // what was asked for and not done: the target goes back to what the platform has
  const sign = sent.direction === 'decrease' ? 1 : -1;
  const rails: ['add', string, string][] =
    missed === 0 ? [] : [['add', `chan:${sent.channel}|target`, String(sign * missed)]];
  let next: MoveLeg;
  if (sent.direction === 'decrease') {
    entries.push(
      applied === 0
        ? { kind: 'void', hold: leg.holdId, meta }
        : { kind: 'post', hold: leg.holdId, amount: String(applied), meta },
    );
    const onward = applied > 0 && hasLink(leg.to);
    if (onward) commands.push(command(move, sent.leg, 'increase', applied, atMs));
    const done = applied === 0 ? 'failed' : missed === 0 ? 'settled' : 'partial';
    next = { ...leg, receipts, postedMinor: applied, state: onward ? 'increasing' : done };
  } else if (sent.direction === 'increase') {
    const back = Math.min(missed, Math.max(0, standing.freeMinor), Math.max(0, standing.roomMinor));
    if (back > 0) entries.push({ kind: 'undo', debit: leg.to, credit: leg.from, amount: String(back), meta });
    const restore = back > 0 && hasLink(leg.from);
    if (restore) commands.push(command(move, sent.leg, 'restore', back, atMs));
    const done =
      back === leg.postedMinor
        ? 'compensated'
        : missed === 0 && leg.postedMinor === leg.amountMinor
          ? 'settled'
          : 'partial';
    next = { ...leg, receipts, returnedMinor: back, state: restore ? 'compensating' : done };
  } else {
    next = { ...leg, receipts, state: leg.returnedMinor === leg.postedMinor ? 'compensated' : 'partial' };
  }
  if (sent.direction !== 'decrease') {
    // what a raise pays for was charged before: when the reserve has paid for that already, it gets its money back (BUD25)
    const freeMinor = standing.freeMinor - standing.openMinor - (next.returnedMinor - leg.returnedMinor);
    const backMinor = Math.min(receipt.absorbedMinor ?? 0, applied, standing.lentMinor, freeMinor);
    if (backMinor > 0)
      entries.push({ kind: 'cover', debit: chan(sent.channel), credit: RESERVE, amount: String(backMinor), meta });
  }
  const legs = move.legs.map((one, i) => (i === sent.leg ? next : one));
  return { move: follow(move, legs, true, atMs), entries, commands, answered: [sent.id], rails };
}

/** Legs that take back what a settled move did. */
export const reversed = (move: Move): { from: AccountId; to: AccountId; amountMinor: number }[] =>
  move.legs
    .map(({ from, to, postedMinor, returnedMinor }) => ({
      from: to,
      to: from,
      amountMinor: postedMinor - returnedMinor,
    }))
    .filter(({ amountMinor }) => amountMinor > 0);
