import { afterEach, describe, expect, it } from 'vitest';
import { CALL_FAULTS } from '../../../load/platform/faults.ts';
import type { Platform } from '../../../load/platform/platform.ts';
import { CommandList, Crash, courierOn, linkOf, runDry, startPlatform, TestClock } from '../../test/outbox-kit.ts';
import { testRedis } from '../../test/redis.ts';
import { CRASH_POINTS, type CrashPoint } from './courier.ts';
import { driftMinor } from './domain/book.ts';

let platforms: Platform[] = [];
afterEach(async () => {
  await Promise.all(platforms.map((platform) => platform.stop()));
  platforms = [];
});
/** @param quick - answers that never come are not waited for */
async function open(change: Parameters<typeof linkOf>[1] = {}, quick = false) {
  const link = linkOf('search', change);
  const clock = new TestClock();
  const platform = await startPlatform({ search: link }, clock);
  platforms.push(platform);
  const money = new CommandList();
  const { redis, prefix } = testRedis();
  const timeouts = { setMs: 120, readMs: 500 };
  const node = (at?: (point: CrashPoint) => void, frozen?: () => boolean) =>
    courierOn(platform, {
      ...(quick ? { timeouts } : {}),
      redis,
      prefix,
      channel: 'search',
      link,
      money,
      clock,
      ...(at === undefined ? {} : { at }),
      ...(frozen === undefined ? {} : { frozen }),
    });
  const object = platform.object(link.objectId);
  return { link, clock, platform, money, node, object, redis, prefix };
}
type Opened = Awaited<ReturnType<typeof open>>;

/** One receipt a command, money and platform agree, no call took effect twice. */
function checkAll({ money, object }: Opened, initialMinor = 1_000_000): void {
  for (const { id } of money.commands) expect([id, money.receipts.get(id)?.length]).toEqual([id, 1]);
  const byApi = object.changes.filter(({ by }) => by === 'api');
  const changedMinor = byApi.reduce((sum, { beforeMinor, afterMinor }) => sum + afterMinor - beforeMinor, 0);
  expect(money.appliedMinor('search')).toBe(changedMinor);
  const byHand = object.changes.filter(({ by }) => by === 'manual');
  const handMinor = byHand.reduce((sum, { beforeMinor, afterMinor }) => sum + afterMinor - beforeMinor, 0);
  expect(object.reading.dailyBudgetMinor).toBe(initialMinor + changedMinor + handMinor);
}

describe('the courier', () => {
  it('[OBX4] carries a cut: read, set, kept, told', async () => {
    const all = await open();
    all.money.add('search', -300_000);
    await runDry(all.node().courier, all.clock);
    checkAll(all);
    expect(new Set(all.money.marks)).toEqual(new Set(['cmd-1 sending']));
    expect(all.money.receipts.get('cmd-1')).toMatchObject([
      { outcome: 'applied', appliedMinor: 300_000, confirmedMinor: 700_000, direction: 'decrease' },
    ]);
    const types = all.platform.calls.map(({ type }) => type);
    expect([types[0], types.filter((type) => type === 'budget.set')]).toEqual(['budget.read', ['budget.set']]);
  });
  it('[OBX4] what waits goes out as one call, however much it is', async () => {
    const all = await open();
    for (const delta of [-100_000, -50_000, 20_000, -7]) all.money.add('search', delta);
    await runDry(all.node().courier, all.clock);
    checkAll(all);
    expect(all.object.changes).toHaveLength(1);
  });
  it('[OBX5] a cut below what was spent ends at the floor, partly done', async () => {
    const all = await open();
    all.object.charge(600_000, 'd');
    all.money.add('search', -500_000);
    await runDry(all.node().courier, all.clock);
    checkAll(all);
    expect(all.money.receipts.get('cmd-1')).toMatchObject([{ outcome: 'clamped', appliedMinor: 280_000 }]);
  });
  it('[OBX9] a freeze that comes after the approval holds the raise back, not the cut', async () => {
    const all = await open();
    all.money.add('search', 100_000);
    all.money.add('search', -30_000);
    let frozen = true;
    const { courier } = all.node(undefined, () => frozen);
    await courier.turn();
    expect(all.object.reading.dailyBudgetMinor).toBe(970_000);
    expect([...all.money.receipts.keys()]).toEqual(['cmd-2']);
    frozen = false;
    await runDry(courier, all.clock);
    checkAll(all);
    expect(all.object.reading.dailyBudgetMinor).toBe(1_070_000);
  });
  it('[OBX3] never more changes than the quota, and no call that the platform would refuse for it', async () => {
    const all = await open({ quotaCount: 2, quotaWindowS: 60 });
    const { courier } = all.node();
    for (let n = 0; n < 5; n += 1) {
      all.money.add('search', -10_000);
      await courier.turn();
    }
    await runDry(courier, all.clock);
    checkAll(all);
    expect(all.platform.calls.filter(({ status }) => status === 429)).toEqual([]);
    const [first, , third] = all.object.changes.map(({ atMs }) => atMs);
    expect(all.object.changes).toHaveLength(3);
    expect((third ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(60_000);
  });
  it('[OBX10] somebody changes the budget by hand: the next move is made on top and the drift stays to be seen', async () => {
    const all = await open();
    const { courier, store } = all.node();
    all.money.add('search', -100_000);
    await runDry(courier, all.clock);
    all.object.setByHand(1_400_000, all.clock.now());
    all.money.add('search', -100_000);
    await runDry(courier, all.clock);
    checkAll(all);
    expect(driftMinor(await store.load())).toBe(500_000);
  });
  it.each(CALL_FAULTS.filter((fault) => fault !== 'none'))(
    '[OBX7] %s: tried again by what a read-back says, done once',
    async (fault) => {
      const all = await open({}, fault.startsWith('timeout'));
      all.platform.faults.change('*', { next: [fault] });
      all.money.add('search', -300_000);
      await runDry(all.node().courier, all.clock);
      checkAll(all);
      const rejected = fault === 'reject';
      expect(all.object.changes).toHaveLength(rejected ? 0 : 1);
      expect(all.money.receipts.get('cmd-1')).toMatchObject([{ outcome: rejected ? 'rejected' : 'applied' }]);
      const lost = fault.startsWith('timeout') || fault.startsWith('error');
      expect(all.money.marks.includes('cmd-1 unknown')).toBe(lost);
    },
  );
  it('[OBX8] a platform that is down: eight tries, then a dead letter with nothing done', async () => {
    const all = await open();
    all.platform.faults.change('*', { outage: 'refuse' });
    all.money.add('search', -300_000);
    await runDry(all.node().courier, all.clock);
    checkAll(all);
    expect(all.platform.calls).toHaveLength(8);
    expect(all.money.receipts.get('cmd-1')).toMatchObject([{ outcome: 'rejected', appliedMinor: 0 }]);
  });
  it('[OBX7] down after the call was lost: it stays unknown until somebody answers, then the truth counts', async () => {
    const all = await open();
    all.platform.faults.change('*', { next: ['error_after'] });
    all.money.add('search', -300_000);
    const { courier } = all.node((point) => {
      if (point === 'kept') all.platform.faults.change('*', { outage: 'refuse' });
    });
    for (let n = 0; n < 15; n += 1) all.clock.ms += (await courier.turn()) ?? 0;
    expect(all.money.receipts.size).toBe(0);
    all.platform.faults.change('*', { outage: 'none' });
    await runDry(all.node().courier, all.clock);
    checkAll(all);
    expect(all.money.receipts.get('cmd-1')).toMatchObject([{ outcome: 'applied', appliedMinor: 300_000 }]);
  });
});

describe('a node that dies', () => {
  const faults = ['none', 'timeout_after', 'error_before', 'busy'] as const;
  for (const point of CRASH_POINTS) {
    it(`[OBX12] at "${point}", whatever the platform does: one effect, one receipt`, async () => {
      for (const fault of faults) {
        for (const nth of fault === 'none' ? [1, 2] : [1]) {
          const all = await open({}, fault.startsWith('timeout'));
          all.platform.faults.change('*', { next: [fault] });
          all.money.add('search', -300_000);
          all.money.add('search', -1_000);
          let seen = 0;
          const doomed = all.node((where) => {
            if (where === point) seen += 1;
            if (where === point && seen === nth) throw new Crash();
          });
          await runDry(doomed.courier, all.clock).catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
          });
          all.clock.ms += 8_000; // its claim lapses
          await runDry(all.node().courier, all.clock);
          for (const [id, receipts] of all.money.receipts) all.money.receipts.set(id, receipts.slice(0, 1)); // money takes the first
          checkAll(all);
          expect(all.object.changes).toHaveLength(1);
          await platforms.pop()?.stop();
        }
      }
    });
  }
  it('[OBX12] two nodes at once, one of them frozen in its call: one effect, one receipt', async () => {
    const all = await open();
    all.money.add('search', -300_000);
    let thaw = (): void => undefined;
    const ice = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    let reached = (): void => undefined;
    const frozenNow = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const slow = all.node((point) => {
      if (point !== 'called') return;
      reached();
      return ice as unknown as undefined;
    });
    const frozen = slow.courier.turn();
    await frozenNow;
    all.clock.ms += 8_000;
    await runDry(all.node().courier, all.clock);
    thaw();
    await frozen;
    checkAll(all);
    expect(all.object.changes).toHaveLength(1);
  });
  it('[OBX12] thirty commands under seeded faults and crashes at every turn', async () => {
    const all = await open({}, true);
    all.platform.faults.change('*', {
      ratios: {
        timeout_after: 0.05,
        timeout_before: 0.05,
        error_after: 0.15,
        error_before: 0.1,
        busy: 0.1,
        ignore: 0.1,
      },
    });
    let step = 0;
    const mortal = (): ReturnType<Opened['node']> =>
      all.node(() => {
        step += 1;
        if (step % 13 === 0) throw new Crash();
      });
    for (let n = 0; n < 30; n += 1) {
      all.money.add('search', n % 3 === 0 ? 9_000 + n : -11_000 - n);
      for (let turn = 0; turn < 3; turn += 1) {
        const inMs = await mortal()
          .courier.turn()
          .catch(() => 8_000);
        all.clock.ms += inMs ?? 0;
      }
    }
    await runDry(all.node().courier, all.clock);
    for (const [id, receipts] of all.money.receipts) {
      expect(new Set(receipts.map(({ appliedMinor }) => appliedMinor)).size).toBe(1);
      all.money.receipts.set(id, receipts.slice(0, 1));
    }
    checkAll(all);
    expect(driftMinor(await all.node().store.load())).toBe(0);
  });
});
