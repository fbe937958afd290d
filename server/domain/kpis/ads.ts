import type { Campaign } from '../campaign.ts';
import { curveOver } from '../curve.ts';
import { sumTerms } from './cells.ts';
import { divide, kpi, missing, unknown, type Words } from './define.ts';
import type { AdTotals, Kpi, KpiInput, KpiResult, Labels, Span } from './types.ts';

const ads = { feeds: ['ads'], needs: ['ad.reported'], dimensions: ['channel'] } as const;
const withOrders = { ...ads, feeds: ['ads', 'orders'], needs: ['ad.reported', 'order.paid'] } as const;
const ATTRIBUTED =
  'Attributed means own, last click: orders whose channel is the ad channel; the total adds the channels that have a budget.';

const adsOf = ({ read, labels, span }: KpiInput): AdTotals => read.ads(labels.channel ?? null, span);

/** A metric of the orders that came through ad channels. */
function attributed(input: KpiInput, metric: string): { readonly value: number; readonly missing?: string } {
  if (input.labels.channel !== undefined) return sumTerms(input, [metric], input.span);
  let value = 0;
  for (const channel of Object.keys(input.campaign.budgets.channels)) {
    const sum = sumTerms({ ...input, labels: { channel } }, [metric], input.span);
    if (sum.missing) return sum;
    value += sum.value;
  }
  return { value };
}

/** Allocation of a channel, or of all: the channel envelope by the channels' shares. */
export function allocatedMinor({ budgets }: Campaign, { channel }: Labels): number | null {
  const envelope = budgets.envelopes[budgets.channelEnvelope] ?? 0;
  if (channel === undefined) return envelope;
  const share = budgets.channels[channel]?.shareRatio;
  return share === undefined ? null : Math.round(envelope * share);
}

/** Planned spend over the span: the campaign's spend curve, by share for a channel. */
function plannedSpend(campaign: Campaign, span: Span, labels: Labels): number | null {
  const curve = campaign.plans.ad_spend_minor;
  if (curve === undefined) return null;
  const share = labels.channel === undefined ? 1 : campaign.budgets.channels[labels.channel]?.shareRatio;
  return share === undefined ? null : curveOver(curve, campaign.opensAtMs, span) * share;
}

/** Without a spend curve the campaign lacks something; a channel without a budget simply has no pace. */
const noPlan = ({ campaign }: KpiInput): string | null =>
  campaign.plans.ad_spend_minor === undefined ? 'plans.ad_spend_minor' : null;

/** A KPI of two figures that ad reports and orders give. */
const over = (
  words: Words,
  unit: Kpi['unit'],
  pair: (input: KpiInput) => readonly [number, number] | string | null,
  rest: Partial<Kpi> = {},
): Kpi =>
  kpi(words, {
    unit,
    ...rest,
    compute: (input): KpiResult => {
      const result = pair(input);
      if (result === null) return unknown;
      return typeof result === 'string' ? missing(result) : divide(result[0], result[1], unit);
    },
  });
const adTotal = (words: Words, unit: Kpi['unit'], field: keyof AdTotals, rest: Partial<Kpi> = {}): Kpi =>
  kpi(words, {
    unit,
    ends: 'asOf',
    scales: true,
    ...rest,
    compute: (input) => {
      const value = adsOf(input)[field];
      return { value, numerator: value, denominator: null };
    },
  });
const perAd =
  (metric: string, pair: (value: number, totals: AdTotals, input: KpiInput) => readonly [number, number]) =>
  (input: KpiInput) => {
    const sum = attributed(input, metric);
    return sum.missing ?? pair(sum.value, adsOf(input), input);
  };

export const ADS: readonly Kpi[] = [
  adTotal(
    {
      id: 'ad_spend',
      zh: '投放消耗',
      en: 'Ad spend',
      ...ads,
      formula: 'Σ over channels and days of the last revision of spendMinor, differenced',
      note: 'ad_spend{cumulative,revision} is ad.reported; the plan is the campaign file’s spend curve, by share for a channel.',
    },
    'minor',
    'spendMinor',
    { plan: plannedSpend },
  ),
  adTotal(
    {
      id: 'impressions',
      zh: '广告曝光',
      en: 'Ad impressions',
      ...ads,
      needs: ['ad.reported.impressions'],
      tierRule: 'drop',
      better: 'high',
      formula: 'Σ impressions of ad.reported, differenced',
    },
    'count',
    'impressions',
  ),
  adTotal(
    {
      id: 'clicks',
      zh: '广告点击',
      en: 'Ad clicks',
      ...ads,
      needs: ['ad.reported.clicks'],
      tierRule: 'drop',
      better: 'high',
      formula: 'Σ clicks of ad.reported, differenced',
    },
    'count',
    'clicks',
  ),
  over(
    {
      id: 'ctr',
      zh: '点击率',
      en: 'Click-through rate',
      ...ads,
      needs: ['ad.reported.impressions', 'ad.reported.clicks'],
      tierRule: 'drop',
      better: 'high',
      formula: 'clicks ÷ impressions',
    },
    'ratio',
    (input) => [adsOf(input).clicks, adsOf(input).impressions],
    { minDenominator: 'campaign' },
  ),
  over(
    {
      id: 'cpc',
      zh: '点击成本',
      en: 'Cost per click',
      ...ads,
      needs: ['ad.reported.clicks'],
      better: 'low',
      tierRule: 'rise',
      formula: 'ad_spend ÷ clicks',
    },
    'minor',
    (input) => [adsOf(input).spendMinor, adsOf(input).clicks],
    { minDenominator: 'campaign' },
  ),
  over(
    {
      id: 'cpm',
      zh: '千次曝光成本',
      en: 'Cost per 1,000 impressions',
      ...ads,
      needs: ['ad.reported.impressions'],
      better: 'low',
      tierRule: 'rise',
      formula: '1,000 × ad_spend ÷ impressions',
    },
    'minor',
    (input) => [1_000 * adsOf(input).spendMinor, adsOf(input).impressions],
    { minDenominator: 'campaign' },
  ),
  over(
    {
      id: 'cvr_click',
      zh: '点击转化率',
      en: 'Click conversion',
      ...withOrders,
      needs: ['ad.reported.clicks', 'order.paid'],
      better: 'high',
      formula: 'attributed Σ orders_paid_count ÷ clicks',
      note: ATTRIBUTED,
    },
    'ratio',
    perAd('orders_paid_count', (orders, { clicks }) => [orders, clicks]),
    { minDenominator: 'campaign' },
  ),
  over(
    {
      id: 'cpa',
      zh: '单笔成本',
      en: 'Cost per order',
      ...withOrders,
      better: 'low',
      tierRule: 'rise',
      formula: 'ad_spend ÷ attributed Σ orders_paid_count',
      note: ATTRIBUTED,
    },
    'minor',
    perAd('orders_paid_count', (orders, { spendMinor }) => [spendMinor, orders]),
    { minDenominator: 'campaign' },
  ),
  over(
    {
      id: 'cac',
      zh: '获客成本',
      en: 'Acquisition cost',
      ...withOrders,
      needs: ['ad.reported', 'order.paid.newBuyer'],
      better: 'low',
      formula: 'ad_spend ÷ attributed Σ orders_new_buyer_count',
      note: `New buyers are orders marked newBuyer, a first order each. ${ATTRIBUTED}`,
    },
    'minor',
    perAd('orders_new_buyer_count', (buyers, { spendMinor }) => [spendMinor, buyers]),
    { minDenominator: 'campaign' },
  ),
  over(
    {
      id: 'roas',
      zh: '投放产出比 ROAS',
      en: 'Return on ad spend',
      ...withOrders,
      better: 'high',
      formula: 'attributed Σ gmv_paid_minor ÷ ad_spend',
      note: ATTRIBUTED,
    },
    'multiple',
    perAd('gmv_paid_minor', (paid, { spendMinor }) => [paid, spendMinor]),
  ),
  over(
    {
      id: 'roi',
      zh: '投放利润率 ROI',
      en: 'Return on investment',
      ...withOrders,
      better: 'high',
      formula: '(attributed Σ gmv_paid_minor × margin − ad_spend) ÷ ad_spend',
      note: `The margin is the campaign file’s marginRatio. ${ATTRIBUTED}`,
    },
    'ratio',
    perAd('gmv_paid_minor', (paid, { spendMinor }, { campaign }) => [
      paid * campaign.file.marginRatio - spendMinor,
      spendMinor,
    ]),
  ),
  over(
    {
      id: 'ltv_cac',
      zh: '用户价值比',
      en: 'Lifetime value to cost',
      ...withOrders,
      needs: ['ad.reported', 'order.paid.newBuyer'],
      better: 'high',
      formula: 'ltvMinor of the campaign file ÷ cac',
      note: ATTRIBUTED,
    },
    'multiple',
    (input) => {
      const { ltvMinor } = input.campaign.file;
      const { channel } = input.labels;
      const ltv =
        channel === undefined
          ? ltvMinor?.all
          : (input.campaign.budgets.channels[channel]?.ltvMinor ?? ltvMinor?.[channel]);
      if (ltv === undefined) return `ltvMinor.${channel ?? 'all'}`;
      const buyers = attributed(input, 'orders_new_buyer_count');
      return buyers.missing ?? [ltv * buyers.value, adsOf(input).spendMinor];
    },
  ),
  over(
    {
      id: 'spend_pace',
      zh: '消耗进度',
      en: 'Spend pace',
      ...ads,
      tierRule: 'off',
      formula: 'ad_spend ÷ planned spend of the same span',
    },
    'multiple',
    (input) => {
      const planned = plannedSpend(input.campaign, input.span, input.labels);
      return planned === null ? noPlan(input) : [adsOf(input).spendMinor, planned];
    },
    { ends: 'asOf' },
  ),
  over(
    {
      id: 'budget_utilisation',
      zh: '预算使用率',
      en: 'Budget used',
      ...ads,
      windows: ['open'],
      better: 'low',
      formula: 'ad_spend since opening ÷ allocated',
      note: 'Allocated by the campaign file until the ledger moves it.',
    },
    'ratio',
    (input) => {
      const allocated = allocatedMinor(input.campaign, input.labels);
      return allocated === null ? null : [adsOf(input).spendMinor, allocated];
    },
    { ends: 'asOf' },
  ),
  over(
    {
      id: 'budget_deviation',
      zh: '预算偏差',
      en: 'Budget deviation',
      ...ads,
      windows: ['open'],
      better: 'low',
      formula: '|ad_spend − planned spend| ÷ planned spend, to date',
    },
    'ratio',
    (input) => {
      const planned = plannedSpend(input.campaign, input.span, input.labels);
      return planned === null ? noPlan(input) : [Math.abs(adsOf(input).spendMinor - planned), planned];
    },
    { ends: 'asOf' },
  ),
];
