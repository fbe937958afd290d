import type { Redis } from 'ioredis';

/**
 * Redis TIME as every node sees it: an offset to this process's monotonic clock, so that a jump of the machine's wall
 * clock changes nothing. Late and future are judged by it; the batch script judges again.
 */
export class RedisClock {
  private offsetMs = Date.now() - performance.now();
  private known = false;
  private readonly redis: Redis;
  constructor(redis: Redis) {
    this.redis = redis;
  }

  /** ms since the Unix epoch, by Redis; by this machine until the first `sync`. */
  nowMs(): number {
    return Math.floor(performance.now() + this.offsetMs);
  }

  get synced(): boolean {
    return this.known;
  }

  /** Asks Redis; the answer is taken as of the middle of the round trip. */
  async sync(): Promise<void> {
    const asked = performance.now();
    const [seconds, micros] = await this.redis.time();
    const answered = performance.now();
    this.offsetMs = Number(seconds) * 1_000 + Number(micros) / 1_000 - (asked + answered) / 2;
    this.known = true;
  }

  /** Takes over the time a script returned. */
  learn(redisNowMs: number): void {
    this.offsetMs = redisNowMs - performance.now();
    this.known = true;
  }
}
