import type { MetricBook, Row } from '../../server/telemetry/metric-book.ts';
import type { AlertDelivery } from './delivery.ts';

const TROUBLE = { ok: 0, failing: 1, disabled: 2 } as const;

/** What `GET /metrics` tells of receivers: messages by outcome and time of this node, queues and states of all. */
export function deliveryMetrics({ tally, views }: Pick<AlertDelivery, 'tally' | 'views'>, nowMs: () => number) {
  return {
    fill(book: MetricBook): void {
      const rows = views();
      book.rows(
        'warroom_deliveries_total',
        tally.counts().map(({ receiver, outcome, n }): Row => [{ receiver, outcome }, n]),
      );
      const seconds = book.histogram('warroom_delivery_seconds');
      for (const { receiver, ms } of tally.takeLatencies()) seconds.observe({ receiver }, ms / 1_000);
      book.rows(
        'warroom_delivery_queue',
        rows.map(({ id, queueCount }): Row => [{ receiver: id }, queueCount]),
      );
      book.rows(
        'warroom_delivery_oldest_seconds',
        rows.map(
          ({ id, oldestAt }): Row => [
            { receiver: id },
            oldestAt === null ? 0 : Math.max(0, nowMs() - oldestAt) / 1_000,
          ],
        ),
      );
      book.rows(
        'warroom_receiver_trouble',
        rows.map(({ id, state }): Row => [{ receiver: id }, TROUBLE[state]]),
      );
    },
  };
}
