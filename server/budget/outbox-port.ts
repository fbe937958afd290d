import type { MoneyPort, Move, OutboxCommand, PlatformReceipt } from '#contract/budget';
import { metaOf } from './domain/move.ts';
import { NOTHING } from './domain/plan.ts';
import { linked, receiptOf, receive } from './domain/settle.ts';
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

/** What the outbox needs of money. Every call is safe to repeat. */
export function createMoneyPort(
  deps: MovesDeps & { readonly target: (channel: string) => Promise<number> },
): MoneyPort {
  const { store } = deps;
  const actor = systemActor('outbox');

  /** What can be taken back from the account that got the money: spend may have had some of it meanwhile. */
  async function returnable(move: Move, command: OutboxCommand): Promise<number> {
    if (command.direction !== 'increase') return 0;
    const { to, from } = move.legs[command.leg] ?? { to: '', from: '' };
    const probe = { kind: 'undo' as const, debit: to, credit: from, amount: '1', meta: metaOf(move, actor, null) };
    const { rows } = await store.judge({ ...NOTHING, id: 'probe', reply: '', entries: [probe] });
    const row: JudgedRow | undefined = rows.get(to)?.before;
    return row === undefined ? 0 : row.creditsPosted - row.debitsPosted - row.debitsPending;
  }

  async function confirm(commandId: string, receipt: PlatformReceipt): Promise<Move> {
    const command = await store.command(commandId);
    const { move } = await changeMove(deps, command.moveId, null, async (before): Promise<Decided | null> => {
      if (receiptOf(before, commandId) !== undefined) return null; // told twice
      const world = deps.world();
      const step = receive(before, command, receipt, {
        hasLink: linked(world.links),
        meta: metaOf(before, actor, before.requestedBy),
        atMs: world.nowMs,
        returnableMinor: receipt.appliedMinor < command.amountMinor ? await returnable(before, command) : 0,
      });
      const { state } = step.move;
      const posted = step.entries.some(({ kind }) => kind === 'post');
      return {
        plan: { ...NOTHING, ...planFor(step.move, before), ...stepPlan(step, world) },
        timeline: [
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
