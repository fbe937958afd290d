import type { KpiFacts } from '../state/kpi-table.ts';
import { type FigureText, type FormatOptions, figureLine, formatFigure, levelLine, minutesLine } from './format.ts';

/** Decimals of a ratio in per cent, where two would be false precision on a wall. */
const RATIO_DECIMALS: Readonly<Record<string, number>> = {
  capacity_headroom: 0,
  budget_utilisation: 1,
  complaint_share: 0,
  cs_answer_rate: 1,
  ai_containment: 0,
  spend_pace: 2,
  conversion_rate: 2,
  presale_balance_rate: 1,
  checkout_to_pay_rate: 1,
  cart_to_checkout_rate: 1,
};
const PERMILLE: ReadonlySet<string> = new Set(['complaint_rate']);
const perKpi = (kpi: string, options: FormatOptions): FormatOptions => {
  if (PERMILLE.has(kpi)) return { ...options, parts: 'permille', decimals: 1 };
  const decimals = RATIO_DECIMALS[kpi];
  return decimals === undefined ? options : { ...options, decimals };
};

/** A KPI's value as it is drawn, by its unit and habit. */
export function kpiText(kpi: string, { unit }: KpiFacts, value: number, options: FormatOptions): FigureText {
  if (unit === 'minutes') {
    const [digits = '', suffix = ''] = minutesLine(value, options.lang).split(' ');
    return { prefix: '', digits, suffix, exact: String(value) };
  }
  return formatFigure(value, unit, unit === 'ratio' ? perKpi(kpi, options) : options);
}

/** The same as one string. */
export function kpiLine(kpi: string, facts: KpiFacts, value: number, options: FormatOptions): string {
  if (facts.unit === 'minutes') return minutesLine(value, options.lang);
  return figureLine(value, facts.unit, facts.unit === 'ratio' ? perKpi(kpi, options) : options);
}

/** A target or plan of the KPI: as exact as it is. */
export function kpiLevel(kpi: string, facts: KpiFacts, value: number, options: FormatOptions): string {
  if (facts.unit === 'ratio') return levelLine(value, perKpi(kpi, options));
  if (facts.unit === 'multiple' && Number.isInteger(value * 10))
    return figureLine(value, 'multiple', { ...options, decimals: Number.isInteger(value) ? 0 : 1 });
  return kpiLine(kpi, facts, value, options);
}
