/** Why money is not moved. */

/**
 * Refusals in order of precedence: the first one that holds is the answer. A repeated `Idempotency-Key` is looked at before
 * all of them. Statuses are in errors.ts, words in PROTOCOL.md (BUD).
 */
export const BUDGET_REFUSALS = [
  'amount_not_positive',
  'same_account',
  'unknown_channel',
  'currency_mismatch',
  'self_approval',
  'approver_limit_exceeded',
  'role_not_on_duty',
  'card_taken',
  'version_stale',
  'idempotency_body_mismatch',
  'already_settled',
  'already_undone',
  'pending_expired',
  'approval_void_body_changed',
  'campaign_closed',
  'insufficient_available',
  'below_floor',
  'above_cap',
  'reserve_breach',
  'step_too_large',
  'not_releasable',
  'platform_floor',
  'split_limit_exceeded',
  'infeasible',
  'cooldown',
  'frozen',
  'platform_quota',
  'platform_rejected',
  'platform_unknown',
  'pending_not_found',
  'already_posted',
  'already_voided',
  'exceeds_pending',
  'ledger_frozen',
] as const;
export type BudgetRefusal = (typeof BUDGET_REFUSALS)[number];
/** The same Idempotency-Key never succeeds after one of these: the answer is kept. */
export const STICKY_REFUSALS = [
  'campaign_closed',
  'insufficient_available',
] as const satisfies readonly BudgetRefusal[];
