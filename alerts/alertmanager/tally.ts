import type { MetricBook, Row } from '../../server/telemetry/metric-book.ts';
import type { TakenKind } from './foreign.ts';

const OUTCOMES = ['fired', 'repeated', 'resolved', 'ignored', 'full', 'refused'] as const;
type Outcome = TakenKind | 'refused';

/** What became of alerts from outside, on this node, for `GET /metrics`. */
export function createForeignTally(openCount: () => number) {
  const counts = new Map<Outcome, number>(OUTCOMES.map((outcome) => [outcome, 0]));
  return {
    add(outcomes: readonly Outcome[]): void {
      for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    },
    fill(book: MetricBook): void {
      book.rows(
        'warroom_foreign_alerts_total',
        [...counts].map(([outcome, n]): Row => [{ outcome }, n]),
      );
      book.one('warroom_foreign_alerts_open', openCount());
    },
  };
}
