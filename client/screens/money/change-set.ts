import { type AccountId, type BudgetAccount, LEGS_MAX, type Leg } from '#contract/budget';
import { deltaOf, type Edits } from './edits.ts';
import { mayNotGive } from './standstill.ts';

/** An edit whose account has changed since: all three values, to choose from. */
export interface Conflict {
  readonly account: AccountId;
  readonly baseMinor: number;
  readonly theirsMinor: number;
  readonly mineMinor: number;
}
type RowFacts = Pick<BudgetAccount, 'id' | 'kind' | 'allocated' | 'allocationVersion' | 'frozen'>;
export type Rows = ReadonlyMap<AccountId, RowFacts>;
const isHeldBack = (row: RowFacts | undefined): boolean => row !== undefined && mayNotGive(row);

export interface ChangeSet {
  readonly deltas: Readonly<Record<AccountId, number>>;
  readonly count: number;
  readonly sumMinor: number;
  /** Fields that hold no amount. */
  readonly unread: readonly AccountId[];
  readonly conflicts: readonly Conflict[];
  /** null: it cannot be sent as it is. */
  readonly legs: readonly Leg[] | null;
  readonly expected: Readonly<Record<AccountId, number>>;
}

/** All that was typed as one request: zero-sum, on the versions that were seen. Pure. */
export function changeSet(edits: Edits, rows: Rows): ChangeSet {
  const deltas: Record<AccountId, number> = {};
  const unread: AccountId[] = [];
  const conflicts: Conflict[] = [];
  for (const [account, edit] of Object.entries(edits)) {
    const delta = deltaOf(edit);
    const row = rows.get(account);
    if (delta === null) unread.push(account);
    else if (delta !== 0) deltas[account] = delta;
    if (row !== undefined && row.allocationVersion !== edit.version && delta !== 0)
      conflicts.push({
        account,
        baseMinor: edit.baseMinor,
        theirsMinor: row.allocated,
        mineMinor: edit.baseMinor + (delta ?? 0),
      });
  }
  const sumMinor = Object.values(deltas).reduce((sum, delta) => sum + delta, 0);
  const count = Object.keys(deltas).length;
  const isWhole = count > 0 && sumMinor === 0 && unread.length === 0 && conflicts.length === 0;
  const legs = isWhole ? pairLegs(deltas, (id) => isHeldBack(rows.get(id))) : null;
  return {
    deltas,
    count,
    sumMinor,
    unread,
    conflicts,
    legs,
    expected: Object.fromEntries(Object.keys(deltas).map((account) => [account, edits[account]?.version ?? 0])),
  };
}

/**
 * Donors and receivers paired, largest first: at most donors + receivers − 1 legs. null above what one request may hold.
 * @param isHeldBack - channels that may give to an envelope only: they and the envelopes are paired first
 */
export function pairLegs(
  deltas: Readonly<Record<AccountId, number>>,
  isHeldBack: (id: AccountId) => boolean = () => false,
): readonly Leg[] | null {
  const side = (sign: 1 | -1, isFirst: (id: AccountId) => boolean): { id: AccountId; left: number }[] =>
    Object.entries(deltas)
      .filter(([, delta]) => delta * sign > 0)
      .map(([id, delta]) => ({ id, left: delta * sign }))
      .sort((a, b) => Number(isFirst(b.id)) - Number(isFirst(a.id)) || b.left - a.left || (a.id < b.id ? -1 : 1));
  const givers = side(-1, isHeldBack);
  const someHeldBack = givers.some(({ id }) => isHeldBack(id));
  const takers = side(1, (id) => someHeldBack && id.startsWith('env:'));
  const legs: Leg[] = [];
  let g = 0;
  let t = 0;
  while (g < givers.length && t < takers.length) {
    const giver = givers[g] as { id: AccountId; left: number };
    const taker = takers[t] as { id: AccountId; left: number };
    const amountMinor = Math.min(giver.left, taker.left);
    legs.push({ from: giver.id, to: taker.id, amountMinor });
    giver.left -= amountMinor;
    taker.left -= amountMinor;
    if (giver.left === 0) g += 1;
    if (taker.left === 0) t += 1;
  }
  return legs.length > LEGS_MAX ? null : legs;
}
