import { io, type Socket } from 'socket.io-client';
import type { AlertPage } from '#contract/alerts';
import type { ErrorCode, Problem } from '#contract/errors';
import {
  type ClientToServerEvents,
  type Frame,
  type Hello,
  PROTOCOL_VERSION,
  type ScreenInfo,
  type ServerToClientEvents,
  type ViewId,
} from '#contract/frames';
import { LINK_OFFLINE_MS } from '#contract/freshness';
import type { Position } from '#contract/timeline';
import type { TimelinePage } from '../state/fold-timeline.ts';
import { retryDelayMs } from './backoff.ts';

export interface LinkHandlers {
  onHello: (hello: Hello) => void;
  onFrame: (frame: Frame, linkId: number) => void;
  onBeat: (serverMs: number) => void;
  onTimeline: (page: TimelinePage) => void;
  onAlerts?: (page: AlertPage) => void;
  /** `refused` names the reason; the link comes back by itself unless it is final. */
  onStatus: (status: 'connecting' | 'open' | 'closed' | 'refused', code: ErrorCode | 'protocol' | null) => void;
}
export interface LinkOptions {
  readonly url: string;
  readonly build: string;
  readonly handlers: LinkHandlers;
  readonly screen: () => ScreenInfo;
  readonly timelineAfter: () => Position | null;
  /** Where this screen stands in the stream of alerts; asked for only by screens that follow it. */
  readonly alertsAfter?: () => Position | null;
  readonly random?: () => number;
  /** Sent with the handshake by programs that have no cookie. */
  readonly headers?: Readonly<Record<string, string>>;
}
export interface Link {
  /** Shows another view; the same view again changes nothing. */
  join: (view: ViewId) => void;
  /** Asks for timeline entries after a position, when some were missing. */
  resume: (after: Position) => void;
  /** Tells the server of this screen now instead of at the next of its reports. */
  report: () => void;
  /** Tries now instead of at the end of the wait: the network came back, the page became visible. */
  hurry: () => void;
  close: () => void;
}
/** After a refusal (not signed in, wrong version) trying at once would only be refused again. */
const REFUSED_RETRY_MS = 15_000;
const CONNECT_TIMEOUT_MS = 4_000;
const ANSWER_TIMEOUT_MS = 5_000;
const REPORT_EVERY_MS = 10_000;

/**
 * One websocket to the server, reading only. It joins once after each connect, reconnects on its own timer, and gives up
 * on a connection that has been silent for 10 s, because a frozen server keeps it open for ever.
 */
export function openLink(options: LinkOptions): Link {
  const { handlers, screen, timelineAfter, random = Math.random } = options;
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(options.url, {
    transports: ['websocket'],
    reconnection: false,
    autoConnect: false,
    forceNew: true,
    timeout: CONNECT_TIMEOUT_MS,
    auth: { protocol: PROTOCOL_VERSION, build: options.build },
    ...(options.headers ? { extraHeaders: options.headers } : {}),
  });
  let view: ViewId | null = null;
  let attempt = 0;
  let linkId = 0;
  let closed = false;
  let heardAt = performance.now();
  let retry: ReturnType<typeof setTimeout> | null = null;

  const heard = (): void => {
    heardAt = performance.now();
  };
  const connect = (): void => {
    retry = null;
    if (closed || socket.connected) return;
    heard();
    handlers.onStatus('connecting', null);
    socket.connect();
  };
  const again = (waitMs: number): void => {
    if (closed) return;
    if (retry !== null) clearTimeout(retry);
    retry = setTimeout(connect, waitMs);
  };
  const lost = (code: ErrorCode | 'protocol' | null = null): void => {
    handlers.onStatus(code === null ? 'closed' : 'refused', code);
    again(code === null ? retryDelayMs(attempt++, random()) : REFUSED_RETRY_MS * (1 - 0.5 * random()));
  };
  const join = (): void => {
    if (view === null || !socket.connected) return;
    const asked = view;
    const after = options.alertsAfter === undefined ? {} : { alertsAfter: options.alertsAfter() };
    socket
      .timeout(ANSWER_TIMEOUT_MS)
      .emit('join', { view, timelineAfter: timelineAfter(), ...after, screen: screen() }, (error, reply) => {
        if (closed || asked !== view || !socket.connected) return;
        if (error) return void setTimeout(join, retryDelayMs(1, random()));
        if (reply.ok) {
          attempt = 0; // only now is the connection worth something
          return handlers.onStatus('open', null);
        }
        handlers.onStatus('refused', reply.problem.code);
        setTimeout(join, REFUSED_RETRY_MS);
      });
  };

  socket.on('connect', () => {
    heard();
    linkId += 1;
    join();
  });
  socket.on('connect_error', (error) => lost(refusalOf(error)));
  socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') lost();
  });
  socket.on('hello', (hello) => {
    heard();
    handlers.onHello(hello);
  });
  socket.on('frame', (frame) => {
    heard();
    if (frame.view === view) handlers.onFrame(frame, linkId);
  });
  socket.on('beat', ({ serverMs }) => {
    heard();
    handlers.onBeat(serverMs);
  });
  socket.on('timeline', (page) => {
    heard();
    handlers.onTimeline(page);
  });
  socket.on('alerts', (page) => {
    heard();
    handlers.onAlerts?.(page);
  });
  socket.on('bye', ({ code, retryInMs, final }) => {
    socket.disconnect();
    if (final) {
      handlers.onStatus('refused', code === 'revoked' ? 'unauthenticated' : 'too_many_requests');
      return again(REFUSED_RETRY_MS);
    }
    handlers.onStatus('closed', null);
    // Spread: all screens of a stopping node are told at the same instant.
    again(retryInMs + retryDelayMs(1, random()));
  });

  const watch = setInterval(() => {
    if (!socket.connected || performance.now() - heardAt <= LINK_OFFLINE_MS) return;
    socket.disconnect();
    lost();
  }, 1_000);
  const report = setInterval(() => {
    if (socket.connected) socket.volatile.emit('report', screen(), () => undefined);
  }, REPORT_EVERY_MS);

  connect();
  return {
    join: (next) => {
      if (view === next) return;
      view = next;
      join();
    },
    resume: (after) => {
      if (socket.connected) socket.timeout(ANSWER_TIMEOUT_MS).emit('resume', { timelineAfter: after }, () => undefined);
    },
    report: () => {
      if (socket.connected) socket.emit('report', screen(), () => undefined);
    },
    hurry: () => {
      if (!socket.connected && retry !== null) again(retryDelayMs(0, random()));
    },
    close: () => {
      closed = true;
      if (retry !== null) clearTimeout(retry);
      clearInterval(watch);
      clearInterval(report);
      socket.disconnect();
    },
  };
}

/** A refusal by the server carries its problem; anything else is a network that did not answer. */
function refusalOf(error: Error & { data?: unknown }): ErrorCode | 'protocol' | null {
  const problem = error.data as Partial<Problem> | undefined;
  if (!problem || typeof problem.code !== 'string') return null;
  if (problem.retryable) return null;
  return problem.field === 'protocol' ? 'protocol' : problem.code;
}
