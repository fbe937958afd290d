import { KPI_WINDOWS, type KpiUnit, type KpiWindow } from '#contract/kpis';
import { type CurveSet, curveTerms, sumTerms } from './cells.ts';
import { secondsOf } from './span.ts';
import type { Kpi, KpiInput, KpiResult, Labels, Span } from './types.ts';

/** What every definition says; the builders below fill in the rest. */
export interface Words {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly formula: string;
  readonly feeds: readonly string[];
  readonly needs: readonly string[];
  readonly dimensions?: readonly string[];
  readonly better?: Kpi['better'];
  readonly windows?: readonly KpiWindow[];
  readonly note?: string;
  readonly tierRule?: Kpi['tierRule'];
}
type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** A whole number of minor units, so that no fraction of a fen is ever shown. */
export const roundFor = (unit: KpiUnit, value: number): number => (unit === 'minor' ? Math.round(value) : value);

export const divide = (numerator: number, denominator: number, unit: KpiUnit = 'ratio'): KpiResult => ({
  value: denominator === 0 ? null : roundFor(unit, numerator / denominator),
  numerator,
  denominator,
});
export const missing = (what: string): KpiResult => ({
  value: null,
  numerator: null,
  denominator: null,
  missing: what,
});
export const unknown: KpiResult = { value: null, numerator: null, denominator: null };

/** Any KPI: the words, with the defaults of a ratio that has no plan. */
export function kpi(words: Words, rest: Pick<Kpi, 'unit' | 'compute'> & Optional<Kpi>): Kpi {
  const defaults = {
    dimensions: [],
    better: 'neither',
    windows: KPI_WINDOWS,
    ends: 'watermark',
    tierRule: 'level',
    scales: false,
  } as const;
  return { ...defaults, ...words, ...rest } as Kpi;
}

/** A sum of cells; ends at asOf, so it shows an event at once. */
export function total(words: Words, unit: KpiUnit, terms: readonly string[]): Kpi {
  const compute = (input: KpiInput): KpiResult => {
    const sum = sumTerms(input, terms, input.span);
    return sum.missing ? missing(sum.missing) : { value: sum.value, numerator: sum.value, denominator: null };
  };
  return kpi(words, {
    unit,
    ends: 'asOf',
    scales: true,
    compute,
    ...curves((set, campaign, span, labels) => curveTerms(campaign, set, terms, labels, span)),
  });
}

/** A sum of cells a second; ends at the watermark. */
export function perSecond(words: Words, terms: readonly string[]): Kpi {
  const compute = (input: KpiInput): KpiResult => {
    const sum = sumTerms(input, terms, input.span);
    return sum.missing ? missing(sum.missing) : divide(sum.value, secondsOf(input.span));
  };
  return kpi(words, {
    unit: 'per_second',
    scales: true,
    compute,
    ...curves((set, campaign, span, labels) =>
      quotient(curveTerms(campaign, set, terms, labels, span), secondsOf(span)),
    ),
  });
}

export interface Over {
  readonly over: readonly string[];
  readonly under: readonly string[];
  readonly unit?: KpiUnit;
  /** A number of its own; `none`: small denominators are fine too. Default: the campaign's `minDenominator`. */
  readonly minDenominator?: 'campaign' | 'none' | number;
}
/** One sum of cells over another; ends at the watermark. A denominator of 0 is null, never 0. */
export function ratio(words: Words, { over, under, unit = 'ratio', minDenominator = 'campaign' }: Over): Kpi {
  const compute = (input: KpiInput): KpiResult => {
    const top = sumTerms(input, over, input.span);
    const bottom = sumTerms(input, under, input.span);
    const lack = top.missing ?? bottom.missing;
    return lack ? missing(lack) : divide(top.value, bottom.value, unit);
  };
  const curve = curves((set, campaign, span, labels) => {
    const value = quotient(
      curveTerms(campaign, set, over, labels, span),
      curveTerms(campaign, set, under, labels, span),
    );
    return value === null ? null : roundFor(unit, value);
  });
  return kpi(words, { unit, compute, ...curve, ...(minDenominator === 'none' ? {} : { minDenominator }) });
}

export const quotient = (top: number | null, bottom: number | null): number | null =>
  top === null || bottom === null || bottom === 0 ? null : top / bottom;

type CurveOf = (set: CurveSet, campaign: KpiInput['campaign'], span: Span, labels: Labels) => number | null;
/** Plan and last year by the KPI's own formula, over the campaign's curves. */
export const curves = (of: CurveOf): Required<Pick<Kpi, 'plan' | 'lastYear'>> => ({
  plan: (campaign, span, labels) => of('plans', campaign, span, labels),
  lastYear: (campaign, span, labels) => of('lastYear', campaign, span, labels),
});
