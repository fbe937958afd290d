import { describe, expect, it } from 'vitest';
import type { Principal } from '#contract/permissions';
import { timelineKeys } from '../store/timeline.ts';
import { testRedis } from '../test/redis.ts';
import { silentLog } from '../test/silent-log.ts';
import { createTimeline, TIMELINE_BACKLOG_MAX, TIMELINE_PAGE, type TimelinePage } from './timeline.ts';
import { createTimelineFollower } from './timeline-follower.ts';

const user = (id: string): Principal => ({ kind: 'user', id, name: `N ${id}`, role: 'oncall', sessionId: `s-${id}` });
const note = (n: number) => ({ kind: 'note', actor: { kind: 'system', id: 'test' }, params: { n } }) as const;
const seqs = ({ entries }: { entries: readonly { seq: number }[] }): number[] => entries.map(({ seq }) => seq);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const setup = () => {
  const { redis, prefix } = testRedis();
  return { redis, prefix, timeline: createTimeline(redis, prefix, 'i1') };
};

describe('timeline', () => {
  it('[TL2] a reader gets what it missed, in order, without gap or repeat; a reader up to date gets nothing', async () => {
    const { timeline } = setup();
    for (let n = 1; n <= 7; n += 1) await timeline.append(note(n));
    const { epoch } = await timeline.head();
    const page = await timeline.since({ epoch, seq: 3 });
    expect(seqs(page)).toEqual([4, 5, 6, 7]);
    expect(page).toMatchObject({ reset: false, position: { epoch, seq: 7 } });
    expect(await timeline.since({ epoch, seq: 7 })).toEqual({ position: { epoch, seq: 7 }, entries: [], reset: false });
  });
  it('[TL3] no position, another life, one from the future and one too far back start at the newest page', async () => {
    const { redis, prefix, timeline } = setup();
    const keys = timelineKeys(prefix, 'i1');
    expect(await timeline.since(null)).toEqual({ position: { epoch: '', seq: 0 }, entries: [], reset: true });
    for (let n = 1; n <= TIMELINE_PAGE + 5; n += 1) await timeline.append(note(n));
    const { epoch } = await timeline.head();
    const newest = range(6, TIMELINE_PAGE + 5);
    for (const position of [null, { epoch: 'other', seq: 50 }, { epoch, seq: 1_000_000 }]) {
      const page = await timeline.since(position);
      expect(page.reset).toBe(true);
      expect(seqs(page)).toEqual(newest);
    }
    await redis.xtrim(keys.stream, 'MAXLEN', 50);
    expect((await timeline.since({ epoch, seq: 3 })).reset).toBe(true);
    await redis.set(keys.seq, TIMELINE_BACKLOG_MAX + 10);
    expect((await timeline.since({ epoch, seq: 3 })).reset).toBe(true);
  });
  it('[TL4] a note retried with its key is one entry; another body is refused; two people never share a key', async () => {
    const { timeline } = setup();
    const send = (id: string, text: string) => timeline.note({ principal: user(id), key: 'k-1', text, requestId: 'r' });
    const tries = await Promise.all([send('a', 'hello'), send('a', 'hello'), send('a', 'hello')]);
    expect(tries.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(tries.map(({ entry }) => JSON.stringify(entry))).size).toBe(1);
    await expect(send('a', 'other')).rejects.toMatchObject({ code: 'idempotency_body_mismatch' });
    expect((await send('b', 'other')).replayed).toBe(false);
    expect((await timeline.head()).seq).toBe(2);
  });
  it('[TL5] pages go back and forth and filter by kind and actor', async () => {
    const { timeline } = setup();
    for (let n = 1; n <= 10; n += 1) {
      await timeline.append(
        n % 2 ? note(n) : { ...note(n), kind: 'campaign.phase', actor: { kind: 'system', id: 'clock' } },
      );
    }
    expect(seqs(await timeline.page({ limit: 3 }))).toEqual([8, 9, 10]);
    expect(seqs(await timeline.page({ limit: 3, before: 8 }))).toEqual([5, 6, 7]);
    expect(seqs(await timeline.page({ limit: 3, after: 2, kinds: ['note'] }))).toEqual([3, 5, 7]);
    expect(seqs(await timeline.page({ limit: 3, actorId: 'clock' }))).toEqual([6, 8, 10]);
    const stale = await timeline.page({ limit: 2, after: 2, epoch: 'gone' });
    expect(stale.reset).toBe(true);
    expect(seqs(stale)).toEqual([9, 10]);
  });
  it('[PAGE10] a page filtered by time, tier and text says where older ones go on, and ends', async () => {
    const { redis, prefix, timeline } = setup();
    const keys = timelineKeys(prefix, 'i1');
    await timeline.append(note(0)); // gives the timeline its life
    for (let n = 2; n <= 40; n += 1) {
      const params = { summary: n % 2 ? 'odd' : 'even', tier: n % 10 === 0 ? 'red' : 'blue' };
      const entry = { seq: n, atMs: n * 1_000, kind: 'alert.fired', actor: { kind: 'rule', id: 'R' }, params };
      await redis.xadd(keys.stream, `${n}-0`, 'entry', JSON.stringify(entry));
    }
    await redis.xdel(keys.stream, '1-0');
    await redis.set(keys.seq, 40);
    expect(seqs(await timeline.page({ limit: 500, fromMs: 10_000, toMs: 13_000 }))).toEqual([10, 11, 12]);
    expect(seqs(await timeline.page({ limit: 500, toMs: 1_000 }))).toEqual([]);
    expect(seqs(await timeline.page({ limit: 500, fromMs: 99_000 }))).toEqual([]);
    const red = await timeline.page({ limit: 3, tier: 'red' });
    expect([seqs(red), red.before]).toEqual([[20, 30, 40], 20]);
    const older = await timeline.page({ limit: 3, tier: 'red', before: red.before ?? 0 });
    expect([seqs(older), older.before]).toEqual([[10], null]);
    const odd = await timeline.page({ limit: 2, text: 'ODD', toMs: 6_000 });
    expect(seqs(odd)).toEqual([3, 5]);
    const walked: number[] = [];
    for await (const entries of timeline.walk({ fromMs: 20_000, toMs: 31_000, tier: 'red' }))
      walked.push(...seqs({ entries }));
    expect(walked).toEqual([20, 30]);
  });
});

describe('timeline follower', () => {
  it('[TL6] hears every entry once, in order, over a lost connection and a new life of the timeline', async () => {
    const { redis, prefix, timeline } = setup();
    await timeline.append(note(1));
    const open = () => redis.duplicate();
    const opened: ReturnType<typeof open>[] = [];
    const follower = createTimelineFollower({
      open: () => {
        const one = open();
        opened.push(one);
        return one;
      },
      prefix,
      instance: 'i1',
      log: silentLog,
    });
    const pages: TimelinePage[] = [];
    let wake = (): void => undefined;
    const until = (seq: number, epoch?: string): Promise<void> =>
      new Promise((resolve) => {
        wake = () => {
          const { position } = follower;
          if (position.seq >= seq && (epoch === undefined || position.epoch === epoch)) resolve();
        };
        wake();
      });
    follower.onEntries((page) => {
      pages.push(page);
      wake();
    });
    await follower.start();
    const first = follower.position.epoch;
    expect(follower.missed(null)).toMatchObject({ reset: true, entries: [{ seq: 1 }] });
    for (let n = 2; n <= 5; n += 1) await timeline.append(note(n));
    await until(5);
    const id = await opened[0]!.client('ID').catch(() => null);
    if (id !== null) await redis.client('KILL', 'ID', Number(id));
    for (let n = 6; n <= 9; n += 1) await timeline.append(note(n));
    await until(9);
    expect(pages.filter(({ reset }) => !reset).flatMap(seqs)).toEqual(range(2, 9));
    expect(follower.missed({ epoch: first, seq: 6 })).toMatchObject({
      reset: false,
      entries: [{ seq: 7 }, { seq: 8 }, { seq: 9 }],
    });
    expect(follower.missed({ epoch: 'other', seq: 6 })).toBeNull();

    const keys = timelineKeys(prefix, 'i1');
    await redis.del(keys.seq, keys.epoch, keys.stream);
    await timeline.append(note(100));
    const { epoch } = await timeline.head();
    await until(1, epoch);
    expect(epoch).not.toBe(first);
    expect(pages.at(-1)).toMatchObject({ reset: true, position: { epoch, seq: 1 } });
    follower.stop();
  });
  it('[TL6] the very first entry of a campaign reaches who was already listening', async () => {
    const { redis, prefix, timeline } = setup();
    const follower = createTimelineFollower({ open: () => redis.duplicate(), prefix, instance: 'i1', log: silentLog });
    await follower.start();
    const heard = new Promise<TimelinePage>((resolve) => follower.onEntries(resolve));
    await timeline.append(note(1));
    expect(seqs(await heard)).toEqual([1]);
    follower.stop();
  });
});
