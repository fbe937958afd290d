import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import type {
  ClientToServerEvents,
  Frame,
  JoinRequest,
  ScreenInfo,
  ServerToClientEvents,
  ViewId,
} from '#contract/frames';
import type { Position, TimelineEntry } from '#contract/timeline';
import { testCampaign } from './campaign.ts';
import { answerHttp } from './feed-http.ts';
import { frameOf, healthySale, type Sale } from './sale.ts';

const HOUR_MS = 3_600_000;

export interface FeedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}
/** A server that speaks the contract with made-up figures, and can be paused, frozen, killed, set back and made to lie. */
export interface Feed {
  readonly url: string;
  readonly sale: Sale;
  readonly requests: FeedRequest[];
  readonly joins: { readonly request: JoinRequest; readonly atMs: number }[];
  readonly resumes: (Position | null)[];
  /** What screens told of themselves, newest last. */
  readonly reports: ScreenInfo[];
  /** Tried connections, also those refused. */
  readonly attemptsMs: number[];
  /** Added to this machine's clock. */
  skewMs: number;
  frameEveryMs: number;
  epoch: string;
  timelineEpoch: string;
  entries: TimelineEntry[];
  signedIn: { name: string; role: string; permissions: readonly string[] } | null;
  nowMs: () => number;
  /** A feed stops reporting while frames go on. */
  pause: (feed: string) => void;
  /** Sockets stay open and nothing is said any more, as after SIGSTOP. */
  freeze: () => void;
  thaw: () => void;
  /** Everything is cut, the port refuses. */
  kill: () => Promise<void>;
  back: () => Promise<void>;
  /** Sends this very frame, whatever its order. */
  send: (frame: Frame) => void;
  next: (view?: ViewId) => Frame;
  addEntry: (kind: TimelineEntry['kind'], params?: TimelineEntry['params'], options?: { lose?: boolean }) => void;
  sendTimeline: (from: number) => void;
  close: () => Promise<void>;
}

export async function startFeed(options: { openForMs?: number; clientDir?: string | null } = {}): Promise<Feed> {
  const opensAt = Math.floor((Date.now() - (options.openForMs ?? 2.2 * HOUR_MS)) / 60_000) * 60_000;
  let seq = 0;
  let frozen = false;
  let http: Server | null = null;
  let io: SocketServer<ClientToServerEvents, ServerToClientEvents> | null = null;
  let port = 0;
  const open = new Set<NetSocket>();
  const timers: NodeJS.Timeout[] = [];

  const page = (from: number) => ({
    position: { epoch: feed.timelineEpoch, seq: feed.entries.at(-1)?.seq ?? 0 },
    entries: feed.entries.filter((entry) => entry.seq > from),
    reset: false,
  });
  const feed: Feed = {
    url: '',
    sale: healthySale(testCampaign(opensAt)),
    requests: [],
    joins: [],
    resumes: [],
    reports: [],
    attemptsMs: [],
    skewMs: 0,
    frameEveryMs: 250,
    epoch: 'node-a',
    timelineEpoch: 'life-1',
    entries: [],
    signedIn: null,
    nowMs: () => Date.now() + feed.skewMs,
    pause: (name) => {
      const state = feed.sale.feeds[name];
      if (state) state.pausedAtMs = feed.nowMs() - 300;
    },
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
    },
    kill: async () => {
      for (const timer of timers.splice(0)) clearInterval(timer);
      const closing = http;
      http = null;
      for (const socket of open) socket.destroy();
      io?.disconnectSockets(true);
      await io?.close();
      closing?.closeAllConnections();
      closing?.close();
    },
    back: () => listen(),
    send: (frame) => void io?.emit('frame', frame),
    next: (view = 'wall:overview') => frameOf(feed.sale, view, { epoch: feed.epoch, seq: ++seq, nowMs: feed.nowMs() }),
    addEntry: (kind, params = {}, { lose = false } = {}) => {
      const entry: TimelineEntry = {
        seq: (feed.entries.at(-1)?.seq ?? 0) + 1,
        atMs: feed.nowMs(),
        kind,
        actor: { kind: 'user', id: 'u1', name: '值班丙' },
        params,
      };
      feed.entries.push(entry);
      if (!lose) feed.sendTimeline(entry.seq - 1);
    },
    sendTimeline: (from) => void io?.emit('timeline', page(from)),
    close: () => feed.kill(),
  };

  function wire(server: SocketServer<ClientToServerEvents, ServerToClientEvents>): void {
    server.use((_socket, next) => {
      feed.attemptsMs.push(performance.now());
      if (!frozen) next();
    });
    server.on('connection', (socket) => {
      let view: ViewId | null = null;
      socket.emit('hello', {
        protocol: 1,
        nodeId: feed.epoch,
        build: 'test',
        serverMs: feed.nowMs(),
        campaignId: feed.sale.campaign.id,
      });
      const frames = setInterval(() => {
        if (!frozen && view !== null && feed.frameEveryMs < 3_600_000) socket.volatile.emit('frame', feed.next(view));
      }, feed.frameEveryMs);
      timers.push(frames);
      socket.on('disconnect', () => clearInterval(frames));
      socket.on('join', (request, answer) => {
        if (frozen) return;
        feed.joins.push({ request, atMs: performance.now() });
        feed.reports.push(request.screen);
        view = request.view;
        answer({ ok: true, view });
        socket.emit(
          'timeline',
          page(request.timelineAfter?.epoch === feed.timelineEpoch ? request.timelineAfter.seq : 0),
        );
        socket.emit('frame', feed.next(view));
      });
      socket.on('resume', ({ timelineAfter }, answer) => {
        feed.resumes.push(timelineAfter);
        answer({ ok: true });
        socket.emit('timeline', page(timelineAfter?.seq ?? 0));
      });
      socket.on('report', (screen, answer) => {
        feed.reports.push(screen);
        answer({ ok: true });
      });
    });
    timers.push(
      setInterval(() => {
        if (!frozen) server.emit('beat', { serverMs: feed.nowMs() });
      }, 1_000),
    );
  }

  async function listen(): Promise<void> {
    const server = createServer((request, reply) => void answerHttp(feed, request, reply, options.clientDir ?? null));
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => undefined);
    });
    io = new SocketServer(server, { transports: ['websocket'], serveClient: false });
    wire(io);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
    http = server;
    (feed as { url: string }).url = `http://127.0.0.1:${port}`;
  }
  await listen();
  return feed;
}
