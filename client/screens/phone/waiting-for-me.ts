import type { BudgetReply, MoveView } from '#contract/budget';

const same = (a: string, b: string): boolean => a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();

/** How many requests somebody may decide now: asked by another, with a seat for this name. Pure. */
export const waitingForMe = (moves: readonly Pick<MoveView, 'state' | 'requestedBy' | 'seats'>[], me: string): number =>
  moves.filter(
    ({ state, requestedBy, seats }) =>
      state === 'awaiting_approval' &&
      !same(requestedBy.name, me) &&
      seats.some(({ people }) => people.some(({ name }) => same(name, me))),
  ).length;

/** What stands still, the worst first; null: nothing. Pure. */
export const frozenOf = ({ freezes, ledgerFrozen }: Pick<BudgetReply, 'freezes' | 'ledgerFrozen'>) =>
  ledgerFrozen !== null ? 'ledger' : freezes.length > 0 ? 'frozen' : null;
