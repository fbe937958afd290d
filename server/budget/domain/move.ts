import { type Approval, type ApprovalTier, cardIdsOf, type Move, type MoveState, type Person } from '#contract/budget';
import type { Actor } from '#contract/permissions';
import { isComplete } from './approvals.ts';
import type { DueChange, Plan, PlanEntry, SumChange } from './plan.ts';
import { type Policy, STAGES, slaOf } from './policy.ts';
import { dimensions, termsOf, type Wanted } from './request.ts';
import { assertTransition } from './states.ts';

/** Members of a ledger line that say who and why, in the line's order (contract/budget.ts). */
export function metaOf(
  move: Pick<Move, 'id' | 'policyVersion' | 'reason' | 'recommendationId' | 'undoOf'>,
  actor: Actor,
  onBehalfOf: Person | null,
): string {
  const members = {
    moveId: move.id,
    actor,
    ...(onBehalfOf === null ? {} : { onBehalfOf }),
    policyVersion: move.policyVersion,
    reason: move.reason,
    ...(move.recommendationId === null ? {} : { recommendationId: move.recommendationId }),
    ...(move.undoOf === null ? {} : { undoOf: move.undoOf }),
  };
  return JSON.stringify(members).slice(1, -1);
}

export interface NewMove {
  readonly id: string;
  readonly by: Person;
  readonly reason: string;
  readonly recommendationId: string | null;
  readonly undoPartialMinor: number;
}
/** A request that is taken: its money is held, and whoever has to decide is asked. */
export function submit(
  wanted: Wanted,
  tier: ApprovalTier,
  policy: Policy,
  atMs: number,
  { id, by, reason, recommendationId, undoPartialMinor }: NewMove,
): Move {
  const stages = STAGES[tier].length;
  const sla = slaOf(policy, tier);
  return {
    id,
    state: stages === 0 ? 'submitted' : 'awaiting_approval',
    tier,
    legs: wanted.legs.map((leg, i) => ({
      ...leg,
      state: 'held',
      holdId: `${id}-${i}`,
      postedMinor: 0,
      returnedMinor: 0,
      receipts: [],
    })),
    rails: wanted.rails,
    reason,
    requestedBy: by,
    requestedAt: atMs,
    terms: termsOf(wanted, policy.version),
    policyVersion: policy.version,
    expected: wanted.expected,
    emergency: wanted.emergency,
    recommendationId,
    undoOf: wanted.undoOf,
    undoneBy: null,
    undoPartialMinor,
    approvals: [],
    escalation: 0,
    decideBy: stages === 0 ? null : atMs + sla,
    expiresAt: stages === 0 ? null : atMs + sla * stages,
    reviewBy: tier === 'T4' ? atMs + policy.reviewMs : null,
    reviewedBy: [],
    endedAt: null,
    outcome: null,
    version: 1,
  };
}
export const holdEntries = (move: Move, meta: string): PlanEntry[] =>
  move.legs.map(({ from, to, amountMinor, holdId }) => ({
    kind: 'reserve',
    debit: from,
    credit: to,
    amount: String(amountMinor),
    hold: holdId,
    meta,
  }));
const sumsOf = (move: Move, op: SumChange['op']): SumChange[] =>
  move.undoOf === null
    ? [...dimensions(move.legs, move.requestedBy.id)].map(([dimension, amountMinor]) => ({
        op,
        dimension,
        member: `${move.id}:${amountMinor}`,
      }))
    : [];
export const countedSums = (move: Move): SumChange[] => sumsOf(move, 'add');
export const uncountedSums = (move: Move): SumChange[] => sumsOf(move, 'cut');
export const askedDue = ({ id, decideBy, expiresAt, reviewBy }: Move): DueChange[] => [
  ...(decideBy === null ? [] : [{ queue: 'escalate' as const, id, atMs: decideBy }]),
  ...(expiresAt === null ? [] : [{ queue: 'expire' as const, id, atMs: expiresAt }]),
  ...(reviewBy === null ? [] : [{ queue: 'review' as const, id, atMs: reviewBy }]),
];
export const decidedDue = ({ id }: Move): DueChange[] => [
  { queue: 'escalate', id, atMs: null },
  { queue: 'expire', id, atMs: null },
];

/** A decision in favour; `complete`: nobody else has to decide. */
export function approve(move: Move, approval: Approval): { readonly move: Move; readonly complete: boolean } {
  const next: Move = { ...move, approvals: [...move.approvals, approval], version: move.version + 1 };
  return { move: next, complete: isComplete(next) };
}

/** Fields of the rails that count what people decided: `decided|count` and `decided|ms`, for `approval_lead_s`. */
export const DECIDED = 'decided';
export const decidedSums = ({ requestedAt }: Pick<Move, 'requestedAt'>, atMs: number): Plan['rails'] => [
  ['add', `${DECIDED}|count`, '1'],
  ['add', `${DECIDED}|ms`, String(Math.max(0, Math.round(atMs - requestedAt)))],
];

/** Field of the rails that names the request a card was taken for; without a request it is free again. */
export const cardTaken = (card: string | null, requestId: string): Plan['rails'] =>
  card === null ? [] : cardIdsOf(card).map((id) => ['set', `card|${id}`, requestId]);

export type EndState = Extract<MoveState, 'rejected' | 'cancelled' | 'expired' | 'stale'>;
/** The end of a request that is not carried out: its holds are given back. */
export function end(move: Move, state: EndState, atMs: number, outcome: string | null, approval?: Approval): Move {
  assertTransition(move.state, state);
  return {
    ...move,
    state,
    approvals: approval === undefined ? move.approvals : [...move.approvals, approval],
    legs: move.legs.map((leg) => ({ ...leg, state: 'voided' })),
    decideBy: null,
    expiresAt: null,
    endedAt: atMs,
    outcome,
    version: move.version + 1,
  };
}
export const freedEntries = (move: Move, kind: 'void' | 'expire', meta: string): PlanEntry[] =>
  move.legs.map(({ holdId }) => ({ kind, hold: holdId, meta }));

/** A deadline passed: the next stage is asked. */
export function escalate(move: Move, policy: Policy, atMs: number): Move {
  const escalation = move.escalation + 1;
  const isLast = escalation >= STAGES[move.tier].length - 1;
  return { ...move, escalation, decideBy: isLast ? null : atMs + slaOf(policy, move.tier), version: move.version + 1 };
}
