import type { CampaignFile } from '#contract/campaign';
import { EDGES_MS, EVENT_TYPES, type EventType } from '#contract/events';
import { DIMENSIONS_MAX, type EventRow } from './event-row.ts';
import { HISTOGRAMS, METRICS, type MetricSpec, UNMAPPED_METRIC } from './metrics.ts';

/** Most cells one slice may hold; a campaign file that could need more is refused at load. */
export const CELLS_ACTIVE_MAX = 500;
/** One second's latencies seldom span more than a factor of 100: 16 of the 40 edges count as active. */
const HISTOGRAM_ACTIVE_COUNT = 16;

export interface DimensionTable {
  readonly name: string;
  /** Place in `EventRow.dimensions`. */
  readonly slot: number;
  /** Known values; the index of `other` is `otherIndex`. */
  readonly values: ReadonlyMap<string, number>;
  readonly names: readonly string[];
  readonly otherIndex: number;
}

/** Where one breakdown of a metric starts in the cell list, and how its dimensions are laid out. */
export interface BreakdownPlan {
  readonly base: number;
  readonly slotA: number;
  readonly otherA: number;
  /** -1: the breakdown has one dimension. */
  readonly slotB: number;
  readonly otherB: number;
  readonly sizeB: number;
}
export interface SumPlan {
  readonly value: MetricSpec['value'];
  readonly place: MetricSpec['place'];
  readonly total: number;
  readonly breakdowns: readonly BreakdownPlan[];
}
export interface HistogramPlan {
  readonly from: 'latencyMs' | 'bins' | 'refundHours';
  /** Index of the total's first bin, or -1 when only breakdowns are stored. */
  readonly total: number;
  /** `base` of these is in groups of 40 bins. */
  readonly breakdowns: readonly BreakdownPlan[];
}

/**
 * Every cell a campaign can have, numbered, so that folding is adding into arrays. Cells of a metric: its total, then
 * each stored breakdown with one cell a value and one for `other`. A histogram stores its breakdowns, or its total when
 * it has none.
 */
export interface CellTable {
  readonly names: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  /** Tells two tables apart: equal when the same numbers name the same cells. */
  readonly fingerprint: string;
  readonly dimensions: ReadonlyMap<string, DimensionTable>;
  readonly sums: Readonly<Record<EventType, readonly SumPlan[]>>;
  readonly histograms: Readonly<Record<EventType, readonly HistogramPlan[]>>;
  readonly unmapped: number;
  /** Upper bound of cells in one slice. */
  readonly activeMaxCount: number;
  /** Category of each listed SKU, as a dimension index. */
  readonly categoryOfSku: ReadonlyMap<string, number>;
}

type TableFile = Pick<CampaignFile, 'dimensions' | 'breakdowns' | 'items'>;

export function buildCellTable(file: TableFile): CellTable {
  const dimensions = buildDimensions(file);
  const names: string[] = [];
  const add = (name: string): number => names.push(name) - 1;
  let activeMaxCount = 1;

  const breakdownsOf = (metric: string, allowed: readonly string[]): readonly (readonly DimensionTable[])[] =>
    (file.breakdowns[metric] ?? []).map((labels) =>
      labels.map((label) => {
        const table = dimensions.get(label);
        if (table === undefined || !allowed.includes(label)) {
          throw new RangeError(`breakdowns.${metric}: ${label} is not a dimension of it; known: ${allowed.join(', ')}`);
        }
        return table;
      }),
    );
  const plan = (labels: readonly DimensionTable[], base: number): BreakdownPlan => {
    const [a, b] = labels as [DimensionTable, DimensionTable | undefined];
    return {
      base,
      slotA: a.slot,
      otherA: a.otherIndex,
      slotB: b?.slot ?? -1,
      otherB: b?.otherIndex ?? 0,
      sizeB: b?.names.length ?? 1,
    };
  };
  const eachLabel = function* (labels: readonly DimensionTable[]): Generator<string> {
    const [a, b] = labels as [DimensionTable, DimensionTable | undefined];
    for (const valueA of a.names) {
      if (b === undefined) yield `|${a.name}=${valueA}`;
      else for (const valueB of b.names) yield `|${a.name}=${valueA}|${b.name}=${valueB}`;
    }
  };

  const sums = Object.fromEntries(EVENT_TYPES.map((type) => [type, [] as SumPlan[]])) as Record<EventType, SumPlan[]>;
  const histograms = Object.fromEntries(EVENT_TYPES.map((type) => [type, [] as HistogramPlan[]])) as Record<
    EventType,
    HistogramPlan[]
  >;
  for (const spec of METRICS) {
    const total = add(spec.metric);
    const breakdowns = breakdownsOf(spec.metric, spec.dimensions).map((labels) => {
      const base = names.length;
      for (const label of eachLabel(labels)) add(spec.metric + label);
      return plan(labels, base);
    });
    sums[spec.type].push({ value: spec.value, place: spec.place, total, breakdowns });
  }
  activeMaxCount += names.length;
  for (const spec of HISTOGRAMS) {
    const addBins = (label: string): void => {
      for (const edge of EDGES_MS) add(`${spec.metric}${label}|le=${edge}`);
      activeMaxCount += HISTOGRAM_ACTIVE_COUNT;
    };
    const stored = breakdownsOf(spec.metric, spec.dimensions);
    const total = stored.length === 0 ? names.length : -1;
    if (total >= 0) addBins('');
    const breakdowns = stored.map((labels) => {
      const base = names.length;
      for (const label of eachLabel(labels)) addBins(label);
      return plan(labels, base);
    });
    histograms[spec.type].push({ from: spec.from, total, breakdowns });
  }
  const known = new Set([...METRICS, ...HISTOGRAMS].map(({ metric }) => metric));
  for (const metric of Object.keys(file.breakdowns)) {
    if (!known.has(metric)) throw new RangeError(`breakdowns.${metric}: no such metric`);
  }
  const unmapped = add(UNMAPPED_METRIC);
  if (activeMaxCount > CELLS_ACTIVE_MAX) {
    throw new RangeError(
      `breakdowns: a slice could hold ${activeMaxCount} cells, at most ${CELLS_ACTIVE_MAX} are allowed; store fewer breakdowns`,
    );
  }
  const categories = dimensions.get('category');
  return {
    names,
    index: new Map(names.map((name, index) => [name, index])),
    fingerprint: fingerprintOf(names),
    dimensions,
    sums,
    histograms,
    unmapped,
    activeMaxCount,
    categoryOfSku: new Map(
      file.items.map(({ sku, category }) => [sku, categories?.values.get(category) ?? categories?.otherIndex ?? -1]),
    ),
  };
}

/** Two 32-bit FNV-1a sums from different starts: tables differ by accident, never by design. */
function fingerprintOf(names: readonly string[]): string {
  const text = names.join('\n');
  const sum = (start: number): string => {
    let state = start;
    for (let i = 0; i < text.length; i += 1) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193) >>> 0;
    return state.toString(36);
  };
  return `${sum(0x811c9dc5)}${sum(0x9747b28c)}`;
}

function buildDimensions(file: TableFile): ReadonlyMap<string, DimensionTable> {
  const entries = Object.entries(file.dimensions);
  if (entries.length > DIMENSIONS_MAX)
    throw new RangeError(`dimensions: ${entries.length} given, at most ${DIMENSIONS_MAX} are allowed`);
  return new Map(
    entries.map(([name, list], slot) => {
      const names = list.map(({ id }) => id).filter((id) => id !== 'other');
      if (new Set(names).size !== names.length) throw new RangeError(`dimensions.${name}: a value is listed twice`);
      return [
        name,
        {
          name,
          slot,
          values: new Map(names.map((id, index) => [id, index])),
          names: [...names, 'other'],
          otherIndex: names.length,
        },
      ];
    }),
  );
}

/** Cell of one breakdown for a row; a dimension the event does not name counts as `other`. */
export function breakdownOffset(plan: BreakdownPlan, row: EventRow): number {
  const a = row.dimensions[plan.slotA] ?? -1;
  const offsetA = a < 0 ? plan.otherA : a;
  if (plan.slotB < 0) return offsetA;
  const b = row.dimensions[plan.slotB] ?? -1;
  return offsetA * plan.sizeB + (b < 0 ? plan.otherB : b);
}
