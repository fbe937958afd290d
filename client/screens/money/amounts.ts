import { type FormatOptions, figureLine, formatFigure } from '../../numbers/format.ts';
import type { Lang } from '../../numbers/scale.ts';

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

/** One press of ±: a round number near half a per cent of the money of all channels. */
export function stepOf(totalMinor: number, unit: MoneyUnit): number {
  const wanted = Math.max(shownStep(unit), totalMinor * 0.005);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [5, 2, 1].map((factor) => factor * power).find((each) => each <= wanted) ?? power;
  return Math.max(shownStep(unit), Math.round(step / shownStep(unit)) * shownStep(unit));
}

/** Two amounts, short where that tells them apart, else to the last digit: nobody agrees to `¥3.02M → ¥3.02M`. */
export function toldApart(before: number, after: number, format: FormatOptions): readonly [string, string] {
  const short = [before, after].map((minor) => figureLine(minor, 'minor', format)) as [string, string];
  if (before === after || short[0] !== short[1]) return short;
  return [formatFigure(before, 'minor', format).exact, formatFigure(after, 'minor', format).exact];
}
