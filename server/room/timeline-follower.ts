import type { Position, TimelineEntry } from '#contract/timeline';
import { type TimelineKeys, timelineKeys } from '../store/timeline.ts';
import type { Log } from './log.ts';
import { entryOf, type StreamRow, TIMELINE_PAGE, type TimelinePage } from './timeline.ts';

/** Entries a node keeps, so that a thousand screens that come back at once cost Redis nothing. */
const KEPT_MAX = 1_000;
/** One blocking read, ms; below the command timeout of a connection (2 s). */
const BLOCK_MS = 1_000;
/** ms between looks whether the timeline began a new life (a wiped store numbers from 1 again). */
const EPOCH_CHECK_MS = 1_000;

/** A connection of its own: it blocks in XREAD. */
export interface FollowerRedis {
  mget(...keys: string[]): Promise<(string | null)[]>;
  xrevrange(key: string, from: string, to: string, count: 'COUNT', limit: number): Promise<StreamRow[]>;
  xread(...args: (string | number)[]): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  disconnect(): void;
}
export interface TimelineFollowerOptions {
  /** Opens the connection that blocks, such as `() => redis.duplicate()`, and waits until it can be used. */
  readonly open: () => FollowerRedis | Promise<FollowerRedis>;
  readonly prefix: string;
  readonly instance: string;
  readonly log: Log;
}
/**
 * This node's copy of the timeline's end. `entries` are consecutive, their last is `position`. Listeners hear of each entry
 * once, in order; after a `reset` all that came before is void.
 */
export interface TimelineFollower {
  start(): Promise<void>;
  stop(): void;
  /** Epoch empty and seq 0 before the first entry or before the first answer. */
  readonly position: Position;
  /** What a screen at `position` has missed, without asking Redis; null when this node does not know. */
  missed(position: Position | null): TimelinePage | null;
  onEntries(listener: (page: TimelinePage) => void): () => void;
}

export function createTimelineFollower({ open, prefix, instance, log }: TimelineFollowerOptions): TimelineFollower {
  const keys: TimelineKeys = timelineKeys(prefix, instance);
  const listeners = new Set<(page: TimelinePage) => void>();
  let kept: readonly TimelineEntry[] = [];
  let position: Position = { epoch: '', seq: 0 };
  let known = false;
  let redis: FollowerRedis | null = null;
  let starting = false;
  let checkedAtMs = 0;

  const tell = (page: TimelinePage): void => {
    for (const listener of listeners) listener(page);
  };

  async function reload(from: FollowerRedis, epoch: string): Promise<void> {
    kept = (await from.xrevrange(keys.stream, '+', '-', 'COUNT', KEPT_MAX)).map(entryOf).reverse();
    position = { epoch, seq: kept.at(-1)?.seq ?? 0 };
    known = true;
  }
  /** Starts again at the newest page when this is another life than the one followed, and says so. */
  async function checkEpoch(from: FollowerRedis): Promise<void> {
    checkedAtMs = performance.now();
    const [epoch, seq] = await from.mget(keys.epoch, keys.seq);
    if (known && (epoch ?? '') === position.epoch && Number(seq ?? 0) >= position.seq) return;
    await reload(from, epoch ?? '');
    tell({ position, entries: kept.slice(-TIMELINE_PAGE), reset: true });
  }

  async function readOn(from: FollowerRedis): Promise<void> {
    if (!known || performance.now() - checkedAtMs >= EPOCH_CHECK_MS) await checkEpoch(from);
    const reply = (await from.xread('COUNT', 500, 'BLOCK', BLOCK_MS, 'STREAMS', keys.stream, `${position.seq}-0`)) as
      | [string, StreamRow[]][]
      | null;
    const entries = (reply?.[0]?.[1] ?? []).map(entryOf);
    const [first] = entries;
    if (first === undefined) return;
    if (position.epoch === '' || first.seq !== position.seq + 1) {
      known = false; // the first entry of all, or what follows was trimmed: start again
      return;
    }
    position = { epoch: position.epoch, seq: entries.at(-1)?.seq ?? position.seq };
    kept = [...kept, ...entries].slice(-KEPT_MAX);
    tell({ position, entries, reset: false });
  }

  async function run(from: FollowerRedis): Promise<void> {
    for (let waitMs = 100; redis === from; ) {
      try {
        await readOn(from);
        waitMs = 100;
      } catch (error) {
        if (redis !== from) return;
        log.warn({ err: error }, 'the timeline cannot be followed; trying again');
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        waitMs = Math.min(2_000, waitMs * 2);
      }
    }
  }

  return {
    async start() {
      if (redis !== null || starting) return;
      starting = true;
      redis = await open();
      starting = false;
      redis.on('error', () => undefined); // each failed read is logged where it fails
      await checkEpoch(redis).catch((error: unknown) => log.warn({ err: error }, 'the timeline cannot be read yet'));
      void run(redis);
    },
    stop() {
      redis?.disconnect();
      redis = null;
    },
    get position() {
      return position;
    },
    missed(from) {
      if (!known) return null;
      if (from === null) return { position, entries: kept.slice(-TIMELINE_PAGE), reset: true };
      if (from.epoch !== position.epoch || from.seq > position.seq) return null;
      const first = kept[0]?.seq ?? position.seq + 1;
      if (from.seq + 1 < first) return null;
      return { position, entries: kept.filter((entry) => entry.seq > from.seq), reset: false };
    },
    onEntries(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
