import { setTimeout as wait } from 'node:timers/promises';
import type { HttpClient } from '../http.ts';
import { type BodyItem, CONTENT_TYPE, encodeBody } from '../load-event.ts';
import { BodyRefused, Producer } from '../producer.ts';

export interface OutboxTotals {
  acceptedCount: number;
  duplicateCount: number;
  rejectedCount: number;
  droppedCount: number;
}
export interface OutboxOptions {
  readonly client: HttpClient;
  readonly source: string;
  /** By sequence for high-rate systems; otherwise by id. */
  readonly bySequence: boolean;
  /** Unique for this life of the simulator, and higher than any before: ms since the Unix epoch. */
  readonly epoch: number;
  readonly totals: OutboxTotals;
  readonly onTrouble: (message: string) => void;
}
const BODY_ITEMS_MAX = 2_000;
/** Beyond this an outbox drops its oldest events and says so: what is minutes old would be too late by id anyway. */
const WAITING_MAX = 200_000;
const GIVE_UP_MS = 10 * 60_000;

/** One source system's way out: keeps what happened until the server has answered for it, one body at a time. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #stop = new AbortController();
  #waiting: BodyItem[] = [];
  #producer: Producer;
  #epoch: number;
  #sending: Promise<void> | null = null;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#epoch = options.epoch;
    this.#producer = this.#newProducer();
  }

  get source(): string {
    return this.#options.source;
  }
  get waitingCount(): number {
    return this.#waiting.length;
  }

  add(item: BodyItem): void {
    this.#waiting.push(item);
  }

  /** Starts sending what waits, unless a body is under way already. */
  flush(): void {
    if (this.#sending !== null || this.#waiting.length === 0) return;
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  /** Sends what is left and ends; gives up when the server does not answer in time. */
  async drain(forMs: number): Promise<void> {
    this.flush();
    const timer = setTimeout(() => this.#stop.abort(), forMs);
    while (this.#sending !== null) await this.#sending;
    clearTimeout(timer);
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#stop.signal.aborted) {
      const items = this.#waiting.splice(0, BODY_ITEMS_MAX);
      await this.#send({ bytes: encodeBody('ndjson', items), contentType: CONTENT_TYPE.ndjson });
      const beyond = this.#waiting.length - WAITING_MAX;
      if (beyond > 0) {
        this.#waiting.splice(0, beyond);
        this.#options.totals.droppedCount += beyond;
        this.#options.onTrouble(`${this.source}: ${beyond} events dropped, the server has not answered for long`);
      }
    }
  }

  async #send(sending: { bytes: Buffer; contentType: string }): Promise<void> {
    const { totals, onTrouble } = this.#options;
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        const { reply } = await this.#producer.deliver(sending);
        totals.acceptedCount += reply.accepted;
        totals.duplicateCount += reply.duplicates;
        totals.rejectedCount += reply.rejected.length;
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        onTrouble(`${this.source}: ${(error as Error).message}`);
        if (!(error instanceof BodyRefused) || error.status !== 409) return;
        // The server lost its mark (a new campaign instance) or another life holds it: begin a new one with the same body.
        this.#epoch = Math.max(this.#epoch + 1, Date.now());
        this.#producer = this.#newProducer();
        await wait(200);
      }
    }
  }

  #newProducer(): Producer {
    const { client, bySequence, source } = this.#options;
    const base = { client, giveUpMs: GIVE_UP_MS, signal: this.#stop.signal };
    return new Producer(bySequence ? { ...base, producerId: `sim${source}`, epoch: this.#epoch } : base);
  }
}
