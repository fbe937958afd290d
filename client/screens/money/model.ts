import {
  type AccountId,
  type Bound,
  type BudgetAccount,
  LEGS_MAX,
  type Leg,
  type MoveState,
  type MoveView,
} from '#contract/budget';
import type { Lang } from '../../numbers/scale.ts';
import { mayNotGive } from './standstill.ts';

/** The unit all amounts of the table are shown and typed in: 万, 亿, K, M … of the campaign's money. */
export interface MoneyUnit {
  readonly size: number;
  readonly suffix: string;
  /** Minor units of one. */
  readonly minor: number;
}
/** Size, suffix, and from which largest amount on it is taken: in a table more digits are read than in a headline. */
const UNITS: Readonly<Record<Lang, readonly (readonly [size: number, suffix: string, leastMajor: number])[]>> = {
  zh: [
    [1, '', 0],
    [1e4, '万', 1e5],
    [1e8, '亿', 1e10],
  ],
  en: [
    [1, '', 0],
    [1e3, 'K', 1e4],
    [1e6, 'M', 1e7],
    [1e9, 'B', 1e11],
  ],
};
/** Decimals that are shown of an amount nobody has changed; what somebody has changed is shown to the last one. */
const SHOWN_DECIMALS = 2;

/** One unit for the whole table, by its largest amount: amounts of one column are compared by eye. */
export function unitOf(largestMinor: number, lang: Lang, minorPerMajor: number): MoneyUnit {
  const major = largestMinor / minorPerMajor;
  const [size, suffix] = UNITS[lang].findLast(([, , least]) => least <= major) ?? [1, ''];
  return { size, suffix, minor: size * minorPerMajor };
}

/** What an amount is rounded to on the screen, minor units. */
const shownStep = ({ minor }: MoneyUnit): number => Math.max(1, minor / 10 ** SHOWN_DECIMALS);
export const shownMinor = (amountMinor: number, unit: MoneyUnit): number =>
  Math.round(amountMinor / shownStep(unit)) * shownStep(unit);

/** `5300`, `31.2347`: exact, without grouping, as a field holds it. */
export function fieldText(amountMinor: number, { minor }: MoneyUnit): string {
  const sign = amountMinor < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(amountMinor) / minor);
  const rest = Math.abs(amountMinor) - whole * minor;
  const digits = String(minor).length - 1;
  const decimals = String(rest).padStart(digits, '0').replace(/0+$/, '');
  return `${sign}${whole}${rest === 0 ? '' : `.${decimals}`}`;
}
/** One decimal point; commas only as thousands, each where it belongs: `700,5` is a question, not an amount. */
const TYPED = /^(\d{1,15}|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d*))?$/;
/** Minor units of what was typed, exact; null when it is no amount of 0 or more, finer than the money is, or a comma is in a wrong place. */
export function parseField(text: string, { minor }: MoneyUnit): number | null {
  const digits = String(minor).length - 1;
  const [, grouped = '', decimals = ''] = TYPED.exec(text.trim().replaceAll('，', ',')) ?? [];
  const whole = grouped.replaceAll(',', '');
  if (whole === '' || decimals.replace(/0+$/, '').length > digits) return null;
  const value = Number(whole) * minor + Number(decimals.slice(0, digits).padEnd(digits, '0') || '0');
  return Number.isSafeInteger(value) ? value : null;
}

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

/** What stands in the way of a typed amount, as far as the page knows it. */
export interface FieldWrong {
  readonly code: 'above_cap' | 'below_floor' | 'step_too_large' | 'not_releasable';
  /** Most or least that the account may have then, minor units; of a step the most that one move may change. */
  readonly limitMinor: number;
}
type Bounds = Pick<
  BudgetAccount,
  'allocated' | 'kind' | 'floor' | 'cap' | 'held' | 'incoming' | 'releasable' | 'step' | 'pinned'
>;
/** The first limit that a change breaks, as the server will judge it; null: none that is known here. Pure. */
export function fieldWrong(deltaMinor: number | null, row: Bounds): FieldWrong | null {
  if (deltaMinor === null || deltaMinor === 0) return null;
  const { allocated, floor, cap, held, incoming, releasable, step } = row;
  if (deltaMinor > 0) {
    if (cap !== null && allocated + incoming + deltaMinor > cap)
      return { code: 'above_cap', limitMinor: Math.max(0, cap - incoming) };
    return step !== undefined && deltaMinor > step.inMinor
      ? { code: 'step_too_large', limitMinor: step.inMinor }
      : null;
  }
  if (allocated - held + deltaMinor < floor) return { code: 'below_floor', limitMinor: floor + held };
  if (step !== undefined && -deltaMinor > step.outMinor) return { code: 'step_too_large', limitMinor: step.outMinor };
  return -deltaMinor > releasable ? { code: 'not_releasable', limitMinor: releasable } : null;
}

/** Who waits already for a change of an account, and what that comes to; one request may be left out. Pure. */
export function waitingFor(
  moves: readonly Pick<MoveView, 'id' | 'state' | 'legs'>[],
  account: AccountId,
  except: string | null = null,
): { readonly ids: readonly string[]; readonly deltaMinor: number } {
  const ids: string[] = [];
  let deltaMinor = 0;
  for (const { id, legs } of moves.filter((move) => move.id !== except && isPending(move))) {
    const delta = legs.reduce(
      (sum, { from, to, amountMinor, postedMinor }) =>
        sum + ((to === account ? 1 : 0) - (from === account ? 1 : 0)) * (amountMinor - postedMinor),
      0,
    );
    if (delta !== 0) ids.push(id);
    deltaMinor += delta;
  }
  return { ids, deltaMinor };
}
const PENDING: ReadonlySet<MoveState> = new Set<MoveState>([
  'submitted',
  'awaiting_approval',
  'approved',
  'decreasing',
  'increasing',
  'unknown',
]);
export const isPending = ({ state }: Pick<MoveView, 'state'>): boolean => PENDING.has(state);
/** After one of these nothing has come of a request, and its card may be taken again. */
const CARD_FREE: ReadonlySet<MoveState> = new Set<MoveState>(['rejected', 'cancelled', 'expired', 'stale']);
/** The request that a card was taken for, until that has come to nothing. Pure. */
export const takenFor = ({ id }: { readonly id: string }, moves: readonly MoveView[]): MoveView | null =>
  moves.find(({ recommendationId, state }) => recommendationId === id && !CARD_FREE.has(state)) ?? null;
/** The end of a request's id, as people say it. */
export const shortId = (id: string): string => id.slice(-6);

/** Of the sums of an hour and a day, of person, pair and channel, the one that is nearest says it all. Pure. */
export function onceEach(bounds: readonly Bound[]): readonly Bound[] {
  const used = ({ violated, askedMinor, limitMinor }: Bound): number =>
    violated
      ? Number.POSITIVE_INFINITY
      : limitMinor === null || askedMinor === null
        ? 0
        : askedMinor / Math.max(1, limitMinor);
  const sums = bounds.filter(({ code }) => code === 'split_limit_exceeded');
  const nearest = sums.reduce<Bound | null>(
    (best, one) => (best === null || used(one) > used(best) ? one : best),
    null,
  );
  return bounds.filter((one) => one.code !== 'split_limit_exceeded' || one === nearest);
}

/** One press of ±: a round number near half a per cent of the money of all channels. */
export function stepOf(totalMinor: number, unit: MoneyUnit): number {
  const wanted = Math.max(shownStep(unit), totalMinor * 0.005);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [5, 2, 1].map((factor) => factor * power).find((each) => each <= wanted) ?? power;
  return Math.max(shownStep(unit), Math.round(step / shownStep(unit)) * shownStep(unit));
}

/** The list with what commands have answered since: the newer version of each request, newest request first. Pure. */
export function withAnswered(moves: readonly MoveView[], answered: readonly MoveView[]): readonly MoveView[] {
  const known = new Map(moves.map((move) => [move.id, move]));
  const newer = answered.filter(({ id, version }) => (known.get(id)?.version ?? -1) < version);
  if (newer.length === 0) return moves;
  for (const move of newer) known.set(move.id, move);
  return [...known.values()].sort((a, b) => b.requestedAt - a.requestedAt || (a.id < b.id ? 1 : -1));
}
