import { describe, expect, it } from 'vitest';
import { buildFrame } from '../realtime/build-frame.ts';
import { figureReader } from '../realtime/figures.ts';
import { byId, paidOrder, type WindowsKit, windowsKit } from '../test/windows-kit.ts';
import { mirrorSource } from './frame-source.ts';
import { Mirror } from './mirror.ts';
import { Sketches } from './sketches.ts';

/** A small seeded generator: the run is the same each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}
const CELLS = [
  'gmv_paid_minor',
  'gmv_paid_minor|category=tea',
  'gmv_paid_minor|category=books|channel=street',
  'orders_paid_count|region=north',
  'unmapped_count',
];
const MINUTE = 60_000;

describe('the windows of a node', () => {
  for (const shardCount of [1, 3]) {
    it(`[WIN10] a node that followed and one that has just loaded hold the same sums, late events and all (${shardCount} shards)`, async () => {
      const kit = await windowsKit({ shardCount });
      const next = random(shardCount);
      const expected = new Map<number, number>();
      for (let round = 0; round < 12; round += 1) {
        const events = Array.from({ length: 40 }, (_, i) => {
          const at = kit.nowMs - Math.floor(next() * (next() < 0.3 ? 14 * MINUTE : 5_000));
          const amountMinor = Math.floor(next() * 1_000);
          const minute = Math.floor(at / MINUTE) * MINUTE;
          expected.set(minute, (expected.get(minute) ?? 0) + amountMinor);
          const pick = (...values: string[]): string | undefined => values[Math.floor(next() * values.length)];
          return paidOrder(`${round}-${i}`, at, {
            amountMinor,
            source: pick('/a', '/b', '/c'),
            category: pick('tea', 'books', 'moon'),
            channel: pick('radio', 'street'),
            region: pick('north', 'south'),
          });
        });
        await kit.ingest.submit(byId(events));
        await kit.mirror.refresh();
      }
      const fresh = (await kit.another()).mirror;
      for (const [minute, sum] of expected)
        expect(kit.mirror.sum('gmv_paid_minor', { fromMs: minute, toMs: minute + MINUTE })).toBe(sum);
      for (const span of spansOf(kit)) {
        for (const cell of CELLS) expect(fresh.sum(cell, span)).toBe(kit.mirror.sum(cell, span));
      }
      const wide = { fromMs: kit.nowMs - 20 * MINUTE, toMs: kit.nowMs + 1_000 };
      expect(kit.mirror.sum('gmv_paid_minor', wide)).toBe([...expected.values()].reduce((a, b) => a + b, 0));
    });
  }

  it('[WIN11] adjacent windows add up to the window over both, wherever the cut lies', async () => {
    const kit = await windowsKit();
    const events = Array.from({ length: 200 }, (_, i) =>
      paidOrder(`e${i}`, kit.nowMs - i * 4_321, { amountMinor: i + 1 }),
    );
    await kit.ingest.submit(byId(events));
    await kit.mirror.refresh();
    const from = Math.floor(kit.nowMs / 1_000) * 1_000 - 20 * MINUTE;
    const to = Math.floor(kit.nowMs / 1_000) * 1_000 + 1_000;
    const whole = kit.mirror.sum('gmv_paid_minor', { fromMs: from, toMs: to });
    for (let cut = from; cut <= to; cut += 37_000) {
      expect(
        kit.mirror.sum('gmv_paid_minor', { fromMs: from, toMs: cut }) +
          kit.mirror.sum('gmv_paid_minor', { fromMs: cut, toMs: to }),
      ).toBe(whole);
    }
  });

  it('[WIN12] while the windows load a frame has no figures and says how far they are', async () => {
    const kit = await windowsKit();
    expect(await kit.ingest.submit(byId([paidOrder('a', kit.nowMs - 1_000)]))).toMatchObject({ accepted: 1 });
    const sketches = new Sketches(kit.redis, kit.prefix, kit.campaign.instance, []);
    const mirror = new Mirror({
      redis: kit.redis,
      clock: kit.clock,
      keys: kit.keys,
      table: kit.table,
      campaign: kit.campaign,
      sketches,
    });
    const source = mirrorSource(mirror, kit.campaign, kit.clock, () => undefined);
    const frame = () =>
      buildFrame('wall:overview', {
        source,
        figures: figureReader(source, kit.clock.nowMs(), { tierOf: () => null }),
        tMs: kit.clock.nowMs(),
        epoch: 'e',
        seq: 1,
        alerts: { state: 'off', openCount: {}, silencedCount: 0 },
        onDutyCount: 0,
        insecure: false,
        degraded: false,
        health: { nodes: [], screens: [], awayWalls: [] },
      });
    expect(frame()).toMatchObject({ figures: {}, lines: {}, loadingRatio: 0 });
    await Promise.all([mirror.load(), mirror.load(), mirror.refresh()]);
    expect(frame().loadingRatio).toBeUndefined();
    expect(frame().figures['gmv_paid@1m']).toMatchObject({ value: 100, quality: 'live' });
  });
});

function spansOf(kit: WindowsKit): { fromMs: number; toMs: number }[] {
  const now = Math.floor(kit.nowMs / 1_000) * 1_000;
  return [1, 7, 60, 61, 300, 899, 3_600, 7_000].map((seconds) => ({ fromMs: now - seconds * 1_000, toMs: now }));
}
