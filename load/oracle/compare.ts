import type { CampaignReply } from '#contract/campaign';
import { type SeriesReply, type SeriesStep, STEP_MS } from '#contract/kpis';
import { rollUp } from './cells.ts';

export const CHECKED_STEPS = ['1s', '1m', '1h'] as const satisfies readonly SeriesStep[];
/** Points asked for in one request, over all its lines. */
const POINTS_MAX = 100_000;

/** A metric and one of its stored breakdowns (none: its total). */
export interface Line {
  readonly metric: string;
  readonly by: readonly string[];
  /** Cells it can have: a request asks for fewer steps of a wide line. */
  readonly widthCount: number;
}
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}
/** Cell name → start of the step, ms → integer. */
export type Cells = ReadonlyMap<string, ReadonlyMap<number, number>>;
export interface Difference {
  readonly cell: string;
  readonly step: SeriesStep;
  readonly atMs: number;
  readonly expected: number;
  readonly actual: number;
}
export type ReadSeries = (query: Readonly<Record<string, string>>) => Promise<SeriesReply>;

/** Every line the campaign stores for these sums: the total and each breakdown. */
export function storedLines(campaign: StoredLines, metrics: Iterable<string>): Line[] {
  const lines: Line[] = [];
  for (const metric of metrics) {
    for (const by of [[], ...(campaign.breakdowns[metric] ?? [])])
      lines.push({ metric, by, widthCount: widthOf(campaign, by) });
  }
  return lines;
}

/** A histogram stores its breakdowns, or its total when it has none; every bin (`le`) is a cell. */
export function histogramLines(campaign: StoredLines, metrics: Iterable<string>): Line[] {
  const lines: Line[] = [];
  for (const metric of metrics) {
    const breakdowns = campaign.breakdowns[metric] ?? [];
    for (const by of breakdowns.length === 0 ? [[]] : breakdowns) {
      lines.push({ metric, by, widthCount: widthOf(campaign, by) * campaign.edgesMs.length });
    }
  }
  return lines;
}

type StoredLines = Pick<CampaignReply, 'breakdowns' | 'dimensions' | 'edgesMs'>;
const widthOf = ({ dimensions }: StoredLines, by: readonly string[]): number =>
  by.reduce((width, dimension) => width * ((dimensions[dimension]?.length ?? 1) + 1), 1);

/** Reads lines of `/api/v1/series` over a span whose edges are multiples of the step. */
export async function readCells(
  read: ReadSeries,
  lines: readonly Line[],
  step: SeriesStep,
  span: Span,
): Promise<Map<string, Map<number, number>>> {
  const cells = new Map<string, Map<number, number>>();
  const stepMs = STEP_MS[step];
  for (const { metric, by, widthCount } of lines) {
    const chunkMs = Math.max(1, Math.floor(POINTS_MAX / widthCount)) * stepMs;
    for (let fromMs = span.fromMs; fromMs < span.toMs; fromMs += chunkMs) {
      const toMs = Math.min(span.toMs, fromMs + chunkMs);
      const query = {
        metric,
        from: String(fromMs),
        to: String(toMs),
        step,
        ...(by.length > 0 ? { by: by.join(',') } : {}),
      };
      const reply = await read(query);
      for (const { labels, points } of reply.series) collect(cells, nameOf(metric, by, labels), points);
    }
  }
  return cells;
}

function nameOf(metric: string, by: readonly string[], labels: Readonly<Record<string, string>>): string {
  const named = by.map((dimension) => `|${dimension}=${labels[dimension] ?? ''}`).join('');
  const bin = labels.le === undefined ? '' : `|le=${labels.le}`;
  return metric + named + bin;
}

function collect(
  cells: Map<string, Map<number, number>>,
  name: string,
  points: readonly (readonly [number, number | null])[],
): void {
  const cell = cells.get(name) ?? new Map<number, number>();
  cells.set(name, cell);
  for (const [atMs, value] of points) if (value !== null && value !== 0) cell.set(atMs, (cell.get(atMs) ?? 0) + value);
}

/**
 * What the server shows minus what stood there before the run, against what the acked events must add.
 * @param quietUntilMs - steps that reach beyond it hold events of others too and are left out
 */
export function compareCells(
  step: SeriesStep,
  expectedSeconds: Cells,
  actual: Cells,
  before: Cells,
  quietUntilMs = Number.POSITIVE_INFINITY,
): { comparedCount: number; differences: Difference[] } {
  const differences: Difference[] = [];
  let comparedCount = 0;
  const empty: ReadonlyMap<number, number> = new Map();
  for (const cell of new Set([...expectedSeconds.keys(), ...actual.keys()])) {
    const expected = rollUp(expectedSeconds.get(cell) ?? empty, STEP_MS[step]);
    const shown = actual.get(cell) ?? empty;
    const stood = before.get(cell) ?? empty;
    for (const atMs of new Set([...expected.keys(), ...shown.keys()])) {
      if (atMs + STEP_MS[step] > quietUntilMs) continue;
      comparedCount += 1;
      const want = expected.get(atMs) ?? 0;
      const have = (shown.get(atMs) ?? 0) - (stood.get(atMs) ?? 0);
      if (want !== have) differences.push({ cell, step, atMs, expected: want, actual: have });
    }
  }
  return { comparedCount, differences };
}

/** Metrics that one event raises by exactly one: missing units are events lost, extra units events counted twice. */
const EVENT_COUNTERS: ReadonlySet<string> = new Set([
  'orders_placed_count',
  'orders_deposited_count',
  'orders_paid_count',
  'orders_cancelled_count',
  'orders_refunded_count',
  'orders_shipped_count',
  'orders_delivered_count',
  'orders_flagged_count',
  'payments_attempted_count',
  'complaints_opened_count',
  'complaints_closed_count',
  'members_joined_count',
  'ratings_count',
]);

/** Events lost and counted twice, from the one-second totals of the event counters. */
export function lostAndDoubled(differences: readonly Difference[]): { lostCount: number; doubledCount: number } {
  let lostCount = 0;
  let doubledCount = 0;
  for (const { cell, step, expected, actual } of differences) {
    if (step !== '1s' || !EVENT_COUNTERS.has(cell)) continue;
    if (actual < expected) lostCount += expected - actual;
    else doubledCount += actual - expected;
  }
  return { lostCount, doubledCount };
}
