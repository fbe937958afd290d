import type { CampaignFile } from '#contract/campaign';
import { divide, kpi, ratio, total, unknown } from './define.ts';
import type { Kpi, KpiInput, KpiResult } from './types.ts';

type Item = CampaignFile['items'][number];
const SELL_RATE_MS = 300_000;
const stock = { feeds: ['stock'], needs: ['stock.counted|stock.moved'] } as const;

const listed = ({ campaign, labels }: KpiInput): readonly Item[] =>
  campaign.items.filter(
    ({ sku, category }) => (labels.sku ?? sku) === sku && (labels.category ?? category) === category,
  );

/** Minutes until a SKU is sold out at the rate of its last 5 min; null when it is not selling or was never counted. */
function minutesLeft({ read, span }: KpiInput, sku: string): KpiResult {
  const onHand = read.onHand(sku, span.toMs);
  if (onHand === null) return unknown;
  const perMinute = read.sold(sku, { fromMs: span.toMs - SELL_RATE_MS, toMs: span.toMs }) / (SELL_RATE_MS / 60_000);
  if (onHand <= 0) return { value: 0, numerator: onHand, denominator: perMinute, of: sku };
  return { ...divide(onHand, perMinute), of: sku };
}

export const STOCK: readonly Kpi[] = [
  kpi(
    {
      id: 'stock_minutes_left',
      zh: '最短售罄时间',
      en: 'Shortest time to sell-out',
      ...stock,
      dimensions: ['sku', 'category'],
      windows: ['5m'],
      better: 'high',
      formula: 'onHand ÷ units sold per minute in the last 5 min; the shortest of the hero items',
      note: 'stock_snapshot is stock.counted and stock.moved; a SKU that is not selling has no time to sell-out. Sold out is 0.',
    },
    {
      unit: 'minutes',
      compute: (input) => {
        let shortest: KpiResult = unknown;
        for (const { sku } of listed(input).filter(({ hero }) => hero === true || input.labels.sku !== undefined)) {
          const left = minutesLeft(input, sku);
          if (left.value !== null && (shortest.value === null || left.value < shortest.value)) shortest = left;
        }
        return shortest;
      },
    },
  ),
  kpi(
    {
      id: 'stock_at_risk_count',
      zh: '告急商品数',
      en: 'Items about to sell out',
      ...stock,
      dimensions: ['category'],
      windows: ['5m'],
      better: 'low',
      formula: 'items whose stock_minutes_left is at or under its yellow threshold',
    },
    {
      unit: 'count',
      compute: (input) => {
        const items = listed(input);
        const limit = input.campaign.file.tiers.stock_minutes_left?.yellow;
        if (limit === undefined) return { ...unknown, missing: 'tiers.stock_minutes_left' };
        const count = items.filter(
          ({ sku }) => (minutesLeft(input, sku).value ?? Number.POSITIVE_INFINITY) <= limit,
        ).length;
        return { value: count, numerator: count, denominator: null };
      },
    },
  ),
  kpi(
    {
      id: 'stockout_rate_sku',
      zh: '缺货率（款）',
      en: 'Stock-out rate, items',
      ...stock,
      dimensions: ['category'],
      windows: ['1m'],
      better: 'low',
      formula: 'listed SKUs with onHand ≤ 0 ÷ listed SKUs that were counted',
      note: 'A snapshot at the end of the window; a SKU nobody counted is in neither sum.',
    },
    {
      unit: 'ratio',
      compute: (input) => {
        const counts = listed(input)
          .map(({ sku }) => input.read.onHand(sku, input.span.toMs))
          .filter((onHand) => onHand !== null);
        return divide(counts.filter((onHand) => onHand <= 0).length, counts.length);
      },
    },
  ),
  ratio(
    {
      id: 'stockout_rate_demand',
      zh: '缺货率（需求）',
      en: 'Stock-out rate, demand',
      feeds: ['stock'],
      needs: ['stock.checked'],
      dimensions: ['category'],
      better: 'low',
      formula: 'Σ stock_unmet_count ÷ Σ stock_requested_count',
      note: 'What buyers asked for and did not get; differs from the share of SKUs, so both are shown.',
    },
    { over: ['stock_unmet_count'], under: ['stock_requested_count'] },
  ),
  kpi(
    {
      id: 'sell_through_rate',
      zh: '动销率',
      en: 'Sell-through',
      feeds: ['stock'],
      needs: ['stock.moved'],
      dimensions: ['category'],
      windows: ['1h', 'open'],
      better: 'high',
      tierRule: 'drop',
      formula: 'listed SKUs that sold ÷ listed SKUs that were counted',
      note: 'Sold means a stock move below 0; order.paid names SKUs only in its optional items.',
    },
    {
      unit: 'ratio',
      compute: (input) => {
        const counted = listed(input).filter(({ sku }) => input.read.onHand(sku, input.span.toMs) !== null);
        return divide(counted.filter(({ sku }) => input.read.sold(sku, input.span) > 0).length, counted.length);
      },
    },
  ),
  total(
    {
      id: 'items_paid',
      zh: '售出件数',
      en: 'Items sold',
      feeds: ['orders'],
      needs: ['order.paid'],
      dimensions: ['category', 'region', 'channel', 'platform'],
      better: 'high',
      formula: 'Σ items_paid_count (quantity of items; 1 for an order that names none)',
    },
    'count',
    ['items_paid_count'],
  ),
];
