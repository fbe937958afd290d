import type { Redis } from 'ioredis';
import type { KpiWindow } from '#contract/kpis';
import { sketchKey } from '../store/keys.ts';

/** Minute sketches live long enough for the one-hour window and late orders. */
const MINUTE_KEEP_MS = 3 * 3_600_000;
const WINDOW_MINUTES: Readonly<Record<Exclude<KpiWindow, 'open'>, number>> = { '1m': 1, '5m': 5, '1h': 60 };
const REFRESH_MS = 2_000;

/**
 * Distinct buyers by HyperLogLog (Redis' own: 12 kB, standard error 0.81 %), one sketch a set and minute and one since
 * opening. PFADD is idempotent, so it needs no part in the batch's atomic step. Windows end on whole minutes.
 */
export class Sketches {
  private readonly redis: Redis;
  private readonly keyOf: (name: string) => string;
  private readonly sets: readonly string[];
  private counts = new Map<string, number>();
  private refreshedAtMs = 0;
  private any = false;
  constructor(redis: Redis, prefix: string, instance: string, channels: readonly string[]) {
    this.redis = redis;
    this.keyOf = (name) => sketchKey(prefix, instance, name);
    this.sets = ['all', 'new', 'returning', ...channels.map((channel) => `channel=${channel}`)];
  }

  /** @param buyers - sketch name (`all:<minute in s>`, `new:open`) → buyer ids; sets the campaign does not list are left out */
  async add(buyers: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const known = new Set(this.sets);
    const pipeline = this.redis.pipeline();
    for (const [name, ids] of buyers) {
      const cut = name.lastIndexOf(':');
      if (!known.has(name.slice(0, cut))) continue;
      pipeline.pfadd(this.keyOf(name), ...ids);
      const minute = name.slice(cut + 1);
      if (minute !== 'open')
        pipeline.call('PEXPIREAT', this.keyOf(name), String(Number(minute) * 1_000 + MINUTE_KEEP_MS), 'NX');
    }
    const replies = await pipeline.exec();
    for (const [error] of replies ?? []) if (error) throw error;
  }

  /** Reads the estimates again, at most every 2 s. @param nowMs - Redis time */
  async refresh(nowMs: number): Promise<void> {
    if (nowMs - this.refreshedAtMs < REFRESH_MS) return;
    this.refreshedAtMs = nowMs;
    const minute = Math.floor(nowMs / 60_000) * 60;
    const asked: string[] = [];
    const pipeline = this.redis.pipeline();
    for (const set of this.sets) {
      asked.push(`${set}@open`);
      pipeline.pfcount(this.keyOf(`${set}:open`));
      for (const [window, minutes] of Object.entries(WINDOW_MINUTES)) {
        asked.push(`${set}@${window}`);
        pipeline.pfcount(...Array.from({ length: minutes }, (_, i) => this.keyOf(`${set}:${minute - i * 60}`)));
      }
    }
    const replies = await pipeline.exec();
    const counts = new Map<string, number>();
    asked.forEach((name, i) => {
      const [error, count] = replies?.[i] ?? [new Error('no reply'), 0];
      if (error) throw error;
      counts.set(name, Number(count));
    });
    this.counts = counts;
    this.any = this.any || (counts.get('all@open') ?? 0) > 0 || (counts.get('all@1h') ?? 0) > 0;
  }

  /** null when no event ever named a buyer. */
  count(set: string, window: KpiWindow): number | null {
    return this.any ? (this.counts.get(`${set}@${window}`) ?? null) : null;
  }
}
