import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { inject, onTestFinished } from 'vitest';

/**
 * A connection to the run's redis-server and a key prefix of its own; both are gone when the test ends.
 * @param socket - another redis-server than the run's
 */
export function testRedis(socket: string = inject('redisSocket')): { redis: Redis; prefix: string; socket: string } {
  const prefix = `t${randomBytes(4).toString('hex')}`;
  const redis = new Redis({ path: socket, maxRetriesPerRequest: 1 });
  onTestFinished(async () => {
    redis.disconnect();
  });
  return { redis, prefix, socket };
}
