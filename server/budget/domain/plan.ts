import type { AccountId, BudgetRefusal, EntryKind, OutboxCommand } from '#contract/budget';

/** Refusal, or `tier`: judged only to find who has to decide. */
export type GuardCode = BudgetRefusal | 'tier';
/** One condition on the balances after the change; kinds and arguments in store/scripts/includes/money-guards.lua. */
export type Guard = readonly [kind: string, code: GuardCode, ...args: string[]];
export interface PlanEntry {
  readonly kind: EntryKind;
  /** Left out for post, void and expire: the hold says. */
  readonly debit?: AccountId;
  readonly credit?: AccountId;
  /** Left out: all of the hold. */
  readonly amount?: string;
  readonly hold?: string;
  /** Members `actor` … `day` of the line as JSON without braces, in the line's order. */
  readonly meta: string;
}
export interface PlanMove {
  readonly id: string;
  /** Version it was decided on, empty for a new one. */
  readonly expect: string;
  readonly version: string;
  readonly json: string;
  /** When it was asked for, ms. */
  readonly at: string;
}
export type DueQueue = 'expire' | 'escalate' | 'outbox' | 'review';
export const DUE_KIND: Readonly<Record<DueQueue, string>> = {
  expire: 'budget.expire',
  escalate: 'budget.escalate',
  outbox: 'budget.outbox',
  review: 'budget.review',
};
export type DueChange = { readonly queue: DueQueue; readonly id: string; readonly atMs: number | null };
export interface NewCommand extends Omit<OutboxCommand, 'targetMinor' | 'seq'> {
  /** What the target changes by. */
  readonly deltaMinor: number;
}
/** A rolling sum: `by:<person>`, `in:<account>`, `out:<account>`, `pair:<from>><to>`. */
export type SumChange = { readonly op: 'add' | 'cut'; readonly dimension: string; readonly member: string };

/** One atomic change of money: everything of it happens, or nothing. */
export interface Plan {
  /** Prefix of the lines' ids. */
  readonly id: string;
  /** In order of precedence. A `sum` guard names its dimension as first argument. */
  readonly guards: readonly Guard[];
  readonly entries: readonly PlanEntry[];
  readonly moves: readonly PlanMove[];
  readonly rails: readonly (readonly ['add' | 'set', field: string, value: string])[];
  readonly sums: readonly SumChange[];
  readonly freezes: readonly (readonly [string, string] | readonly ['', id: string, json: string])[];
  /** Commands that have their receipt now. */
  readonly answered: readonly string[];
  readonly commands: readonly NewCommand[];
  readonly due: readonly DueChange[];
  /** JSON that is answered, and kept under the Idempotency-Key. */
  readonly reply: string;
  /** Only when the ledger is empty. */
  readonly empty?: true;
  /** The reserve may fall under its share: approved as an emergency. */
  readonly emergency?: true;
}
export const NOTHING: Omit<Plan, 'id' | 'reply'> = {
  guards: [],
  entries: [],
  moves: [],
  rails: [],
  sums: [],
  freezes: [],
  answered: [],
  commands: [],
  due: [],
};
