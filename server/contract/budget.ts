/**
 * Money: accounts, the ledger, moves with their approvals, freezes, and what leaves for the ad platforms. Amounts are
 * integer minor units; numbers on the wire, decimal strings in ledger lines (a line is hashed as text).
 */
export * from './budget-accounts.ts';
export * from './budget-advice.ts';
export * from './budget-ledger.ts';
export * from './budget-moves.ts';
export * from './budget-refusals.ts';
