import type { LegState, MoveLeg, MoveState } from '#contract/budget';
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
  compensating: ['compensating', 'unknown', 'settled', 'partially_settled', 'compensated', 'failed'],
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
export function assertOpen(state: MoveState): void {
  if (state === 'awaiting_approval') return;
  if (state === 'expired' || state === 'stale') throw refusal('pending_expired', { extra: { state } });
  if (state === 'rejected' || state === 'cancelled') throw refusal('already_voided', { extra: { state } });
  throw refusal('already_settled', { extra: { state } });
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
