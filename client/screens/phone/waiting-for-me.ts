import type { MoveView } from '#contract/budget';

const same = (a: string, b: string): boolean => a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();

/** How many requests somebody may decide now: asked by another, with a seat for this name. Pure. */
export const waitingForMe = (moves: readonly Pick<MoveView, 'state' | 'requestedBy' | 'seats'>[], me: string): number =>
  moves.filter(
    ({ state, requestedBy, seats }) =>
      state === 'awaiting_approval' &&
      !same(requestedBy.name, me) &&
      seats.some(({ people }) => people.some(({ name }) => same(name, me))),
  ).length;
