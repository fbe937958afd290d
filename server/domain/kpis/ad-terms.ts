import type { Campaign } from '../campaign.ts';
import { curveOver } from '../curve.ts';
import { sumTerms } from './cells.ts';
import { divide, kpi, missing, unknown, type Words } from './define.ts';
import type { AdTotals, Kpi, KpiInput, KpiResult, Labels, Span } from './types.ts';

/** Words that all KPIs of ads share. */
export const ads = { feeds: ['ads'], needs: ['ad.reported'], dimensions: ['channel'] } as const;
export const withOrders = { ...ads, feeds: ['ads', 'orders'], needs: ['ad.reported', 'order.paid'] } as const;
/** Said beside every figure that needs orders of ad channels. */
export const ATTRIBUTED =
  'Attributed means own, last click: orders whose channel is the ad channel; the total adds the channels that have a budget.';

/** Ad totals of the asked channel, or of all. */
export const adsOf = ({ read, labels, span }: KpiInput): AdTotals => read.ads(labels.channel ?? null, span);

/**
 * A channel that is not bought and never reported: what it costs is not 0 but nothing anybody knows, so it must not look
 * like the cheapest one.
 */
const unbought = ({ campaign, labels }: KpiInput, { spendMinor, impressions, clicks }: AdTotals): boolean =>
  labels.channel !== undefined &&
  !Object.hasOwn(campaign.budgets.channels, labels.channel) &&
  spendMinor === 0 &&
  impressions === 0 &&
  clicks === 0;

/** A metric of the orders that came through ad channels. */
export function attributed(input: KpiInput, metric: string): { readonly value: number; readonly missing?: string } {
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
export function plannedSpend(campaign: Campaign, span: Span, labels: Labels): number | null {
  const curve = campaign.plans.ad_spend_minor;
  if (curve === undefined) return null;
  const share = labels.channel === undefined ? 1 : campaign.budgets.channels[labels.channel]?.shareRatio;
  return share === undefined ? null : curveOver(curve, campaign.opensAtMs, span) * share;
}

/** Without a spend curve the campaign lacks something; a channel without a budget simply has no pace. */
export const noPlan = ({ campaign }: KpiInput): string | null =>
  campaign.plans.ad_spend_minor === undefined ? 'plans.ad_spend_minor' : null;

/** Spend that says something by itself, whatever few orders it brought: this part of what is allocated. */
const TELLING_SPEND_RATIO = 0.01;
/**
 * How much there is to judge a return by, in orders: a handful of orders after little spend says nothing, while a hundredth
 * of the budget without orders does.
 */
export function returnSample(input: KpiInput): number {
  const orders = attributed(input, 'orders_paid_count').value;
  const telling = (allocatedMinor(input.campaign, input.labels) ?? 0) * TELLING_SPEND_RATIO;
  const spent = telling === 0 ? 0 : adsOf(input).spendMinor / telling;
  return Math.floor(Math.max(orders, spent * input.campaign.file.minDenominator));
}

/** A KPI of two figures that ad reports and orders give. */
export const overAds = (
  words: Words,
  unit: Kpi['unit'],
  pair: (input: KpiInput) => readonly [number, number] | string | null,
  rest: Partial<Kpi> = {},
  sampleOf?: (input: KpiInput) => number,
): Kpi =>
  kpi(words, {
    unit,
    ...rest,
    compute: (input): KpiResult => {
      const result = pair(input);
      if (result === null) return unknown;
      if (typeof result === 'string') return missing(result);
      const quotient = divide(result[0], result[1], unit);
      return sampleOf === undefined ? quotient : { ...quotient, sampleCount: sampleOf(input) };
    },
  });
/** A total of the ad reports themselves. */
export const adTotal = (words: Words, unit: Kpi['unit'], field: keyof AdTotals, rest: Partial<Kpi> = {}): Kpi =>
  kpi(words, {
    unit,
    ends: 'asOf',
    scales: true,
    ...rest,
    compute: (input) => {
      const totals = adsOf(input);
      if (unbought(input, totals)) return unknown;
      const value = totals[field];
      return { value, numerator: value, denominator: null };
    },
  });
/** A pair of figures from the attributed orders and the ad totals. */
export const perAd =
  (metric: string, pair: (value: number, totals: AdTotals, input: KpiInput) => readonly [number, number]) =>
  (input: KpiInput) => {
    const sum = attributed(input, metric);
    const totals = adsOf(input);
    return sum.missing ?? (unbought(input, totals) ? null : pair(sum.value, totals, input));
  };
