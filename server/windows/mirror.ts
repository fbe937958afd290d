import type { Redis } from 'ioredis';
import type { Feed } from '#contract/events';
import type { KpiWindow } from '#contract/kpis';
import type { Campaign } from '../domain/campaign.ts';
import type { CellTable } from '../domain/cell-table.ts';
import { FOLD_MAX } from '../domain/fold.ts';
import type { AdTotals, AdviceFigures, BudgetFigures, Span, WindowReader } from '../domain/kpis/types.ts';
import { METRICS } from '../domain/metrics.ts';
import { sliceExpiresAtMs } from '../domain/place-event.ts';
import { cutSpan, floorTo, type Kept, RESOLUTIONS, type ResolutionName } from '../domain/resolutions.ts';
import { type FeedState, feedStates, mergedSources, type SourceState, watermark } from '../domain/sources.ts';
import type { ShardKeys } from '../store/keys.ts';
import type { RedisClock } from '../store/redis-clock.ts';
import { ShardMirror } from './shard-mirror.ts';
import type { Sketches } from './sketches.ts';

export interface MirrorDeps {
  readonly redis: Redis;
  readonly clock: RedisClock;
  readonly keys: readonly ShardKeys[];
  readonly table: CellTable;
  readonly campaign: Campaign;
  readonly sketches: Sketches;
}

/** Totals whose sums bound what one more event may add. */
const TOTALS = METRICS.map(({ metric }) => metric);
/** A node that could not read for longer loads everything again: that is quicker than so many notes. */
const RELOAD_AFTER_MS = 120_000;
const EVICT_EVERY_MS = 10_000;
const PRUNE_EVERY_MS = 300_000;

/** All windows of the campaign in this node's memory: what every figure is computed from. */
export class Mirror implements WindowReader {
  /** 0–1 while loading after a start; 1 when complete. */
  loadingRatio = 0;
  // set by who has a ledger and who fits curves: neither is a fold of events
  budget: () => BudgetFigures | null = () => null;
  advice: () => AdviceFigures | null = () => null;
  private readonly deps: MirrorDeps;
  private shards: ShardMirror[];
  private merged: SourceState[] = [];
  private bySource = new Map<string, number>();
  private feeds = new Map<Feed, FeedState>();
  private watermarkHeld = 0;
  private readonly feedWatermarkHeld = new Map<Feed, number>();
  private loading: Promise<void> | null = null;
  private refreshedAtMs = 0;
  /** When the reading of what is shown began, ms of `performance.now()`. */
  readStartedMs = 0;
  private evictedAtMs = 0;
  private prunedAtMs = 0;
  emptyFromMs = 0;
  private newestMs = 0;
  private maxMoney = 0;
  constructor(deps: MirrorDeps) {
    this.deps = deps;
    this.shards = this.emptyShards();
  }

  private emptyShards(): ShardMirror[] {
    const { redis, keys, table, campaign } = this.deps;
    return keys.map((shard) => new ShardMirror(redis, shard, table, campaign.opensAtMs));
  }

  /** Loads all windows; until then there are no figures, only `loadingRatio`. Asked twice, it loads once. */
  load(): Promise<void> {
    this.loading ??= this.loadAll().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  private async loadAll(): Promise<void> {
    await this.deps.clock.sync();
    const startedMs = performance.now();
    const shards = this.emptyShards();
    const ratios = shards.map(() => 0);
    await Promise.all(
      shards.map((shard, i) =>
        shard.load(this.deps.clock.nowMs(), (ratio) => {
          ratios[i] = ratio;
          this.loadingRatio = Math.min(0.99, ratios.reduce((a, b) => a + b, 0) / ratios.length);
        }),
      ),
    );
    this.shards = shards;
    await this.deps.sketches.refresh(this.deps.clock.nowMs());
    this.mergeSources();
    this.judgeSources();
    this.loadingRatio = 1;
    this.readStartedMs = startedMs;
    this.refreshedAtMs = performance.now();
  }

  /** Brings the windows up to the store. Called by the view's tick, every 200 ms. @returns whether anything changed */
  async refresh(): Promise<boolean> {
    const nowMs = this.deps.clock.nowMs();
    if (this.loadingRatio < 1 || performance.now() - this.refreshedAtMs > RELOAD_AFTER_MS) {
      await this.load();
      return true;
    }
    const startedMs = performance.now();
    const [changed] = await Promise.all([
      Promise.all(this.shards.map((shard) => shard.refresh(nowMs))),
      this.deps.sketches.refresh(nowMs),
    ]);
    if (changed.includes('lost')) {
      await this.load();
      return true;
    }
    if (changed.includes('changed')) this.mergeSources();
    this.judgeSources();
    this.readStartedMs = startedMs;
    this.refreshedAtMs = performance.now();
    if (nowMs - this.evictedAtMs > EVICT_EVERY_MS) {
      this.evictedAtMs = nowMs;
      for (const shard of this.shards) shard.evict(nowMs);
    }
    if (nowMs - this.prunedAtMs > PRUNE_EVERY_MS) {
      this.prunedAtMs = nowMs;
      for (const shard of this.shards) await shard.pruneRegisters(nowMs - RESOLUTIONS['1s'].keepMs);
    }
    return changed.includes('changed');
  }

  /** What the shards know of each source, together. */
  private mergeSources(): void {
    const nowMs = this.deps.clock.nowMs();
    this.merged = mergedSources(this.shards.map(({ sources }) => sources));
    this.newestMs = this.merged.reduce((newest, { newestMs }) => Math.max(newest, newestMs), 0);
    this.emptyFromMs = floorTo(this.newestMs, 1_000) + 1_000;
    this.bySource = new Map(this.merged.map(({ source, newestMs }) => [source, newestMs]));
    const wide: Span = { fromMs: floorTo(nowMs, 86_400_000) - 86_400_000, toMs: floorTo(nowMs, 3_600_000) + 3_600_000 };
    this.maxMoney = Math.max(...TOTALS.map((cell) => this.sum(cell, wide)));
  }

  /** Who is heard and how far everybody is: changes with time alone. */
  private judgeSources(): void {
    const nowMs = this.deps.clock.nowMs();
    this.feeds = feedStates(this.merged, nowMs);
    // Watermarks move forward only: a new source with older events makes figures late, never shorter.
    this.watermarkHeld = Math.max(this.watermarkHeld, watermark(this.merged, nowMs) ?? 0);
    for (const [feed, { watermarkMs }] of this.feeds) {
      this.feedWatermarkHeld.set(
        feed,
        Math.max(this.feedWatermarkHeld.get(feed) ?? 0, Math.min(watermarkMs ?? 0, nowMs)),
      );
    }
  }

  /** Newest accepted event time, never beyond Redis time; null before the first event. */
  get asOfMs(): number | null {
    return this.newestMs === 0 ? null : Math.min(this.newestMs, this.deps.clock.nowMs());
  }

  get watermarkMs(): number | null {
    return this.watermarkHeld === 0 ? null : this.watermarkHeld;
  }

  feedWatermarks(): Record<string, number | null> {
    return Object.fromEntries([...this.feedWatermarkHeld].map(([feed, ms]) => [feed, ms === 0 ? null : ms]));
  }

  feedState(feed: Feed): FeedState {
    return this.feeds.get(feed) ?? { newestMs: null, watermarkMs: null, heardCount: 0, silentCount: 0 };
  }

  /** Feeds with a source that went silent. */
  silentFeeds(): Set<string> {
    return new Set([...this.feeds].flatMap(([feed, { silentCount }]) => (silentCount > 0 ? [feed] : [])));
  }

  get sourceCount(): number {
    return this.merged.length;
  }

  get sources(): readonly SourceState[] {
    return this.merged;
  }

  newestOf(source: string): number {
    return this.bySource.get(source) ?? 0;
  }

  /** What the fullest money window can still take exactly, minor units. */
  roomMinor(): number {
    return Math.max(0, FOLD_MAX - this.maxMoney);
  }

  /** Age of what is shown, ms since the store was last read. */
  readAgeMs(): number {
    return performance.now() - this.refreshedAtMs;
  }

  sum(cell: string, span: Span): number {
    const index = this.deps.table.index.get(cell);
    if (index === undefined || span.toMs <= span.fromMs) return 0;
    const kept: Kept = (resolution, startMs) => this.isKept(resolution, startMs);
    const { parts } = cutSpan(span.fromMs, span.toMs, kept, this.emptyFromMs);
    let total = 0;
    for (const shard of this.shards) {
      for (const { resolution, fromMs, toMs } of parts) {
        const slices = shard.slices[resolution];
        const { sizeMs } = RESOLUTIONS[resolution];
        for (let ms = fromMs; ms < toMs; ms += sizeMs) total += slices.get(ms)?.[index] ?? 0;
      }
    }
    return total;
  }

  isKept(resolution: ResolutionName, startMs: number): boolean {
    const { opensAtMs } = this.deps.campaign;
    const always = resolution === '1s' ? 60_000 : 3_600_000;
    if (floorTo(startMs, always) === floorTo(opensAtMs, always)) return true;
    const expiresAtMs = sliceExpiresAtMs(resolution, startMs, opensAtMs);
    return (
      expiresAtMs > this.deps.clock.nowMs() &&
      this.shards.every(({ loadedFromMs }) => startMs >= loadedFromMs[resolution])
    );
  }

  /** Newest report of each channel and day: what the ledger books. */
  spendReports(): { readonly channel: string; readonly day: string; readonly spendMinor: number }[] {
    return this.shards.flatMap(({ spend }) =>
      [...spend].flatMap(([channel, days]) =>
        [...days].map(([day, register]) => ({
          channel,
          day,
          spendMinor: register.at(Number.POSITIVE_INFINITY).spendMinor,
        })),
      ),
    );
  }

  ads(channel: string | null, span: Span): AdTotals {
    let spendMinor = 0;
    let impressions = 0;
    let clicks = 0;
    for (const shard of this.shards) {
      for (const [name, days] of shard.spend) {
        if (channel !== null && name !== channel) continue;
        for (const register of days.values()) {
          const between = register.between(span.fromMs, span.toMs);
          spendMinor += between.spendMinor;
          impressions += between.impressions;
          clicks += between.clicks;
        }
      }
    }
    return { spendMinor, impressions, clicks };
  }

  onHand(sku: string, tMs: number): number | null {
    let units: number | null = null;
    for (const shard of this.shards) {
      for (const register of shard.stock.get(sku)?.values() ?? []) {
        const here = register.onHand(tMs);
        if (here !== null) units = (units ?? 0) + here;
      }
    }
    return units;
  }

  sold(sku: string, span: Span): number {
    let units = 0;
    for (const shard of this.shards)
      for (const register of shard.stock.get(sku)?.values() ?? []) units += register.sold(span.fromMs, span.toMs);
    return units;
  }

  distinctBuyers(set: string, window: KpiWindow): number | null {
    return this.deps.sketches.count(set, window);
  }

  seen(field: string): boolean {
    if (field === 'budget.ledger') return this.budget() !== null;
    if (field === 'budget.curves') return this.advice() !== null;
    return this.shards.some((shard) => shard.seen.has(field));
  }

  feedNewestMs(feed: string): number | null {
    return this.feeds.get(feed as Feed)?.newestMs ?? null;
  }
}
