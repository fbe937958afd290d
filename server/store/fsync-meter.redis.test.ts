import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { testRedis } from '../test/redis.ts';
import { createFsyncMeter } from './fsync-meter.ts';

async function settled(read: () => number | null, want: (value: number | null) => boolean): Promise<number | null> {
  const untilMs = Date.now() + 10_000;
  while (!want(read()) && Date.now() < untilMs) await pause(20);
  return read();
}

it('[STORE4] a slow fsync is measured by the monitor of Redis; where nobody measures it is null, never 0', async () => {
  const { redis } = testRedis();
  await redis.config('SET', 'latency-monitor-threshold', '0');
  const off = createFsyncMeter(redis, false, Date.now);
  off();
  await pause(100);
  expect(off()).toBeNull();
  await redis.config('SET', 'latency-monitor-threshold', '20');
  expect(await settled(createFsyncMeter(redis, false, Date.now), (value) => value === 0)).toBe(0);
  const slow = {
    call: (command: string, ...args: string[]): Promise<unknown> =>
      command === 'LATENCY' && args[1] === 'aof-fsync-always'
        ? Promise.resolve([
            [Math.floor(Date.now() / 1_000) - 60, 900],
            [Math.floor(Date.now() / 1_000) - 2, 340],
          ])
        : redis.call(command, ...args),
  };
  expect(await settled(createFsyncMeter(slow, true, Date.now), (value) => value !== null)).toBe(340);
  const refused = { call: () => Promise.reject(new Error('NOPERM')) };
  const away = createFsyncMeter(refused, true, Date.now);
  away();
  await pause(20);
  expect(away()).toBeNull();
  await redis.config('SET', 'latency-monitor-threshold', '0');
});
