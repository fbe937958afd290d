import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricName, type MetricOf, type MetricSpec } from '../metrics.ts';

export type Labels = Readonly<Record<string, string>>;
export type Row = readonly [labels: Labels, value: number | null];

/** The table of `metrics.ts` as prom-client's objects, in a registry of its own: two servers in a process do not meet. */
export interface MetricBook {
  histogram(name: MetricOf<'histogram'>): Histogram;
  /** Sets all series of a gauge or a counter; null leaves the series out. Only the scrape calls it. */
  rows(name: MetricOf<'gauge' | 'counter'>, rows: readonly Row[]): void;
  /** The same for a metric without labels. */
  one(name: MetricOf<'gauge' | 'counter'>, value: number | null): void;
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetricBook(): MetricBook {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const made = new Map<MetricName, Counter | Gauge | Histogram>();
  for (const [name, spec] of Object.entries(METRICS) as [MetricName, MetricSpec][]) {
    const { type, help, labels = [], buckets = [] } = spec;
    const common = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') made.set(name, new Counter(common));
    else if (type === 'gauge') made.set(name, new Gauge(common));
    else made.set(name, new Histogram({ ...common, buckets: [...buckets] }));
  }

  function rows(name: MetricOf<'gauge' | 'counter'>, all: readonly Row[]): void {
    const metric = made.get(name) as Counter | Gauge;
    metric.reset();
    if (!('labels' in METRICS[name])) metric.remove(); // reset() leaves a 0 behind, and 0 is a claim
    // a counter that was just reset and then raised once holds the total
    for (const [labels, value] of all) if (value !== null && Number.isFinite(value)) metric.inc(labels, value);
  }
  return {
    histogram: (name) => made.get(name) as Histogram,
    rows,
    one: (name, value) => rows(name, [[{}, value]]),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
