import type { Alert } from '#contract/alerts';
import type { KpiUnit } from '#contract/kpis';
import type { Say } from '../../i18n/phone-words.ts';
import { type FormatOptions, figureLine, levelLine, minutesLine, plainNumber } from '../../numbers/format.ts';
import type { Lang } from '../../numbers/scale.ts';

/** What is hurt, in the reader's language where the rule has words in it. */
export const titleOf = ({ annotations, rule }: Pick<Alert, 'annotations' | 'rule'>, lang: Lang): string =>
  (lang === 'zh' ? (annotations.summary_zh ?? annotations.summary) : annotations.summary) ?? rule;

const UNITS: ReadonlySet<string> = new Set<KpiUnit>([
  'minor',
  'count',
  'ratio',
  'multiple',
  'per_second',
  'ms',
  'seconds',
  'minutes',
  'hours',
]);
/** A value of a rule, by its unit; a unit nobody has words for stands behind the number. */
export function measureLine(value: number, unit: string, options: FormatOptions): string {
  if (unit === 'minutes') return value > 1e6 ? '∞' : minutesLine(value, options.lang);
  if (UNITS.has(unit)) return figureLine(value, unit as KpiUnit, options);
  const decimals = Number.isInteger(value) ? 0 : 2;
  return `${plainNumber(value, options.lang, decimals)}${unit === '' ? '' : ` ${unit}`}`;
}
/** A limit as exact as it is: `98.5%`, not `98.50%`. */
export const limitLine = (limit: number, unit: string, options: FormatOptions): string =>
  unit === 'ratio'
    ? levelLine(limit, options)
    : unit === 'multiple' && Number.isInteger(limit * 10)
      ? figureLine(limit, 'multiple', { ...options, decimals: Number.isInteger(limit) ? 0 : 1 })
      : measureLine(limit, unit, options);

/** `97.84% < 98.5%`; null while there is nothing to hold against it. */
export function againstLine(
  { value, limit, unit }: Pick<Alert, 'value' | 'limit' | 'unit'>,
  options: FormatOptions,
): string | null {
  if (value === null) return null;
  const measure = measureLine(value, unit, options);
  if (limit === null) return measure;
  const sign = value < limit ? '<' : value > limit ? '>' : '=';
  return `${measure} ${sign} ${limitLine(limit, unit, options)}`;
}

/** Labels that tell where it is; the name and what every alert of the rule has are left out. */
export const placeLabels = ({ labels }: Pick<Alert, 'labels'>): readonly (readonly [string, string])[] =>
  Object.entries(labels).filter(([name]) => name !== 'alertname' && name !== 'tier' && name !== 'domain');

/** What its rule says beside "fires"; null while it simply fires. */
export function evaluationWord({ evaluation }: Pick<Alert, 'evaluation'>, say: Say): string | null {
  if (evaluation === 'recovering') return say('row.recovering');
  if (evaluation === 'nodata') return say('row.nodata');
  return evaluation === 'error' ? say('row.error') : null;
}
export function muteWord({ suppressedBy }: Pick<Alert, 'suppressedBy'>, say: Say): string | null {
  if (suppressedBy.some(({ kind }) => kind === 'silence')) return say('row.muted');
  return suppressedBy.some(({ kind }) => kind === 'inhibition') ? say('row.inhibited') : null;
}
