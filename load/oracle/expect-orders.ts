import type { LoadEvent } from '../load-event.ts';
import type { ExpectedCells, Labels } from './cells.ts';
import { edgeFor, numberOf, textOf } from './fields.ts';

const HOUR_MS = 3_600_000;

/** The four labels of an order, and a text that is equal for equal labels. */
function orderLabels(event: LoadEvent): { labels: Labels; signature: string } {
  const category = textOf(event.category);
  const region = textOf(event.region);
  const channel = textOf(event.channel);
  const platform = textOf(event.platform);
  const labels = { category, region, channel, platform };
  return { labels, signature: `${category}|${region}|${channel}|${platform}` };
}

/** One order more, and its amount. */
export function expectOrder(event: LoadEvent, cells: ExpectedCells, countMetric: string, amountMetric: string): void {
  const { labels, signature } = orderLabels(event);
  cells.add(countMetric, event.ts, 1, labels, signature);
  cells.add(amountMetric, event.ts, numberOf(event.amountMinor), labels, signature);
}

export function expectPaid(event: LoadEvent, cells: ExpectedCells): void {
  const { labels, signature } = orderLabels(event);
  const add = (metric: string, value: number): void => cells.add(metric, event.ts, value, labels, signature);
  const items = Array.isArray(event.items) ? (event.items as readonly { readonly quantity: number }[]) : [];
  add('orders_paid_count', 1);
  add('gmv_paid_minor', numberOf(event.amountMinor));
  add('items_paid_count', items.length === 0 ? 1 : items.reduce((sum, { quantity }) => sum + quantity, 0));
  if (event.stage === 'balance') add('orders_balance_count', 1);
  if (event.newBuyer === true) add('orders_new_buyer_count', 1);
  if (event.newBuyer !== undefined) add('orders_known_buyer_count', 1);
  if (numberOf(event.buyerOrders365d) >= 2) add('orders_repeat_count', 1);
  if (event.buyerOrders365d !== undefined) add('orders_history_count', 1);
}

export function expectCancelled(event: LoadEvent, cells: ExpectedCells): void {
  expectOrder(event, cells, 'orders_cancelled_count', 'gmv_cancelled_minor');
  const { labels, signature } = orderLabels(event);
  if (event.by === 'seller') cells.add('orders_cancelled_by_seller_count', event.ts, 1, labels, signature);
}

export function expectRefund(event: LoadEvent, cells: ExpectedCells, edgesMs: readonly number[]): void {
  expectOrder(event, cells, 'orders_refunded_count', 'refunds_minor');
  const { labels, signature } = orderLabels(event);
  // The cohort is the second of payment; a refund that does not say when it was paid stands at its own time.
  const cohortMs = event.paidAt === undefined ? event.ts : numberOf(event.paidAt);
  cells.add('orders_refunded_cohort_count', cohortMs, 1, labels, signature);
  cells.add('refunds_cohort_minor', cohortMs, numberOf(event.amountMinor), labels, signature);
  if (event.requestedAt !== undefined) {
    const hours = Math.ceil((event.ts - numberOf(event.requestedAt)) / HOUR_MS);
    cells.add('refund_hours_count', event.ts, 1, { le: edgeFor(edgesMs, hours) });
  }
}

export function expectShipped(event: LoadEvent, cells: ExpectedCells): void {
  const labels = { region: textOf(event.region) };
  cells.add('orders_shipped_count', event.ts, 1, labels);
  if (event.paidAt === undefined) return;
  cells.add('orders_shipped_known_count', event.ts, 1, labels);
  if (event.ts - numberOf(event.paidAt) <= 72 * HOUR_MS) cells.add('orders_shipped_72h_count', event.ts, 1, labels);
}

export function expectDelivered(event: LoadEvent, cells: ExpectedCells): void {
  const labels = { region: textOf(event.region) };
  cells.add('orders_delivered_count', event.ts, 1, labels);
  if (event.promisedAt === undefined) return;
  cells.add('orders_promised_count', event.ts, 1, labels);
  if (event.ts <= numberOf(event.promisedAt)) cells.add('orders_on_time_count', event.ts, 1, labels);
}
