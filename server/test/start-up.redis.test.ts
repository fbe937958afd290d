import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/frames';
import { startedAt } from '../store/process-identity.ts';
import { type DemoProcess, dataFolder, redisPid, startDemo, startServer, urlOf } from './processes.ts';
import { redisServer } from './redis-servers.ts';

const paid = () => ({
  id: randomUUID(),
  source: '/shop/1',
  type: 'order.paid',
  ts: Date.now(),
  orderId: randomUUID(),
  amountMinor: 100,
  category: 'tea',
  region: 'north',
  channel: 'radio',
  platform: 'web',
});
const many = (count: number) => Array.from({ length: count }, paid);
/** Sales value counted by the server, minor units. */
async function counted(server: DemoProcess): Promise<number> {
  const minute = 60_000;
  const from = Math.floor(Date.now() / minute) * minute - 10 * minute;
  const path = `/api/v1/series?metric=gmv_paid_minor&from=${from}&to=${from + 12 * minute}&step=1m`;
  const { body } = await server.get(path);
  const { series } = body as { series: { points: [number, number | null][] }[] };
  return series.flatMap(({ points }) => points).reduce((sum, [, value]) => sum + (value ?? 0), 0);
}
/** Sends until there is a definite answer, as a producer must. */
async function untilDefinite(server: DemoProcess, events: readonly object[]): Promise<void> {
  while ((await server.post(events))?.status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
}
const gone = (pid: number): boolean => startedAt(pid) === null;

describe('bad configuration ends the start in one line', () => {
  for (const { title, env, want } of [
    {
      title: 'a misspelt name',
      env: { WARROOM_DATADIR: 'x' },
      want: /^config_invalid: WARROOM_DATADIR is not a setting/,
    },
    { title: 'a store that is none', env: { REDIS_URL: 'http://u:secret@x' }, want: /^config_invalid: REDIS_URL/ },
    { title: 'a campaign that is not there', env: { CAMPAIGN: 'none.yaml' }, want: /^campaign_invalid: .*none\.yaml/ },
  ])
    it(`[OPS1] ${title}`, async () => {
      const dataDir = dataFolder();
      const server = startServer(dataDir, { env });
      expect(await server.exited).toBe(1);
      expect(server.said).toHaveLength(1);
      expect(server.said[0]).toMatch(want);
      expect(server.said[0]).not.toContain('secret');
      expect(readdirSync(dataDir)).toEqual([]);
    });
  it('[OPS1] a port in use, before anything is started', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const dataDir = dataFolder();
    const server = startServer(dataDir, { env: { PORT: String(port) } });
    expect(await server.exited).toBe(1);
    expect(server.said).toEqual([`port_in_use: 127.0.0.1:${port} is in use; stop that server or set PORT`]);
    expect(readdirSync(dataDir)).toEqual([]);
  });
});

describe('start and stop', () => {
  it('[OPS2] npm start twice in a row: a one-time link for the administrator, and nothing left behind', async () => {
    const dataDir = dataFolder();
    for (const _time of [1, 2]) {
      const server = startServer(dataDir);
      const url = await urlOf(server);
      expect(await server.line(new RegExp(`${url}/#`))).toMatch(/#\w+=\S{20}/);
      expect((await fetch(`${url}/-/ready`)).status).toBe(200);
      const redis = redisPid(dataDir) ?? 0;
      expect(gone(redis)).toBe(false);
      server.signal('SIGTERM');
      expect(await server.exited).toBe(0);
      expect(gone(redis)).toBe(true);
      expect(existsSync(join(dataDir, 'server.lock'))).toBe(false);
    }
  });
  it('[OPS3] the demo writes its access file for the owner only, and each start is a new sale unless resumed', async () => {
    const dataDir = dataFolder();
    const names: string[] = [];
    for (const args of [[], [], ['--resume']]) {
      const server = await startDemo(dataDir, args);
      expect(statSync(join(dataDir, 'demo-access.json')).mode & 0o777).toBe(0o600);
      const { body } = await server.get('/api/v1/campaign');
      names.push(String(body.id));
      expect(await server.post([paid()])).toMatchObject({ status: 200, body: { accepted: 1 } });
      server.signal('SIGINT');
      expect(await server.exited).toBe(0);
    }
    expect(new Set(names).size).toBe(2);
    expect(names[2]).toBe(names[1]);
  });
  it('[OPS4] Ctrl-C while events stream in: Redis outlives the flush, every event counts once, exit 0', async () => {
    const dataDir = dataFolder();
    const first = await startDemo(dataDir);
    const batches = Array.from({ length: 30 }, () => many(20));
    const answers: Promise<unknown>[] = [];
    const acked = new Set<number>();
    for (const [i, batch] of batches.entries()) {
      const answer = first.post(batch).then((reply) => {
        if (reply?.status === 200) acked.add(i);
      });
      answers.push(answer);
      if (i === 10) await answer; // the stream is running when the signal comes
    }
    first.signal('SIGINT');
    await Promise.all(answers);
    expect(await first.exited).toBe(0);
    const second = await startDemo(dataDir, ['--resume']);
    expect(await counted(second)).toBeGreaterThanOrEqual(acked.size * 20 * 100);
    for (const batch of batches) await untilDefinite(second, batch);
    expect(await counted(second)).toBe(30 * 20 * 100);
  });
  it('[OPS4] screens that are connected do not hold the stop up, and are told to come back', async () => {
    const server = await startDemo(dataFolder());
    const { url, roles } = server.access;
    const auth = { protocol: PROTOCOL_VERSION, build: 'test', token: roles.viewer.token };
    const sockets = Array.from({ length: 10 }, () => io(url, { transports: ['websocket'], auth, reconnection: false }));
    onTestFinished(() => {
      for (const socket of sockets) socket.close();
    });
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise((resolve, reject) => socket.on('connect', () => resolve(null)).on('connect_error', reject)),
      ),
    );
    const ends = sockets.map((socket) => new Promise<string>((resolve) => socket.once('disconnect', resolve)));
    const startedMs = performance.now();
    server.signal('SIGINT');
    expect(await server.exited).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    // "io server disconnect" would make a client stay away for good
    expect(await Promise.all(ends)).not.toContain('io server disconnect');
  });
  it('[OPS5] after kill -9 of everything the next start goes on with what was acknowledged', async () => {
    const dataDir = dataFolder();
    const first = await startDemo(dataDir);
    const events = many(50);
    await untilDefinite(first, events);
    const redis = redisPid(dataDir) ?? 0;
    first.child.kill('SIGKILL');
    process.kill(redis, 'SIGKILL');
    await first.exited;
    const second = await startDemo(dataDir, ['--resume']);
    expect(await counted(second)).toBe(5_000);
    expect(await second.post(events)).toMatchObject({ status: 200, body: { accepted: 0, duplicates: 50 } });
  });
  it('[OPS5] after kill -9 of the server alone its Redis is taken down and the data goes on', async () => {
    const dataDir = dataFolder();
    const first = await startDemo(dataDir);
    await untilDefinite(first, many(50));
    const orphan = redisPid(dataDir) ?? 0;
    first.child.kill('SIGKILL');
    await first.exited;
    const second = await startDemo(dataDir, ['--resume']);
    expect(gone(orphan)).toBe(true);
    expect(await counted(second)).toBe(5_000);
  });
  it('[OPS6] a second server on the same data folder is refused; the first one and its log stay as they are', async () => {
    const dataDir = dataFolder();
    const first = await startDemo(dataDir);
    writeFileSync(join(dataDir, 'server.log'), 'first');
    const second = startServer(dataDir, { script: 'demo' });
    expect(await second.exited).toBe(1);
    expect(second.said).toEqual([
      expect.stringMatching(/^data_dir_locked: .*in use by process \d+; stop that server or set/),
    ]);
    expect(readFileSync(join(dataDir, 'server.log'), 'utf8')).toBe('first');
    expect(await first.post([paid()])).toMatchObject({ status: 200 });
  });
  it('[OPS7] an uncaught exception is said, the node drains and ends with 1', async () => {
    const dataDir = dataFolder();
    const preload = "process.on('SIGUSR2', () => { throw new Error('boom'); })";
    const server = await startDemo(dataDir, [], { preload });
    const redis = redisPid(dataDir) ?? 0;
    server.child.kill('SIGUSR2');
    expect(await server.line(/uncaughtException: boom/)).toMatch(/stopping/);
    expect(await server.exited).toBe(1);
    expect(gone(redis)).toBe(true);
  });
  it('[OPS7] damage found at the start ends it with 1 and one line', async () => {
    const dataDir = dataFolder();
    const folder = join(dataDir, 'redis', 'appendonlydir');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'appendonly.aof.manifest'), 'file appendonly.aof.1.incr.aof seq 1 type i\n');
    const set = '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n';
    writeFileSync(join(folder, 'appendonly.aof.1.incr.aof'), `${set}${set.slice(9)}${set}`);
    const server = startServer(dataDir);
    expect(await server.exited).toBe(1);
    expect(server.said).toEqual([expect.stringMatching(/^data_damaged: .* nothing was changed/)]);
  });
});

describe('nodes on a Redis of their own', () => {
  it('[OPS13] two serve side by side; one that stops says so first, serves on, then ends with 0', async () => {
    const { port } = await redisServer(['appendonly yes', 'appendfsync always']);
    const env = { REDIS_URL: `redis://127.0.0.1:${port}`, WARROOM_DRAIN_MS: '2000' };
    const [first, second] = [startServer(dataFolder(), { env }), startServer(dataFolder(), { env })];
    const [firstUrl, secondUrl] = await Promise.all([urlOf(first), urlOf(second)]);
    first.signal('SIGTERM');
    await first.line(/SIGTERM/);
    const ready = await fetch(`${firstUrl}/-/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ reasons: ['draining'] })]);
    expect((await fetch(`${firstUrl}/api/v1/campaign`)).status).toBe(401); // it still serves
    expect(await first.exited).toBe(0);
    expect((await fetch(`${secondUrl}/-/ready`)).status).toBe(200);
  });
});

describe('while the store is in trouble', () => {
  it('[OPS8] killed: events are refused at once with store_unavailable, and counted again within 2 s', async () => {
    const dataDir = dataFolder();
    const server = await startDemo(dataDir);
    await untilDefinite(server, many(10));
    const killedMs = performance.now();
    process.kill(redisPid(dataDir) ?? 0, 'SIGKILL');
    const refused: unknown[] = [];
    const events = many(10);
    for (;;) {
      const askedMs = performance.now();
      const answer = await server.post(events);
      expect(performance.now() - askedMs).toBeLessThan(2_500);
      if (answer?.status === 200) break;
      refused.push(answer?.body.code);
    }
    expect(performance.now() - killedMs).toBeLessThan(6_000); // 2 s, with a margin for a busy machine
    expect(new Set(refused)).toEqual(new Set(refused.length === 0 ? [] : ['store_unavailable']));
    expect(await counted(server)).toBe(2_000);
  });
  it('[OPS9] frozen: 503 store_timeout with an unknown outcome after 2 s; thawed, original and retry count once', async () => {
    const dataDir = dataFolder();
    const server = await startDemo(dataDir);
    await untilDefinite(server, many(10));
    const redis = redisPid(dataDir) ?? 0;
    const events = many(10);
    process.kill(redis, 'SIGSTOP');
    const startedMs = performance.now();
    const answer = await server.post(events);
    const tookMs = performance.now() - startedMs;
    process.kill(redis, 'SIGCONT');
    expect(answer).toMatchObject({ status: 503, body: { code: 'store_timeout', outcome: 'unknown', retryable: true } });
    expect(tookMs).toBeGreaterThan(1_900);
    expect(tookMs).toBeLessThan(6_000);
    await untilDefinite(server, events);
    expect(await counted(server)).toBe(2_000);
  });
  it('[OPS10] loading a large file: healthy, not ready, how far; then it serves, from one and the same Redis', async () => {
    const dataDir = dataFolder();
    const folder = join(dataDir, 'redis', 'appendonlydir');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'appendonly.aof.manifest'), 'file appendonly.aof.1.incr.aof seq 1 type i\n');
    // each command takes Redis a while, so that a small file loads like a large one
    const lua = "local x = 0 for i = 1, 20000 do x = x + i end return redis.call('INCR', KEYS[1])";
    const slow = `*4\r\n$4\r\nEVAL\r\n$${lua.length}\r\n${lua}\r\n$1\r\n1\r\n$4\r\nslow\r\n`;
    writeFileSync(join(folder, 'appendonly.aof.1.incr.aof'), slow.repeat(20_000));
    const { port } = await new Promise<{ port: number }>((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const at = probe.address() as { port: number };
        probe.close(() => resolve(at));
      });
    });
    const server = startServer(dataDir, { env: { PORT: String(port) } });
    const url = `http://127.0.0.1:${port}`;
    const pids = new Set<number>();
    const ratios: number[] = [];
    const codes = new Set<string>();
    for (;;) {
      const pid = redisPid(dataDir);
      if (pid !== null) pids.add(pid);
      const ready = await fetch(`${url}/-/ready`).catch(() => null);
      if (ready === null) {
        await new Promise((resolve) => setTimeout(resolve, 20)); // not listening yet, or handing the port over
        continue;
      }
      if (ready.status === 200) break;
      const { reasons, loadedRatio } = (await ready.json()) as { reasons: string[]; loadedRatio?: number };
      if (reasons[0] === 'store_loading' && loadedRatio !== undefined) ratios.push(loadedRatio);
      expect((await fetch(`${url}/-/healthy`).catch(() => null))?.status ?? 200).toBe(200);
      const refused = await fetch(`${url}/api/v1/kpis`).catch(() => null);
      if (refused !== null) codes.add(((await refused.json()) as { code: string }).code);
    }
    expect(codes).toContain('store_loading');
    expect(ratios.filter((ratio) => ratio > 0 && ratio < 1).length).toBeGreaterThan(0);
    expect(pids.size).toBe(1); // no restart loop
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
  });
});
