import type { Json, LoadEvent } from '../load-event.ts';
import type { ExpectedCells, Labels } from './cells.ts';

export const numberOf = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
export const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** The published edge an observation falls under; the last edge also takes all that is longer. */
export function edgeFor(edgesMs: readonly number[], value: number): string {
  return String(edgesMs.find((edge) => value <= edge) ?? edgesMs.at(-1));
}

/** Labels of the named fields; what the event does not carry is absent. Booleans read `yes` and `no`. */
export function labelsOf(event: LoadEvent, dimensions: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  for (const dimension of dimensions) {
    const value = event[dimension];
    if (typeof value === 'string') labels[dimension] = value;
    if (typeof value === 'boolean') labels[dimension] = value ? 'yes' : 'no';
  }
  return labels;
}

/** Counts of a sampled event, spread over its period: field → metric. */
export function spreadFields(
  event: LoadEvent,
  cells: ExpectedCells,
  dimensions: readonly string[],
  metrics: Readonly<Record<string, string>>,
): void {
  const labels = labelsOf(event, dimensions);
  for (const [field, metric] of Object.entries(metrics)) {
    cells.spread(metric, event.ts, numberOf(event.periodMs), numberOf(event[field]), labels);
  }
}

/** A sampled histogram is spread like the counts, bin by bin. */
export function spreadBins(
  event: LoadEvent,
  cells: ExpectedCells,
  field: string,
  metric: string,
  dimensions: readonly string[],
): void {
  const bins = event[field];
  if (!Array.isArray(bins)) return;
  const labels = labelsOf(event, dimensions);
  for (const [upToMs, count] of bins as readonly (readonly [number, number])[]) {
    cells.spread(metric, event.ts, numberOf(event.periodMs), count, { ...labels, le: String(upToMs) });
  }
}
