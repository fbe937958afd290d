import {
  type AccountId,
  type BudgetAccount,
  type Leg,
  STILL_ALLOWED,
  type StillAllowed,
  stillAllowed,
} from '#contract/budget';

type Standing = Pick<BudgetAccount, 'id' | 'kind' | 'frozen'>;
/** What may still be done with an account; null: nothing stops it. Several freezes leave what all of them leave. Pure. */
export function allowedFor({ frozen }: Pick<BudgetAccount, 'frozen'>): readonly StillAllowed[] | null {
  if (frozen.length === 0) return null;
  const left = frozen.map(stillAllowed);
  return STILL_ALLOWED.filter((each) => left.every((some) => some.includes(each)));
}
/** An end of a change set that the server would refuse because it stands still. */
export interface Stopped {
  readonly account: AccountId;
  /** It was to get more, or to give another channel. */
  readonly as: 'taker' | 'giver';
}
/** Which ends stand still, before anybody is asked. Pure. */
export function stoppedOf(legs: readonly Leg[], accounts: ReadonlyMap<AccountId, Standing>): readonly Stopped[] {
  const stopped = new Map<string, Stopped>();
  const note = (account: AccountId, as: Stopped['as']): void => void stopped.set(`${as} ${account}`, { account, as });
  for (const { from, to } of legs) {
    const [giver, taker] = [accounts.get(from), accounts.get(to)];
    if (taker?.kind === 'chan' && taker.frozen.length > 0) note(to, 'taker');
    if (taker?.kind !== 'env' && giver !== undefined && mayNotGive(giver)) note(from, 'giver');
  }
  return [...stopped.values()];
}
/** Channels whose money may leave for an envelope and for nothing else. */
export const mayNotGive = (account: Standing): boolean =>
  account.kind === 'chan' && allowedFor(account)?.includes('give') === false;
