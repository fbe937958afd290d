import { limit } from '../limits.ts';
import type { Log } from '../room/log.ts';
import type { MetricBook } from './metric-book.ts';

/** Browser reports on their way to another collector: nobody waits for them, and they cannot pile up. */
export interface FaroForward {
  /** @param json - a report as it may leave the house (domain/client-report.ts) */
  offer(json: string): void;
  fill(book: MetricBook): void;
  /** Gives up what waits. */
  stop(): Promise<void>;
}
/** One try of one report, ms. */
const SEND_MS = 5_000;

/** @param url - null: reports stay here */
export function createFaroForward(url: string | null, log: Log, waitingMax = limit('reportsWaiting')): FaroForward {
  const counts = { sent: 0, failed: 0, dropped: 0 };
  const waiting: string[] = [];
  const stopping = new AbortController();
  let sending: Promise<void> | null = null;
  let failing = false;
  const target = url === null ? null : addressOf(url);

  async function send(json: string): Promise<void> {
    if (target === null) return;
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...target.headers },
        body: json,
        redirect: 'error', // where it goes is what the operator wrote
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(SEND_MS)]),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      counts.sent += 1;
      failing = false;
    } catch (error) {
      counts.failed += 1;
      if (!failing && !stopping.signal.aborted)
        log.warn({ err: error }, 'browser reports cannot be forwarded; said once until one gets through');
      failing = true;
    }
  }
  async function sendAll(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await send(next);
    sending = null;
  }

  return {
    offer(json) {
      if (target === null || stopping.signal.aborted) return;
      if (waiting.length >= waitingMax) {
        counts.dropped += 1;
        return;
      }
      waiting.push(json);
      sending ??= sendAll();
    },
    fill(book) {
      book.rows(
        'warroom_client_forwards_total',
        Object.entries(counts).map(([outcome, n]) => [{ outcome }, n]),
      );
    },
    async stop() {
      counts.dropped += waiting.length;
      waiting.length = 0;
      stopping.abort();
      await sending;
    },
  };
}

/** fetch takes no password in an address: it goes into the header it means. */
function addressOf(text: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (username === '' && password === '') return { url: url.href, headers: {} };
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } };
}
