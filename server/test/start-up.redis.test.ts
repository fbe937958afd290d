import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/frames';
import { startedAt } from '../store/process-identity.ts';
import { type DemoProcess, dataFolder, redisPid, startDemo, startServer, urlOf } from './processes.ts';
import { redisServer } from './redis-servers.ts';
import { counted, many, paid, untilDefinite } from './sale-kit.ts';

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
  it('[OPS3] [OPS14] each demo is a new sale with an access file for its owner; resumed after kill -9 it keeps what it handed out', async () => {
    const dataDir = dataFolder();
    const file = join(dataDir, 'demo-access.json');
    const nameOf = async (server: DemoProcess): Promise<unknown> => (await server.get('/api/v1/campaign')).body.id;
    const first = await startDemo(dataDir);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const firstName = await nameOf(first);
    first.signal('SIGINT');
    expect(await first.exited).toBe(0);

    const second = await startDemo(dataDir);
    const secondName = await nameOf(second);
    expect(secondName).not.toBe(firstName);
    expect(await second.post([paid()])).toMatchObject({ status: 200, body: { accepted: 1 } });
    const handedOut = readFileSync(file, 'utf8');
    const { port } = new URL(second.access.url);
    second.signal('SIGKILL');
    await second.exited;

    const third = await startDemo(dataDir, ['--resume'], { env: { PORT: port } });
    expect(readFileSync(file, 'utf8')).toBe(handedOut);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await nameOf(third)).toBe(secondName); // with the token of before
    expect(await third.post([paid()])).toMatchObject({ status: 200, body: { accepted: 1 } });
    third.signal('SIGINT');
    expect(await third.exited).toBe(0);
  }, 60_000);
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
