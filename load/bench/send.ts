import { setTimeout as wait } from 'node:timers/promises';
import type { CampaignReply } from '#contract/campaign';
import type { EventsReply } from '#contract/events';
import { HttpClient } from '../http.ts';
import { type BodyKind, type PreparedBody, prepareBody, renumber } from './bodies.ts';
import { cpuSeconds } from './cpu.ts';

export interface SendOptions {
  readonly url: string;
  readonly key: string;
  readonly campaign: CampaignReply;
  readonly kind: BodyKind;
  readonly counting: 'id' | 'sequence';
  readonly seconds: number;
  readonly connectionCount: number;
  readonly batch: number;
  /** Events a second over all connections; absent: as fast as answers come. */
  readonly ratePerSecond?: number;
  /** Processes whose CPU is read. */
  readonly pids: Readonly<Record<string, number>>;
}
export interface SendResult {
  readonly eventsPerSecond: number;
  readonly eventCount: number;
  /** CPU time by process, the sender's own among them, µs an event. */
  readonly cpuUsPerEvent: Readonly<Record<string, number>>;
  /** The same, as a share of one core over the run. */
  readonly cpuRatio: Readonly<Record<string, number>>;
}
const WARM_UP_MS = 1_000;
let nextId = 1;
let nextProducer = 1;

/** Sends prepared bodies for some seconds; only events acked as accepted count, and the first second is not measured. */
export async function sendFor(options: SendOptions): Promise<SendResult> {
  const { url, key, connectionCount, counting, ratePerSecond, batch, pids } = options;
  const client = new HttpClient({ url, bearer: key, connectionCount, timeoutMs: 30_000 });
  const watched = { ...pids, sender: process.pid };
  const cpuNow = (): Record<string, number> =>
    Object.fromEntries(Object.entries(watched).map(([name, pid]) => [name, cpuSeconds(pid)]));
  let accepted = 0;
  let running = true;
  const run = Date.now().toString(36);

  const connection = async (number: number): Promise<void> => {
    const body = prepareBody(options.campaign, options.kind, batch, number + 1, Date.now());
    const producer = `bench-${run}-${nextProducer++}`;
    const everyMs = ratePerSecond === undefined ? 0 : (batch * connectionCount * 1_000) / ratePerSecond;
    let dueMs = performance.now() + (everyMs * number) / connectionCount;
    for (let seq = 1; running; seq += 1) {
      if (everyMs > 0) {
        await wait(Math.max(0, dueMs - performance.now()));
        dueMs += everyMs;
      }
      const headers: Record<string, string> = { 'content-type': 'application/x-ndjson', 'x-events': String(batch) };
      if (counting === 'sequence') {
        Object.assign(headers, { 'producer-id': producer, 'producer-epoch': '1', 'producer-seq': String(seq) });
      } else nextId = numberBody(body, nextId);
      const reply = await client.post('/api/v1/events', headers, body.bytes);
      if (reply.status !== 200)
        throw new Error(`POST /api/v1/events answered ${reply.status}: ${reply.body.slice(0, 300)}`);
      const counted = (JSON.parse(reply.body) as EventsReply).accepted;
      if (counted !== batch)
        throw new Error(`${counted} of ${batch} events were accepted: ${reply.body.slice(0, 300)}`);
      accepted += counted;
    }
  };
  const connections = Promise.all(Array.from({ length: connectionCount }, (_, number) => connection(number)));
  const measured = (async () => {
    await wait(WARM_UP_MS);
    const cpuBefore = cpuNow();
    const acceptedBefore = accepted;
    const startedMs = performance.now();
    await wait(options.seconds * 1_000);
    const elapsedS = (performance.now() - startedMs) / 1_000;
    const eventCount = accepted - acceptedBefore;
    const cpuAfter = cpuNow();
    const usedS = (name: string): number => (cpuAfter[name] ?? 0) - (cpuBefore[name] ?? 0);
    const each = (of: (name: string) => number): Record<string, number> =>
      Object.fromEntries(Object.keys(watched).map((name) => [name, of(name)]));
    return {
      eventsPerSecond: eventCount / elapsedS,
      eventCount,
      cpuUsPerEvent: each((name) => (usedS(name) * 1e6) / Math.max(1, eventCount)),
      cpuRatio: each((name) => usedS(name) / elapsedS),
    };
  })();
  try {
    return await Promise.race([measured, connections.then(() => measured)]);
  } finally {
    running = false;
    await connections.catch(() => undefined);
    client.close();
  }
}

function numberBody(body: PreparedBody, first: number): number {
  renumber(body, first);
  return first + body.eventCount;
}
