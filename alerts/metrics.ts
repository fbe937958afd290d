import { isListed } from '#contract/alert-tally';
import type { Alert } from '#contract/alerts';
import { TIERS, type Tier } from '#contract/tiers';
import type { MetricBook, Row } from '../server/telemetry/metric-book.ts';
import type { AlertBook } from './book.ts';

const STATES = ['open', 'acknowledged', 'silenced', 'suppressed'] as const;
type State = (typeof STATES)[number];

/** In which number an alert is: what is muted is in no other, as on every screen (contract/alert-tally.ts). */
function stateOf(handling: Alert['handling'], by: Alert['suppressedBy']): State {
  if (by.some(({ kind }) => kind === 'silence')) return 'silenced';
  if (by.length > 0) return 'suppressed';
  return handling === 'acknowledged' ? 'acknowledged' : 'open';
}

/** What `GET /metrics` tells of alerts: how many stand, by tier and by what has become of them; nothing before they were read. */
export const alertMetrics = (book: Pick<AlertBook, 'loaded' | 'allRecords' | 'suppressedNow'>) => ({
  fill(metrics: MetricBook): void {
    if (!book.loaded) {
      metrics.rows('warroom_alerts', []);
      return;
    }
    const counts = new Map<`${Tier} ${State}`, number>();
    for (const record of book.allRecords()) {
      if (!isListed(record)) continue;
      const key = `${record.tier} ${stateOf(record.handling, book.suppressedNow(record))}` as const;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    metrics.rows(
      'warroom_alerts',
      TIERS.flatMap((tier) => STATES.map((state): Row => [{ tier, state }, counts.get(`${tier} ${state}`) ?? 0])),
    );
  },
});
