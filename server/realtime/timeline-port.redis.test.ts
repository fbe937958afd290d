import { describe, expect, it } from 'vitest';
import type { Position, TimelineEntry } from '#contract/timeline';
import { timelineKeys } from '../store/timeline.ts';
import { connected, join, openScreen, realtimeKit, type ScreenOptions, type TestScreen } from '../test/realtime-kit.ts';
import { chunksOf } from './timeline-port.ts';

const note = (n: number) => ({ kind: 'note', actor: { kind: 'system', id: 'test' }, params: { n } }) as const;
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A screen that keeps the timeline as the client does: appends, and starts over on `reset`. */
function reader(url: string, options: ScreenOptions) {
  const socket: TestScreen = openScreen(url, options);
  const state = { entries: [] as TimelineEntry[], position: null as Position | null, resets: 0, pages: 0 };
  const waiting = new Set<() => void>();
  socket.on('timeline', ({ entries, position, reset }) => {
    state.pages += 1;
    if (reset) {
      state.resets += 1;
      state.entries = [];
    }
    state.entries.push(...entries);
    state.position = position;
    for (const look of waiting) look();
  });
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    socket,
    state,
    until,
    reach: (seq: number, epoch?: string) =>
      until(() => (state.position?.seq ?? 0) >= seq && (epoch === undefined || state.position?.epoch === epoch)),
    seqs: () => state.entries.map(({ seq }) => seq),
  };
}

describe('timeline on screens', () => {
  it('[TL7] a screen gets the newest page, then every entry as it is written', async () => {
    const kit = await realtimeKit();
    const from = (await kit.timeline.head()).seq;
    const screen = reader(kit.node.url, { token: kit.token });
    await connected(screen.socket);
    await join(screen.socket);
    await screen.until(() => screen.state.pages > 0);
    expect(screen.state.resets).toBe(1);
    const held = screen.seqs();
    for (let n = 1; n <= 30; n += 1) await kit.timeline.append(note(n));
    await screen.reach(from + 30);
    expect(screen.seqs()).toEqual([...held, ...range(from + 1, from + 30)]);
  });
  it('[TL8] away for a while, and the node replaced meanwhile: it goes on where it stopped, without gap or repeat', async () => {
    const kit = await realtimeKit();
    const base = await kit.timeline.append(note(0)); // the very first entry of all begins the timeline's life
    await new Promise<void>((resolve) => {
      if (kit.node.follower.position.seq >= base) return resolve();
      kit.node.follower.onEntries(() => resolve());
    });
    const screen = reader(kit.node.url, { token: kit.token, reconnect: true });
    screen.socket.on(
      'connect',
      () => void join(screen.socket, { timelineAfter: screen.state.position }).catch(() => undefined),
    ); // cut off again: it joins when it is back
    await screen.until(() => screen.state.pages > 0);
    const held = screen.seqs().length;
    for (let n = 1; n <= 5; n += 1) await kit.timeline.append(note(n));
    await screen.reach(base + 5);
    // a lost connection
    screen.socket.io.engine.close();
    for (let n = 6; n <= 20; n += 1) await kit.timeline.append(note(n));
    await screen.reach(base + 20);
    // another node on the same port: frames begin a new life, the timeline does not
    const { port } = kit.node;
    await kit.node.stop();
    for (let n = 21; n <= 160; n += 1) await kit.timeline.append(note(n));
    const next = await kit.startNode('n2', port);
    await screen.reach(base + 160);
    expect(next.realtime.epoch).not.toBe(kit.node.realtime.epoch);
    expect(screen.seqs().slice(held)).toEqual(range(base + 1, base + 160));
    expect(screen.state.resets).toBe(1);
  });
  it('[TL9] entries written while screens join and reconnect all the time are neither lost nor repeated', async () => {
    const kit = await realtimeKit();
    const other = await kit.startNode('n2');
    const base = (await kit.timeline.head()).seq;
    const total = 240;
    const screens = range(1, 6).map((n) => {
      const screen = reader(n % 2 ? kit.node.url : other.url, { token: kit.token, reconnect: true });
      screen.socket.on(
        'connect',
        () => void join(screen.socket, { timelineAfter: screen.state.position }).catch(() => undefined),
      ); // cut off again: it joins when it is back
      return screen;
    });
    for (let n = 4; n <= total; n += 4) {
      await Promise.all(range(n - 3, n).map((one) => kit.timeline.append(note(one))));
      if (n % 20 === 0) screens[(n / 20) % screens.length]?.socket.io.engine?.close();
    }
    await Promise.all(screens.map(({ reach }) => reach(base + total)));
    for (const screen of screens) {
      const seqs = screen.seqs();
      expect(seqs).toEqual(range(seqs[0] ?? 0, base + total));
    }
  });
  it('[TL10] another life of the timeline voids what a screen holds', async () => {
    const kit = await realtimeKit();
    await kit.timeline.append(note(1));
    const screen = reader(kit.node.url, { token: kit.token });
    await connected(screen.socket);
    await join(screen.socket, { timelineAfter: { epoch: 'an-older-life', seq: 77 } });
    await screen.until(() => screen.state.pages > 0);
    expect(screen.state.resets).toBe(1);
    const keys = timelineKeys(kit.prefix, kit.campaign.instance);
    await kit.redis.del(keys.seq, keys.epoch, keys.stream);
    await kit.timeline.append(note(100));
    const { epoch } = await kit.timeline.head();
    await screen.reach(1, epoch);
    expect(screen.seqs()).toEqual([1]);
  });
  it('[TL12] a screen that asks again gets all after the position it names', async () => {
    const kit = await realtimeKit();
    for (let n = 1; n <= 5; n += 1) await kit.timeline.append(note(n));
    const { epoch, seq } = await kit.timeline.head();
    const screen = reader(kit.node.url, { token: kit.token });
    await connected(screen.socket);
    await join(screen.socket, { timelineAfter: { epoch, seq } });
    await screen.until(() => screen.state.pages === 1);
    expect(screen.seqs()).toEqual([]);
    await screen.socket.timeout(5_000).emitWithAck('resume', { timelineAfter: { epoch, seq: seq - 3 } });
    await screen.until(() => screen.seqs().length > 0);
    expect(screen.seqs()).toEqual(range(seq - 2, seq));
    expect(screen.state.resets).toBe(0);
  });
  it('[TL11] a long page goes out in messages of at most 100 entries, and only the first may void', () => {
    const entries = range(1, 250).map((seq) => ({ seq }) as TimelineEntry);
    const chunks = chunksOf({ position: { epoch: 'e', seq: 250 }, entries, reset: true });
    expect(chunks.map(({ entries: part, reset, position }) => [part.length, reset, position.seq])).toEqual([
      [100, true, 100],
      [100, false, 200],
      [50, false, 250],
    ]);
    expect(chunksOf({ position: { epoch: 'e', seq: 9 }, entries: [], reset: false })).toHaveLength(1);
  });
});
