import type { Redis } from 'ioredis';
import { AppError } from '#contract/errors';
import { type SeriesReply, type SeriesStep, STEP_MS } from '#contract/kpis';
import type { Campaign } from '../domain/campaign.ts';
import type { CellTable, DimensionTable } from '../domain/cell-table.ts';
import { KPIS } from '../domain/kpis/index.ts';
import { sliceExpiresAtMs } from '../domain/place-event.ts';
import { ceilTo, floorTo, type ResolutionName } from '../domain/resolutions.ts';
import type { ShardKeys } from '../store/keys.ts';
import type { Mirror } from './mirror.ts';

export interface SeriesQuery {
  /** A KPI id or a cell's metric. */
  readonly metric: string;
  /** A stored breakdown: `category`, or `category,channel`; null for the total. */
  readonly by: string | null;
  /** Snapped outwards to the step. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly step: SeriesStep;
}
export interface SeriesDeps {
  readonly redis: Redis;
  readonly keys: readonly ShardKeys[];
  readonly table: CellTable;
  readonly campaign: Campaign;
  readonly mirror: Mirror;
  readonly nowMs: () => number;
}
const POINTS_MAX = 200_000;
const SLICES_MAX = 90_000;

/** One line a combination of labels, one point a step; read from the store itself, not from this node's memory. */
export async function readSeries(deps: SeriesDeps, query: SeriesQuery): Promise<SeriesReply> {
  const stepMs = STEP_MS[query.step];
  const fromMs = floorTo(query.fromMs, stepMs);
  const toMs = ceilTo(query.toMs, stepMs);
  const resolution = resolutionFor(query.step, fromMs, toMs, deps);
  const resolutionMs = { '1s': 1_000, '1m': 60_000, '1h': 3_600_000 }[resolution];
  const pointMs = Math.max(stepMs, resolutionMs);
  const lines = linesOf(deps.table, query.metric, query.by);
  const from = floorTo(fromMs, pointMs);
  const to = ceilTo(toMs, pointMs);
  const pointCount = (to - from) / pointMs;
  if (toMs <= fromMs) throw new AppError('window_invalid', '`to` must be after `from`', { field: 'to' });
  if (pointCount * Math.max(1, lines?.length ?? 1) > POINTS_MAX || (to - from) / resolutionMs > SLICES_MAX) {
    throw new AppError(
      'window_invalid',
      `that is ${pointCount} points for each of ${lines?.length ?? 1} lines; ask for a shorter span or a longer step`,
      { field: 'step' },
    );
  }
  const reply = { metric: query.metric, by: query.by, step: query.step, resolutionMs, asOf: deps.mirror.asOfMs ?? 0 };
  if (lines === null) return { ...reply, series: [kpiLine(deps, query, from, to, pointMs)] };
  const sums = await readCells(
    deps,
    lines.map(({ cell }) => cell),
    resolution,
    resolutionMs,
    from,
    to,
    pointMs,
  );
  return {
    ...reply,
    series: lines.map(({ labels }, line) => ({
      labels,
      points: (sums[line] as number[]).map((value, i) => [from + i * pointMs, value] as const),
    })),
  };
}

/** The finest stored resolution that the step needs and that is still kept in the whole span. */
function resolutionFor(
  step: SeriesStep,
  fromMs: number,
  toMs: number,
  { campaign, nowMs }: SeriesDeps,
): ResolutionName {
  const { opensAtMs } = campaign;
  const kept = (resolution: ResolutionName, startMs: number): boolean =>
    sliceExpiresAtMs(resolution, startMs, opensAtMs) > nowMs();
  // The opening's own minute and hour outlive what comes after them: that is the oldest there then.
  const keptFrom = (resolution: ResolutionName, sizeMs: number, keptLongMs: number): boolean => {
    const afterOpeningMs = floorTo(opensAtMs, keptLongMs) + keptLongMs;
    const oldestMs = floorTo(fromMs, sizeMs);
    return (
      kept(resolution, oldestMs) &&
      (oldestMs >= afterOpeningMs || afterOpeningMs >= toMs || kept(resolution, afterOpeningMs))
    );
  };
  if (step === '1h') return '1h';
  if (step !== '1m' && keptFrom('1s', 1_000, 60_000)) return '1s';
  return keptFrom('1m', 60_000, 3_600_000) ? '1m' : '1h';
}

interface Line {
  readonly cell: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Cells of a metric's breakdown; null when the name is a KPI's. @throws {AppError} `not_found` with what there is */
function linesOf(table: CellTable, metric: string, by: string | null): Line[] | null {
  const bins = [...table.index.keys()].filter((name) => name.startsWith(`${metric}|`) && name.includes('|le='));
  if (!table.index.has(metric) && bins.length === 0) {
    if (KPIS.has(metric)) {
      if (by === null) return null;
      throw new AppError('bad_request', 'a KPI has no breakdown here; ask /api/v1/kpis, or the cells it is made of', {
        field: 'by',
      });
    }
    throw new AppError(
      'not_found',
      `no metric ${metric.slice(0, 60)}; GET /api/v1/kpis lists KPIs, GET /api/v1/campaign the stored breakdowns`,
      { field: 'metric' },
    );
  }
  if (by === null) {
    if (table.index.has(metric)) return [{ cell: metric, labels: {} }];
    return bins.filter((name) => name.split('|').length === 2).map((cell) => ({ cell, labels: labelsOf(cell) }));
  }
  const wanted = by.split(',');
  const dimensions = wanted
    .map((name) => table.dimensions.get(name))
    .filter((dimension): dimension is DimensionTable => dimension !== undefined);
  const lines = [...table.index.keys()]
    .filter((name) => name.startsWith(`${metric}|`))
    .map((cell) => ({ cell, labels: labelsOf(cell) }))
    .filter(({ labels }) => {
      const names = Object.keys(labels).filter((name) => name !== 'le');
      return names.length === wanted.length && names.every((name, i) => name === wanted[i]);
    });
  if (lines.length === 0 || dimensions.length !== wanted.length) {
    throw new AppError(
      'not_found',
      `${metric} is not stored by ${by.slice(0, 60)}; GET /api/v1/campaign lists the breakdowns`,
      { field: 'by' },
    );
  }
  return lines;
}

const labelsOf = (cell: string): Record<string, string> =>
  Object.fromEntries(
    cell
      .split('|')
      .slice(1)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

async function readCells(
  { redis, keys }: SeriesDeps,
  cells: readonly string[],
  resolution: ResolutionName,
  resolutionMs: number,
  from: number,
  to: number,
  pointMs: number,
): Promise<number[][]> {
  const sums = cells.map(() => new Array<number>((to - from) / pointMs).fill(0));
  for (const shard of keys) {
    for (let start = from; start < to; start += resolutionMs * 500) {
      const pipeline = redis.pipeline();
      const times: number[] = [];
      for (let ms = start; ms < Math.min(to, start + resolutionMs * 500); ms += resolutionMs) {
        times.push(ms);
        pipeline.hmget(shard.slice(resolution, ms), ...cells);
      }
      const replies = await pipeline.exec();
      times.forEach((ms, i) => {
        const [error, values] = (replies?.[i] ?? [new Error('no reply'), []]) as [Error | null, (string | null)[]];
        if (error) throw error;
        const point = Math.floor((ms - from) / pointMs);
        values.forEach((value, line) => {
          const sum = sums[line] as number[];
          if (value !== null) sum[point] = (sum[point] as number) + Number(value);
        });
      });
    }
  }
  return sums;
}

function kpiLine(
  { campaign, mirror, nowMs }: SeriesDeps,
  query: SeriesQuery,
  from: number,
  to: number,
  pointMs: number,
): SeriesReply['series'][number] {
  const kpi = KPIS.get(query.metric);
  if (kpi === undefined) throw new AppError('not_found', `no KPI ${query.metric}`, { field: 'metric' });
  const points: [number, number | null][] = [];
  for (let ms = from; ms < to; ms += pointMs) {
    const { value } = kpi.compute({
      campaign,
      read: mirror,
      span: { fromMs: ms, toMs: ms + pointMs },
      window: '1m',
      nowMs: nowMs(),
      labels: {},
    });
    points.push([ms, value]);
  }
  return { labels: {}, points };
}
