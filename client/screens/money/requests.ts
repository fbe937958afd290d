import { type AccountId, cardIdsOf, type MoveState, type MoveView } from '#contract/budget';

/** Who waits already for a change of an account, and what that comes to; one request may be left out. Pure. */
export function waitingFor(
  moves: readonly Pick<MoveView, 'id' | 'state' | 'legs'>[],
  account: AccountId,
  except: string | null = null,
): { readonly ids: readonly string[]; readonly deltaMinor: number } {
  const ids: string[] = [];
  let deltaMinor = 0;
  for (const { id, legs } of moves.filter((move) => move.id !== except && isPending(move))) {
    const delta = legs.reduce(
      (sum, { from, to, amountMinor, postedMinor }) =>
        sum + ((to === account ? 1 : 0) - (from === account ? 1 : 0)) * (amountMinor - postedMinor),
      0,
    );
    if (delta !== 0) ids.push(id);
    deltaMinor += delta;
  }
  return { ids, deltaMinor };
}
const PENDING: ReadonlySet<MoveState> = new Set<MoveState>([
  'submitted',
  'awaiting_approval',
  'approved',
  'decreasing',
  'increasing',
  'unknown',
]);
export const isPending = ({ state }: Pick<MoveView, 'state'>): boolean => PENDING.has(state);
/** After one of these nothing has come of a request, and its card may be taken again. */
const CARD_FREE: ReadonlySet<MoveState> = new Set<MoveState>(['rejected', 'cancelled', 'expired', 'stale']);
/** The request that a card was taken for, until that has come to nothing. Pure. */
export const takenFor = ({ id }: { readonly id: string }, moves: readonly MoveView[]): MoveView | null =>
  moves.find(
    ({ recommendationId, state }) => cardIdsOf(recommendationId ?? '').includes(id) && !CARD_FREE.has(state),
  ) ?? null;
/** The end of a request's id, as people say it. */
export const shortId = (id: string): string => id.slice(-6);

/** The list with what commands have answered since: the newer version of each request, newest request first. Pure. */
export function withAnswered(moves: readonly MoveView[], answered: readonly MoveView[]): readonly MoveView[] {
  const known = new Map(moves.map((move) => [move.id, move]));
  const newer = answered.filter(({ id, version }) => (known.get(id)?.version ?? -1) < version);
  if (newer.length === 0) return moves;
  for (const move of newer) known.set(move.id, move);
  return [...known.values()].sort((a, b) => b.requestedAt - a.requestedAt || (a.id < b.id ? 1 : -1));
}
