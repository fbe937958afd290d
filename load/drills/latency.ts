import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'hdr-histogram-js';
import { io, type Socket } from 'socket.io-client';
import { type ClientToServerEvents, type Frame, PROTOCOL_VERSION, type ServerToClientEvents } from '#contract/frames';
import type { Access } from '../access.ts';
import { HttpClient } from '../http.ts';
import { encodeBody } from '../load-event.ts';
import { Producer } from '../producer.ts';
import { startProgress } from '../progress.ts';
import { Random } from '../random.ts';
import type { Report } from '../report.ts';
import { LoadProcess } from './load-process.ts';
import type { DrillOptions } from './oracle.ts';
import { ServerUnderTest } from './server-under-test.ts';

const RATE = 20_000;
const PROBES = 400;
const GOAL_P99_MS = 500;
/** A probe that no frame shows within this is lost. */
const SEEN_MS = 10_000;
const VIEW = 'wall:overview';
/** Nothing but the probes changes this figure: the load leaves complaints out. */
const FIGURE = 'complaints_opened@1h';

/**
 * From the answer that an event is accepted to the frame that shows it, at a real socket, while 20,000 events a second come
 * in. One event at a time, so that each frame is matched with exactly one event.
 */
export async function latencyDrill({ scale, seed, quiet }: DrillOptions): Promise<Report> {
  const server = await ServerUnderTest.start({ ratePerSecond: RATE });
  let load: LoadProcess | null = null;
  const screen = new Screen(server.access);
  try {
    const probes = Math.max(5, Math.round(PROBES * scale));
    load = new LoadProcess({ access: server.access, ratePerSecond: Math.max(500, RATE * Math.min(1, scale)), seed });
    await screen.join();
    const shownMs = build({
      lowestDiscernibleValue: 1,
      highestTrackableValue: 60_000,
      numberOfSignificantValueDigits: 3,
    });
    const lost = await probe(server.access, screen, probes, seed, quiet, (ms) =>
      shownMs.recordValue(Math.max(1, Math.round(ms))),
    );
    const { sentCount, perSecond } = await load.stop();
    const p99 = shownMs.getValueAtPercentile(99);
    const ms = (percentile: number): string => `${shownMs.getValueAtPercentile(percentile)} ms`;
    const fast = scale < 1 || p99 <= GOAL_P99_MS;
    return {
      ok: lost === 0 && fast,
      lines: [
        `  load        ${sentCount.toLocaleString('en')} events, ${Math.round(perSecond).toLocaleString('en')}/s accepted`,
        `  probes      ${probes}, ${lost} never shown`,
        `  accepted → frame at a socket   p50 ${ms(50)}, p90 ${ms(90)}, p99 ${ms(99)}, worst ${shownMs.maxValue} ms (goal: p99 ≤ ${GOAL_P99_MS} ms)`,
        ...(fast ? [] : ['  ✗ slower than the goal']),
      ],
    };
  } finally {
    load?.abandon();
    screen.close();
    await server.stop();
  }
}

async function probe(
  access: Access,
  screen: Screen,
  probes: number,
  seed: number,
  quiet: boolean,
  record: (ms: number) => void,
): Promise<number> {
  const client = new HttpClient({ url: access.url, bearer: access.ingestKey, connectionCount: 1, timeoutMs: 10_000 });
  const producer = new Producer({ client, giveUpMs: 30_000 });
  const random = new Random(seed, 0x6c617465);
  const progress = startProgress('probing', quiet);
  const run = Date.now().toString(36);
  let lost = 0;
  await wait(2_000); // the load runs at its rate
  for (let count = 1; count <= probes; count += 1) {
    const event = {
      id: `${run}-${count}`,
      source: '/probe',
      type: 'complaint.opened',
      ts: Date.now(),
      complaintId: `${run}-${count}`,
      kind: 'other',
    };
    await producer.deliver({ bytes: encodeBody('ndjson', [event]), contentType: 'application/x-ndjson' });
    const ackedMs = performance.now();
    const shownMs = await screen.showsAtLeast(count, SEEN_MS);
    if (shownMs === null) lost += 1;
    else record(Math.max(0, shownMs - ackedMs));
    progress.update(count, probes);
    await wait(random.below(100)); // no beat with the server's own ticks
  }
  progress.end();
  client.close();
  return lost;
}

/** One screen on the overview. */
class Screen {
  readonly #socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  #waiting: { count: number; seen: (atMs: number) => void } | null = null;
  #last = { value: 0, atMs: 0 };

  constructor({ url, readToken }: Access) {
    this.#socket = io(url, {
      transports: ['websocket'],
      reconnection: false,
      autoConnect: false,
      auth: { protocol: PROTOCOL_VERSION, token: readToken },
    });
    this.#socket.on('frame', (frame) => this.#onFrame(frame));
  }

  async join(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('connect_error', reject);
      this.#socket.connect();
    });
    const screen = { screenId: 'latency-probe', build: 'probe', scene: 'probe', frameAgeMs: null, heapBytes: null };
    const reply = await this.#socket.emitWithAck('join', { view: VIEW, timelineAfter: null, screen });
    if (!reply.ok) throw new Error(`join refused: ${reply.problem.message}`);
  }

  /** When a frame first showed `count` or more; null after `withinMs`. */
  showsAtLeast(count: number, withinMs: number): Promise<number | null> {
    if (this.#last.value >= count) return Promise.resolve(this.#last.atMs);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), withinMs);
      this.#waiting = {
        count,
        seen: (atMs) => {
          clearTimeout(timer);
          resolve(atMs);
        },
      };
    });
  }

  close(): void {
    this.#socket.disconnect();
  }

  #onFrame(frame: Frame): void {
    const value = frame.figures[FIGURE]?.value ?? 0;
    const atMs = performance.now();
    if (value > this.#last.value) this.#last = { value, atMs };
    if (this.#waiting !== null && value >= this.#waiting.count) {
      const { seen } = this.#waiting;
      this.#waiting = null;
      seen(atMs);
    }
  }
}
