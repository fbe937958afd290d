import type { AccountId, LedgerLine } from '#contract/budget';

/** Sums of one account, minor units; `version` counts lines that changed its allocation. */
export interface Row {
  debitsPosted: bigint;
  creditsPosted: bigint;
  debitsPending: bigint;
  creditsPending: bigint;
  allocated: bigint;
  version: bigint;
}
export const ROW_FIELDS = [
  'debitsPosted',
  'creditsPosted',
  'debitsPending',
  'creditsPending',
  'allocated',
  'version',
] as const;
export interface HoldRow {
  readonly state: 'pending' | 'posted' | 'voided' | 'expired';
  readonly amount: bigint;
  readonly debit: AccountId;
  readonly credit: AccountId;
}
/** What the ledger comes to: a pure function of its lines. */
export interface Projection {
  readonly rows: Map<AccountId, Row>;
  readonly holds: Map<string, HoldRow>;
}
export const emptyProjection = (): Projection => ({ rows: new Map(), holds: new Map() });

function rowOf({ rows }: Projection, id: AccountId): Row {
  const known = rows.get(id);
  if (known !== undefined) return known;
  const row: Row = {
    debitsPosted: 0n,
    creditsPosted: 0n,
    debitsPending: 0n,
    creditsPending: 0n,
    allocated: 0n,
    version: 0n,
  };
  rows.set(id, row);
  return row;
}
const ALLOCATES: ReadonlySet<string> = new Set(['fund', 'post', 'undo', 'fix']);
/** A decision in the chain: no balance changes. */
const NOTES: ReadonlySet<string> = new Set(['adopt', 'reassert']);
const ENDS = { post: 'posted', void: 'voided', expire: 'expired' } as const;

/** Folds one line; the same steps as store/scripts/includes/money-rows.lua. @throws {RangeError} when it cannot follow */
export function foldLine(projection: Projection, line: LedgerLine): void {
  if (NOTES.has(line.kind)) return;
  const debit = rowOf(projection, line.debit);
  const credit = rowOf(projection, line.credit);
  const amount = BigInt(line.amountMinor);
  const id = line.pendingId ?? '';
  if (line.kind === 'reserve') {
    if (projection.holds.has(id)) throw new RangeError(`line ${line.seq} makes hold ${id} again`);
    projection.holds.set(id, { state: 'pending', amount, debit: line.debit, credit: line.credit });
    debit.debitsPending += amount;
    credit.creditsPending += amount;
    return;
  }
  if (line.kind in ENDS) {
    const held = projection.holds.get(id);
    if (held?.state !== 'pending')
      throw new RangeError(`line ${line.seq} ends hold ${id}, which is ${held?.state ?? 'unknown'}`);
    projection.holds.set(id, { ...held, state: ENDS[line.kind as keyof typeof ENDS] });
    debit.debitsPending -= held.amount;
    credit.creditsPending -= held.amount;
    if (line.kind !== 'post') return;
  }
  debit.debitsPosted += amount;
  credit.creditsPosted += amount;
  if (!ALLOCATES.has(line.kind)) return;
  debit.allocated -= amount;
  credit.allocated += amount;
  debit.version += 1n;
  credit.version += 1n;
}

/** The fields of the balances' hash, as the store keeps them: what is 0 was never written, or was written as `0`. */
export function accountFields({ rows }: Projection): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [id, row] of rows)
    for (const name of ROW_FIELDS) if (row[name] !== 0n) fields.set(`${id}|${name}`, row[name].toString());
  return fields;
}
export function holdFields({ holds }: Projection): Map<string, string> {
  return new Map(
    [...holds].map(([id, { state, amount, debit, credit }]) => [id, `${state} ${amount} ${debit} ${credit}`]),
  );
}

/** I1 and I2 on a projection; the first that does not hold, in words, or null. */
export function imbalance({ rows }: Projection): string | null {
  const sum = (name: keyof Row, keep: (id: AccountId) => boolean = () => true): bigint =>
    [...rows].reduce((total, [id, row]) => (keep(id) ? total + row[name] : total), 0n);
  if (sum('debitsPosted') !== sum('creditsPosted')) return 'I1: posted debits and credits differ';
  if (sum('debitsPending') !== sum('creditsPending')) return 'I1: pending debits and credits differ';
  const funding = rows.get('funding');
  const funded = funding === undefined ? 0n : funding.debitsPosted - funding.creditsPosted;
  const others = (id: AccountId): boolean => id !== 'funding';
  if (funded !== sum('creditsPosted', others) - sum('debitsPosted', others))
    return 'I1: what was funded is not what there is';
  for (const [id, row] of rows) {
    if (id === 'funding' || id.startsWith('cover:')) continue;
    if (row.creditsPosted - row.debitsPosted - row.debitsPending < 0n) return `I2: ${id} is overdrawn`;
  }
  return null;
}
