import type { AccountId, BudgetAccount, RailsChange } from '#contract/budget';
import { type MoneyUnit, parseField } from './amounts.ts';

/** Floor and cap as they are typed; an empty cap is none. */
export interface Limits {
  readonly floor: string;
  readonly cap: string;
  readonly pinned: boolean;
}
/** What the form asks for; null while an amount in it cannot be read. */
export function limitsOf({ floor, cap, pinned }: Limits, account: AccountId, unit: MoneyUnit): RailsChange | null {
  const floorMinor = parseField(floor, unit);
  const capMinor = cap.trim() === '' ? null : parseField(cap, unit);
  if (floorMinor === null || (cap.trim() !== '' && capMinor === null)) return null;
  return { account, floor: floorMinor, cap: capMinor, pinned };
}
export type LimitsWrong = 'notAmount' | 'capUnderFloor' | 'floorOver' | 'capUnder' | 'sameLimits';
/** Why it cannot be asked for, before anybody is asked; null: it can. */
export function limitsWrong(
  wanted: RailsChange | null,
  { floor, cap, pinned, allocated }: Pick<BudgetAccount, 'floor' | 'cap' | 'pinned' | 'allocated'>,
): LimitsWrong | null {
  if (wanted === null) return 'notAmount';
  if (wanted.cap !== null && wanted.cap < wanted.floor) return 'capUnderFloor';
  if (wanted.floor > allocated) return 'floorOver';
  if (wanted.cap !== null && wanted.cap < allocated) return 'capUnder';
  return wanted.floor === floor && wanted.cap === cap && wanted.pinned === pinned ? 'sameLimits' : null;
}
