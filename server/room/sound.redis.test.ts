import { describe, expect, it } from 'vitest';
import { asking, person } from '../test/incidents-kit.ts';
import { testRedis } from '../test/redis.ts';
import { silentLog } from '../test/silent-log.ts';
import { createRoomSound, type Voice, voicesOf } from './sound.ts';
import { createTimeline } from './timeline.ts';

function kit() {
  const { redis, prefix } = testRedis();
  const clock = { aheadMs: 0 };
  const node = (...voices: Voice[]) => {
    const own = { voices };
    const sound = createRoomSound({
      redis,
      prefix,
      instance: 'i1',
      nowMs: () => Date.now() + clock.aheadMs,
      voices: () => own.voices,
      log: silentLog,
    });
    return { ...sound, own };
  };
  return { redis, prefix, clock, node };
}
const voice = (name: string, room = 'main'): Voice => ({ screenId: `wall-${name}`, voice: name, room });

describe('the speaker of a room', () => {
  it('[SND1] one a room over all nodes, the first that asks; it stays while it is there', async () => {
    const { node } = kit();
    const one = node(voice('a'), voice('b'));
    const two = node(voice('c'), voice('d', 'hall'));
    await one.look();
    await two.look();
    await one.look();
    const want = {
      main: { screenId: 'wall-a', voice: 'a' },
      hall: { screenId: 'wall-d', voice: 'd' },
    };
    expect(one.shown().speakers).toEqual(want);
    expect(two.shown().speakers).toEqual(want);
  });
  it('[SND2] when it leaves, the next one speaks at once; when its node dies, another node takes over after 5 s', async () => {
    const { node, clock, redis, prefix } = kit();
    const one = node(voice('a'), voice('b'));
    const two = node(voice('c'));
    await one.look();
    one.own.voices = [voice('b')];
    await one.look();
    expect(one.shown().speakers.main?.voice).toBe('b');
    await two.look();
    expect(two.shown().speakers.main?.voice).toBe('b');
    // the first node says no more: its time runs out
    const key = (await redis.keys('*sound:speakers')).find((name) => name.includes(prefix));
    await redis.hset(String(key), 'main|until', String(Date.now() - 1));
    await two.look();
    expect(two.shown().speakers.main?.voice).toBe('c');
    clock.aheadMs = 5_001; // nobody renews: a screen does not believe an old speaker
    two.own.voices = [];
    await one.look();
    expect(one.shown().speakers.main?.voice).not.toBe('c');
  });
  it('[SND3] screens without sound are no candidates; two tabs of one screen have two voices', () => {
    const screen = { screenId: 's', connectedAtMs: 2 };
    expect(
      voicesOf([{ ...screen }, { ...screen, voice: 'v2' }, { ...screen, connectedAtMs: 1, voice: 'v1', room: 'x' }]),
    ).toEqual([
      { screenId: 's', room: 'x', voice: 'v1' },
      { screenId: 's', room: 'main', voice: 'v2' },
    ]);
  });
});

describe('mute', () => {
  it('[SND4] holds for every node until its time, is on the timeline, is ended early; a retry does nothing twice', async () => {
    const { node, clock, redis, prefix } = kit();
    const [one, two] = [node(), node()];
    const ask = asking(person('ann'));
    const { mutedUntil } = await one.mute(5, ask);
    expect(mutedUntil).toBeGreaterThan(Date.now() + 290_000);
    expect(await one.mute(5, ask)).toEqual({ mutedUntil, replayed: true });
    await two.look();
    expect(two.shown()).toMatchObject({ mutedUntil, mutedBy: 'ann' });
    clock.aheadMs = 300_000;
    expect(two.shown()).toMatchObject({ mutedUntil: null, mutedBy: null });
    clock.aheadMs = 0;
    await two.mute(0, asking(person('bo')));
    await one.look();
    expect(one.shown().mutedUntil).toBeNull();
    const { entries } = await createTimeline(redis, prefix, 'i1').page({ limit: 9 });
    expect(entries.map(({ kind }) => kind)).toEqual(['sound.muted', 'sound.unmuted']);
  });
});
