import { BUDGET_REFUSALS, type BudgetRefusal, type FrozenBy, type StillAllowed, stillAllowed } from '#contract/budget';
import { AppError } from '#contract/errors';

/** What is known of a refusal; amounts in minor units, times in ms. */
export interface RefusalFacts {
  readonly account?: string | null;
  readonly limitMinor?: number | null;
  readonly askedMinor?: number | null;
  readonly until?: number | null;
  /** Who stops it, of a freeze; the feed, of a silent one. */
  readonly by?: string | null;
  readonly who?: string | null;
  readonly extra?: Readonly<Record<string, unknown>>;
}
type Facts = Required<Omit<RefusalFacts, 'extra'>>;
const at = (ms: number | null | undefined): string => (ms ? ` until ${new Date(ms).toISOString()}` : '');
const on = ({ account }: Facts): string => (account ? ` on ${account}` : '');
const most = ({ limitMinor, askedMinor }: Facts): string =>
  limitMinor === null ? '' : `: ${askedMinor === null ? '' : `asked ${askedMinor}, `}at most ${limitMinor}`;

/** Each refusal says what is wrong and what to do. */
const WORDS: Readonly<Record<BudgetRefusal, (facts: Facts) => string>> = {
  amount_not_positive: () => 'an amount is above 0; swap from and to instead of a negative one',
  same_account: () => 'from and to are the same account; name two',
  unknown_channel: ({ account }) =>
    `${account} is no account that money can be moved on; GET /api/v1/budget lists them`,
  currency_mismatch: () => 'amounts are in the campaign’s currency; leave currency out or send that one',
  self_approval: () => 'whoever asks does not decide, and nobody decides twice; another person must',
  approver_limit_exceeded: () => 'this amount is above what your post may decide; the people who may are in seats',
  role_not_on_duty: () => 'you are not on duty for any seat that is asked now; the people who may are in seats',
  card_taken: () =>
    'this card was asked for already and is not decided yet, or was carried out; look at what waits, a card counts once',
  version_stale: (f) => `the allocation${on(f)} has changed since it was shown; look again and ask anew`,
  idempotency_body_mismatch: () => 'this Idempotency-Key was used for another body; take a new key',
  already_settled: () => 'this move is decided already; look at its state',
  already_undone: () => 'this move has been taken back already',
  pending_expired: () => 'nobody decided in time or its terms are out of date, and the money was given back; ask anew',
  approval_void_body_changed: () => 'the terms are not the ones you were shown; look again, then decide',
  campaign_closed: () => 'the sale is over; budgets are closed',
  insufficient_available: (f) => `not enough available${on(f)}${most(f)}`,
  below_floor: (f) => `this goes under the floor${on(f)}${most(f)}`,
  above_cap: (f) => `this goes over the cap${on(f)}${most(f)}`,
  reserve_breach: (f) =>
    `${f.account ?? 'the reserve'} keeps its share in reserve${most(f)}; an emergency draw needs "emergency": true and T3`,
  step_too_large: (f) => `one move${on(f)} is smaller${most(f)}; split it over time`,
  not_releasable: (f) => `the platform may still charge it${on(f)}${most(f)}`,
  platform_floor: (f) => `the platform takes no such budget or step${on(f)}: ${f.limitMinor} is its limit`,
  split_limit_exceeded: (f) => `moves of the last hour or day add up to too much${on(f)}${most(f)}`,
  infeasible: (f) =>
    f.limitMinor === null
      ? `money both comes to and leaves the same account${on(f)}; ask for the difference alone`
      : `its budget of ${f.limitMinor} does not lie between the new floor and cap${on(f)}; move money first, or choose other limits`,
  cooldown: (f) => `this was moved a moment ago${on(f)}; wait${at(f.until)}`,
  frozen: (f) =>
    f.by === 'feed'
      ? `the ${f.who} feed is silent, so nobody sees what a channel costs or brings${on(f)}: wait until it speaks; money can be taken out of ads, or commander and finance sign an emergency`
      : `budgets are frozen${on(f)}${f.who ? ` by ${f.who}` : ''}${at(f.until)}; taking money out of ads is still possible`,
  platform_quota: (f) =>
    `the platform takes no more changes now${on(f)}; the next is free${at(f.until).replace('until', 'at')}`,
  platform_rejected: (f) => `the platform refused the change${on(f)}`,
  platform_unknown: (f) => `the platform has not said whether it made the change${on(f)}; it is read back`,
  pending_not_found: () => 'there is no such transfer; GET /api/v1/budget/transfers lists them',
  already_posted: () => 'this hold is posted already',
  already_voided: () => 'this move was withdrawn or refused, and the money was given back; ask anew',
  exceeds_pending: (f) => `more than the hold${most(f)}`,
  ledger_frozen: () => 'the ledger did not add up and money writes are stopped; finance must run ledger:verify',
};

/** With `frozen`: what may still be done. The freeze that stops an increase may leave more; its row in `frozen` of the account says. */
export const leftOf = (code: BudgetRefusal, by: string | null | undefined): readonly StillAllowed[] | null =>
  code === 'frozen' ? stillAllowed({ by: (by ?? 'person') as FrozenBy['by'], direction: 'all' }) : null;

export const precedenceOf = (code: BudgetRefusal): number => BUDGET_REFUSALS.indexOf(code);
const known = (value: number | null | undefined): boolean => value !== null && value !== undefined;

/** The refusal as callers receive it; numbers beside the words under the names of PROTOCOL.md. */
export function refusal(code: BudgetRefusal, facts: RefusalFacts = {}): AppError {
  const { account = null, limitMinor = null, askedMinor = null, until = null, by = null, who = null, extra } = facts;
  const numbers = {
    ...(account === null ? {} : { account }),
    ...(known(limitMinor) ? { limitMinor } : {}),
    ...(known(askedMinor) ? { askedMinor } : {}),
    ...(until === null || until === 0 ? {} : code === 'platform_quota' ? { nextAt: until } : { until }),
    ...(by === null ? {} : { by, who }),
    ...(code === 'infeasible' && account !== null ? { binding: [account] } : {}),
    ...(leftOf(code, by) === null ? {} : { allowed: leftOf(code, by) }),
    ...extra,
  };
  return new AppError(code, WORDS[code]({ account, limitMinor, askedMinor, until, by, who }), { extra: numbers });
}
export const isBudgetRefusal = (code: string): code is BudgetRefusal =>
  (BUDGET_REFUSALS as readonly string[]).includes(code);
