import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventsReply } from '#contract/events';
import { type DriveOptions, drive } from './drive.ts';
import { foldAcked } from './oracle/fold.ts';
import { sampleCampaign } from './sample-campaign.ts';
import { double11 } from './scenarios/double11.ts';

/** A tiny server that counts by id or by sequence, in memory, and fails as told. */
class TinyServer {
  readonly counted = new Set<string>();
  readonly bodies: string[] = [];
  readonly #replies = new Map<string, EventsReply>();
  /** Called before and after counting; true: the answer is cut, or replaced. */
  failBefore: (n: number, response: ServerResponse) => boolean = () => false;
  failAfter: (n: number, response: ServerResponse) => boolean = () => false;
  #requests = 0;
  brokenLine = (text: string): boolean => !text.startsWith('{');

  async start(): Promise<string> {
    const server = createServer((request, response) => void this.#handle(request, response));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    this.#requests += 1;
    if (this.failBefore(this.#requests, response)) return;
    const producer = request.headers['producer-id'];
    const key = `${producer}:${request.headers['producer-seq']}`;
    this.bodies.push(producer === undefined ? text : `${key} ${text}`);
    const reply = (producer === undefined ? undefined : this.#replies.get(key)) ?? this.#count(text);
    this.#replies.set(key, reply);
    if (this.failAfter(this.#requests, response)) return;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  }

  #count(text: string): EventsReply {
    const lines = text.trimEnd().split('\n');
    const rejected: EventsReply['rejected'] = [];
    let accepted = 0;
    let duplicates = 0;
    lines.forEach((line, index) => {
      if (this.brokenLine(line)) {
        rejected.push({ index, code: 'validation', message: 'broken' });
        return;
      }
      const { id } = JSON.parse(line) as { id: string };
      if (this.counted.has(id)) duplicates += 1;
      else accepted += 1;
      this.counted.add(id);
    });
    return { received: lines.length, accepted, duplicates, rejected };
  }
}

const campaign = sampleCampaign();
const scenarioOf = (duplicateRatio: number, brokenRatio = 0) =>
  double11({
    campaign,
    seed: 3,
    runTag: 'run',
    itemCount: 2_000,
    bodyItemCount: 50,
    startMs: campaign.opensAt,
    spanMs: 1_000,
    lateMaxMs: 5_000,
    horizonMs: 900_000,
    shares: { duplicateRatio, lateRatio: 0.05, brokenRatio, unknownRatio: 0.01, cloudEventsRatio: 0 },
  });
const options = (url: string, over: Partial<DriveOptions> = {}): DriveOptions => ({
  url,
  ingestKey: 'k',
  counting: 'id',
  connectionCount: 4,
  paced: false,
  shiftMs: 0,
  repeatBodyRatio: 0,
  timeoutMs: 1_000,
  giveUpMs: 10_000,
  ...over,
});

describe('drive', () => {
  it('[LOAD7] what is acked is what the oracle expects, duplicates and refusals included', async () => {
    const server = new TinyServer();
    const scenario = scenarioOf(0.1);
    const { totals, ackedBodies, errors } = await drive(scenario, options(await server.start()));
    const { eventCount, repeatCount } = foldAcked(scenario, ackedBodies, campaign);
    expect(errors).toEqual([]);
    expect(totals).toMatchObject({
      sentCount: 2_000,
      acceptedCount: eventCount,
      duplicateCount: repeatCount,
      rejectedCount: 0,
    });
    expect(server.counted.size).toBe(eventCount);
  });
  it('[LOAD8] an answer that is lost after counting is asked for again with the same bytes', async () => {
    const server = new TinyServer();
    server.failAfter = (n, response) => {
      if (n % 3 !== 0) return false;
      response.destroy();
      return true;
    };
    const { totals, errors } = await drive(scenarioOf(0), options(await server.start()));
    expect(errors).toEqual([]);
    expect(server.counted.size).toBe(2_000);
    expect(totals.unknownCount).toBeGreaterThan(5);
    expect(totals.acceptedCount + totals.duplicateCount).toBe(2_000);
    expect(new Set(server.bodies).size).toBe(40);
  });
  it('[LOAD8] 429 and 503 are waited out as long as Retry-After asks', async () => {
    const server = new TinyServer();
    const refused: number[] = [];
    server.failBefore = (n, response) => {
      if (n > 4) return false;
      refused.push(performance.now());
      response.writeHead(n % 2 === 0 ? 429 : 503, { 'retry-after': '0.2' }).end('{"retryable":true}');
      return true;
    };
    const startedMs = performance.now();
    const { totals } = await drive(scenarioOf(0), options(await server.start(), { connectionCount: 1 }));
    expect(totals.acceptedCount).toBe(2_000);
    expect(totals.attemptCount).toBe(44);
    expect(performance.now() - startedMs).toBeGreaterThan(780);
  });
  it('[LOAD9] by sequence a retry keeps its number, and a repeated body adds nothing', async () => {
    const server = new TinyServer();
    server.failAfter = (n, response) => {
      if (n % 5 !== 0) return false;
      response.destroy();
      return true;
    };
    const over = { counting: 'sequence' as const, repeatBodyRatio: 0.3 };
    const { totals, errors } = await drive(scenarioOf(0), options(await server.start(), over));
    expect(errors).toEqual([]);
    expect(server.counted.size).toBe(2_000);
    expect(totals.acceptedCount).toBe(2_000);
    expect(totals.duplicateCount).toBeGreaterThan(200);
    const numbers = new Set(server.bodies.map((body) => body.slice(0, body.indexOf(' '))));
    expect(numbers.size).toBe(40);
  });
  it('[LOAD10] a body refused for good stops the run and says why', async () => {
    const server = new TinyServer();
    server.failBefore = (_, response) => {
      response.writeHead(403).end('{"code":"forbidden","message":"not your source","retryable":false}');
      return true;
    };
    const { errors, totals } = await drive(scenarioOf(0), options(await server.start()));
    expect(errors[0]).toMatch(/403 forbidden: not your source/);
    expect(totals.acceptedCount).toBe(0);
  });
  it('[LOAD11] a good item refused, or a broken one taken, is named', async () => {
    const server = new TinyServer();
    server.brokenLine = () => false;
    const broken = scenarioOf(0, 0);
    server.failBefore = (n, response) => {
      if (n !== 1) return false;
      const rejected = [{ index: 7, code: 'validation', message: 'no' }];
      response.writeHead(200).end(JSON.stringify({ received: 50, accepted: 49, duplicates: 0, rejected }));
      return true;
    };
    const { surprises, surpriseCount } = await drive(broken, options(await server.start(), { connectionCount: 1 }));
    expect(surpriseCount).toBe(1);
    expect(surprises[0]).toMatch(/body 0 item 7: good, but refused with validation: no/);
  });
});
