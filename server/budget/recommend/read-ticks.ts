import type { Campaign } from '../../domain/campaign.ts';
import { curveOver } from '../../domain/curve.ts';
import type { Span, WindowReader } from '../../domain/kpis/types.ts';

/** One channel in one tick, from the windows. */
export interface ChannelTick {
  readonly spend: number;
  readonly gmv: number;
  readonly newBuyers: number;
  readonly orders: number;
}
export const paidChannels = (campaign: Campaign): string[] => Object.keys(campaign.budgets.channels);

/** Spend by the registers, and what was attributed to the channel: paid orders by the channel they name. */
export function channelTick(read: WindowReader, channel: string, span: Span): ChannelTick {
  return {
    spend: Math.max(0, read.ads(channel, span).spendMinor),
    gmv: read.sum(`gmv_paid_minor|channel=${channel}`, span),
    newBuyers: read.sum(`orders_new_buyer_count|channel=${channel}`, span),
    orders: read.sum(`orders_paid_count|channel=${channel}`, span),
  };
}

/** Planned demand of a span, 1 = the mean of the sale; 1 throughout when the campaign plans no sales. */
export function plannedDemand(campaign: Campaign, span: Span): number {
  const plan = campaign.plans.gmv_paid_minor ?? campaign.plans.orders_paid_count;
  const { opensAtMs, closesAtMs } = campaign;
  if (plan === undefined) return span.fromMs >= opensAtMs && span.toMs <= closesAtMs ? 1 : 0;
  const mean = curveOver(plan, opensAtMs, { fromMs: opensAtMs, toMs: closesAtMs }) / (closesAtMs - opensAtMs);
  return mean === 0 ? 0 : curveOver(plan, opensAtMs, span) / (span.toMs - span.fromMs) / mean;
}

const SWELL_MOST = 3;
const LEAST_ORGANIC = 30;

/** Demand as it was: the plan, rescaled by how many orders came that no money bought. */
export function seenDemand(campaign: Campaign, read: WindowReader, span: Span): number {
  const planned = plannedDemand(campaign, span);
  const curve = campaign.plans.orders_paid_count;
  const shares = curve?.shares?.channel;
  if (curve === undefined || shares === undefined) return planned;
  const paid = paidChannels(campaign);
  const boughtShare = paid.reduce((sum, channel) => sum + (shares[channel] ?? 0), 0);
  const { opensAtMs, closesAtMs } = campaign;
  const whole = { fromMs: opensAtMs, toMs: closesAtMs };
  const usual = (curveOver(curve, opensAtMs, whole) * (span.toMs - span.fromMs)) / (closesAtMs - opensAtMs);
  const bought = paid.reduce((sum, channel) => sum + read.sum(`orders_paid_count|channel=${channel}`, span), 0);
  const organic = read.sum('orders_paid_count', span) - bought;
  // before the opening most campaigns plan no sales: what comes then is held against a usual tick
  if (planned === 0 && span.toMs <= opensAtMs)
    return organic < LEAST_ORGANIC ? 0 : organic / (usual * (1 - boughtShare));
  const expected = curveOver(curve, opensAtMs, span) * (1 - boughtShare);
  if (expected < LEAST_ORGANIC || organic < 0) return planned;
  return planned * Math.min(SWELL_MOST, Math.max(1 / SWELL_MOST, organic / expected));
}

/** Planned spend of a span over all channels, minor units; even over the sale when the campaign has no spend curve. */
export function plannedSpendOver(campaign: Campaign, span: Span): number {
  const { opensAtMs, closesAtMs } = campaign;
  const curve = campaign.plans.ad_spend_minor;
  if (curve !== undefined) return curveOver(curve, opensAtMs, span);
  const envelope = campaign.budgets.envelopes[campaign.budgets.channelEnvelope] ?? 0;
  const within = Math.max(0, Math.min(span.toMs, closesAtMs) - Math.max(span.fromMs, opensAtMs));
  return (envelope * within) / (closesAtMs - opensAtMs);
}
