import { sumTerms } from './cells.ts';
import { kpi, missing, perSecond, ratio, unknown } from './define.ts';
import { quantile } from './quantile.ts';
import { secondsOf } from './span.ts';
import type { Kpi, KpiInput, KpiResult } from './types.ts';

const traffic = { feeds: ['traffic'], needs: ['traffic.sampled'], dimensions: ['service'] } as const;

/** Headroom of one service; the rated capacity is the campaign's, scaled like its plans. */
function headroomOf(input: KpiInput, service: string): KpiResult {
  const rated = input.campaign.services.find(({ id }) => id === service)?.ratedPerSecond;
  if (rated === undefined) return missing(`services.${service}.ratedPerSecond`);
  const requests = sumTerms({ ...input, labels: { service } }, ['requests_count'], input.span);
  if (requests.missing) return missing(requests.missing);
  const perSecondCount = requests.value / secondsOf(input.span);
  return { value: 1 - perSecondCount / rated, numerator: perSecondCount, denominator: rated, of: service };
}

export const TECH: readonly Kpi[] = [
  perSecond(
    {
      id: 'qps',
      zh: '每秒请求',
      en: 'Requests per second',
      ...traffic,
      tierRule: 'pace',
      formula: 'Σ requests_count ÷ seconds',
      note: 'request_stats is traffic.sampled; the total adds all services.',
    },
    ['requests_count'],
  ),
  kpi(
    {
      id: 'capacity_headroom',
      zh: '容量余量',
      en: 'Capacity headroom',
      ...traffic,
      better: 'high',
      formula: '1 − requests per second ÷ rated per second',
      note: 'The total is the tightest service and names it: a sale stops at its narrowest stage, not at the average one.',
    },
    {
      unit: 'ratio',
      compute: (input) => {
        if (input.labels.service !== undefined) return headroomOf(input, input.labels.service);
        let tightest: KpiResult = unknown;
        for (const { id } of input.campaign.services) {
          const result = headroomOf(input, id);
          if (result.missing) return result;
          if (tightest.value === null || (result.value ?? 1) < tightest.value) tightest = result;
        }
        return tightest;
      },
    },
  ),
  ratio(
    {
      id: 'fault_rate',
      zh: '请求失败率',
      en: 'Request failure rate',
      ...traffic,
      better: 'low',
      formula: 'Σ request_errors_count ÷ Σ requests_count',
    },
    { over: ['request_errors_count'], under: ['requests_count'] },
  ),
  kpi(
    {
      id: 'page_latency_p99',
      zh: '请求耗时 P99',
      en: 'Request latency p99',
      ...traffic,
      needs: ['traffic.sampled.latency'],
      better: 'low',
      formula: 'p99 of request_latency_count by its bins',
      note: 'Interpolated linearly inside the published bin; beyond the last edge (100 s) it says "at least".',
    },
    { unit: 'ms', minDenominator: 'campaign', compute: (input) => quantile(input, 'request_latency_count', 0.99) },
  ),
  ratio(
    {
      id: 'crash_rate',
      zh: '崩溃率',
      en: 'Crash rate',
      feeds: ['app'],
      needs: ['app.sampled.crashed'],
      dimensions: ['platform'],
      better: 'low',
      formula: 'Σ app_crashed_count ÷ Σ app_sessions_count',
    },
    { over: ['app_crashed_count'], under: ['app_sessions_count'] },
  ),
  ratio(
    {
      id: 'live_smoothness',
      zh: '直播流畅度',
      en: 'Live smoothness',
      feeds: ['app'],
      needs: ['app.sampled.playMs', 'app.sampled.stalledMs'],
      dimensions: ['platform'],
      better: 'high',
      formula: '(Σ play_ms − Σ stalled_ms) ÷ Σ play_ms',
    },
    { over: ['play_ms', '-stalled_ms'], under: ['play_ms'] },
  ),
  ratio(
    {
      id: 'risk_block_rate',
      zh: '风险订单拦截率',
      en: 'Risk block rate',
      feeds: ['orders'],
      needs: ['order.flagged'],
      better: 'high',
      formula: 'Σ orders_stopped_count ÷ Σ orders_flagged_count',
      note: 'risk_blocked is order.flagged: abnormal orders found, and of them those stopped.',
    },
    { over: ['orders_stopped_count'], under: ['orders_flagged_count'], minDenominator: 20 },
  ),
  kpi(
    {
      id: 'data_freshness_s',
      zh: '数据时效',
      en: 'Data freshness',
      feeds: [],
      needs: [],
      dimensions: ['feed'],
      windows: ['1m'],
      better: 'low',
      formula: 'now − newest event time of the feed',
      note: 'The total is the oldest feed that ever reported, and names it.',
    },
    {
      unit: 'seconds',
      ends: 'asOf',
      compute: ({ campaign, read, labels, nowMs }) => {
        let oldest: KpiResult = unknown;
        for (const feed of labels.feed === undefined ? Object.keys(campaign.file.feeds) : [labels.feed]) {
          const newestMs = read.feedNewestMs(feed);
          if (newestMs === null) continue;
          const ageS = Math.max(0, nowMs - newestMs) / 1_000;
          if (oldest.value === null || ageS > oldest.value)
            oldest = { value: ageS, numerator: ageS, denominator: null, of: feed };
        }
        return oldest;
      },
    },
  ),
];
