import { AppError } from '#contract/errors';
import type { CellTable } from '../domain/cell-table.ts';
import {
  applyBatch,
  type BatchLimits,
  type BatchResult,
  type SequenceMark,
  type SequenceProblem,
} from '../store/apply-batch.ts';
import type { ShardKeys } from '../store/keys.ts';
import type { RedisClock } from '../store/redis-clock.ts';
import type { ScriptRunner } from '../store/scripts.ts';
import { storeError } from '../store/store-error.ts';
import { type BatchPart, buildBatch, rememberTold, type Told } from './batch.ts';
import type { ShardPart } from './body-fold.ts';

/**
 * Bounds of the pause before a flush, ms: short when idle, three times the last flush when loaded. An alert waits for it: with a
 * quarter of a second here the slowest pages of a busy night were a tenth of a second later.
 */
const FLUSH_MIN_MS = 10;
const FLUSH_MAX_MS = 100;
const FLUSH_PAUSE_FACTOR = 3;
/** With as many events waiting a flush goes at once: waiting longer would only hold their producers up. */
const FULL_EVENTS_COUNT = 20_000;
const RETRIES_MAX = 12;
/** Ids and cells of one flush, about 0.1 s of Redis: one body may be more, two are not taken together then. */
const FLUSH_WEIGHT_MAX = 120_000;

/** What the store was told once is told again: a failover may have lost it. */
const TELL_AGAIN_MS = 60_000;
const emptyTold = (): Told => ({ types: new Map(), seen: new Set(), registers: new Set() });

/** One request's share of a shard. The lane asks it to fold itself again when part of it turns out to be known or too old. */
export interface LaneEntry {
  readonly counting: 'id' | 'sequence';
  /** Items of its body. */
  readonly eventCount: number;
  readonly mark: () => SequenceMark | null;
  readonly part: () => ShardPart | undefined;
  /** Leave these identities out from now on. */
  readonly exclude: (ids: readonly string[]) => void;
  /** Leave these to a body of the same flush that has them, too; forgotten by `refold`. */
  readonly leave: (ids: readonly string[]) => void;
  /** Judge late and future again. */
  readonly refold: () => void;
}
export type LaneOutcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'sequence'; readonly problem: SequenceProblem };

interface Waiting {
  readonly entry: LaneEntry;
  readonly resolve: (outcome: LaneOutcome) => void;
  readonly reject: (error: unknown) => void;
}
export interface LaneDeps {
  readonly redis: ScriptRunner;
  readonly keys: ShardKeys;
  readonly table: CellTable;
  readonly clock: RedisClock;
  readonly opensAtMs: number;
  readonly limits: BatchLimits;
  /** Told of identities the store holds, counted now or before. */
  readonly onHeld: (ids: readonly string[]) => void;
  readonly onFlush: (flush: {
    readonly ms: number;
    readonly requestCount: number;
    readonly cellCount: number;
    readonly ok: boolean;
  }) => void;
}

/** Micro-batching for one shard: requests wait a few ms for each other and share one atomic, fsynced step. */
export class Lane {
  private open: Waiting[] = [];
  private timer: NodeJS.Timeout | null = null;
  private flushing = false;
  private lastFlushMs = 0;
  private readonly deps: LaneDeps;
  private told: Told = emptyTold();
  private toldSinceMs = 0;
  constructor(deps: LaneDeps) {
    this.deps = deps;
  }

  /** Waits for the flush that carries the entry. @throws {AppError} store errors; the whole flush failed */
  submit(entry: LaneEntry): Promise<LaneOutcome> {
    const outcome = new Promise<LaneOutcome>((resolve, reject) => this.open.push({ entry, resolve, reject }));
    this.schedule();
    return outcome;
  }

  get waitingCount(): number {
    return this.open.length;
  }

  private schedule(): void {
    if (this.flushing || this.open.length === 0) return;
    if (this.isFull()) {
      if (this.timer !== null) clearTimeout(this.timer);
      this.timer = null;
      void this.flush();
      return;
    }
    if (this.timer !== null) return;
    const pause = Math.min(FLUSH_MAX_MS, Math.max(FLUSH_MIN_MS, FLUSH_PAUSE_FACTOR * this.lastFlushMs));
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, pause);
  }

  private isFull(): boolean {
    let count = 0;
    for (const { entry } of this.open) count += entry.eventCount;
    return count >= FULL_EVENTS_COUNT;
  }

  /** What goes together, oldest first. */
  private take(): Waiting[] {
    let weight = 0;
    let count = 0;
    for (const { entry } of this.open) {
      weight += weightOf(entry.part());
      if (count > 0 && weight > FLUSH_WEIGHT_MAX) break;
      count += 1;
    }
    return this.open.splice(0, count);
  }

  private async flush(): Promise<void> {
    const waiting = this.take();
    this.flushing = true;
    const started = performance.now();
    let ok = true;
    let cellCount = 0;
    try {
      cellCount = await this.settle(waiting);
    } catch (error) {
      ok = false;
      const shown = storeError(error);
      for (const { reject } of waiting) reject(shown);
      this.refuseWaiting(shown);
    }
    this.lastFlushMs = performance.now() - started;
    this.deps.onFlush({ ms: this.lastFlushMs, requestCount: waiting.length, cellCount, ok });
    this.flushing = false;
    this.schedule();
  }

  /** A store that did not answer would keep whoever waited for this flush as long again: they are told now. */
  private refuseWaiting(error: unknown): void {
    if (!(error instanceof AppError) || error.options.outcome !== 'unknown') return;
    const refused = this.open;
    this.open = [];
    for (const { reject } of refused)
      reject(new AppError('store_unavailable', 'the store does not answer; nothing was done, try again'));
  }

  /** Sends until the store has taken what is left of the batch. @returns cells written */
  private async settle(waiting: readonly Waiting[]): Promise<number> {
    let left = waiting;
    settleTwins(left);
    for (let attempt = 0; attempt < RETRIES_MAX && left.length > 0; attempt += 1) {
      const { clock, keys, table, opensAtMs, redis, limits } = this.deps;
      const nowMs = clock.nowMs();
      if (nowMs - this.toldSinceMs > TELL_AGAIN_MS) {
        this.told = emptyTold();
        this.toldSinceMs = nowMs;
      }
      const parts: BatchPart[] = left.map(({ entry }) => ({
        part: entry.part(),
        mark: entry.mark(),
        counting: entry.counting,
      }));
      const batch = buildBatch(parts, { table, keys, opensAtMs, nowMs, told: this.told });
      const result = await applyBatch(redis, keys, batch, limits);
      clock.learn(result.nowMs);
      if (result.kind === 'applied') {
        rememberTold(this.told, batch);
        this.deps.onHeld(batch.ids);
        for (const { resolve } of left) resolve({ kind: 'applied' });
        return batch.slices.reduce((sum, { cells }) => sum + cells.length, 0);
      }
      if (result.kind === 'known') this.deps.onHeld(result.ids);
      left = mend(left, result);
    }
    if (left.length > 0)
      throw new AppError('store_unavailable', 'the batch kept changing while it was counted; send it again', {
        retryAfterS: 1,
      });
    return 0;
  }
}

function weightOf(part: ShardPart | undefined): number {
  let weight = part?.ids.length ?? 0;
  for (const { touched } of part?.fold.slices.values() ?? []) weight += touched.length;
  return weight;
}

/**
 * An event that several bodies of one flush hold counts in the first of them and is a duplicate in the others: they are
 * applied in one step or not at all. When the first is judged again (`stale`), so is who has it.
 */
function settleTwins(left: readonly Waiting[]): void {
  if (left.length < 2) return;
  const ids = new Set<string>();
  for (const { entry } of left) {
    const twins = entry.part()?.ids.filter((id) => ids.has(id)) ?? [];
    if (twins.length > 0) entry.leave(twins);
    for (const id of entry.part()?.ids ?? []) ids.add(id);
  }
}

/** Takes out what the store named; what is left goes again. */
function mend(left: readonly Waiting[], result: Exclude<BatchResult, { kind: 'applied' }>): readonly Waiting[] {
  if (result.kind === 'known') {
    const known = new Set(result.ids);
    for (const { entry } of left) {
      const mine = entry.part()?.ids.filter((id) => known.has(id)) ?? [];
      if (mine.length > 0) entry.exclude(mine);
    }
    return left;
  }
  if (result.kind === 'stale') {
    for (const { entry } of left) entry.refold();
    settleTwins(left);
    return left;
  }
  if (result.kind === 'full') {
    for (const { reject, entry } of left) {
      if (entry.counting === 'id')
        reject(
          new AppError(
            'dedupe_full',
            `${result.heldCount} ids are remembered, which is the cap; count this source by sequence or raise DEDUPE_MAX_IDS`,
            { retryAfterS: 60 },
          ),
        );
    }
    return left.filter(({ entry }) => entry.counting !== 'id');
  }
  const withMark = left.filter(({ entry }) => entry.mark() !== null);
  const settled = new Set<Waiting>();
  for (const problem of result.problems) {
    const one = withMark[problem.index];
    if (one === undefined) continue;
    one.resolve({ kind: 'sequence', problem });
    settled.add(one);
  }
  return left.filter((one) => !settled.has(one));
}
