import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { testRedis } from '../test/redis.ts';
import { silentLog } from '../test/silent-log.ts';
import { createDueWork, type DueItem, dueKeys } from './due.ts';
import { createHeldClaim } from './held-claim.ts';

const setup = (claimMs = 8_000) => {
  const { redis, prefix } = testRedis();
  const node = () => createDueWork({ redis, prefix, instance: 'i1', log: silentLog, pollMs: 20, claimMs });
  return { redis, prefix, node };
};
/** Waits for Redis's own clock, the only one due work goes by. */
async function redisPast(redis: ReturnType<typeof testRedis>['redis'], atMs: number): Promise<void> {
  for (;;) {
    const [seconds, micros] = await redis.time();
    if (Number(seconds) * 1_000 + Number(micros) / 1_000 > atMs) return;
  }
}

describe('due work', () => {
  it('[DUE1] an item is claimed by one node only, however many ask at once', async () => {
    const { node } = setup();
    const nodes = [node(), node(), node()];
    for (let id = 0; id < 30; id += 1) await nodes[0]!.schedule('alert.escalate', `a${id}`, { inMs: 0 });
    const claims = await Promise.all(
      nodes.flatMap((one) => [one.claim(['alert.escalate'], 7), one.claim(['alert.escalate'], 7)]),
    );
    const ids = claims.flat().map(({ id }) => id);
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
  });
  it('[DUE2] it is not claimed before it is due, and late ones come oldest first', async () => {
    const { node } = setup();
    const one = node();
    await one.schedule('k', 'later', { inMs: 60_000 });
    await one.schedule('k', 'second', { atMs: 2_000 });
    await one.schedule('k', 'first', { atMs: 1_000 }, '{"n":1}');
    const items = await one.claim(['k'], 10);
    expect(items.map(({ id, dueAtMs }) => [id, dueAtMs])).toEqual([
      ['first', 1_000],
      ['second', 2_000],
    ]);
    expect(items[0]?.payload).toBe('{"n":1}');
  });
  it('[DUE3] two holders, one frozen: the item comes back, the thawed claim is refused', async () => {
    const { redis, node } = setup(30);
    const [frozen, other] = [node(), node()];
    await frozen.schedule('k', 'x', { inMs: 0 });
    const [old] = await frozen.claim(['k'], 1);
    expect(await other.claim(['k'], 1)).toEqual([]);
    const [seconds, micros] = await redis.time();
    await redisPast(redis, Number(seconds) * 1_000 + Number(micros) / 1_000 + 31);
    const [fresh] = await other.claim(['k'], 1);
    expect(Number(fresh?.version)).toBeGreaterThan(Number(old?.version));
    expect(await frozen.settle(old!, { kind: 'done' })).toBe(false);
    expect(await other.settle(fresh!, { kind: 'done' })).toBe(true);
    expect(await other.cancel('k', 'x')).toBe(false);
  });
  it('[DUE3] a version never returns, not even for an id that was done and is scheduled again', async () => {
    const { node } = setup();
    const one = node();
    await one.schedule('k', 'x', { inMs: 0 });
    const [old] = await one.claim(['k'], 1);
    await one.settle(old!, { kind: 'done' });
    await one.schedule('k', 'x', { inMs: 0 });
    const [next] = await one.claim(['k'], 1);
    expect(await one.settle(old!, { kind: 'done' })).toBe(false);
    expect(await one.settle(next!, { kind: 'done' })).toBe(true);
  });
  it('[DUE4] scheduling again moves the item and voids the claim on it', async () => {
    const { node } = setup();
    const one = node();
    await one.schedule('k', 'x', { inMs: 0 });
    const [old] = await one.claim(['k'], 1);
    await one.schedule('k', 'x', { inMs: 60_000 });
    expect(await one.settle(old!, { kind: 'done' })).toBe(false);
    expect(await one.cancel('k', 'x')).toBe(true);
  });
  it('[DUE5] a handler may ask for it again, with a new payload; nothing is left when it is done', async () => {
    const { redis, prefix, node } = setup();
    const one = node();
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      one.register('retry.hook', async ({ payload }: DueItem) => {
        seen.push(payload);
        if (seen.length < 3) return { kind: 'again', inMs: 0, payload: `try ${seen.length}` };
        resolve();
        return { kind: 'done' };
      });
      void one.schedule('retry.hook', 'h', { inMs: 0 }, 'first').then(() => one.start());
    });
    await one.stop();
    expect(seen).toEqual(['first', 'try 1', 'try 2']);
    const keys = dueKeys(prefix, 'i1');
    expect(await redis.exists(keys.items, keys.claims, keys.queue('retry.hook'))).toBe(0);
  });
  it('[DUE6] a handler that throws leaves the item to come back; other kinds are not delayed', async () => {
    const { node } = setup(50);
    const one = node();
    let failures = 0;
    const done: string[] = [];
    await new Promise<void>((resolve) => {
      one.register('bad', async () => {
        failures += 1;
        if (failures === 2) resolve();
        if (failures < 2) throw new Error('no');
        return { kind: 'done' };
      });
      one.register('good', async ({ id }) => {
        done.push(id);
        return { kind: 'done' };
      });
      void Promise.all([one.schedule('bad', 'b', { inMs: 0 }), one.schedule('good', 'g', { inMs: 0 })]).then(() =>
        one.start(),
      );
    });
    await one.stop();
    expect(done).toEqual(['g']);
    expect(one.stats()).toMatchObject({ failedCount: 1, staleCount: 0 });
  });
});

describe('held claims', () => {
  it('[DUE7] one node holds it, keeps its version while it renews, and gives it back at once', async () => {
    const { redis, prefix } = testRedis();
    const claim = (nodeId: string) => createHeldClaim({ redis, prefix, instance: 'i1', name: 'recorder', nodeId });
    const [a, b] = [claim('a'), claim('b')];
    expect(await a.renew()).toBe(true);
    expect(await b.renew()).toBe(false);
    expect(b.isHeld()).toBe(false);
    expect(await a.renew()).toBe(true);
    expect(a.version).toBe('1');
    await a.release();
    expect(a.isHeld()).toBe(false);
    expect(await b.renew()).toBe(true);
    expect(b.version).toBe('2');
  });
  it('[DUE7] who keeps it does not wait for the store while more than half is left, renews it beside, and waits after that', async () => {
    const { redis, prefix } = testRedis();
    let nowMs = 0;
    const own = redis.duplicate({ enableOfflineQueue: false, lazyConnect: true });
    await own.connect();
    const base = { prefix, instance: 'i1', name: 'rules', ttlMs: 3_000, monotonicMs: () => nowMs };
    const claim = createHeldClaim({ ...base, redis: own, nodeId: 'a' });
    expect(await claim.keep()).toBe(true); // nothing held yet: it asks
    nowMs = 1_000;
    expect(await claim.keep()).toBe(true);
    await own.ping(); // what was sent beside is answered before
    await nextTurn();
    own.disconnect();
    nowMs = 3_000; // renewed at 1,000: a third is left
    expect(claim.isHeld()).toBe(true);
    await expect(claim.keep()).rejects.toThrow();
    nowMs = 2_400; // half is left, and a renewal that fails beside the work harms nothing
    expect(await claim.keep()).toBe(true);
    nowMs = 4_000;
    expect(claim.isHeld()).toBe(false);
  });
  it('[DUE8] a frozen holder finds out by its own clock before it acts, and the next has a higher version', async () => {
    const { redis, prefix } = testRedis();
    let nowMs = 0;
    const base = { redis, prefix, instance: 'i1', name: 'rules' };
    const frozen = createHeldClaim({ ...base, nodeId: 'a', ttlMs: 40, monotonicMs: () => nowMs });
    const other = createHeldClaim({ ...base, nodeId: 'b' });
    expect(await frozen.renew()).toBe(true);
    expect(frozen.isHeld()).toBe(true);
    nowMs = 40;
    expect(frozen.isHeld()).toBe(false);
    const [seconds, micros] = await redis.time();
    await redisPast(redis, Number(seconds) * 1_000 + Number(micros) / 1_000 + 41);
    expect(await other.renew()).toBe(true);
    expect(Number(other.version)).toBeGreaterThan(Number(frozen.version));
    expect(await frozen.renew()).toBe(false);
  });
});
