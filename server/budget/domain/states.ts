import type { LegState, Move, MoveLeg, MoveState } from '#contract/budget';
import { refusal } from './refusals.ts';

/** Every step a move may take. `draft` and `submitted` are never kept: a request is judged and held in one step. */
export const TRANSITIONS: Readonly<Record<MoveState, readonly MoveState[]>> = {
  draft: ['submitted'],
  submitted: ['awaiting_approval', 'approved', 'increasing', 'settled'],
  awaiting_approval: [
    'awaiting_approval',
    'approved',
    'increasing',
    'settled',
    'rejected',
    'cancelled',
    'expired',
    'stale',
  ],
  approved: [
    'decreasing',
    'increasing',
    'unknown',
    'settled',
    'partially_settled',
    'compensating',
    'compensated',
    'failed',
  ],
  decreasing: [
    'decreasing',
    'increasing',
    'unknown',
    'settled',
    'partially_settled',
    'compensating',
    'compensated',
    'failed',
  ],
  increasing: [
    'decreasing',
    'increasing',
    'unknown',
    'settled',
    'partially_settled',
    'compensating',
    'compensated',
    'failed',
  ],
  unknown: [
    'decreasing',
    'increasing',
    'unknown',
    'settled',
    'partially_settled',
    'compensating',
    'compensated',
    'failed',
  ],
  // back to the others: one leg has been given back while another is still on its way
  compensating: [
    'decreasing',
    'increasing',
    'compensating',
    'unknown',
    'settled',
    'partially_settled',
    'compensated',
    'failed',
  ],
  settled: [],
  partially_settled: [],
  compensated: [],
  rejected: [],
  cancelled: [],
  expired: [],
  stale: [],
  failed: [],
};
export const isTerminal = (state: MoveState): boolean => TRANSITIONS[state].length === 0;

/** @throws {RangeError} for a step that is not in the table: a bug */
export function assertTransition(from: MoveState, to: MoveState): void {
  if (!TRANSITIONS[from].includes(to)) throw new RangeError(`a move cannot go from ${from} to ${to}`);
}

/** Why nobody can decide on it any more. @throws {AppError} by state, unless it awaits approval */
export function assertOpen(move: Pick<Move, 'state' | 'outcome'>): void {
  if (move.state === 'awaiting_approval') return;
  assertNotVoid(move.state);
  assertPlatformAnswered(move);
  throw refusal('already_settled', { extra: { state: move.state } });
}
/** The same for whoever withdraws: what is posted is taken back by reversing it. */
export function assertVoidable({ state }: Pick<Move, 'state'>): void {
  if (state === 'awaiting_approval') return;
  assertNotVoid(state);
  throw refusal('already_posted', { extra: { state } });
}
function assertNotVoid(state: MoveState): void {
  if (state === 'expired' || state === 'stale') throw refusal('pending_expired', { extra: { state } });
  if (state === 'rejected' || state === 'cancelled') throw refusal('already_voided', { extra: { state } });
}
/** A move that a platform refused, or has not answered about, is not decided or taken back before that is known. */
export function assertPlatformAnswered({ state, outcome }: Pick<Move, 'state' | 'outcome'>): void {
  if (state === 'unknown') throw refusal('platform_unknown', { extra: { state } });
  if ((state === 'failed' || state === 'compensated') && outcome === 'platform_rejected')
    throw refusal('platform_rejected', { extra: { state } });
}

const FINAL: ReadonlySet<LegState> = new Set<LegState>(['settled', 'partial', 'compensated', 'voided', 'failed']);
/** The state of an approved move follows from its legs. */
export function stateOfLegs(legs: readonly MoveLeg[], sent: boolean): MoveState {
  const some = (state: LegState): boolean => legs.some((leg) => leg.state === state);
  if (some('compensating')) return 'compensating';
  if (some('decreasing')) return sent ? 'decreasing' : 'approved';
  if (some('increasing')) return 'increasing';
  if (!legs.every(({ state }) => FINAL.has(state))) return 'approved';
  if (legs.every(({ state }) => state === 'settled')) return 'settled';
  const movedMinor = legs.reduce((sum, { postedMinor, returnedMinor }) => sum + postedMinor - returnedMinor, 0);
  if (movedMinor > 0) return 'partially_settled';
  return legs.some(({ postedMinor }) => postedMinor > 0) ? 'compensated' : 'failed';
}
