import type { IncomingMessage } from 'node:http';
import { AppError, toProblem } from '#contract/errors';
import { PROTOCOL_VERSION } from '#contract/frames';
import type { Principal } from '#contract/permissions';
import { sameOrigin } from '../http/policy.ts';
import { limit } from '../limits.ts';
import type { RealtimePeople } from './people-port.ts';
import type { RealtimeSocket } from './session.ts';

/** Query parameters a handshake may have: credentials in an address end up in logs (S2). */
const QUERY_NAMES: ReadonlySet<string> = new Set(['EIO', 'transport', 't']);

/**
 * Whether a handshake may become a websocket at all; null: it may. Words are fixed and nothing that came is echoed (T8).
 * @param publicUrl - how browsers reach us when a proxy stands in front
 */
export function handshakeProblem(request: IncomingMessage, publicUrl: string | null): string | null {
  const query = new URL(request.url ?? '/', 'http://any').searchParams;
  for (const name of query.keys()) if (!QUERY_NAMES.has(name)) return 'unknown query parameter';
  if (query.get('transport') !== 'websocket' || query.get('EIO') !== '4') return 'websocket of engine 4 only';
  if (sameOrigin(request.headers, publicUrl) === false) return 'origin refused';
  return null;
}

/** How long the store may take to say who somebody is, ms; the client retries on its own timer (F39). */
const AUTHENTICATE_MS = 3_000;

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('store_timeout', 'cannot tell who you are; try again')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Who connects, by the protocol both sides speak.
 * @throws {AppError} `protocol_unequal`, `unauthenticated`, `forbidden`, or what the store answers
 */
export async function identify(socket: RealtimeSocket, people: RealtimePeople): Promise<Principal> {
  const auth: Readonly<Record<string, unknown>> = socket.handshake.auth;
  if (auth.protocol !== PROTOCOL_VERSION) {
    throw new AppError('protocol_unequal', `this server speaks protocol ${PROTOCOL_VERSION}; load the page again`, {
      extra: { expected: PROTOCOL_VERSION },
    });
  }
  const { authorization, cookie } = socket.handshake.headers;
  const principal = await within(
    people.authenticateHandshake({ headers: { authorization, cookie }, auth }),
    AUTHENTICATE_MS,
  );
  if (principal === null) throw new AppError('unauthenticated', 'sign in, or send a valid token in auth.token');
  if (principal.kind === 'key') throw new AppError('forbidden', 'ingest keys post events; they have no screens');
  return principal;
}

/** Counts sockets by principal and in all, from the handshake to the end of the connection. */
export class SocketCaps {
  private total = 0;
  private readonly byPrincipal = new Map<string, number>();
  private readonly max: { readonly total: number; readonly perPrincipal: number };
  constructor(max = { total: limit('sockets'), perPrincipal: limit('socketsPerPrincipal') }) {
    this.max = max;
  }

  /**
   * Takes a place; call the result when the connection is gone.
   * @throws {AppError} `too_many_requests`
   */
  take({ id, kind }: Principal): () => void {
    const key = `${kind}:${id}`;
    const own = this.byPrincipal.get(key) ?? 0;
    if (this.total >= this.max.total)
      throw new AppError('too_many_requests', 'this node has all the screens it can take');
    if (own >= this.max.perPrincipal) {
      throw new AppError(
        'too_many_requests',
        `${this.max.perPrincipal} screens are connected under this name; close some`,
      );
    }
    this.total += 1;
    this.byPrincipal.set(key, own + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.total -= 1;
      const left = (this.byPrincipal.get(key) ?? 1) - 1;
      if (left === 0) this.byPrincipal.delete(key);
      else this.byPrincipal.set(key, left);
    };
  }
}

/** What `connect_error` carries: the code as message, the problem as data. */
export const connectError = (error: AppError, requestId: string): Error & { data: unknown } =>
  Object.assign(new Error(error.code), { data: toProblem(error, requestId) });
