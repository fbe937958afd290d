import { setTimeout as wait } from 'node:timers/promises';
import type { Problem } from '#contract/errors';
import type { EventsReply } from '#contract/events';
import type { HttpClient, HttpReply } from './http.ts';

export interface Sending {
  readonly bytes: Buffer;
  readonly contentType: string;
}
export interface Delivery {
  readonly reply: EventsReply;
  /** Requests made for it, 1 when the first answer was definite. */
  readonly attemptCount: number;
  /** Attempts that ended without an answer, or with one that leaves the outcome open. */
  readonly unknownCount: number;
  /** From the first byte of the last attempt to its answer, ms. */
  readonly ackMs: number;
}
export interface ProducerOptions {
  readonly client: HttpClient;
  /** Counting by sequence when set; otherwise by id. One body in flight for each producer. */
  readonly producerId?: string;
  /** Which life of this producer; a restart needs a higher one. */
  readonly epoch?: number;
  /** Give up after this long without a definite answer, ms. */
  readonly giveUpMs: number;
  readonly signal?: AbortSignal;
}
/** A whole body was refused for good: sending it again cannot help. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly status: number;
  readonly problem: Partial<Problem>;
  constructor(status: number, problem: Partial<Problem>) {
    super(`${status} ${problem.code ?? ''}: ${problem.message ?? 'no reason given'}`);
    this.status = status;
    this.problem = problem;
  }
}

const BACKOFF_MS = { first: 50, most: 1_000 } as const;
const RETRY_AFTER_MOST_MS = 5_000;

/**
 * A producer with the one discipline that makes counting exact: every body is sent, unchanged and with the same ids, until
 * the answer is definite. 429, 503 and 409 `sequence_in_flight` are waited out; a lost connection or a timeout is an open question.
 */
export class Producer {
  readonly #options: ProducerOptions;
  #seq = 0;
  constructor(options: ProducerOptions) {
    this.#options = options;
  }

  /** @throws {BodyRefused} on a refusal that retrying cannot change @throws {Error} when no answer came within `giveUpMs` */
  async deliver(sending: Sending): Promise<Delivery> {
    const { producerId } = this.#options;
    if (producerId !== undefined) this.#seq += 1;
    return this.#untilDefinite(sending, this.#headers(sending.contentType));
  }

  /** Sends a body again as it was: the same sequence number, the same bytes. */
  async repeat(sending: Sending): Promise<Delivery> {
    return this.#untilDefinite(sending, this.#headers(sending.contentType));
  }

  #headers(contentType: string): Record<string, string> {
    const { producerId, epoch = 1 } = this.#options;
    if (producerId === undefined) return { 'content-type': contentType };
    return {
      'content-type': contentType,
      'producer-id': producerId,
      'producer-epoch': String(epoch),
      'producer-seq': String(this.#seq),
    };
  }

  async #untilDefinite(sending: Sending, headers: Record<string, string>): Promise<Delivery> {
    const { client, giveUpMs, signal } = this.#options;
    const startedMs = performance.now();
    let unknownCount = 0;
    for (let attemptCount = 1; ; attemptCount += 1) {
      const sentMs = performance.now();
      let reply: HttpReply | null = null;
      let failure = '';
      try {
        reply = await client.post('/api/v1/events', headers, sending.bytes);
      } catch (error) {
        failure = (error as Error).message;
      }
      if (reply?.status === 200) {
        const ackMs = performance.now() - sentMs;
        return { reply: JSON.parse(reply.body) as EventsReply, attemptCount, unknownCount, ackMs };
      }
      const problem = reply === null ? {} : problemOf(reply);
      if (reply !== null && !isOpen(reply.status, problem)) throw new BodyRefused(reply.status, problem);
      if (reply === null || problem.outcome === 'unknown') unknownCount += 1;
      if (performance.now() - startedMs > giveUpMs) {
        throw new Error(`no definite answer within ${giveUpMs} ms; the last was ${reply?.status ?? failure}`);
      }
      await wait(pauseMs(reply, attemptCount), undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** Whether the same request may still succeed. */
function isOpen(status: number, problem: Partial<Problem>): boolean {
  return status === 429 || status === 503 || status >= 500 || problem.retryable === true;
}

function problemOf(reply: HttpReply): Partial<Problem> {
  try {
    return JSON.parse(reply.body) as Partial<Problem>;
  } catch {
    return { message: reply.body.slice(0, 200) };
  }
}

/** What the server asked for, within reason; otherwise doubling from 50 ms to 1 s. */
function pauseMs(reply: HttpReply | null, attempt: number): number {
  const asked = Number(reply?.headers['retry-after']);
  if (reply !== null && Number.isFinite(asked) && asked >= 0)
    return Math.min(RETRY_AFTER_MOST_MS, Math.max(20, asked * 1_000));
  return Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** Math.min(10, attempt - 1));
}
