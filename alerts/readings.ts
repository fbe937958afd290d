import type { Feed } from '#contract/events';
import type { FrameFeed } from '#contract/frames';
import type { KpiRow, KpiWindow } from '#contract/kpis';
import { TIER_RANK, TIERS } from '#contract/tiers';
import { evaluateKpi, KPIS, type KpiRequest, WINDOW_MS } from '../server/domain/kpis/index.ts';
import type { Kpi, Labels, Span } from '../server/domain/kpis/types.ts';
import { tierDirection, tierMeasure, windowTier } from '../server/domain/tier.ts';
import type { FrameSource } from '../server/realtime/frame-source.ts';
import type { Away } from './away.ts';
import type { Reading } from './cel.ts';
import type { Resolve, Resolved } from './rule.ts';
import { feedSilence, sourceSilence } from './source-silence.ts';

/** Facts of the console itself, by name; null when it is not known. Names are in `SYSTEM_FACTS`. */
export type SystemFacts = (name: string) => number | null;
/** Every name `system()` takes, and the unit of its number. */
export const SYSTEM_FACTS: Readonly<Record<string, string>> = {
  redis_memory_ratio: 'ratio',
  redis_latency_ms: 'ms',
  fsync_delay_ms: 'ms',
  event_loop_lag_ms: 'ms',
  frame_age_ms: 'ms',
  ingest_lag_ms: 'ms',
  dead_letter_rate: 'ratio',
  duplicate_rate: 'ratio',
  unmapped_share: 'ratio',
  wall_offline_count: 'count',
  socket_drops_per_minute: 'count',
  webhook_failing_count: 'count',
  outbox_backlog_count: 'count',
  platform_drift_count: 'count',
  ledger_mismatch: 'count',
  budget_overspend_ratio: 'ratio',
  clock_jump_count: 'count',
  disk_used_ratio: 'ratio',
  watchdog: 'count',
};

/** Windows a baseline looks back over, one a minute, and the width of its band in robust standard deviations. */
const BASELINE_POINTS = 15;
const BASELINE_LEAST = 5;
const BAND_SIGMAS = 3;
const MAD_TO_SIGMA = 1.4826;
const MINUTE_MS = 60_000;

export interface Baseline {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}
const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};
/** Median and MAD: a spike among the points moves neither. null below five points. */
export function robustBand(values: readonly number[]): Baseline | null {
  if (values.length < BASELINE_LEAST) return null;
  const median = medianOf(values);
  const mad = medianOf(values.map((value) => Math.abs(value - median)));
  // figures that stand still would have a band of no width, in which any noise is an outlier
  const half = BAND_SIGMAS * Math.max(MAD_TO_SIGMA * mad, Math.abs(median) * 0.02);
  return { median, low: median - half, high: median + half };
}

/** Baselines by figure, worked out once a minute. Kept over the ticks; `forget` when the campaign changes. */
export class BaselineBook {
  private readonly kept = new Map<
    string,
    { readonly endMs: number; readonly ratio: boolean; readonly band: Baseline | null }
  >();

  /** The band in the figure's own unit at the present plan; null before there are enough whole minutes on this side of the opening. */
  read(key: string, row: KpiRow, at: (toMs: number) => KpiRow, opensAtMs: number): Baseline | null {
    const endMs = Math.floor(row.toMs / MINUTE_MS) * MINUTE_MS;
    let kept = this.kept.get(key);
    if (kept === undefined || kept.endMs !== endMs) {
      const points = Array.from({ length: BASELINE_POINTS }, (_, back) => at(endMs - (back + 1) * MINUTE_MS)).filter(
        ({ value, quality, fromMs }) =>
          value !== null &&
          quality !== 'insufficient' &&
          quality !== 'unavailable' &&
          // what was before the opening says nothing about the sale
          fromMs >= opensAtMs === row.fromMs >= opensAtMs,
      );
      // season and trend: where the campaign plans the figure, the band is of value ÷ plan and follows the plan's shape
      const planned = points.filter(({ plan }) => typeof plan === 'number' && plan > 0);
      const ratio = planned.length >= BASELINE_LEAST;
      const values = ratio
        ? planned.map(({ value, plan }) => (value ?? 0) / (plan as number))
        : points.map(({ value }) => value ?? 0);
      kept = { endMs, ratio, band: robustBand(values) };
      this.kept.set(key, kept);
    }
    if (kept.band === null || !kept.ratio) return kept.band;
    const scale = row.plan ?? 0;
    if (scale <= 0) return null;
    const { median, low, high } = kept.band;
    return { median: median * scale, low: low * scale, high: high * scale };
  }
}

/** The first minutes of a sale swing around any plan. */
const SETTLES_AFTER_MS = 5 * 60_000;
/** Longer windows are not emptied by an outage of ours. */
const HOLE_WINDOW_MS = 5 * 60_000;
const SECOND_MS = 1_000;
/** So long without one event, while we were away, is a hole; producers may be back before we look again. */
const HOLE_LEAST_MS = 8_000;
const NODATA: Resolved = { state: 'nodata' };
const value = (number: number, unit: string): Resolved => ({ state: 'value', value: number, unit });

/**
 * How readings are answered at one instant; each is worked out once however many rules ask for it. Make a new one a look.
 * @param away - the console's own last outage
 */
export function readingResolver(
  source: FrameSource,
  nowMs: number,
  system: SystemFacts,
  baselines: BaselineBook,
  away: Away | null = null,
): Resolve {
  const { campaign, reader, asOfMs, watermarkMs } = source;
  const feeds: Readonly<Record<string, FrameFeed | undefined>> = source.feeds();
  const silentFeeds = new Set(
    Object.entries(feeds).flatMap(([feed, state]) => ((state?.silentCount ?? 0) > 0 ? [feed] : [])),
  );
  const request = {
    campaign,
    read: reader,
    asOfMs,
    watermarkMs,
    feedWatermarksMs: source.feedWatermarksMs(),
    silentFeeds,
    nowMs,
  };
  const rows = new Map<string, KpiRow>();
  const answers = new Map<string, Resolved>();

  function rowOf(id: string, window: KpiWindow, labels: Labels): KpiRow | null {
    const kpi = KPIS.get(id);
    if (kpi === undefined) return null;
    const key = `${id}@${window}|${JSON.stringify(labels)}`;
    let row = rows.get(key);
    if (row === undefined) {
      row = evaluateKpi(kpi, { ...request, window, labels });
      rows.set(key, row);
    }
    return row;
  }
  /** A window that reaches back over the opening begins there: visits and spend of before say nothing about the sale. */
  function sinceOpening(kpi: Kpi, window: KpiWindow, labels: Labels): KpiWindow {
    const row = kpi.windows.includes('open') ? rowOf(kpi.id, window, labels) : null;
    return row !== null && row.fromMs < campaign.opensAtMs && row.toMs > campaign.opensAtMs ? 'open' : window;
  }
  /** A figure held against its plan or last year says nothing before as much of the sale has passed as its window has, 5 min at most. */
  const isTooEarly = (kpi: Kpi, asked: KpiWindow, { toMs }: KpiRow): boolean =>
    kpi.tierRule !== 'level' &&
    asked !== 'open' &&
    toMs > campaign.opensAtMs &&
    toMs - campaign.opensAtMs < Math.min(WINDOW_MS[asked], SETTLES_AFTER_MS);
  /**
   * Whether a number of events lacks what nobody told us while we were away: that is no fall. What producers have sent again since
   * then counts, and so does whatever the windows after it say.
   */
  function hasHole(kpi: Kpi, asked: KpiWindow, labels: Labels, { fromMs, toMs }: KpiRow): boolean {
    if (away === null || !kpi.scales || asked === 'open' || WINDOW_MS[asked] > HOLE_WINDOW_MS) return false;
    const span: Span = {
      fromMs: Math.max(fromMs, Math.ceil(away.fromMs / SECOND_MS) * SECOND_MS),
      toMs: Math.min(toMs, Math.floor(away.toMs / SECOND_MS) * SECOND_MS),
    };
    let emptyMs = 0;
    for (let fromMs = span.fromMs; fromMs < span.toMs; fromMs += SECOND_MS) {
      const second = { fromMs, toMs: fromMs + SECOND_MS };
      const { value: heard } = kpi.compute({ campaign, read: reader, span: second, window: asked, labels, nowMs });
      emptyMs = heard === 0 ? emptyMs + SECOND_MS : 0;
      if (emptyMs >= Math.min(HOLE_LEAST_MS, span.toMs - span.fromMs)) return true;
    }
    return false;
  }
  const pastRow = (id: string, window: KpiWindow, labels: Labels, toMs: number): KpiRow | null => {
    const kpi = KPIS.get(id);
    const past: KpiRequest = { ...request, window, labels, asOfMs: toMs - 1, watermarkMs: toMs, feedWatermarksMs: {} };
    return kpi === undefined ? null : evaluateKpi(kpi, past);
  };

  function figure(reading: Reading, labels: Labels): Resolved {
    const [id = '', asked = '1m'] = reading.args as [string, KpiWindow];
    const kpi = KPIS.get(id);
    const { name } = reading;
    const window = name === 'rate' || kpi === undefined ? asked : sinceOpening(kpi, asked, labels);
    const row = rowOf(id, window, labels);
    if (row === null || kpi === undefined) return NODATA;
    if (name === 'tier' && isTooEarly(kpi, asked, row)) return { state: 'insufficient' };
    if (hasHole(kpi, asked, labels, row)) return NODATA;
    if (name === 'plan' || name === 'lastYear') {
      const number = row[name];
      return typeof number === 'number' ? value(number, row.unit) : NODATA;
    }
    if (row.quality === 'unavailable') return NODATA;
    if (row.quality === 'insufficient') return { state: 'insufficient' };
    if (row.value === null) return NODATA;
    if (name === 'kpi') return value(row.value, row.unit);
    if (name === 'tier') return tier(row, kpi);
    if (name === 'rate') {
      const before = window === 'open' ? null : pastRow(id, window, labels, row.toMs - WINDOW_MS[window]);
      if (before === null || before.value === null || before.value === 0 || before.quality === 'insufficient')
        return NODATA;
      return value(row.value / before.value - 1, 'ratio');
    }
    const key = `${id}@${window}|${JSON.stringify(labels)}`;
    const band = baselines.read(key, row, (toMs) => pastRow(id, window, labels, toMs) ?? row, campaign.opensAtMs);
    if (band === null || band.median === 0) return { state: 'insufficient' };
    return value(name === 'baseline' ? band.median : name === 'baselineLow' ? band.low : band.high, row.unit);
  }

  function tier(row: KpiRow, kpi: NonNullable<ReturnType<typeof KPIS.get>>): Resolved {
    const thresholds = campaign.file.tiers[kpi.id];
    const measure = tierMeasure(kpi.tierRule, row);
    if (thresholds === undefined || measure === null || tierDirection(kpi) === null) return NODATA;
    const reached = windowTier(kpi, thresholds, row);
    const limit = thresholds[reached ?? TIERS[0]];
    const unit = kpi.tierRule === 'level' ? row.unit : 'ratio';
    const limits = TIERS.map((each) => thresholds[each]);
    return {
      state: 'value',
      value: reached === null ? 0 : TIER_RANK[reached],
      unit,
      shown: { value: measure, limit, limits },
    };
  }

  function feedAgeMs(feed: string): number | null {
    const newestMs = reader.feedNewestMs(feed);
    return newestMs === null ? null : Math.max(0, nowMs - newestMs);
  }

  function answer(reading: Reading, labels: Labels): Resolved {
    const { name, args } = reading;
    switch (name) {
      case 'target': {
        const target = campaign.targets[args[0] ?? ''];
        return target === undefined ? NODATA : value(target, KPIS.get(args[0] ?? '')?.unit ?? '');
      }
      case 'forecastMinutes': {
        const sku = args[0] ?? labels.sku ?? '';
        const row = rowOf('stock_minutes_left', '5m', { sku });
        if (row === null || row.quality === 'unavailable') return NODATA;
        // counted, but nothing is sold: it never ends
        if (row.value === null)
          return reader.onHand(sku, row.toMs) === null ? NODATA : value(Number.MAX_SAFE_INTEGER, 'minutes');
        return value(row.value, 'minutes');
      }
      case 'silentSeconds': {
        const ageMs = feedAgeMs(args[0] ?? labels.feed ?? '');
        return ageMs === null ? NODATA : value(ageMs / 1_000, 'seconds');
      }
      case 'sourceSilent': {
        const { source: one } = labels;
        const silence =
          args[0] === undefined && one !== undefined
            ? sourceSilence(source, one, nowMs)
            : feedSilence(source, (args[0] ?? labels.feed ?? '') as Feed, nowMs);
        if (silence === null) return NODATA;
        const { ageMs, limitMs } = silence;
        const shown = { value: Math.floor(ageMs / 1_000), limit: limitMs / 1_000 };
        return { state: 'value', value: ageMs > limitMs, unit: 'seconds', shown };
      }
      case 'system': {
        const number = system(args[0] ?? '');
        return number === null ? NODATA : value(number, SYSTEM_FACTS[args[0] ?? ''] ?? '');
      }
      default:
        return figure(reading, labels);
    }
  }

  return (reading, labels) => {
    const key = `${reading.key}|${JSON.stringify(labels)}`;
    let found = answers.get(key);
    if (found === undefined) {
      found = answer(reading, labels);
      answers.set(key, found);
    }
    return found;
  };
}
