import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Random } from '../random.ts';
import { cpuSeconds } from './cpu.ts';

/**
 * The naive client: for every event one HINCRBY a cell, pipelined, straight into Redis. It neither parses nor validates, knows
 * no duplicates, keeps one resolution and four cells an event (value and orders, in all and by category): the least that
 * shows a wall, and all in its favour. Arguments: socket, Redis' pid, seconds, events a pipeline. Prints one JSON line.
 */
const [socket = '', redisPid = '0', seconds = '10', batch = '1000'] = process.argv.slice(2);
const IN_FLIGHT = 4;
const CATEGORIES = ['apparel', 'beauty', 'digital', 'food', 'home', 'sports'];

const redis = new Redis({ path: socket });
const random = new Random(1);
let done = 0;
let running = true;

async function lane(): Promise<void> {
  while (running) {
    const pipeline = redis.pipeline();
    for (let n = 0; n < Number(batch); n += 1) {
      const key = `naive:${Math.floor((Date.now() - random.below(2_000)) / 1_000)}`;
      const category = random.pick(CATEGORIES);
      const amount = random.between(100, 60_000);
      pipeline.hincrby(key, 'gmv', amount);
      pipeline.hincrby(key, 'orders', 1);
      pipeline.hincrby(key, `gmv|category=${category}`, amount);
      pipeline.hincrby(key, `orders|category=${category}`, 1);
    }
    await pipeline.exec();
    done += Number(batch);
  }
}

const cpu = (): [number, number] => [cpuSeconds(process.pid), cpuSeconds(Number(redisPid))];
const lanes = Array.from({ length: IN_FLIGHT }, lane);
await wait(1_000);
const [clientBefore, redisBefore] = cpu();
const before = done;
const startedMs = performance.now();
await wait(Number(seconds) * 1_000);
const elapsedS = (performance.now() - startedMs) / 1_000;
const eventCount = done - before;
const [clientAfter, redisAfter] = cpu();
running = false;
await Promise.all(lanes);
redis.disconnect();
process.stdout.write(
  `${JSON.stringify({
    eventsPerSecond: eventCount / elapsedS,
    eventCount,
    cpuUsPerEvent: {
      redis: ((redisAfter - redisBefore) * 1e6) / eventCount,
      sender: ((clientAfter - clientBefore) * 1e6) / eventCount,
    },
    cpuRatio: { redis: (redisAfter - redisBefore) / elapsedS, sender: (clientAfter - clientBefore) / elapsedS },
  })}\n`,
);
