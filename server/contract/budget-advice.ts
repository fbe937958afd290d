import type { AccountId, BudgetReply, Freeze } from './budget-accounts.ts';
import type { Bound, ExpectedEffect, Leg, Move } from './budget-moves.ts';
import type { Tier } from './tiers.ts';

/** Recommended moves, and what they and money need of each other. */

export const OBJECTIVES = ['gmv', 'profit', 'new_buyers'] as const;
export type Objective = (typeof OBJECTIVES)[number];
export interface Card {
  readonly id: string;
  readonly legs: readonly Leg[];
  readonly effect: ExpectedEffect;
  /** Why, as a code and its numbers; the client has the words. */
  readonly reasons: readonly { readonly code: string; readonly params: Readonly<Record<string, string | number>> }[];
  readonly bounds: readonly Bound[];
  readonly madeAt: number;
  readonly expiresAt: number;
  /** Allocation versions it was made on: `expected` of the request. */
  readonly expected: Readonly<Record<AccountId, number>>;
}
/**
 * The cards that a request was made for: `rec-gmv-x-1.2` is cards 1 and 2 of one decision, taken together. Cards that share an end can
 * only be taken so: after one alone has moved, the channel rests and the other is out of date.
 */
export function cardIdsOf(id: string): readonly string[] {
  const [, decision = '', numbers = ''] = /^(.+-)(\d+(?:\.\d+)+)$/.exec(id) ?? [];
  return decision === '' ? [id] : numbers.split('.').map((number) => `${decision}${number}`);
}
/** The id of several cards of one decision taken together; null for cards that are not of one. */
export function togetherId(ids: readonly string[]): string | null {
  const parts = ids.map((id) => /^(.+-)(\d+)$/.exec(id));
  const decision = parts[0]?.[1];
  if (decision === undefined || parts.some((part) => part?.[1] !== decision)) return null;
  return `${decision}${parts.map((part) => part?.[2]).join('.')}`;
}
export interface Veto {
  readonly channel: string;
  readonly code: string;
  readonly tier: Tier | null;
  readonly params: Readonly<Record<string, string | number>>;
}
/** `GET /api/v1/budget/recommendation` */
export interface RecommendationReply {
  readonly at: number;
  readonly objective: Objective;
  /** None is an answer too: doing nothing is best, and `note` says why. */
  readonly cards: readonly Card[];
  readonly vetoes: readonly Veto[];
  readonly note: string | null;
}
/** What recommendations need of money. */
export interface LedgerFacts {
  /** As `GET /api/v1/budget`, no older than a second. */
  budget(): BudgetReply;
  allocations(): Readonly<Record<string, number>>;
  releasable(): Readonly<Record<string, number>>;
  freezes(): readonly Freeze[];
  /** Moves that settled at or after, oldest first. */
  settledSince(atMs: number): Promise<readonly Move[]>;
}
/** What money needs of recommendations; absent (`null`): no T0 moves, no expected effect. */
export interface AdvicePort {
  /** How many times as fast as a sale it decides (a demo: 30); channels rest that much shorter after a move. Absent: 1. */
  readonly speed?: number;
  /** A card that was shown and has not expired. */
  card(id: string): Card | null;
  /** @param objective - `gmv` when left out */
  effect(legs: readonly Leg[], objective?: Objective): ExpectedEffect | null;
}
