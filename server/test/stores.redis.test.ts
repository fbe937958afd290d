import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KpisReply } from '#contract/kpis';
import { bundledCampaign } from '../campaigns/load.ts';
import { hash } from '../ingest/body-fold.ts';
import { parseRedisUrl } from '../store/redis-url.ts';
import { readMetrics } from './metrics-text.ts';
import { connected, join as joinView, once, openScreen, watchFrames } from './realtime-kit.ts';
import { redisCluster, redisServer, until } from './redis-servers.ts';
import { type WholeServer, wholeServer } from './whole-server.ts';
import { paidOrder } from './windows-kit.ts';

const SHARDS = 3;
/** The tiny campaign over three shards. */
function shardedCampaign(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wr-shards-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'tiny.yaml');
  writeFileSync(file, readFileSync(bundledCampaign('tiny'), 'utf8').replace('shards: 1', `shards: ${SHARDS}`));
  return file;
}
const SOURCES = Array.from({ length: 12 }, (_, i) => `/shop/${i}`);
const PRODUCERS = Array.from({ length: 12 }, (_, i) => `till-${i}`);

/** The way of events in, of figures and frames out, and of people, once through all that touches the store. */
async function shortFlow(server: WholeServer): Promise<void> {
  const { nowMs, access } = server;
  expect(new Set([...SOURCES, ...PRODUCERS].map((name) => hash(name) % SHARDS)).size).toBe(SHARDS);
  // by id, one body over all shards; again it is all duplicates
  const orders = SOURCES.map((source, i) => paidOrder(`o${i}`, nowMs - i * 1_000, { source, buyerId: `b${i % 4}` }));
  const stock = SOURCES.map((source, i) => ({
    ...{ id: `c${i}`, source, type: 'stock.counted', ts: nowMs - 5_000 },
    ...{ sku: i % 2 ? 'pot-1' : 'cup-1', onHand: 10, warehouse: `w${i}` },
  }));
  const ads = ['radio', 'street'].map((channel, revision) => ({
    ...{ id: `a-${channel}`, source: '/ads', type: 'ad.reported', ts: nowMs - 4_000 },
    ...{ channel, day: new Date(nowMs).toISOString().slice(0, 10), revision, spendMinor: 700 },
  }));
  const late = paidOrder('late', nowMs - 7_200_000);
  const body = [...orders, ...stock, ...ads, late];
  expect((await server.post(body)).body).toMatchObject({ received: 27, accepted: 26, duplicates: 0 });
  expect((await server.post(body)).body).toMatchObject({ received: 27, accepted: 0, duplicates: 26 });
  // by sequence, one producer on each shard at least
  for (const producer of PRODUCERS) {
    const headers = { 'producer-id': producer, 'producer-epoch': '1', 'producer-seq': '1' };
    const events = [paidOrder(`s-${producer}`, nowMs - 500, { source: `/till/${producer}`, category: 'books' })];
    for (const replayed of [null, 'true']) {
      const answer = await server.post(events, { headers });
      expect(answer.body).toMatchObject({ received: 1, accepted: 1 });
      expect(answer.headers.get('idempotent-replayed')).toBe(replayed);
    }
    const gap = await server.post(events, { headers: { ...headers, 'producer-seq': '3' } });
    expect(gap.body).toMatchObject({ code: 'sequence_gap', expected: 2 });
  }
  // out: from the store, from the mirror, over a socket
  expect(await server.sum('gmv_paid_minor')).toBe(2_400);
  expect(await server.sum('gmv_paid_minor|category=books')).toBe(1_200);
  expect(await server.sum('orders_paid_count', { fromMs: nowMs - 60_000, toMs: nowMs + 1_000 }, '1s')).toBe(24);
  const screen = openScreen(server.url, { token: access.roles.oncall.token });
  const frames = watchFrames(screen);
  await connected(screen);
  const history = once(screen, 'timeline');
  expect(await joinView(screen)).toMatchObject({ ok: true });
  const frame = await frames.until(({ figures }) => figures['gmv_paid@open']?.value === 2_400);
  expect(frame.figures['orders_paid@open']?.value).toBe(24);
  expect(frame.figures['ad_spend@open']?.value).toBe(1_400);
  expect((await history).entries.length).toBeGreaterThan(0);
  const kpis = async (): Promise<(id: string) => number | null | undefined> => {
    const rows = ((await server.ask('GET', '/api/v1/kpis?proof=1')).body as KpisReply).kpis;
    return (id) => rows.find((row) => row.id === id && row.window === 'open')?.value;
  };
  const kpi = await until(kpis, (one) => one('buyers_paid') === 4); // sketches are read every 2 s
  expect([kpi('gmv_paid'), kpi('orders_paid'), kpi('ad_spend')]).toEqual([2_400, 24, 1_400]);
  // dead letters, people and the timeline
  const { letters } = (await server.ask('GET', '/api/v1/deadletters')).body;
  expect(letters.map(({ code }: { code: string }) => code)).toEqual(['too_late']);
  const mended = { items: [{ id: letters[0].id, event: paidOrder('late', nowMs) }] };
  expect((await server.ask('POST', '/api/v1/deadletters/replay', mended)).body).toMatchObject({ accepted: 1 });
  const { link } = (await server.ask('POST', '/api/v1/users', { name: 'Ann', role: 'oncall' })).body;
  const login = { link: link.split('#access=')[1], bearer: true };
  const { token } = (await server.ask('POST', '/api/v1/sessions', login)).body;
  const key = await server.key(['/shop/1']);
  expect((await server.post([paidOrder('k', nowMs)], { key: key.token })).body).toMatchObject({ accepted: 1 });
  expect((await server.ask('DELETE', `/api/v1/keys/${key.id}`)).status).toBe(204);
  expect((await server.post([paidOrder('k', nowMs)], { key: key.token })).status).toBe(401);
  const pairing = (await server.ask('POST', '/api/v1/kiosks/pairings')).body;
  expect((await server.ask('POST', '/api/v1/kiosks', { code: pairing.code, name: 'hall' })).status).toBe(201);
  const claim = { code: pairing.code, secret: pairing.secret };
  expect((await server.ask('POST', '/api/v1/kiosks/pairings/claim', claim)).body).toMatchObject({ state: 'paired' });
  const news = once(screen, 'timeline');
  expect((await server.ask('DELETE', '/api/v1/sessions/current', undefined, token)).status).toBe(204);
  expect((await news).entries.length).toBeGreaterThan(0);
  expect((await server.ask('GET', '/api/v1/timeline', undefined, token)).status).toBe(401);
  const { entries } = (await server.ask('GET', '/api/v1/timeline?limit=500')).body;
  expect(entries.map(({ seq }: { seq: number }) => seq)).toEqual(entries.map((_: unknown, i: number) => i + 1));
  expect((await server.ask('GET', '/metrics')).status).toBe(200);
  expect((await server.ask('GET', '/-/ready')).body).toMatchObject({ ok: true });
}

describe('other stores than the embedded one', () => {
  it('[CLU1] a Redis Cluster of three masters, three shards: everything works as on one', {
    timeout: 60_000,
  }, async () => {
    const nodes = await redisCluster();
    const url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
    const server = await wholeServer({
      target: parseRedisUrl(url),
      env: { CAMPAIGN: shardedCampaign(), REDIS_URL: url },
    });
    await shortFlow(server);
    const held = await Promise.all(nodes.map(async ({ admin }) => admin.dbsize()));
    expect(held.filter((count) => count > 0).length).toBeGreaterThan(1); // it was spread, or this proved nothing
  });
  it('[CLU2] a plain redis-server over TCP with a password', { timeout: 60_000 }, async () => {
    const { port } = await redisServer(['appendonly yes', 'appendfsync always'], 'p@ss word');
    const url = `redis://:p%40ss%20word@127.0.0.1:${port}`;
    await shortFlow(
      await wholeServer({ target: parseRedisUrl(url), env: { CAMPAIGN: shardedCampaign(), REDIS_URL: url } }),
    );
  });
  it('[CLU3] a store that promises less than fsync before the answer is said once in the log and always on /-/ready', async () => {
    const weak = await redisServer(['appendonly yes', 'appendfsync everysec', 'maxmemory-policy allkeys-lru']);
    const deaf = await redisServer(['appendonly yes', 'rename-command CONFIG ""']);
    const memory = await redisServer();
    for (const [{ port }, codes] of [
      [weak, ['acks_not_fsynced', 'store_may_evict']],
      [deaf, ['fsync_unknown']],
      [memory, ['acks_not_on_disk']],
    ] as const) {
      const url = `redis://127.0.0.1:${port}`;
      const server = await wholeServer({ target: parseRedisUrl(url), env: { REDIS_URL: url } });
      const ready = await server.ask('GET', '/-/ready');
      expect([ready.status, ready.body]).toEqual([200, { ok: true, reasons: [], loadedRatio: 1, warnings: codes }]);
      expect(server.server.warnings).toHaveLength(codes.length);
      for (const code of codes) expect(server.logged.filter((line) => line.includes(`"${code}"`))).toHaveLength(1);
    }
    // mended while the server runs: told at the next reconnect
    const url = `redis://127.0.0.1:${weak.port}`;
    const server = await wholeServer({ target: parseRedisUrl(url), env: { REDIS_URL: url } });
    await weak.admin.config('SET', 'appendfsync', 'always', 'maxmemory-policy', 'noeviction');
    await weak.admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
    const { body } = await until(
      () => server.ask('GET', '/-/ready'),
      (answer) => answer.status === 200 && answer.body.warnings === undefined,
    );
    expect(body).toEqual({ ok: true, reasons: [], loadedRatio: 1 });
  });
  it('[MET7] a scrape answers while the store is away, and leaves out what only the store knows', async () => {
    const { port, pid } = await redisServer(['appendonly yes', 'appendfsync always']);
    const url = `redis://127.0.0.1:${port}`;
    const token = 'scraper-0123456789';
    const server = await wholeServer({ target: parseRedisUrl(url), env: { REDIS_URL: url, METRICS_TOKEN: token } });
    const scrape = async () => {
      const { status, body } = await server.ask('GET', '/metrics', undefined, token);
      expect(status).toBe(200);
      return readMetrics(body as string).values;
    };
    const before = await scrape();
    expect([before.get('warroom_redis_connected'), before.get('warroom_dead_letters')]).toEqual([1, 0]);
    process.kill(pid, 'SIGSTOP');
    expect((await scrape()).has('warroom_dead_letters')).toBe(false);
    process.kill(pid, 'SIGKILL');
    const away = await until(scrape, (values) => values.get('warroom_redis_connected') === 0);
    expect(away.has('warroom_dead_letters')).toBe(false);
    expect(away.get('warroom_events_received_total')).toBe(0);
  });
});
