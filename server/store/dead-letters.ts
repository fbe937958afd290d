import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { limit } from '../limits.ts';
import { coreKey } from './keys.ts';
import { loadScript, runScript } from './scripts.ts';

/** An item that could not be counted, kept with its text so that it can be read, mended and sent again. */
export interface DeadLetter {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  /** The item as it came, cut at 4 KiB. */
  readonly raw: string;
  /** Name of the key that sent it. */
  readonly by: string;
  readonly atMs: number;
}
export interface DeadLetterPage {
  readonly letters: readonly (DeadLetter & { readonly number: number })[];
  /** Ask for older ones with `before`. */
  readonly before: number | null;
  readonly heldCount: number;
  readonly droppedCount: number;
}

const put = loadScript('put-dead-letters-3');
const CHUNK = 500;

/** Dead letters under the core tag, capped; the oldest go first and the drop is counted. */
export class DeadLetters {
  private readonly redis: Redis;
  private readonly keys: readonly [string, string, string];
  constructor(redis: Redis, prefix: string, instance: string) {
    this.redis = redis;
    this.keys = [
      coreKey(prefix, instance, 'dead'),
      coreKey(prefix, instance, 'dead:order'),
      coreKey(prefix, instance, 'dead:counts'),
    ];
  }

  async keep(
    items: readonly { readonly raw: string; readonly code: string; readonly message: string }[],
    by: string,
    atMs: number,
  ): Promise<void> {
    const kept: Promise<unknown>[] = []; // sent together: one fsync for all of them
    for (let i = 0; i < items.length; i += CHUNK) {
      const args: (string | number)[] = [limit('deadLetters')];
      for (const { raw, code, message } of items.slice(i, i + CHUNK)) {
        const id = createHash('sha1').update(`${by}\0${code}\0${raw}`).digest('hex');
        args.push(id, JSON.stringify({ id, code, message, raw, by, atMs } satisfies DeadLetter));
      }
      kept.push(runScript(this.redis, put, this.keys, args));
    }
    await Promise.all(kept);
  }

  /** Newest first. @param before - number of the page before; null starts at the newest */
  async page(before: number | null, count: number): Promise<DeadLetterPage> {
    const [letters, order] = this.keys;
    const max = before === null ? '+inf' : `(${before}`;
    const listed = await this.redis.zrevrangebyscore(order, max, '-inf', 'WITHSCORES', 'LIMIT', 0, count);
    const ids = listed.filter((_, index) => index % 2 === 0);
    const texts = ids.length === 0 ? [] : await this.redis.hmget(letters, ...ids);
    const { heldCount, droppedCount } = await this.counts();
    const found = texts.flatMap((text, index) =>
      text === null ? [] : [{ ...(JSON.parse(text) as DeadLetter), number: Number(listed[index * 2 + 1]) }],
    );
    return {
      letters: found,
      before: ids.length < count ? null : Number(listed.at(-1)),
      heldCount,
      droppedCount,
    };
  }

  async find(ids: readonly string[]): Promise<DeadLetter[]> {
    if (ids.length === 0) return [];
    const texts = await this.redis.hmget(this.keys[0], ...ids);
    return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as DeadLetter]));
  }

  /** Forgets letters that have been counted. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.redis
      .multi()
      .hdel(this.keys[0], ...ids)
      .zrem(this.keys[1], ...ids)
      .exec();
  }

  async counts(): Promise<{ readonly heldCount: number; readonly droppedCount: number }> {
    const [heldCount, dropped] = await Promise.all([
      this.redis.zcard(this.keys[1]),
      this.redis.hget(this.keys[2], 'dropped'),
    ]);
    return { heldCount, droppedCount: Number(dropped ?? 0) };
  }
}
