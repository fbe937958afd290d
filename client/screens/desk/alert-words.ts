import type { Alert, AlertRecovery, AlertRow } from '#contract/alerts';
import type { KpiUnit } from '#contract/kpis';
import { isPlaceLabel, labelName, type NameSource, placeName } from '#contract/place-names';
import type { Say } from '../../i18n/phone-words.ts';
import { type FormatOptions, figureLine, levelLine, minutesLine, plainNumber } from '../../numbers/format.ts';
import type { Lang } from '../../numbers/scale.ts';
import { clockTime } from '../../numbers/time.ts';

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

/** `97.84% < 98.5%`; what reads the same is `=`, whatever hides behind the last digit. null while there is nothing to tell. */
export function againstLine(
  { value, limit, unit }: Pick<Alert, 'value' | 'limit' | 'unit'>,
  options: FormatOptions,
): string | null {
  if (value === null) return null;
  const measure = measureLine(value, unit, options);
  if (limit === null) return measure;
  const bound = limitLine(limit, unit, options);
  const same = value === limit || measure === bound || measure === measureLine(limit, unit, options);
  // at the limit: which side is the bad one, a sign would not tell
  if (same) return options.lang === 'zh' ? `${measure}（阈值 ${bound}）` : `${measure} (limit ${bound})`;
  return `${measure} ${value < limit ? '<' : '>'} ${bound}`;
}

/** Whether its value is how long an item will still last. */
export const sellsOut = ({ unit, labels }: Pick<Alert, 'unit' | 'labels'>): boolean =>
  unit === 'minutes' && labels.sku !== undefined;

/** Labels that tell where it is, by the names people have for label and value. */
export const placeLabels = (
  { labels }: Pick<Alert, 'labels'>,
  lang: Lang,
  campaign: NameSource | null,
): readonly (readonly [label: string, value: string])[] =>
  Object.entries(labels)
    .filter(([name]) => isPlaceLabel(name))
    .map(([name, value]) => [labelName(name, lang), placeName(campaign, name, value, lang)]);
/** Where it is in one line, without what its title says already. */
export const placeLine = (
  alert: Pick<Alert, 'labels'>,
  title: string,
  lang: Lang,
  campaign: NameSource | null,
): string =>
  placeLabels(alert, lang, campaign)
    .map(([, value]) => value)
    .filter((value) => !title.includes(value))
    .join(' · ');

/** That the value is good again and the tier is only held: since when, and what is missing. null while it is beyond the limit. */
export function recoveryWord(
  { recovery, evaluation }: Pick<AlertRow, 'recovery' | 'evaluation'>,
  say: Say,
  timeZone: string,
): string | null {
  if (!recovery) return evaluation === 'recovering' ? say('row.recovering') : null;
  const { sinceMs, windowsLeftCount: n, untilMs }: AlertRecovery = recovery;
  const time = clockTime(sinceMs, timeZone);
  return untilMs === null
    ? say('row.recoveringLeft', { time, n })
    : say('row.recoveringUntil', { time, until: clockTime(untilMs, timeZone) });
}

/** Why its rule says nothing of the value; null while it does. */
export function evaluationWord({ evaluation }: Pick<Alert, 'evaluation'>, say: Say): string | null {
  if (evaluation === 'nodata') return say('row.nodata');
  return evaluation === 'error' ? say('row.error') : null;
}
export function muteWord({ suppressedBy }: Pick<Alert, 'suppressedBy'>, say: Say): string | null {
  if (suppressedBy.some(({ kind }) => kind === 'silence')) return say('row.muted');
  return suppressedBy.some(({ kind }) => kind === 'inhibition') ? say('row.inhibited') : null;
}
