import { floorTo, RESOLUTIONS } from './resolutions.ts';

const MINUTE_MS = RESOLUTIONS['1m'].sizeMs;

/**
 * Registers: facts that replace each other. One entry an instant; whichever order they arrive in, the value at `t` is that
 * of the newest instant ≤ t, so counts and reports are order-free.
 */
class Timed<T> {
  readonly timesMs: number[] = [];
  readonly values: T[] = [];

  /** Index of the last entry at or before `tMs`; -1 when none. */
  at(tMs: number): number {
    let low = 0;
    let high = this.timesMs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.timesMs[middle] as number) <= tMs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  set(atMs: number, value: T): void {
    const index = this.at(atMs);
    if (index >= 0 && this.timesMs[index] === atMs) this.values[index] = value;
    else {
      this.timesMs.splice(index + 1, 0, atMs);
      this.values.splice(index + 1, 0, value);
    }
  }

  /** Drops the first `count` entries. */
  dropFirst(count: number): void {
    this.timesMs.splice(0, count);
    this.values.splice(0, count);
  }
}

/** Stock of one SKU in one warehouse: on hand at t = last count ≤ t + moves since. */
export class StockRegister {
  private readonly counts = new Timed<number>();
  private readonly moves = new Timed<number>();
  /** Units that left in a minute whose single moves are forgotten. */
  private readonly soldOfMinute = new Map<number, number>();

  setCount(atMs: number, onHand: number): void {
    this.counts.set(atMs, onHand);
  }

  /** @param delta - sum of all moves of that instant, units */
  setMove(atMs: number, delta: number): void {
    this.moves.set(atMs, delta);
  }

  /** null before the first count: a stock nobody counted is unknown, not 0. */
  onHand(tMs: number): number | null {
    const count = this.counts.at(tMs);
    if (count < 0) return null;
    const countedAtMs = this.counts.timesMs[count] as number;
    let units = this.counts.values[count] as number;
    for (
      let i = this.moves.at(countedAtMs) + 1;
      i < this.moves.timesMs.length && (this.moves.timesMs[i] as number) <= tMs;
      i += 1
    ) {
      units += this.moves.values[i] as number;
    }
    return units;
  }

  setSold(minuteMs: number, units: number): void {
    this.soldOfMinute.set(minuteMs, units);
  }

  /** Units that left within `[fromMs, toMs)`; to the minute where the single moves are forgotten. */
  sold(fromMs: number, toMs: number): number {
    let units = 0;
    for (const [minuteMs, sold] of this.soldOfMinute)
      if (minuteMs >= floorTo(fromMs, MINUTE_MS) && minuteMs < toMs) units += sold;
    for (
      let i = this.moves.at(fromMs - 1) + 1;
      i < this.moves.timesMs.length && (this.moves.timesMs[i] as number) < toMs;
      i += 1
    ) {
      units -= Math.min(0, this.moves.values[i] as number);
    }
    return units;
  }

  /**
   * Forgets what no question about `tMs` or later can need: everything before the last count ≤ tMs, but for what left.
   * @returns the instants dropped, ms
   */
  prune(tMs: number): { readonly countsMs: number[]; readonly movesMs: number[] } {
    const count = this.counts.at(tMs);
    if (count < 0) return { countsMs: [], movesMs: [] };
    const movesUntil = this.moves.at(this.counts.timesMs[count] as number) + 1;
    const dropped = { countsMs: this.counts.timesMs.slice(0, count), movesMs: this.moves.timesMs.slice(0, movesUntil) };
    dropped.movesMs.forEach((ms, i) => {
      const left = -Math.min(0, this.moves.values[i] as number);
      const minuteMs = floorTo(ms, MINUTE_MS);
      if (left > 0) this.soldOfMinute.set(minuteMs, (this.soldOfMinute.get(minuteMs) ?? 0) + left);
    });
    this.counts.dropFirst(count);
    this.moves.dropFirst(movesUntil);
    return dropped;
  }
}

export interface AdReport {
  readonly spendMinor: number;
  readonly impressions: number;
  readonly clicks: number;
}
const NOTHING: AdReport = { spendMinor: 0, impressions: 0, clicks: 0 };

/** Cumulative ad figures of one channel and day; a span's spend is the difference of two readings. */
export class SpendRegister {
  private readonly reports = new Timed<AdReport>();

  set(atMs: number, report: AdReport): void {
    this.reports.set(atMs, report);
  }

  /** Reading at `tMs`; zero before the day's first report. */
  at(tMs: number): AdReport {
    return this.reports.values[this.reports.at(tMs)] ?? NOTHING;
  }

  between(fromMs: number, toMs: number): AdReport {
    const before = this.at(fromMs - 1);
    const after = this.at(toMs - 1);
    return {
      spendMinor: after.spendMinor - before.spendMinor,
      impressions: after.impressions - before.impressions,
      clicks: after.clicks - before.clicks,
    };
  }
}
