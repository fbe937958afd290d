import type { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { redisCluster, redisSentinel, redisServer, until } from '../test/redis-servers.ts';
import { connectStore, storeReady, storeState } from './connect.ts';
import { parseRedisUrl } from './redis-url.ts';
import { asStoreError } from './store-error.ts';

async function connected(url: string): Promise<Redis> {
  const redis = connectStore(parseRedisUrl(url), 'commands', 'test');
  onTestFinished(() => redis.disconnect());
  await storeReady(redis, 5_000);
  return redis;
}
const ADD = "return redis.call('HINCRBY', KEYS[1], 'n', ARGV[1])";
type Adder = Redis & { add(key: string, delta: number): Promise<number> };
const withScript = (redis: Redis): Adder => {
  redis.defineCommand('add', { numberOfKeys: 1, lua: ADD });
  return redis as Adder;
};

describe('REDIS_URL on real servers', () => {
  it('[STORE2] a single server by name and password; a wrong password is a refusal, not a wait', async () => {
    const { port } = await redisServer([], 'pa:ss');
    const redis = withScript(await connected(`redis://:pa%3Ass@127.0.0.1:${port}`));
    expect(await redis.add('k', 2)).toBe(2);
    expect(await storeState(redis)).toEqual({ state: 'ready' });
    const stranger = connectStore(parseRedisUrl(`redis://:wrong@127.0.0.1:${port}`), 'commands', 'test');
    onTestFinished(() => stranger.disconnect());
    const error = await storeReady(stranger, 300).catch((caught: unknown) => asStoreError(caught));
    expect(error).toMatchObject({ code: 'store_unavailable' });
  });
  it('[STORE2] a script forgotten by the server is sent again, unseen', async () => {
    const { port, admin } = await redisServer();
    const redis = withScript(await connected(`redis://127.0.0.1:${port}`));
    expect(await redis.add('k', 1)).toBe(1);
    await admin.script('FLUSH');
    expect(await redis.add('k', 1)).toBe(2);
  });
  it('[STORE2] a cluster of three masters takes scripts under any hash tag, and a lost master is a refusal', {
    timeout: 30_000,
  }, async () => {
    const nodes = await redisCluster();
    const redis = withScript(
      await connected(`redis+cluster://127.0.0.1:${nodes[0]?.port},127.0.0.1:${nodes[1]?.port}`),
    );
    for (let shard = 0; shard < 12; shard += 1) expect(await redis.add(`{wr:x:s${shard}}:cells`, 3)).toBe(3);
    expect(new Set(await Promise.all(nodes.map(({ admin }) => admin.dbsize())))).not.toContain(0);
    process.kill(nodes[2]?.pid ?? 0, 'SIGKILL');
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, shard) =>
        redis.add(`{wr:x:s${shard}}:cells`, 1).then(
          () => 'counted',
          (error: unknown) => asStoreError(error)?.code,
        ),
      ),
    );
    expect(new Set(outcomes)).not.toContain(undefined);
    expect(outcomes).toContain('store_unavailable');
  });
  // A Sentinel that was itself stalled for 2 s (a busy machine) rests for 30 s ("TILT") before it judges anybody again.
  it('[STORE3] Sentinel: the new master is found after a failover, READONLY never surfaces', {
    timeout: 150_000,
  }, async () => {
    const master = await redisServer(['repl-diskless-sync-delay 0']);
    const replica = await redisServer([`replicaof 127.0.0.1 ${master.port}`]);
    await until(
      () => replica.admin.info('replication'),
      (info) => info.includes('master_link_status:up'),
    );
    const sentinel = await redisSentinel(master.port);
    const redis = withScript(await connected(`redis+sentinel://127.0.0.1:${sentinel}/mymaster`));
    expect(await redis.add('k', 1)).toBe(1);
    await until(
      () => replica.admin.hget('k', 'n'),
      (value) => value === '1',
    );
    // what a failover detector does when it hears of the new master during the search for it: the client would end for good
    const { connector } = redis as unknown as { connector: { disconnect(): void } };
    const searching = (error: Error): void => {
      if (ends === 0 && error.message.startsWith('All sentinels')) connector.disconnect();
    };
    redis.on('error', searching);
    let ends = 0;
    redis.on('end', () => {
      ends += 1;
    });
    process.kill(master.pid, 'SIGKILL');
    const codes = new Set<string | undefined>();
    const value = await until(
      () =>
        redis.add('k', 1).catch((error: unknown) => {
          codes.add(asStoreError(error)?.code);
          return null;
        }),
      (answer) => answer !== null,
    );
    expect(value).toBe(2);
    expect([...codes].every((code) => code?.startsWith('store_'))).toBe(true);
    expect(await replica.admin.hget('k', 'n')).toBe('2');
    expect(ends).toBeGreaterThan(0); // the guarded case did happen
  });
});
