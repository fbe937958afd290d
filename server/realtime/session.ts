import type { Server, Socket } from 'socket.io';
import type { ClientToServerEvents, ScreenInfo, ServerToClientEvents, ViewId } from '#contract/frames';
import type { Principal } from '#contract/permissions';
import type { OutboundState } from './domain/slow-screen.ts';
import type { TokenBucket } from './domain/token-bucket.ts';
import type { StreamName } from './lanes.ts';

export interface SocketData {
  principal: Principal;
}
export type RealtimeServer = Server<ClientToServerEvents, ServerToClientEvents, Record<never, never>, SocketData>;
export type RealtimeSocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<never, never>, SocketData>;

export type EngineSocket = RealtimeSocket['conn'];

/** The websocket under engine.io, as far as it is needed: what waits in it, and a way to end it at once. */
interface RawSocket {
  readonly bufferedAmount: number;
  terminate(): void;
}
const rawOf = (conn: EngineSocket): RawSocket | undefined =>
  (conn.transport as unknown as { socket?: RawSocket }).socket;

const queueOf = (conn: EngineSocket): readonly { readonly data?: unknown }[] =>
  (conn as unknown as { writeBuffer: readonly { data?: unknown }[] }).writeBuffer;

/** One connected screen. Fields that change are changed by the part that owns them only. */
export interface Session {
  readonly socket: RealtimeSocket;
  /** Group of at most 500 sockets that one broadcast goes to in one turn. */
  readonly lane: number;
  /** Address of the client, by the word of a trusted proxy or of the connection itself. */
  readonly ip: string;
  /** Redis time, ms. */
  readonly connectedAtMs: number;
  /** As confirmed last (dispatch). */
  principal: Principal;
  view: ViewId | null;
  screen: ScreenInfo | null;
  /** Redis time, ms. */
  reportedAtMs: number | null;
  bucket: TokenBucket;
  /** Monotonic ms when the system last took a write (slow screens). */
  progressAtMs: number;
  /** Monotonic ms since when too much waits unsent; null when not (slow screens). */
  overSinceMs: number | null;
  /** Taken out of its view's room until it takes frames again (slow screens). */
  slow: boolean;
  /** By stream; rises with every join, resume and leave, and an older catch-up stops (stream push). */
  readonly catchUpRuns: Record<StreamName, number>;
  /** `bye` is said; nothing more goes to it. */
  closing: boolean;
}

/** Bytes this node has not handed over for a socket: in the websocket and in engine.io's queue. */
export function unsentBytes(conn: EngineSocket): number {
  let bytes = rawOf(conn)?.bufferedAmount ?? 0;
  for (const { data } of queueOf(conn)) if (typeof data === 'string') bytes += Buffer.byteLength(data);
  return bytes;
}

export function outboundState({ socket: { conn }, progressAtMs, overSinceMs }: Session, nowMs: number): OutboundState {
  const { writable } = conn.transport;
  return {
    writable,
    queuedCount: queueOf(conn).length,
    unsentBytes: unsentBytes(conn),
    waitingMs: writable ? 0 : nowMs - progressAtMs,
    overMs: overSinceMs === null ? 0 : nowMs - overSinceMs,
  };
}

/** ms a closing socket has to take what is still on its way before it is cut hard. */
const CLOSE_GRACE_MS = 2_000;
/** ms a closed websocket may wait for the peer's closing frame. */
const FAREWELL_MS = 1_000;

/**
 * Closes the connection, not the socket.io session: `disconnect()` would make the client stay away for good (T5). One that
 * does not drain in time is cut.
 */
export function closeConnection(conn: EngineSocket): void {
  conn.close();
  const timer = setTimeout(() => cutConnection(conn), CLOSE_GRACE_MS);
  timer.unref();
  conn.once('close', () => clearTimeout(timer));
}
/** The websocket waits up to 30 s for the other side's closing frame after engine.io has let go of it; ours does not. */
export function leaveNothingBehind(conn: EngineSocket): void {
  const raw = rawOf(conn);
  conn.once('close', () => setTimeout(() => raw?.terminate(), FAREWELL_MS).unref());
}
/** Ends the connection now, without a word: for floods and stuck peers. */
export function cutConnection(conn: EngineSocket): void {
  const raw = rawOf(conn);
  conn.close(true);
  raw?.terminate();
}
