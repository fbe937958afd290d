import type { Feed } from '#contract/events';
import type { FrameFeed, LineTail } from '#contract/frames';
import { type Figure, type KpiRow, STEP_MS } from '#contract/kpis';
import { evaluateKpi, KPIS } from '../domain/kpis/index.ts';
import type { Labels } from '../domain/kpis/types.ts';
import { METRICS } from '../domain/metrics.ts';
import { type FigureSpec, figureKey, type LineSpec } from './domain/views.ts';
import type { FrameSource } from './frame-source.ts';
import type { TierReader } from './tier-book.ts';

/** Digits a fraction keeps in a frame; integers (money, counts) are never touched. */
const FRACTION_DIGITS = 9;
const short = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(FRACTION_DIGITS)));

/** Steps a line's end has: the last 10 s of seconds, the last minutes with the running one. */
const TAIL_STEPS = { '1s': 10, '10s': 4, '1m': 3 } as const;
const TYPE_OF: ReadonlyMap<string, string> = new Map(METRICS.map(({ metric, type }) => [metric, type]));

/** Feeds of a KPI, for the age of what shows it. */
export const feedsOfKpi = (id: string): readonly string[] => KPIS.get(id)?.feeds ?? [];

/** Figures and lines of one instant, each computed once however many views ask for it. Make a new one each tick. */
export interface FigureReader {
  row(spec: FigureSpec, labels?: Labels): KpiRow;
  figure(spec: FigureSpec, labels?: Labels): Figure;
  line(spec: LineSpec): LineTail;
}

/**
 * @param tMs - Redis time of the instant, ms
 * @param tiers - tiers after hysteresis
 */
export function figureReader(source: FrameSource, tMs: number, tiers: TierReader): FigureReader {
  const { campaign, reader, asOfMs, watermarkMs } = source;
  const feeds = source.feeds();
  const silentFeeds = new Set(
    (Object.entries(feeds) as [Feed, FrameFeed][]).flatMap(([feed, { silentCount }]) =>
      silentCount > 0 ? [feed] : [],
    ),
  );
  const request = {
    campaign,
    read: reader,
    asOfMs,
    watermarkMs,
    feedWatermarksMs: source.feedWatermarksMs(),
    silentFeeds,
    nowMs: tMs,
  };
  const rows = new Map<string, KpiRow>();

  function row(spec: FigureSpec, labels: Labels = {}): KpiRow {
    const key = figureKey(spec, labels);
    let found = rows.get(key);
    if (found === undefined) {
      const kpi = KPIS.get(spec.kpi);
      if (kpi === undefined) throw new RangeError(`no such KPI: ${spec.kpi}`);
      found = evaluateKpi(kpi, { ...request, window: spec.window, labels });
      rows.set(key, found);
    }
    return found;
  }

  function figure(spec: FigureSpec, labels: Labels = {}): Figure {
    const { value, quality, plan, lastYear, target, missing, estimate, of } = row(spec, labels);
    const kpi = KPIS.get(spec.kpi);
    const tier =
      kpi === undefined
        ? null
        : tiers.tierOf(figureKey(spec, labels), kpi, { ...request, window: spec.window, labels });
    return {
      value: value === null ? null : short(value),
      quality,
      ...(typeof plan === 'number' ? { plan: short(plan) } : {}),
      ...(typeof lastYear === 'number' ? { lastYear: short(lastYear) } : {}),
      ...(typeof target === 'number' ? { target: short(target) } : {}),
      ...(tier === null ? {} : { tier }),
      ...(missing === undefined ? {} : { missing }),
      ...(estimate === undefined ? {} : { estimate }),
      ...(of === undefined ? {} : { of }),
    };
  }

  /** Seconds end at the watermark, so each is whole; minutes end with the one that holds asOf, so the newest still grows. */
  function line({ metric, step }: LineSpec): LineTail {
    const stepMs = STEP_MS[step];
    const endMs = step === '1s' ? watermarkMs : asOfMs;
    if (endMs === null || !reader.seen(TYPE_OF.get(metric) ?? '')) return { stepMs, points: [] };
    const lastEndMs = Math.floor(endMs / stepMs) * stepMs + (step === '1s' ? 0 : stepMs);
    const points = Array.from({ length: TAIL_STEPS[step] }, (_, index): [number, number] => {
      const fromMs = lastEndMs - (TAIL_STEPS[step] - index) * stepMs;
      return [fromMs, reader.sum(metric, { fromMs, toMs: fromMs + stepMs })];
    });
    return { stepMs, points };
  }
  return { row, figure, line };
}
