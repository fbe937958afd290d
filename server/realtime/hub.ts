import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { AppError } from '#contract/errors';
import { type Hello, PROTOCOL_VERSION, type ServerToClientEvents, VIEW_POLICY } from '#contract/frames';
import { clientAddress, type Trusts, trustsNobody } from '../http/client-address.ts';
import { enforcePolicy } from '../http/policy.ts';
import { limit } from '../limits.ts';
import type { Log } from '../room/log.ts';
import { createDispatch, FULL_BUCKET } from './dispatch.ts';
import { connectError, handshakeProblem, identify, SocketCaps } from './handshake.ts';
import { Lanes } from './lanes.ts';
import type { RealtimePeople } from './people-port.ts';
import {
  closeConnection,
  cutConnection,
  type EngineSocket,
  leaveNothingBehind,
  type RealtimeServer,
  type RealtimeSocket,
  type Session,
} from './session.ts';
import type { StreamPush } from './stream-push.ts';

/** Dead peers are gone after interval + timeout, 40 s at most. */
const PING_INTERVAL_MS = 20_000;
const PING_TIMEOUT_MS = 20_000;

export interface HubDeps {
  /** fastify's own server, before it listens. */
  readonly server: HttpServer;
  readonly people: RealtimePeople;
  readonly log: Log;
  /** How browsers reach us when a proxy stands in front. */
  readonly publicUrl: string | null;
  /** Proxies whose word on the client's address is believed; default nobody. */
  readonly trusts?: Trusts;
  readonly hello: () => Hello;
  readonly redisNowMs: () => number;
  readonly caps?: SocketCaps;
}
type Bye = Parameters<ServerToClientEvents['bye']>[0];

/** The sockets of this node: who is connected, in which view, and the one way in for what they send. */
export function createHub(deps: HubDeps) {
  const { server, people, log, publicUrl, hello, redisNowMs, caps = new SocketCaps(), trusts = trustsNobody } = deps;
  const sessions = new Map<string, Session>();
  const open = new Set<EngineSocket>();
  const counts = { refused: 0, flooded: 0, revoked: 0 };
  let draining = false;
  let pushes: { readonly timeline: StreamPush; readonly alerts: StreamPush | null } | null = null;
  const stopStreams = (session: Session): void => {
    pushes?.timeline.stopFor(session);
    pushes?.alerts?.stopFor(session);
  };
  let requests = 0;

  const io: RealtimeServer = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    allowEIO3: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: limit('socketMessageBytes'),
    connectTimeout: limit('socketConnectMs'),
    pingInterval: PING_INTERVAL_MS,
    pingTimeout: PING_TIMEOUT_MS,
    allowRequest: (request, done) => {
      const problem = draining ? 'draining' : handshakeProblem(request, publicUrl);
      if (problem !== null) counts.refused += 1;
      done(problem, problem === null);
    },
  });
  const lanes = new Lanes(io);
  io.engine.on('connection_error', () => {
    counts.refused += 1;
  });
  io.engine.on('connection', (conn: EngineSocket) => {
    open.add(conn);
    conn.once('close', () => open.delete(conn));
    leaveNothingBehind(conn);
    watchFlood(conn);
  });

  /** Counts messages below socket.io, where nothing can hide: parts of binary packets, unknown namespaces, garbage. */
  function watchFlood(conn: EngineSocket): void {
    let windowAtMs = 0;
    let messages = 0;
    conn.on('data', (data: unknown) => {
      const nowMs = performance.now();
      if (nowMs - windowAtMs >= 1_000) {
        windowAtMs = nowMs;
        messages = 0;
      }
      messages += 1;
      if (typeof data === 'string' && messages <= limit('socketMessages')) return;
      counts.flooded += 1; // also anything binary: the contract has none
      cutConnection(conn);
    });
  }

  io.use(async (socket, next) => {
    const requestId = `${socket.id}-h${(++requests).toString(36)}`;
    try {
      if (draining) throw new AppError('draining', 'this node is stopping; connect again');
      const principal = await identify(socket, people);
      const release = caps.take(principal);
      socket.conn.once('close', release);
      if (socket.conn.readyState !== 'open') release();
      socket.data.principal = principal;
      next();
    } catch (error) {
      counts.refused += 1;
      const known =
        error instanceof AppError
          ? error
          : new AppError('store_unavailable', 'cannot tell who you are; try again', { cause: error });
      if (!(error instanceof AppError)) log.warn({ err: error }, 'a socket could not be identified');
      next(connectError(known, requestId));
    }
  });

  io.on('connection', (socket: RealtimeSocket) => {
    const { conn } = socket;
    socket.on('error', () => undefined); // a packet that cannot be read; socket.io closes the connection
    // the upgrade request is kept for nothing, about 4 kB a socket
    Reflect.set(conn, 'request', null);
    Reflect.set(socket.client, 'request', null);
    const session: Session = {
      socket,
      lane: lanes.enter(),
      ip: clientAddress(socket.handshake.address, socket.handshake.headers['x-forwarded-for'], trusts),
      connectedAtMs: redisNowMs(),
      principal: socket.data.principal,
      view: null,
      screen: null,
      reportedAtMs: null,
      bucket: { tokens: FULL_BUCKET, atMs: performance.now() },
      progressAtMs: performance.now(),
      overSinceMs: null,
      slow: false,
      catchUpRuns: { timeline: 0, alerts: 0 },
      closing: false,
    };
    sessions.set(socket.id, session);
    lanes.join(session, 'all');
    const unwatch = people.watch(session.principal);
    conn.transport.on('drain', () => {
      session.progressAtMs = performance.now();
    });
    conn.on('flush', () => {
      session.progressAtMs = performance.now(); // waiting is counted from the write, not from the last one taken
    });
    // every packet is answered here; `next` is never called, so nothing a client sends reaches an event emitter
    socket.use((packet) => void dispatch(session, packet as unknown[]));
    socket.once('disconnect', () => {
      sessions.delete(socket.id);
      lanes.leave(session.lane);
      stopStreams(session);
      unwatch();
    });
    socket.emit('hello', hello());
  });

  /** Says why and closes the connection; the client comes back by itself unless `final`. */
  function end(session: Session, bye: Bye): void {
    if (session.closing) return;
    session.closing = true;
    stopStreams(session);
    session.socket.emit('bye', bye);
    closeConnection(session.socket.conn);
  }
  const endRevoked = (session: Session): void => {
    counts.revoked += 1;
    end(session, { code: 'revoked', retryInMs: 0, final: true });
  };
  const offRevoked = people.onRevoked(({ principalId, sessionId }) => {
    for (const session of sessions.values()) {
      const { id, sessionId: own } = { sessionId: null, ...session.principal };
      if (id === principalId && (sessionId === null || sessionId === own)) endRevoked(session);
    }
  });

  const dispatch = createDispatch({
    people,
    log,
    onEnded: endRevoked,
    handlers: {
      join(session, { view, timelineAfter, alertsAfter, screen }) {
        enforcePolicy(VIEW_POLICY[view], session.principal);
        if (session.view !== null) lanes.part(session, session.view);
        session.view = view;
        session.slow = false;
        session.screen = screen;
        session.reportedAtMs = redisNowMs();
        lanes.join(session, view);
        pushes?.timeline.catchUp(session, timelineAfter);
        if (view === 'desk:oncall') pushes?.alerts?.catchUp(session, alertsAfter ?? null);
        else pushes?.alerts?.stopFor(session);
        return { view };
      },
      leave(session) {
        if (session.view !== null) lanes.part(session, session.view);
        session.view = null;
        session.slow = false;
        stopStreams(session);
        return {};
      },
      resume(session, { timelineAfter }) {
        pushes?.timeline.catchUp(session, timelineAfter);
        return {};
      },
      report(session, screen) {
        session.screen = screen;
        session.reportedAtMs = redisNowMs();
        return {};
      },
    },
  });

  return {
    io,
    lanes,
    sessions: sessions as ReadonlyMap<string, Session>,
    counts,
    end,
    endRevoked,
    /** The pushes need the lanes, the hub needs the pushes: joined here, before anybody connects. */
    usePushes(streams: { readonly timeline: StreamPush; readonly alerts: StreamPush | null }): void {
      pushes = streams;
    },
    /** Takes no more connections; those open stay. */
    refuseNew(): void {
      draining = true;
    },
    /** Closes every connection and waits for none of them. The HTTP server stays. */
    close(): void {
      draining = true;
      offRevoked();
      for (const conn of open) cutConnection(conn); // also those that never said who they are
      io.engine.close();
    },
    protocol: PROTOCOL_VERSION,
  };
}
export type Hub = ReturnType<typeof createHub>;
