import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { limit } from '../limits.ts';
import { type MetricsText, readMetrics } from './metrics-text.ts';
import { until } from './people.ts';
import { type WholeServer, wholeServer } from './whole-server.ts';

const scrape = async (server: WholeServer): Promise<MetricsText> =>
  readMetrics((await server.ask('GET', '/metrics')).body as string);
const report = (ageMs: number, build = 'test'): object => ({
  meta: { app: { version: build }, user: { username: 'Lin' } },
  measurements: [
    { type: 'frame_age_ms', values: { frame_age_ms: ageMs }, context: { view: 'wall:overview' }, timestamp: 't' },
    { type: 'web-vitals', values: { lcp: 1_200, delta: 1_200 }, timestamp: 't' },
  ],
  exceptions: [{ type: 'TypeError', value: 'no', timestamp: 't' }],
});
const send = (server: WholeServer, body: unknown, token = server.access.roles.viewer.token) =>
  server.ask('POST', '/faro/collect', body, token);

interface Heard {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
/** Another collector, on loopback. */
async function collector(answer: (reply: ServerResponse, index: number) => void) {
  const heard: Heard[] = [];
  const server = createServer(async (request, reply) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ headers: request.headers, body });
    answer(reply, heard.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { heard, url: `http://127.0.0.1:${(server.address() as { port: number }).port}/collect` };
}

describe('POST /faro/collect', () => {
  it('[FARO4] takes reports of people and kiosks only, and they show in /metrics', async () => {
    const server = await wholeServer();
    expect((await fetch(`${server.url}/faro/collect`, { method: 'POST' })).status).toBe(401);
    expect((await send(server, report(1), server.access.ingestKey)).status).toBe(403);
    for (const ageMs of [200, 4_000]) expect((await send(server, report(ageMs))).status).toBe(202);
    const { values } = await scrape(server);
    const ages = 'warroom_client_frame_age_seconds';
    expect(values.get(`${ages}_count{view="wall:overview",build="test"}`)).toBe(2);
    expect(values.get(`${ages}_bucket{le="3",view="wall:overview",build="test"}`)).toBe(1);
    expect(values.get('warroom_client_lcp_seconds_sum')).toBeCloseTo(2.4);
    expect(values.get('warroom_client_errors_total{kind="TypeError"}')).toBe(2);
    expect(values.get('warroom_client_reports_total')).toBe(2);
  });
  it('[FARO5] what is too large, too many or no report is refused; labels stay few whatever a page calls itself', async () => {
    const server = await wholeServer();
    const big = { meta: {}, logs: [{ line: 'x'.repeat(limit('reportBytes')) }] };
    expect((await send(server, big)).body).toMatchObject({ code: 'body_too_large' });
    for (const body of [
      [],
      { measurements: [] },
      { meta: {}, exceptions: Array(201).fill({}) },
      { meta: {}, logs: [1] },
    ])
      expect((await send(server, body)).status).toBe(422);
    for (let i = 0; i < 20; i += 1) expect((await send(server, report(1, `b${i}`))).status).toBe(202);
    const builds = [...(await scrape(server)).values.keys()]
      .filter((series) => series.startsWith('warroom_client_frame_age_seconds_count'))
      .map((series) => /build="([^"]+)"/.exec(series)?.[1]);
    expect(builds).toHaveLength(9);
    expect(builds).toContain('other');
    const answers = await Promise.all(Array.from({ length: limit('reports') }, () => send(server, report(1))));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]?.body).toMatchObject({ code: 'too_many_requests', retryable: true });
    expect((await send(server, report(1), server.access.roles.oncall.token)).status).toBe(202); // another session
  });
  it('[FARO6] goes on to FARO_COLLECTOR_URL, without cookie, bearer or name; nobody waits for it', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const other = await collector(
      (reply, index) => void (index === 0 ? held : Promise.resolve()).then(() => reply.end()),
    );
    const server = await wholeServer({ env: { FARO_COLLECTOR_URL: other.url.replace('//', '//me:pass@') } });
    for (const ageMs of [1, 2]) expect((await send(server, report(ageMs))).status).toBe(202);
    release(); // only now does the collector answer the first
    await until(async () => (await scrape(server)).values.get('warroom_client_forwards_total{outcome="sent"}') === 2);
    expect(other.heard.map(({ body }) => JSON.parse(body).measurements[0].values.frame_age_ms)).toEqual([1, 2]);
    for (const { headers, body } of other.heard) {
      expect(headers.cookie).toBeUndefined();
      expect(headers.authorization).toBe(`Basic ${Buffer.from('me:pass').toString('base64')}`);
      expect(body).not.toContain('Lin');
    }
  });
  it('[FARO7] a collector that fails, sends elsewhere or hangs costs nothing but its count', async () => {
    const elsewhere = await collector((reply) => reply.end());
    const other = await collector((reply, index) => {
      if (index === 0) reply.writeHead(500).end();
      if (index === 1) reply.writeHead(307, { location: elsewhere.url }).end();
      // the third is never answered
    });
    const server = await wholeServer({ env: { FARO_COLLECTOR_URL: other.url } });
    const oncall = server.access.roles.oncall.token;
    for (let i = 0; i < 3; i += 1) expect((await send(server, report(i), oncall)).status).toBe(202);
    await until(() => other.heard.length === 3);
    const people = [server.access.roles.viewer, server.access.roles.marketing];
    for (const { token } of people)
      await Promise.all(Array.from({ length: 60 }, (_, i) => send(server, report(i), token)));
    const { values } = await scrape(server);
    expect(values.get('warroom_client_forwards_total{outcome="failed"}')).toBe(2);
    expect(values.get('warroom_client_forwards_total{outcome="dropped"}')).toBe(120 - limit('reportsWaiting'));
    expect(elsewhere.heard).toEqual([]);
    await server.stop(); // does not wait for the one that hangs
    expect(other.heard).toHaveLength(3);
  });
});
