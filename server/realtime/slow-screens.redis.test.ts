import { randomBytes } from 'node:crypto';
import { connect, type Socket as TcpSocket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { until } from '../test/people.ts';
import {
  connected,
  join,
  openScreen,
  type RealtimeKit,
  realtimeKit,
  screenInfo,
  watchFrames,
} from '../test/realtime-kit.ts';
import { SLOW_LIMITS } from './slow-screens.ts';

const textFrame = (text: string): Buffer => {
  const body = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0x81fe, 0);
  head.writeUInt16BE(body.length, 2);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, body.map((byte, i) => byte ^ (mask[i % 4] ?? 0))]);
};

/** A screen on a bare TCP socket that joins a view and then takes nothing any more. */
async function stuckScreen(port: number, token: string): Promise<TcpSocket> {
  const tcp = connect(port, '127.0.0.1');
  tcp.on('error', () => undefined);
  const heard = (word: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (data: Buffer): void => {
        if (!data.includes(word)) return;
        tcp.off('data', look);
        resolve();
      };
      tcp.on('data', look);
    });
  const key = randomBytes(16).toString('base64');
  const opened = heard('"sid"');
  tcp.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
  );
  await opened;
  const hello = heard('"hello"');
  tcp.write(textFrame(`40${JSON.stringify({ protocol: 1, token })}`));
  await hello;
  const frame = heard('"frame"');
  const request = { view: 'wall:overview', timelineAfter: null, screen: screenInfo('stuck') };
  tcp.write(textFrame(`421${JSON.stringify(['join', request])}`));
  await frame;
  tcp.pause();
  return tcp;
}
/** More than the kernel takes for a loopback socket that nobody reads, in entries of the timeline. */
async function fillTimeline({ timeline }: RealtimeKit, count: number): Promise<void> {
  const text = 'x'.repeat(2_000);
  for (let done = 0; done < count; done += 100) {
    await Promise.all(
      Array.from({ length: 100 }, () =>
        timeline.append({ kind: 'note', actor: { kind: 'system', id: 'test' }, params: { text } }),
      ),
    );
  }
}

describe('a screen that takes nothing', () => {
  it('[SOCK11] is cut when what may not be skipped piles up; the others miss nothing', async () => {
    const kit = await realtimeKit();
    const calm = openScreen(kit.node.url, { token: kit.token });
    await connected(calm);
    let entries = 0;
    calm.on('timeline', (page) => {
      entries += page.entries.length;
    });
    await join(calm);
    const seen = watchFrames(calm);
    const tcp = await stuckScreen(kit.node.port, kit.token);
    const before = entries;
    await fillTimeline(kit, 6_000);
    await until(() => kit.node.realtime.stats().tooSlowCount === 1);
    await until(() => entries - before >= 6_000);
    expect(entries - before).toBe(6_000);
    await until(() => kit.node.realtime.stats().socketsCount === 1);
    const frames = seen.frames.length;
    await until(() => seen.frames.length >= frames + 5);
    expect(calm.connected).toBe(true);
    tcp.destroy();
  });
  it('[SOCK10] is skipped, then closed when it is stuck for too long, so that it comes back by itself', async () => {
    const kit = await realtimeKit({
      slowLimits: { ...SLOW_LIMITS, timelineBytes: Number.POSITIVE_INFINITY, stuckMs: 1_500 },
    });
    const calm = openScreen(kit.node.url, { token: kit.token });
    await connected(calm);
    await join(calm);
    const seen = watchFrames(calm);
    const tcp = await stuckScreen(kit.node.port, kit.token);
    await fillTimeline(kit, 6_000);
    await until(() => kit.node.realtime.stats().stuckCount === 1);
    expect(kit.node.realtime.stats().framesSkippedCount).toBeGreaterThan(1);
    await until(() => kit.node.realtime.stats().socketsCount === 1);
    const ended = new Promise((resolve) => tcp.once('close', resolve));
    tcp.resume();
    await ended;
    const frames = seen.frames.length;
    await until(() => seen.frames.length >= frames + 5);
  });
});
