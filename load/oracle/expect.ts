import type { EventType } from '#contract/events';
import type { LoadEvent } from '../load-event.ts';
import type { ExpectedCells } from './cells.ts';
import {
  expectCancelled,
  expectDelivered,
  expectOrder,
  expectPaid,
  expectRefund,
  expectShipped,
} from './expect-orders.ts';
import { edgeFor, labelsOf, numberOf, spreadBins, spreadFields, textOf } from './fields.ts';

/** Fields that are dimensions; one whose value the campaign does not know makes the event count as unmapped too. */
const DIMENSIONS = ['category', 'region', 'channel', 'platform', 'method', 'service', 'kind', 'desk', 'topic'];

export interface ExpectContext {
  readonly edgesMs: readonly number[];
  /** Category of a SKU in the campaign; undefined when it lists no such SKU. */
  readonly categoryOf: (sku: string) => string | undefined;
}
type Expectation = (event: LoadEvent, cells: ExpectedCells, context: ExpectContext) => void;
const nothing: Expectation = () => undefined;

/** What one accepted event must add, by type, in the words of the event table of DESIGN §3. Registers: registers.ts. */
const EXPECTATIONS: Readonly<Record<EventType, Expectation>> = {
  'order.created': (event, cells) => expectOrder(event, cells, 'orders_placed_count', 'gmv_placed_minor'),
  'order.deposited': (event, cells) => expectOrder(event, cells, 'orders_deposited_count', 'deposits_minor'),
  'order.paid': expectPaid,
  'order.cancelled': expectCancelled,
  'order.refunded': (event, cells, { edgesMs }) => expectRefund(event, cells, edgesMs),
  'order.shipped': expectShipped,
  'order.delivered': expectDelivered,
  'order.flagged': (event, cells) => {
    cells.add('orders_flagged_count', event.ts, 1);
    if (event.stopped === true) cells.add('orders_stopped_count', event.ts, 1);
  },
  'payment.attempted': (event, cells, { edgesMs }) => {
    const labels = labelsOf(event, ['method', 'region']);
    const outcome = event.result === 'succeeded' ? 'payments_succeeded_count' : 'payments_failed_count';
    cells.add('payments_attempted_count', event.ts, 1, labels);
    cells.add(outcome, event.ts, 1, labels);
    if (event.latencyMs === undefined) return;
    cells.add('payment_latency_count', event.ts, 1, { le: edgeFor(edgesMs, numberOf(event.latencyMs)) });
  },
  'traffic.sampled': (event, cells) => {
    spreadFields(event, cells, ['service'], { requests: 'requests_count', errors: 'request_errors_count' });
    spreadBins(event, cells, 'latency', 'request_latency_count', ['service']);
  },
  'visit.sampled': (event, cells) =>
    spreadFields(event, cells, ['channel', 'region', 'platform', 'organic'], {
      visits: 'visits_count',
      productViews: 'product_views_count',
      carts: 'carts_count',
      checkouts: 'checkouts_count',
    }),
  'stock.counted': nothing,
  'stock.moved': nothing,
  'stock.checked': (event, cells, { categoryOf }) => {
    const labels = { category: categoryOf(textOf(event.sku) ?? '') };
    cells.add('stock_requested_count', event.ts, numberOf(event.requested), labels);
    cells.add('stock_unmet_count', event.ts, numberOf(event.unmet), labels);
  },
  'complaint.opened': (event, cells) =>
    cells.add('complaints_opened_count', event.ts, 1, labelsOf(event, ['kind', 'category', 'region'])),
  'complaint.closed': (event, cells) => {
    cells.add('complaints_closed_count', event.ts, 1, labelsOf(event, ['kind']));
    if (event.satisfied === true) cells.add('complaints_satisfied_count', event.ts, 1, labelsOf(event, ['kind']));
  },
  'service.sampled': (event, cells) => {
    const metrics = {
      offered: 'contacts_offered_count',
      answered: 'contacts_answered_count',
      byAi: 'contacts_by_ai_count',
    };
    spreadFields(event, cells, ['desk'], metrics);
    spreadBins(event, cells, 'queue', 'contact_queue_count', []);
  },
  'mention.sampled': (event, cells) =>
    spreadFields(event, cells, ['topic'], {
      positive: 'mentions_positive_count',
      neutral: 'mentions_neutral_count',
      negative: 'mentions_negative_count',
    }),
  'ad.reported': nothing,
  'member.joined': (event, cells) =>
    cells.add('members_joined_count', event.ts, 1, labelsOf(event, ['channel', 'region'])),
  'charity.recorded': (event, cells) => {
    cells.add('charity_minor', event.ts, numberOf(event.amountMinor));
    cells.add('charity_co2_grams', event.ts, Math.round(numberOf(event.kgCo2) * 1_000));
  },
  'app.sampled': (event, cells) =>
    spreadFields(event, cells, ['platform'], {
      sessions: 'app_sessions_count',
      crashed: 'app_crashed_count',
      playMs: 'play_ms',
      stalledMs: 'stalled_ms',
    }),
  'rating.given': (event, cells) => {
    cells.add('ratings_count', event.ts, 1);
    if (numberOf(event.score) >= 9) cells.add('ratings_promoter_count', event.ts, 1);
    if (numberOf(event.score) <= 6) cells.add('ratings_detractor_count', event.ts, 1);
  },
  'change.recorded': nothing,
  'source.heartbeat': nothing,
};

/** Folds one accepted event into the expected cells. */
export function expectEvent(event: LoadEvent, cells: ExpectedCells, context: ExpectContext): void {
  const unknown = DIMENSIONS.some((name) => {
    const value = event[name];
    return typeof value === 'string' && cells.isUnknown(name, value);
  });
  if (unknown) cells.add('unmapped_count', event.ts, 1);
  EXPECTATIONS[event.type](event, cells, context);
}
