import type { AccountId, AccountKind } from '#contract/budget';
import type { CampaignFile } from '#contract/campaign';

/** The kind of a well-formed id. */
export const kindOf = (id: AccountId): AccountKind =>
  id === 'funding' ? id : (id.slice(0, id.indexOf(':')) as AccountKind);
/** What follows the kind: a channel, an envelope, a level of the reserve. */
export const nameOf = (id: AccountId): string => id.slice(id.indexOf(':') + 1);
export const chan = (channel: string): AccountId => `chan:${channel}`;
export const RESERVE = 'reserve:hq';

export interface AccountSpec {
  readonly id: AccountId;
  readonly zh: string;
  readonly en: string;
}
/** The budgets of a campaign with its amounts scaled (`Campaign.budgets`). */
export type Budgets = CampaignFile['budgets'];

/** Envelope that the channels share. */
export const channelEnvelope = (budgets: Budgets): AccountId => `env:${budgets.channelEnvelope}`;

/** Where an envelope's money lies: the reserve's envelope is the reserve itself. */
const homeOf = (budgets: Budgets, envelope: string): AccountId =>
  envelope === budgets.reserveEnvelope ? RESERVE : `env:${envelope}`;

/** Accounts that moves may name, in the order the desk shows them: channels, envelopes, the reserve. */
export function movableAccounts(
  budgets: Budgets,
  names: (channel: string) => { readonly zh: string; readonly en: string },
): AccountSpec[] {
  const channels = Object.keys(budgets.channels).map((id) => ({ ...names(id), id: chan(id) }));
  const envelopes = Object.keys(budgets.envelopes).map((id) => ({ id: homeOf(budgets, id), zh: id, en: id }));
  return [...channels, ...envelopes.sort((a, b) => Number(a.id === RESERVE) - Number(b.id === RESERVE))];
}

/**
 * What stays in an account, unless an approved emergency draws on it (I5): of the reserve a part of all that was funded, of an envelope a
 * part of its own. The channels' envelope is shared out whole and keeps more than that in the floors of its channels; war zones have no
 * accounts of their own, so `elastic.region` binds nothing here.
 * @returns `ofMinor` null: of all that was funded; null: nothing is kept back
 */
export function keptShare(
  account: AccountId,
  budgets: Budgets,
): { readonly ratio: number; readonly ofMinor: number | null } | null {
  const { elastic, envelopes } = budgets;
  const [ratio, ofMinor] =
    account === RESERVE
      ? [elastic.hq, null]
      : kindOf(account) === 'env' && account !== channelEnvelope(budgets)
        ? [elastic.project, envelopes[nameOf(account)] ?? 0]
        : [0, null];
  return ratio === undefined || ratio === 0 ? null : { ratio, ofMinor };
}

export interface Opening {
  readonly debit: AccountId;
  readonly credit: AccountId;
  readonly amountMinor: number;
}
/**
 * What the ledger begins with: each envelope is funded, then the channels' one is shared out in whole minor units, largest
 * remainders first, so that nothing is left over or made up.
 */
export function openingEntries(budgets: Budgets): Opening[] {
  const funded = Object.entries(budgets.envelopes).map(([envelope, amountMinor]) => ({
    debit: 'funding',
    credit: homeOf(budgets, envelope),
    amountMinor,
  }));
  const total = budgets.envelopes[budgets.channelEnvelope] ?? 0;
  const shares = Object.entries(budgets.channels).map(([id, { shareRatio }]) => {
    const exact = total * shareRatio;
    return { id, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let left =
    Math.round(shares.reduce((sum, { whole, rest }) => sum + whole + rest, 0)) -
    shares.reduce((sum, { whole }) => sum + whole, 0);
  const amounts = new Map(shares.map(({ id, whole }) => [id, whole]));
  for (const { id } of [...shares].sort((a, b) => b.rest - a.rest)) {
    if (left <= 0) break;
    amounts.set(id, (amounts.get(id) ?? 0) + 1);
    left -= 1;
  }
  const shared = [...amounts].map(([id, amountMinor]) => ({
    debit: channelEnvelope(budgets),
    credit: chan(id),
    amountMinor,
  }));
  return [...funded, ...shared].filter(({ amountMinor }) => amountMinor > 0);
}
