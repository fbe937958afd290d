import type { AccountId, MoneyPort, Move, MoveLeg, OutboxCommand, PlatformReceipt } from '#contract/budget';
import { chan } from './domain/accounts.ts';
import { metaOf } from './domain/move.ts';
import { type Guard, NOTHING, type Plan } from './domain/plan.ts';
import { linked, NO_STANDING, receiptOf, receive, type Standing } from './domain/settle.ts';
import { assertTransition, isTerminal } from './domain/states.ts';
import { changeMove, type Decided, entryOf, type MovesDeps, planFor, stepPlan, systemActor } from './moves.ts';
import type { JudgedRow } from './store/money-store.ts';

/** How moves end that platforms carry out. */
const TOLD = {
  settled: 'budget.settled',
  partially_settled: 'budget.partially_settled',
  compensated: 'budget.compensated',
  failed: 'budget.failed',
} as const;

/** The reserve never gets back more than it has paid for a channel. */
const lentGuard = (account: string): Guard => ['lent', 'exceeds_pending', account];
/** What goes back to an account stays below its cap (I3), whoever filled it meanwhile. */
const roomGuard = (account: string): Guard => ['room', 'exceeds_pending', account];

/** What the outbox needs of money. Every call is safe to repeat. */
export function createMoneyPort(
  deps: MovesDeps & { readonly target: (channel: string) => Promise<number> },
): MoneyPort {
  const { store } = deps;
  const actor = systemActor('outbox');

  /**
   * What can be taken back from the account that got the money, as spend may have had some of it meanwhile; what the reserve has
   * paid for what was charged on it; and what the giver, `from`, has room for.
   */
  async function standingOf({ channel, direction }: OutboxCommand, from: AccountId): Promise<Standing> {
    if (direction === 'decrease') return NO_STANDING;
    const account = chan(channel);
    const { rows, guards } = await store.judge({
      ...NOTHING,
      id: 'probe',
      reply: '',
      guards: [lentGuard(account), roomGuard(from)],
    });
    const [own, paid, cover] = [account, `spend:${channel}`, `cover:${channel}`].map((id) => rows.get(id)?.before);
    if (own === undefined || paid === undefined || cover === undefined) return NO_STANDING;
    const balance = ({ creditsPosted, debitsPosted }: JudgedRow): number => creditsPosted - debitsPosted;
    const openMinor = Math.max(0, -balance(cover));
    const lentMinor = balance(paid) - (own.allocated - balance(own)) - openMinor;
    const roomMinor = guards[1]?.limitMinor ?? Number.POSITIVE_INFINITY; // no cap
    return { freeMinor: balance(own) - own.debitsPending, openMinor, lentMinor, roomMinor };
  }

  /** Nothing of a taking-back came about, because a platform refused it: the move may be taken back again. */
  async function untaken({ undoOf, state }: Move): Promise<Plan['moves']> {
    if (undoOf === null || (state !== 'failed' && state !== 'compensated')) return [];
    const undone = await store.move(undoOf);
    return planFor({ ...undone, undoneBy: null, version: undone.version + 1 }, undone).moves;
  }

  async function confirm(commandId: string, receipt: PlatformReceipt): Promise<Move> {
    const command = await store.command(commandId);
    const { move } = await changeMove(deps, command.moveId, null, async (before): Promise<Decided | null> => {
      if (receiptOf(before, commandId) !== undefined) return null; // told twice
      const world = deps.world();
      const { from } = before.legs[command.leg] as MoveLeg;
      const step = receive(before, command, receipt, {
        hasLink: linked(world.links),
        meta: metaOf(before, actor, before.requestedBy),
        atMs: world.nowMs,
        standing: await standingOf(command, from),
      });
      const { state } = step.move;
      const posted = step.entries.some(({ kind }) => kind === 'post');
      const returned = step.entries.some(({ kind }) => kind === 'undo');
      const repaid = step.entries.find(({ kind }) => kind === 'cover');
      const plan = planFor(step.move, before);
      return {
        plan: {
          ...NOTHING,
          ...plan,
          ...stepPlan(step, world),
          moves: [...plan.moves, ...(await untaken(step.move))],
          guards: [
            ...(repaid === undefined ? [] : [lentGuard(chan(command.channel))]),
            ...(returned ? [roomGuard(from)] : []),
          ],
        },
        timeline: [
          ...(repaid === undefined
            ? []
            : [
                entryOf('budget.repaid', step.move, actor, null, {
                  channel: command.channel,
                  amountMinor: Number(repaid.amount),
                }),
              ]),
          ...(posted ? [entryOf('budget.posted', step.move, actor, null)] : []),
          ...(state in TOLD ? [entryOf(TOLD[state as keyof typeof TOLD], step.move, actor, null)] : []),
        ],
      };
    });
    return move;
  }

  return {
    openCommands: async (channel) =>
      (await store.openCommands()).filter((one) => channel === undefined || one.channel === channel),
    async marked(commandId, as) {
      const { moveId, direction } = await store.command(commandId);
      await changeMove(deps, moveId, null, (before) => {
        const state =
          as === 'unknown'
            ? 'unknown'
            : direction === 'decrease'
              ? 'decreasing'
              : direction === 'increase'
                ? 'increasing'
                : 'compensating';
        if (isTerminal(before.state) || before.state === state || receiptOf(before, commandId) !== undefined)
          return null;
        assertTransition(before.state, state);
        const next: Move = { ...before, state, version: before.version + 1 };
        return { plan: { ...NOTHING, ...planFor(next, before) }, timeline: [] };
      });
    },
    confirmLeg: confirm,
    async compensate(commandId, reason) {
      const { direction } = await store.command(commandId);
      const atMs = deps.world().nowMs;
      return confirm(commandId, {
        commandId,
        direction,
        outcome: 'rejected',
        appliedMinor: 0,
        confirmedMinor: null,
        externalRef: null,
        message: reason,
        at: atMs,
      });
    },
    target: deps.target,
    move: (id) => store.move(id),
  };
}
