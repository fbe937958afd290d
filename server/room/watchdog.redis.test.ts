import { describe, expect, it } from 'vitest';
import { testRedis } from '../test/redis.ts';
import { silentLog } from '../test/silent-log.ts';
import type { DueHandler } from './due.ts';
import { BEAT_AGAIN_MS, BEAT_EVERY_MS, createWatchdog, WATCHDOG_DUE } from './watchdog.ts';

function kit() {
  const { redis, prefix } = testRedis();
  const state = {
    nowMs: 1_800_000_000_000,
    evaluatedAgoMs: 200 as number | null,
    deliveriesAgoMs: 100,
    fires: true,
    sent: [] as string[],
  };
  const node = () => {
    const handlers = new Map<string, DueHandler>();
    const watchdog = createWatchdog({
      redis,
      prefix,
      instance: 'i1',
      nowMs: () => state.nowMs,
      due: { register: (kind, handler) => void handlers.set(kind, handler), schedule: async () => 0 },
      outbound: {
        send: async ({ url }) => {
          state.sent.push(url);
          return { kind: 'delivered', status: 200, body: '' };
        },
      },
      pingUrl: 'https://watch.example/ping/1',
      evaluatedAgoMs: () => state.evaluatedAgoMs,
      deliveriesAgoMs: () => state.deliveriesAgoMs,
      canaryFires: () => state.fires,
      log: silentLog,
    });
    const item = { kind: WATCHDOG_DUE, id: 'canary', version: '1', dueAtMs: 0, payload: '{}' };
    return { ...watchdog, due: () => handlers.get(WATCHDOG_DUE)?.(item) };
  };
  return { state, node };
}

describe('the alarm about the alarm', () => {
  it('[TAKE20] a beat that goes the whole way is verified on every node and told outside, each minute', async () => {
    const { state, node } = kit();
    const [one, two] = [node(), node()];
    state.nowMs += 50_000;
    expect(await one.due()).toEqual({ kind: 'again', inMs: BEAT_EVERY_MS });
    expect(state.sent).toEqual(['https://watch.example/ping/1']);
    expect(one.agoMs()).toBe(0);
    expect(two.agoMs()).toBe(50_000);
    await two.start();
    two.stop();
    expect(two.agoMs()).toBe(0);
  });
  it('[TAKE20] rules that stand still, a canary that does not fire, or messages that nobody looks for verify nothing: the ping stops, the age grows', async () => {
    const { state, node } = kit();
    const one = node();
    await one.due();
    for (const broken of [
      { evaluatedAgoMs: 30_001 },
      { evaluatedAgoMs: null },
      { evaluatedAgoMs: 0, fires: false },
      { fires: true, deliveriesAgoMs: 30_001 },
    ]) {
      Object.assign(state, broken);
      state.nowMs += 60_001;
      expect(await one.due()).toEqual({ kind: 'again', inMs: BEAT_AGAIN_MS });
    }
    expect(one.agoMs()).toBe(240_004);
    expect(state.sent).toHaveLength(1);
    Object.assign(state, { evaluatedAgoMs: 0, fires: true, deliveriesAgoMs: 0 });
    await one.due();
    expect(one.agoMs()).toBe(0);
    expect(state.sent).toHaveLength(2);
  });
});
