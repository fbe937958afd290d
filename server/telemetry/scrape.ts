import { VIEWS } from '#contract/frames';
import { METRICS, type MetricName, type MetricSpec } from '../metrics.ts';
import { figureReader } from '../realtime/figures.ts';
import type { FrameSource } from '../realtime/frame-source.ts';
import type { NodeReadings } from '../realtime/node-meter.ts';
import type { Realtime } from '../realtime/realtime.ts';
import type { MetricBook, Row } from './metric-book.ts';

/** What only the store can tell. Null: it does not say at the moment. */
export interface StoreReadings {
  readonly deadLettersHeldCount: number | null;
  readonly deadLettersDroppedCount: number | null;
  /** Ids remembered, one number a shard. */
  readonly dedupeIdCounts: readonly (number | null)[];
}
export interface ScrapeDeps {
  readonly book: MetricBook;
  readonly source: FrameSource;
  readonly realtime: Pick<Realtime, 'stats' | 'own'>;
  readonly waitingCount: () => number;
  readonly readAgeMs: () => number;
  readonly dedupeMaxIds: number;
  readonly onDutyCount: () => number;
  readonly timelineSeq: () => number;
  readonly storeConnected: () => boolean;
  readonly nodeReadings: () => NodeReadings;
  readonly diskLow: () => boolean;
  readonly build: { readonly build: string; readonly node: string; readonly campaign: string };
  readonly readStore: () => Promise<StoreReadings>;
  /** What is counted elsewhere and copied here. */
  readonly tallies: readonly { fill(book: MetricBook): void }[];
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);
const NO_TIERS = { tierOf: () => null };

function fillView({ book, source, readAgeMs }: ScrapeDeps, tMs: number): void {
  const age = (ms: number | null): number | null => (ms === null ? null : Math.max(0, tMs - ms) / 1_000);
  book.one('warroom_view_event_age_seconds', age(source.asOfMs));
  book.one('warroom_view_watermark_lag_seconds', age(source.watermarkMs));
  book.one('warroom_view_read_age_seconds', readAgeMs() / 1_000);
  book.one('warroom_view_loaded_ratio', source.loadingRatio ?? 1);
  const feeds = Object.entries(source.feeds());
  book.rows(
    'warroom_feed_age_seconds',
    feeds.map(([feed, { newestMs }]): Row => [{ feed }, age(newestMs)]),
  );
  book.rows(
    'warroom_feed_silent_sources',
    feeds.map(([feed, { silentCount }]): Row => [{ feed }, silentCount]),
  );
}

function fillScreens({ book, realtime, onDutyCount, timelineSeq }: ScrapeDeps): void {
  const stats = realtime.stats();
  book.one('warroom_tick_seconds', stats.tickMs / 1_000);
  book.one('warroom_tick_max_seconds', stats.tickMaxMs / 1_000);
  book.one('warroom_frames_sent_total', stats.framesSentCount);
  book.one('warroom_frames_skipped_total', stats.framesSkippedCount);
  book.one('warroom_sockets', stats.socketsCount);
  book.one('warroom_sockets_refused_total', stats.refusedCount);
  book.rows('warroom_sockets_cut_total', [
    [{ reason: 'stuck' }, stats.stuckCount],
    [{ reason: 'too_slow' }, stats.tooSlowCount],
    [{ reason: 'revoked' }, stats.revokedCount],
    [{ reason: 'flooded' }, stats.floodedCount],
  ]);
  const byView = new Map<string, number>([...VIEWS, 'none'].map((view) => [view, 0]));
  for (const { view } of realtime.own().screens) byView.set(view ?? 'none', (byView.get(view ?? 'none') ?? 0) + 1);
  book.rows(
    'warroom_screens',
    [...byView].map(([view, n]): Row => [{ view }, n]),
  );
  book.one('warroom_people_on_duty', onDutyCount());
  book.one('warroom_timeline_seq', timelineSeq());
}

function fillNode(deps: ScrapeDeps, store: StoreReadings): void {
  const { book } = deps;
  const node = deps.nodeReadings();
  book.one('warroom_events_waiting', deps.waitingCount());
  book.one('warroom_dead_letters', store.deadLettersHeldCount);
  book.one('warroom_dead_letters_dropped_total', store.deadLettersDroppedCount);
  book.rows(
    'warroom_dedupe_ids',
    store.dedupeIdCounts.map((n, shard): Row => [{ shard: String(shard) }, n]),
  );
  book.one('warroom_dedupe_ids_limit', deps.dedupeMaxIds);
  book.one('warroom_redis_connected', deps.storeConnected() ? 1 : 0);
  book.one('warroom_redis_round_trip_seconds', seconds(node.redisMs));
  book.one('warroom_redis_memory_bytes', node.redisMemoryBytes);
  book.one('warroom_redis_memory_max_bytes', node.redisMemoryMaxBytes);
  book.one('warroom_disk_low', deps.diskLow() ? 1 : 0);
  book.one('warroom_event_loop_lag_p99_seconds', node.lagP99Ms / 1_000);
  book.rows('warroom_build_info', [[{ ...deps.build, node_version: process.version }, 1]]);
}

/** Business gauges, through the very reader that the wall's frames are built with. */
function fillKpis({ book, source }: ScrapeDeps, tMs: number): void {
  const figures = figureReader(source, tMs, NO_TIERS);
  for (const [name, { type, kpi }] of Object.entries(METRICS) as [MetricName, MetricSpec][]) {
    if (kpi === undefined || type !== 'gauge') continue;
    book.one(name as 'warroom_gmv_paid_minor', figures.row({ kpi: kpi.id, window: kpi.window }).value);
  }
}

/**
 * One answer of `GET /metrics`. Nothing is gathered between scrapes. The store is asked first; from then on all is copied and
 * told in one go, so that totals that belong together do. Rivals share a scrape that has not begun.
 */
export function createScrape(deps: ScrapeDeps): () => Promise<string> {
  let running: Promise<string> | null = null;
  let next: Promise<string> | null = null;
  async function scrape(): Promise<string> {
    const store = await deps.readStore();
    const tMs = deps.source.redisNowMs();
    for (const tally of deps.tallies) tally.fill(deps.book);
    fillView(deps, tMs);
    fillScreens(deps);
    fillNode(deps, store);
    fillKpis(deps, tMs);
    return deps.book.text();
  }
  return function render(): Promise<string> {
    if (running === null) {
      running = scrape().finally(() => {
        running = null;
      });
      return running;
    }
    next ??= running
      .catch(() => '')
      .then(() => {
        next = null;
        return render();
      });
    return next;
  };
}
