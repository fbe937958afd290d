import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createDelivery } from '../../alerts/delivery/delivery.ts';
import { readReceiverText } from '../../alerts/delivery/read-receivers.ts';
import { createHostResolver } from '../outbound/resolve.ts';
import { createOutbound } from '../outbound/send.ts';
import { createBanners } from '../room/banners.ts';
import { alertsKit, DISK_RULE } from './alerts-kit.ts';
import { silentLog } from './silent-log.ts';

export const HOOK_SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;

export interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON as it came, looked into by the test that asked for it
  readonly body: any;
  readonly atMs: number;
}
/** A real HTTP sink on loopback; what it answers is the test's. */
export async function httpSink(
  answer: (response: ServerResponse, arrived: Arrived) => void = (response) => void response.writeHead(204).end(),
) {
  const seen: Arrived[] = [];
  const waiting = new Set<() => void>();
  let reply = answer;
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      let body: unknown = null;
      try {
        body = JSON.parse(text);
      } catch {
        // no JSON: the test looks at the text
      }
      const arrived: Arrived = {
        headers: request.headers,
        url: request.url ?? '',
        text,
        body,
        atMs: performance.now(),
      };
      seen.push(arrived);
      reply(response, arrived);
      for (const wake of waiting) wake();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    seen,
    answer(next: typeof answer): void {
      reply = next;
    },
    /** Until that many requests have come. */
    until: (count: number): Promise<void> =>
      new Promise((done) => {
        const look = (): void => {
          if (seen.length < count) return;
          waiting.delete(look);
          done();
        };
        waiting.add(look);
        look();
      }),
  };
}
export type HttpSink = Awaited<ReturnType<typeof httpSink>>;

/** Real alerts and real delivery over real Redis; the test ticks, works the due set and turns the pump itself. */
export async function deliveryKit(
  receivers: string,
  env: Record<string, string> = {},
  ports: readonly number[] = [],
  rules = DISK_RULE,
) {
  const kit = await alertsKit(rules);
  const { redis, prefix, campaign, clock, timeline } = kit;
  const folder = mkdtempSync(join(tmpdir(), 'wr-receivers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const receiversFile = join(folder, 'receivers.yaml');
  writeFileSync(receiversFile, receivers);
  const allow = ports.map((port) => `127.0.0.1:${port}`);
  let skewMs = 0;
  const nowMs = (): number => clock.nowMs() + skewMs;
  const banners = createBanners(redis, prefix, campaign.instance, silentLog);

  async function node(nodeId: string) {
    const alerts = await kit.node(nodeId, 3_000, {
      spare: (alert, page) => delivery.spare(alert, page),
      onReminder: (record) => delivery.remind(record),
    });
    const delivery = createDelivery({
      redis,
      prefix,
      instance: campaign.instance,
      log: silentLog,
      alerts: alerts.alerts,
      due: alerts.due,
      timeline,
      outbound: createOutbound({ allow, nowMs }),
      resolve: createHostResolver(allow),
      banners,
      nowMs,
      timeZone: 'Asia/Shanghai',
      baseUrl: () => 'http://127.0.0.1:8080',
      receiversFile,
      env: { HOOK_SECRET, ...env },
      chance: () => 0,
    });
    await delivery.load();
    return { ...alerts, delivery };
  }
  const first = await node('d1');
  /** Claims what is due and works it off as the running server would, then sends what came of it. */
  async function work(at = first): Promise<void> {
    at.due.start();
    await at.due.stop();
    // messages of one alert go one after the other
    for (let turn = 0; turn < 4; turn += 1) await at.delivery.pump.turn();
  }
  const core = `{${prefix}:${campaign.instance}:core}`;
  /** Makes everything in a queue due at once, as if the time had passed. */
  async function hurry(queue: string): Promise<void> {
    const waiting = await redis.zrange(`${core}:${queue}`, 0, '-1');
    for (const id of waiting) await redis.zadd(`${core}:${queue}`, 0, id);
  }
  return {
    ...kit,
    hurry,
    core,
    node,
    first,
    work,
    banners,
    nowMs,
    write: (text: string): void => writeFileSync(receiversFile, text),
    /** As if the receivers on the disk were old. */
    ageReceivers: (): void => utimesSync(receiversFile, 1, 1),
    /** The node's clock goes on by so much; Redis's does not. */
    skip: (ms: number): void => {
      skewMs += ms;
    },
    /** A rule breaks: one red alert. */
    async fire(): Promise<string> {
      kit.facts.disk_used_ratio = 0.95;
      await first.tick();
      const [alert] = first.list().alerts;
      if (alert === undefined) throw new Error('nothing fired');
      return alert.id;
    },
    async heal(): Promise<void> {
      kit.facts.disk_used_ratio = 0.1;
      await first.book.poll(true); // what a page wrote of it
      await first.tick();
    },
  };
}

/** Receivers of a text, for rules of the file itself. */
export const readText = (text: string, env: Record<string, string> = {}, allow: readonly string[] = []) =>
  readReceiverText('receivers.yaml', text, env, createOutbound({ allow, nowMs: () => 0 }));
