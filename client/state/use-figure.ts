import type { Figure, KpiUnit } from '#contract/kpis';
import { type FigureText, type FormatOptions, formatFigure } from '../numbers/format.ts';
import { useConsole } from './console-store.ts';
import { PACE_MS, usePaced } from './use-paced.ts';

/** A figure of the newest frame, drawn again at most once a period. */
export function useFigure(key: string, periodMs: number = PACE_MS.kpi): Figure | undefined {
  return usePaced((state) => state.frame?.figures[key], periodMs);
}

/** Language and money of the campaign, for the formatters. */
export function useFormat(): FormatOptions & {
  text: (value: number, unit: KpiUnit, more?: Partial<FormatOptions>) => FigureText;
} {
  const lang = useConsole((state) => state.lang);
  const currency = useConsole((state) => state.campaign?.currency ?? 'CNY');
  const minorPerMajor = useConsole((state) => state.campaign?.minorPerMajor ?? 100);
  const options = { lang, currency, minorPerMajor };
  return { ...options, text: (value, unit, more = {}) => formatFigure(value, unit, { ...options, ...more }) };
}
