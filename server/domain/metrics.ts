import type { EventType } from '#contract/events';
import type { EventRow } from './event-row.ts';

/**
 * What each event adds to which metric. A metric is an integer sum; with a breakdown's labels it is a cell
 * (`gmv_paid_minor|category=beauty`). This table is the only place where events become numbers.
 */
export interface MetricSpec {
  readonly metric: string;
  readonly type: EventType;
  /** Dimensions the event can be broken down by. */
  readonly dimensions: readonly string[];
  /** Integer to add; 0 adds nothing. */
  readonly value: (row: EventRow) => number;
  /** `event`: the event's own second. `paid`: the second its order was paid, when known. `spread`: over its period. */
  readonly place: 'event' | 'paid' | 'spread';
}
/** A metric that is a histogram: one cell a published edge, `…|le=100`. */
export interface HistogramSpec {
  readonly metric: string;
  readonly type: EventType;
  readonly dimensions: readonly string[];
  /** `latencyMs`: one observation; `bins`: the sampled bins. */
  readonly from: 'latencyMs' | 'bins' | 'refundHours';
}

const one = (): number => 1;
const amount = (row: EventRow): number => row.amountMinor;
const count =
  (index: number) =>
  (row: EventRow): number =>
    row.counts[index] ?? 0;
const sum = (
  type: EventType,
  metric: string,
  dimensions: readonly string[],
  value: (row: EventRow) => number,
  place: MetricSpec['place'] = 'event',
): MetricSpec => ({ metric, type, dimensions, value, place });

const ORDER = ['category', 'region', 'channel', 'platform'] as const;
const HOURS_72_MS = 72 * 3_600_000;

/** Indices into `EventRow.counts`, by type. */
export const COUNT_SLOTS = {
  'traffic.sampled': ['requests', 'errors'],
  'visit.sampled': ['visits', 'productViews', 'carts', 'checkouts'],
  'stock.checked': ['requested', 'unmet'],
  'service.sampled': ['offered', 'answered', 'byAi'],
  'mention.sampled': ['positive', 'neutral', 'negative'],
  'app.sampled': ['sessions', 'crashed', 'playMs', 'stalledMs'],
} as const satisfies Partial<Record<EventType, readonly string[]>>;

export const METRICS: readonly MetricSpec[] = [
  sum('order.created', 'orders_placed_count', ORDER, one),
  sum('order.created', 'gmv_placed_minor', ORDER, amount),
  sum('order.deposited', 'orders_deposited_count', ORDER, one),
  sum('order.deposited', 'deposits_minor', ORDER, amount),
  sum('order.paid', 'orders_paid_count', ORDER, one),
  sum('order.paid', 'gmv_paid_minor', ORDER, amount),
  sum('order.paid', 'items_paid_count', ORDER, (row) => row.quantityCount),
  sum('order.paid', 'orders_balance_count', ORDER, (row) => row.balance),
  sum('order.paid', 'orders_new_buyer_count', ORDER, (row) => (row.newBuyer === 1 ? 1 : 0)),
  sum('order.paid', 'orders_known_buyer_count', ORDER, (row) => (row.newBuyer >= 0 ? 1 : 0)),
  sum('order.paid', 'orders_repeat_count', ORDER, (row) => (row.buyerOrders365dCount >= 2 ? 1 : 0)),
  sum('order.paid', 'orders_history_count', ORDER, (row) => (row.buyerOrders365dCount >= 0 ? 1 : 0)),
  sum('order.cancelled', 'orders_cancelled_count', ORDER, one),
  sum('order.cancelled', 'gmv_cancelled_minor', ORDER, amount),
  sum('order.cancelled', 'orders_cancelled_by_seller_count', ORDER, (row) => row.bySeller),
  sum('order.refunded', 'orders_refunded_count', ORDER, one),
  sum('order.refunded', 'refunds_minor', ORDER, amount),
  sum('order.refunded', 'orders_refunded_cohort_count', ORDER, one, 'paid'),
  sum('order.refunded', 'refunds_cohort_minor', ORDER, amount, 'paid'),
  sum('order.shipped', 'orders_shipped_count', ['region'], one),
  sum('order.shipped', 'orders_shipped_known_count', ['region'], (row) => (row.paidAtMs > 0 ? 1 : 0)),
  sum('order.shipped', 'orders_shipped_72h_count', ['region'], (row) =>
    row.paidAtMs > 0 && row.eventAtMs - row.paidAtMs <= HOURS_72_MS ? 1 : 0,
  ),
  sum('order.delivered', 'orders_delivered_count', ['region'], one),
  sum('order.delivered', 'orders_promised_count', ['region'], (row) => (row.promisedAtMs > 0 ? 1 : 0)),
  sum('order.delivered', 'orders_on_time_count', ['region'], (row) =>
    row.promisedAtMs > 0 && row.eventAtMs <= row.promisedAtMs ? 1 : 0,
  ),
  sum('order.flagged', 'orders_flagged_count', [], one),
  sum('order.flagged', 'orders_stopped_count', [], (row) => row.stopped),
  sum('payment.attempted', 'payments_attempted_count', ['method', 'region'], one),
  sum('payment.attempted', 'payments_succeeded_count', ['method', 'region'], (row) => row.succeeded),
  sum('payment.attempted', 'payments_failed_count', ['method', 'region'], (row) => 1 - row.succeeded),
  sum('traffic.sampled', 'requests_count', ['service'], count(0), 'spread'),
  sum('traffic.sampled', 'request_errors_count', ['service'], count(1), 'spread'),
  sum('visit.sampled', 'visits_count', ['channel', 'region', 'platform', 'organic'], count(0), 'spread'),
  sum('visit.sampled', 'product_views_count', ['channel', 'region', 'platform', 'organic'], count(1), 'spread'),
  sum('visit.sampled', 'carts_count', ['channel', 'region', 'platform', 'organic'], count(2), 'spread'),
  sum('visit.sampled', 'checkouts_count', ['channel', 'region', 'platform', 'organic'], count(3), 'spread'),
  sum('stock.checked', 'stock_requested_count', ['category'], count(0)),
  sum('stock.checked', 'stock_unmet_count', ['category'], count(1)),
  sum('complaint.opened', 'complaints_opened_count', ['kind', 'category', 'region'], one),
  sum('complaint.closed', 'complaints_closed_count', ['kind'], one),
  sum('complaint.closed', 'complaints_satisfied_count', ['kind'], (row) => row.satisfied),
  sum('service.sampled', 'contacts_offered_count', ['desk'], count(0), 'spread'),
  sum('service.sampled', 'contacts_answered_count', ['desk'], count(1), 'spread'),
  sum('service.sampled', 'contacts_by_ai_count', ['desk'], count(2), 'spread'),
  sum('mention.sampled', 'mentions_positive_count', ['topic'], count(0), 'spread'),
  sum('mention.sampled', 'mentions_neutral_count', ['topic'], count(1), 'spread'),
  sum('mention.sampled', 'mentions_negative_count', ['topic'], count(2), 'spread'),
  sum('member.joined', 'members_joined_count', ['channel', 'region'], one),
  sum('charity.recorded', 'charity_minor', [], amount),
  sum('charity.recorded', 'charity_co2_grams', [], (row) => row.co2Grams),
  sum('app.sampled', 'app_sessions_count', ['platform'], count(0), 'spread'),
  sum('app.sampled', 'app_crashed_count', ['platform'], count(1), 'spread'),
  sum('app.sampled', 'play_ms', ['platform'], count(2), 'spread'),
  sum('app.sampled', 'stalled_ms', ['platform'], count(3), 'spread'),
  sum('rating.given', 'ratings_count', [], one),
  sum('rating.given', 'ratings_promoter_count', [], (row) => (row.score >= 9 ? 1 : 0)),
  sum('rating.given', 'ratings_detractor_count', [], (row) => (row.score <= 6 ? 1 : 0)),
];

export const HISTOGRAMS: readonly HistogramSpec[] = [
  { metric: 'payment_latency_count', type: 'payment.attempted', dimensions: [], from: 'latencyMs' },
  { metric: 'request_latency_count', type: 'traffic.sampled', dimensions: ['service'], from: 'bins' },
  { metric: 'contact_queue_count', type: 'service.sampled', dimensions: [], from: 'bins' },
  { metric: 'refund_hours_count', type: 'order.refunded', dimensions: [], from: 'refundHours' },
];

/** Events whose dimension value the campaign does not know; counted in `other` and here. */
export const UNMAPPED_METRIC = 'unmapped_count';
