import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { AppError } from '#contract/errors';
import { type Allowed, addressProblem, readAllowed, readTarget, type Target } from './domain/address.ts';
import { signWebhook } from './domain/sign.ts';

/** From the first byte of the call to the last of the answer, ms. */
export const SEND_TIMEOUT_MS = 5_000;
/** What is read of an answer; the rest is left. */
export const ANSWER_MAX_BYTES = 65_536;

/** Alertmanager's words for why a delivery failed, and two of ours. */
export type FailureReason =
  | 'clientError'
  | 'serverError'
  | 'authError'
  | 'rateLimited'
  | 'contextDeadlineExceeded'
  | 'redirected'
  | 'refusedAddress'
  | 'other';
export type Delivery =
  | { readonly kind: 'delivered'; readonly status: number; readonly body: string }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      /** null without an answer. */
      readonly status: number | null;
      readonly message: string;
      /** A later try may succeed: no answer, 5xx or 429. */
      readonly retryable: boolean;
      /** Seconds the sink asks to wait; null when it does not say. */
      readonly retryAfterS: number | null;
      /** What the sink said with its refusal; '' without an answer. */
      readonly body: string;
    };
export interface Outgoing {
  readonly url: string;
  /** The same over all tries of one message; sent as `webhook-id`. */
  readonly id: string;
  readonly body: string;
  readonly method?: 'POST' | 'PUT' | 'GET';
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `whsec_…`; none: not signed (chat robots sign in their own way). */
  readonly secrets?: readonly string[];
  readonly timeoutMs?: number;
}
export interface Outbound {
  /** Refuses an address that may never be called; for saving a receiver. @throws {AppError} `outbound_refused` */
  check(url: string, field?: string): void;
  /** One try. Never throws: what goes wrong is the answer. */
  send(message: Outgoing): Promise<Delivery>;
}
export interface OutboundOptions {
  /** `host:port` pairs of OUTBOUND_ALLOW. */
  readonly allow: readonly string[];
  /** ms since the Unix epoch, for signatures. */
  readonly nowMs: () => number;
  /** All addresses of a name; the system's resolver by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

const fail = (
  reason: FailureReason,
  message: string,
  status: number | null = null,
  retryable = false,
  retryAfterS: number | null = null,
): Extract<Delivery, { kind: 'failed' }> => ({
  kind: 'failed',
  reason,
  status,
  message,
  retryable,
  retryAfterS,
  body: '',
});

const systemResolve = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Everything this server calls by itself goes through here. A name is resolved once, every address it has is judged, and the
 * connection is made to one of those addresses, so that a second answer of the resolver changes nothing. Redirects are not
 * followed.
 */
export function createOutbound({ allow, nowMs, resolve = systemResolve }: OutboundOptions): Outbound {
  const allowed: Allowed = readAllowed(allow);

  async function addressOf({ host, allowed: listed }: Target): Promise<string> {
    const all = isIP(host) === 0 ? await resolve(host) : [host];
    const problem = listed ? null : all.map(addressProblem).find((one) => one !== null);
    if (problem) throw new AppError('outbound_refused', `${host}: ${problem}`);
    const first = all[0];
    if (first === undefined) throw new Error(`${host} has no address`);
    return first;
  }

  return {
    check(url, field) {
      const target = readTarget(url, allowed);
      if (typeof target === 'string')
        throw new AppError(
          'outbound_refused',
          `${url} cannot be called: ${target}`,
          field === undefined ? {} : { field },
        );
    },
    async send(message) {
      const target = readTarget(message.url, allowed);
      if (typeof target === 'string') return fail('refusedAddress', target);
      const timeoutMs = message.timeoutMs ?? SEND_TIMEOUT_MS;
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), timeoutMs);
      try {
        const address = await within(addressOf(target), abort.signal);
        const signed = message.secrets ? signWebhook(message.secrets, message.id, nowMs(), message.body) : {};
        const { status, body, retryAfterS } = await call(target, address, message, signed, abort.signal);
        if (status >= 200 && status < 300) return { kind: 'delivered', status, body };
        return { ...judge(status, retryAfterS), body };
      } catch (error) {
        if (abort.signal.aborted)
          return fail('contextDeadlineExceeded', `no whole answer within ${timeoutMs} ms`, null, true);
        if (error instanceof AppError) return fail('refusedAddress', error.message);
        return fail('other', error instanceof Error ? error.message : String(error), null, true);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** A promise that cannot be stopped itself (the resolver) ends with the signal. */
function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, refuse) => {
    signal.addEventListener('abort', () => refuse(new Error('too late')), { once: true });
    work.then(done, refuse);
  });
}

function judge(status: number, retryAfterS: number | null): Extract<Delivery, { kind: 'failed' }> {
  const answered = `the sink answered ${status}`;
  if (status === 429) return fail('rateLimited', answered, status, true, retryAfterS);
  if (status >= 500) return fail('serverError', answered, status, true, retryAfterS);
  if (status === 401 || status === 403) return fail('authError', answered, status);
  if (status >= 300 && status < 400) return fail('redirected', `${answered}; redirects are not followed`, status);
  return fail('clientError', answered, status);
}

/** Seconds, or an HTTP date from `nowMs` on, rounded up; null when it is neither or over. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : Math.ceil((Date.parse(header) - nowMs) / 1_000);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfterS: number | null;
}
function call(
  { url, host, port }: Target,
  address: string,
  message: Outgoing,
  signed: object,
  signal: AbortSignal,
): Promise<Answer> {
  const secure = url.protocol === 'https:';
  const body = Buffer.from(message.body);
  return new Promise((done, refuse) => {
    const sent = (secure ? requestHttps : requestHttp)(
      {
        host: address,
        port,
        path: url.pathname + url.search,
        method: message.method ?? 'POST',
        agent: false, // a kept connection would be one that nobody judged for this message
        signal,
        ...(secure && isIP(host) === 0 ? { servername: host } : {}),
        headers: {
          ...message.headers,
          ...signed,
          host: url.host,
          'content-type': message.contentType ?? 'application/json',
          'content-length': body.length,
          'user-agent': 'campaign-war-room',
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        const retryAfterS = readRetryAfter(response.headers['retry-after'], Date.now());
        const finish = (): void =>
          done({
            status: response.statusCode ?? 0,
            body: Buffer.concat(parts).subarray(0, ANSWER_MAX_BYTES).toString('utf8'),
            retryAfterS,
          });
        response.on('data', (chunk: Buffer) => {
          parts.push(chunk);
          size += chunk.length;
          if (size < ANSWER_MAX_BYTES) return;
          finish();
          response.destroy();
        });
        response.on('end', finish).on('error', refuse);
      },
    );
    sent.on('error', refuse).end(body);
  });
}
