import { EDGES_MS } from '#contract/events';
import { type BreakdownPlan, breakdownOffset, type CellTable } from './cell-table.ts';
import type { EventRow } from './event-row.ts';

/** Sums of one second, and which cells are not zero. All sums only grow while folding. */
export interface SliceSums {
  /** By cell; null when the fold holds many slices, `few` has them then. */
  readonly sums: Float64Array | null;
  readonly few: Map<number, number> | null;
  readonly touched: number[];
}
/** Slices beyond this keep only the cells they have: a body may name thousands of different seconds. */
const DENSE_SLICES_MAX = 256;

/** @param among - slices that are there already */
export function newSlice(cellCount: number, among: number): SliceSums {
  return among < DENSE_SLICES_MAX
    ? { sums: new Float64Array(cellCount), few: null, touched: [] }
    : { sums: null, few: new Map(), touched: [] };
}
export const cellOf = ({ sums, few }: SliceSums, cell: number): number =>
  sums === null ? (few?.get(cell) ?? 0) : (sums[cell] as number);

/** Largest sum a window may hold exactly; the caller refuses an event that would pass it (`bulkOf`). */
export const FOLD_MAX = 9_000_000_000_000_000;

/** Events folded into one-second slices, in memory. The result does not depend on the order of the events. */
export class Fold {
  readonly slices = new Map<number, SliceSums>();
  readonly table: CellTable;
  private lastSecond = -1;
  private last: SliceSums | null = null;
  constructor(table: CellTable) {
    this.table = table;
  }

  /** @param secondMs - start of the slice, a multiple of 1,000 */
  slice(secondMs: number): SliceSums {
    if (secondMs === this.lastSecond && this.last !== null) return this.last;
    let slice = this.slices.get(secondMs);
    if (slice === undefined) {
      slice = newSlice(this.table.names.length, this.slices.size);
      this.slices.set(secondMs, slice);
    }
    this.lastSecond = secondMs;
    this.last = slice;
    return slice;
  }

  /** Adds one validated event. */
  add(row: EventRow): void {
    const second = Math.floor(row.eventAtMs / 1_000) * 1_000;
    for (const plan of this.table.sums[row.type]) {
      const value = plan.value(row);
      if (value === 0) continue;
      if (plan.place === 'spread') this.spread(plan.total, plan.breakdowns, row, value);
      else {
        const slice = this.slice(
          plan.place === 'paid' && row.paidAtMs > 0 ? Math.floor(row.paidAtMs / 1_000) * 1_000 : second,
        );
        bump(slice, plan.total, value);
        for (const breakdown of plan.breakdowns) bump(slice, breakdown.base + breakdownOffset(breakdown, row), value);
      }
    }
    for (const plan of this.table.histograms[row.type]) {
      if (plan.from === 'bins') {
        if (row.hasBins) this.spreadBins(plan.total, plan.breakdowns, row);
        continue;
      }
      const observed = plan.from === 'latencyMs' ? row.latencyMs : refundHours(row);
      if (observed < 0) continue;
      const slice = this.slice(second);
      const bin = binOf(observed);
      if (plan.total >= 0) bump(slice, plan.total + bin, 1);
      for (const breakdown of plan.breakdowns)
        bump(slice, breakdown.base + breakdownOffset(breakdown, row) * EDGES_MS.length + bin, 1);
    }
  }

  /** Counts an event with a dimension value that the campaign does not know. */
  addUnmapped(eventAtMs: number): void {
    bump(this.slice(Math.floor(eventAtMs / 1_000) * 1_000), this.table.unmapped, 1);
  }

  /** Whole counts over the period's seconds `[end − period, end)`; the remainder goes to the last second. */
  private spread(total: number, breakdowns: readonly BreakdownPlan[], row: EventRow, value: number): void {
    const seconds = Math.max(1, row.periodMs / 1_000);
    const share = Math.floor(value / seconds);
    const end = Math.ceil(row.eventAtMs / 1_000) * 1_000;
    for (let i = 0; i < seconds; i += 1) {
      const part = i === seconds - 1 ? value - share * (seconds - 1) : share;
      if (part === 0) continue;
      const slice = this.slice(end - (seconds - i) * 1_000);
      bump(slice, total, part);
      for (const breakdown of breakdowns) bump(slice, breakdown.base + breakdownOffset(breakdown, row), part);
    }
  }

  private spreadBins(total: number, breakdowns: readonly BreakdownPlan[], row: EventRow): void {
    for (let bin = 0; bin < EDGES_MS.length; bin += 1) {
      const value = row.bins[bin] ?? 0;
      if (value === 0) continue;
      const seconds = Math.max(1, row.periodMs / 1_000);
      const share = Math.floor(value / seconds);
      const end = Math.ceil(row.eventAtMs / 1_000) * 1_000;
      for (let i = 0; i < seconds; i += 1) {
        const part = i === seconds - 1 ? value - share * (seconds - 1) : share;
        if (part === 0) continue;
        const slice = this.slice(end - (seconds - i) * 1_000);
        if (total >= 0) bump(slice, total + bin, part);
        for (const breakdown of breakdowns)
          bump(slice, breakdown.base + breakdownOffset(breakdown, row) * EDGES_MS.length + bin, part);
      }
    }
  }

  /** Adds another fold of the same table into this one. */
  merge(other: Fold): void {
    for (const [second, from] of other.slices) addSlice(this.slice(second), from);
  }
}

export function addSlice(to: SliceSums, from: SliceSums): void {
  for (const cell of from.touched) bump(to, cell, cellOf(from, cell));
}

function bump(slice: SliceSums, cell: number, value: number): void {
  const { sums } = slice;
  if (sums === null) {
    const before = slice.few?.get(cell) ?? 0;
    if (before === 0) slice.touched.push(cell);
    slice.few?.set(cell, before + value);
    return;
  }
  const before = sums[cell] as number;
  if (before === 0) slice.touched.push(cell);
  sums[cell] = before + value;
}

/**
 * The most one event adds to any sum, when that can be much; 0 for events that count ones. While all bulks of a window
 * together stay below `FOLD_MAX`, so does each of its sums, whatever seconds they fall in.
 */
export function bulkOf({ amountMinor, counts, co2Grams }: EventRow): number {
  return Math.max(
    amountMinor,
    counts[0] as number,
    counts[1] as number,
    counts[2] as number,
    counts[3] as number,
    co2Grams,
  );
}

/** Hours from request to refund, rounded up; -1 when unknown. Its bins use the published edges read as hours. */
function refundHours(row: EventRow): number {
  if (row.requestedAtMs === 0 || row.requestedAtMs > row.eventAtMs) return -1;
  return Math.ceil((row.eventAtMs - row.requestedAtMs) / 3_600_000);
}

/** Index of the first edge that is not below the value; the last edge takes all that is longer. */
export function binOf(value: number): number {
  let low = 0;
  let high = EDGES_MS.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((EDGES_MS[middle] as number) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
