import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import {
  type ClientToServerEvents,
  type Frame,
  type JoinRequest,
  PROTOCOL_VERSION,
  type ScreenInfo,
  type ServerToClientEvents,
} from '#contract/frames';
import type { FrameSource } from '../realtime/frame-source.ts';
import { createRealtime, type RealtimeOptions } from '../realtime/realtime.ts';
import { createTimeline } from '../room/timeline.ts';
import { createTimelineFollower } from '../room/timeline-follower.ts';
import { mirrorSource } from '../windows/frame-source.ts';
import { testPeople } from './people.ts';
import { silentLog } from './silent-log.ts';
import { windowsKit } from './windows-kit.ts';

export type TestScreen = Socket<ServerToClientEvents, ClientToServerEvents>;
export const screenInfo = (screenId: string): ScreenInfo => ({
  screenId,
  build: 'test',
  scene: 'overview',
  frameAgeMs: null,
  heapBytes: null,
});

/** Real sockets over real windows, people and timeline; everything is closed when the test ends. */
export async function realtimeKit(
  overrides: Partial<RealtimeOptions> = {},
  wrapSource: (source: FrameSource) => FrameSource = (source) => source,
) {
  const windows = await windowsKit();
  const { redis, prefix, campaign } = windows;
  const { people } = await testPeople({ prefix });
  const access = await people.createDemoAccess({ url: 'http://127.0.0.1' });
  const timeline = createTimeline(redis, prefix, campaign.instance);

  /** One node: HTTP server, sockets, frames. Several share the store, as in production. */
  async function startNode(nodeId: string, port = 0, same = people) {
    const { mirror, ingest } = await windows.another();
    const server = createServer((_request, response) => response.writeHead(404).end());
    const follower = createTimelineFollower({
      open: () => redis.duplicate({ lazyConnect: false }),
      prefix,
      instance: campaign.instance,
      log: silentLog,
    });
    await follower.start();
    const realtime = createRealtime({
      server,
      source: wrapSource(mirrorSource(mirror, campaign, windows.clock, () => undefined)),
      people: same,
      timeline,
      follower,
      log: silentLog,
      nodeId,
      build: 'test',
      publicUrl: null,
      insecure: false,
      ...overrides,
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    realtime.start();
    let stopped: Promise<void> | null = null;
    const stop = (): Promise<void> => {
      stopped ??= (async () => {
        await realtime.stop();
        follower.stop();
        await new Promise((resolve) => server.close(resolve));
      })();
      return stopped;
    };
    onTestFinished(stop);
    const { port: bound } = server.address() as AddressInfo;
    return { realtime, server, ingest, mirror, follower, stop, port: bound, url: `http://127.0.0.1:${bound}` };
  }
  const node = await startNode('n1');
  const oncall = access.roles.oncall.token;
  return { ...windows, people, access, timeline, startNode, node, token: oncall };
}
export type RealtimeKit = Awaited<ReturnType<typeof realtimeKit>>;

export interface ScreenOptions {
  readonly token?: string;
  readonly protocol?: unknown;
  readonly reconnect?: boolean;
  readonly headers?: Record<string, string>;
}
/** A screen as a browser would be one; not connected yet. */
export function openScreen(
  url: string,
  { token, protocol = PROTOCOL_VERSION, reconnect = false, headers }: ScreenOptions,
): TestScreen {
  const socket: TestScreen = io(url, {
    transports: ['websocket'],
    auth: { protocol, ...(token === undefined ? {} : { token }) },
    forceNew: true,
    reconnection: reconnect,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
    ...(headers === undefined ? {} : { extraHeaders: headers }),
  });
  onTestFinished(() => void socket.disconnect());
  return socket;
}
export const once = <E extends keyof ServerToClientEvents>(
  socket: TestScreen,
  event: E,
): Promise<Parameters<ServerToClientEvents[E]>[0]> => new Promise((resolve) => socket.once(event, resolve as never));
export const connected = (socket: TestScreen): Promise<void> =>
  new Promise((resolve, reject) => {
    if (socket.connected) return resolve();
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
/** Code of the refusal a screen gets at connect. */
export const refusal = (socket: TestScreen): Promise<{ code: string; message: string; data?: unknown }> =>
  new Promise((resolve, reject) => {
    socket.once('connect', () => reject(new Error('it was let in')));
    socket.once('connect_error', (error) => {
      const { data } = error as Error & { data?: { code: string } };
      resolve({ code: data?.code ?? '', message: error.message, data });
    });
  });
export const join = (socket: TestScreen, request: Partial<JoinRequest> = {}) =>
  socket.timeout(5_000).emitWithAck('join', {
    view: 'wall:overview',
    timelineAfter: null,
    screen: screenInfo('s1'),
    ...request,
  } as JoinRequest);
/** Frames as they come, and a way to wait for one that satisfies a condition. */
export function watchFrames(socket: TestScreen) {
  const frames: Frame[] = [];
  socket.on('frame', (frame) => frames.push(frame));
  const until = (wanted: (frame: Frame) => boolean): Promise<Frame> =>
    new Promise((resolve) => {
      const found = frames.find(wanted);
      if (found !== undefined) return resolve(found);
      const look = (frame: Frame): void => {
        if (!wanted(frame)) return;
        socket.off('frame', look);
        resolve(frame);
      };
      socket.on('frame', look);
    });
  return { frames, until };
}
