import type { AccountId, BudgetAccount } from '#contract/budget';
import { fieldText, type MoneyUnit, parseField, shownMinor } from './amounts.ts';

/** What somebody typed for an account, and what stood there when they began. */
export interface Edit {
  readonly text: string;
  /** Unit it was typed in: the language may change meanwhile. */
  readonly unit: MoneyUnit;
  readonly baseMinor: number;
  readonly version: number;
}
export type Edits = Readonly<Record<AccountId, Edit>>;

/** Change that an edit asks for, minor units; null while it cannot be read. What was typed is what comes; what is shown is no edit. */
export function deltaOf({ text, unit, baseMinor }: Edit): number | null {
  const typed = parseField(text, unit);
  return typed === null ? null : typed === shownMinor(baseMinor, unit) ? 0 : typed - baseMinor;
}

type Row = Pick<BudgetAccount, 'id' | 'allocated' | 'allocationVersion'>;
const begin = ({ allocated, allocationVersion }: Row, unit: MoneyUnit, text: string): Edit => ({
  text,
  unit,
  baseMinor: allocated,
  version: allocationVersion,
});
/** Types into a field; the base is what stood there at the first letter. Back to what is shown is no edit. */
export function typed(edits: Edits, row: Row, unit: MoneyUnit, text: string): Edits {
  const before = edits[row.id];
  const edit = before === undefined || before.unit.minor !== unit.minor ? begin(row, unit, text) : { ...before, text };
  const kept = before !== undefined && before.unit.minor !== unit.minor ? { ...edit, ...keptBase(before) } : edit;
  const next = { ...edits, [row.id]: kept };
  return deltaOf(kept) === 0 && kept.version === row.allocationVersion ? without(next, row.id) : next;
}
const keptBase = ({ baseMinor, version }: Edit): Pick<Edit, 'baseMinor' | 'version'> => ({ baseMinor, version });

/** One step up or down. What cannot be read is left alone. */
export function stepped(edits: Edits, row: Row, unit: MoneyUnit, byMinor: number): Edits {
  const edit = edits[row.id];
  const had = edit === undefined ? row.allocated : (parseField(edit.text, edit.unit) ?? Number.NaN);
  if (Number.isNaN(had)) return edits;
  return typed(edits, row, unit, fieldText(Math.max(0, had + byMinor), unit));
}
export function without(edits: Edits, account: AccountId): Edits {
  const { [account]: _gone, ...rest } = edits;
  return rest;
}
/** My change anew on what is there now. */
export function redone(edits: Edits, row: Row, unit: MoneyUnit): Edits {
  const edit = edits[row.id];
  const delta = edit === undefined ? null : deltaOf(edit);
  if (edit === undefined || delta === null) return edits;
  return typed(without(edits, row.id), row, unit, fieldText(Math.max(0, row.allocated + delta), unit));
}
/** What is missing of 0 goes into the pool, or comes out of it. */
export const balanced = (edits: Edits, pool: Row, unit: MoneyUnit, sumMinor: number): Edits =>
  stepped(edits, pool, unit, -sumMinor);
/** My number, whatever is there now. */
export function kept(edits: Edits, row: Row, unit: MoneyUnit): Edits {
  const edit = edits[row.id];
  const minor = edit === undefined ? null : parseField(edit.text, edit.unit);
  return edit === undefined || minor === null
    ? edits
    : typed(without(edits, row.id), row, unit, fieldText(minor, unit));
}
/** Text of a field: what was typed, in the unit of now. */
export function textOf(edit: Edit | undefined, row: Row, unit: MoneyUnit): string {
  if (edit === undefined) return fieldText(shownMinor(row.allocated, unit), unit);
  if (edit.unit.minor === unit.minor) return edit.text;
  const minor = parseField(edit.text, edit.unit);
  return minor === null ? edit.text : fieldText(minor, unit);
}
