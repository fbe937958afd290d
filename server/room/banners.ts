import type { Redis } from 'ioredis';
import type { Banner } from '#contract/runbooks';
import { TIER_RANK } from '#contract/tiers';
import { coreKey } from '../store/keys.ts';
import type { Log } from './log.ts';

/** How often a node looks for banners of others, ms. */
const POLL_MS = 500;

export interface Banners {
  /** Safe to repeat: a banner's id is its own. */
  show(banner: Banner): Promise<void>;
  clear(id: string): Promise<void>;
  /** The most urgent one now, read from the store. */
  current(nowMs: number): Promise<Banner | null>;
  /** The same as this node last heard it: what frames carry. */
  shown(nowMs: number): Banner | null;
  start(): Promise<void>;
  stop(): void;
}

/** The most urgent banner that has begun and not ended; of two alike the later one. Pure. */
export function mostUrgent(banners: Iterable<Banner>, nowMs: number): Banner | null {
  let best: Banner | null = null;
  for (const banner of banners) {
    if (nowMs < banner.fromMs || nowMs >= banner.untilMs) continue;
    const above = best === null ? 1 : TIER_RANK[banner.tier] - TIER_RANK[best.tier] || banner.fromMs - best.fromMs;
    if (above > 0) best = banner;
  }
  return best;
}

/** Lines across all walls, kept in the store, so that every node's frames carry the same one within half a second. */
export function createBanners(redis: Redis, prefix: string, instance: string, log: Log): Banners {
  const key = coreKey(prefix, instance, 'banners');
  let heard: readonly Banner[] = [];
  let timer: NodeJS.Timeout | null = null;
  let failing = false;
  async function read(): Promise<readonly Banner[]> {
    heard = (await redis.hvals(key)).map((text) => JSON.parse(text) as Banner);
    return heard;
  }
  const poll = async (): Promise<void> => {
    try {
      await read();
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'banners cannot be read; the walls keep the last one');
      failing = true;
    }
  };
  return {
    async show(banner) {
      await redis.hset(key, banner.id, JSON.stringify(banner));
      const over = (await read()).filter(({ untilMs }) => untilMs < banner.fromMs);
      if (over.length > 0) await redis.hdel(key, ...over.map(({ id }) => id));
      await read();
    },
    async clear(id) {
      await redis.hdel(key, id);
      await read();
    },
    current: async (nowMs) => mostUrgent(await read(), nowMs),
    shown: (nowMs) => mostUrgent(heard, nowMs),
    async start() {
      await poll();
      timer = setInterval(() => void poll(), POLL_MS);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
    },
  };
}
