import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';

/** A TCP redis-server on loopback for one test, ended with it. */
export interface RedisServer {
  readonly port: number;
  readonly pid: number;
  readonly admin: Redis;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await new Promise<number>((resolve) =>
    probe.listen(0, '127.0.0.1', () => resolve((probe.address() as { port: number }).port)),
  );
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** @param lines - more configuration */
export async function redisServer(lines: readonly string[] = [], password?: string): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'wr-tcp-'));
  const config = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, 'save ""', ...lines];
  if (password !== undefined) config.push(`requirepass "${password}"`, `masterauth "${password}"`);
  const child = spawn('redis-server', ['-'], { stdio: ['pipe', 'ignore', 'inherit'], cwd: folder });
  child.stdin?.end(`${config.join('\n')}\n`);
  const admin = new Redis({
    port,
    host: '127.0.0.1',
    ...(password === undefined ? {} : { password }),
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
  });
  admin.on('error', () => undefined); // refused until it listens
  const gone = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    admin.disconnect();
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });
  await admin.ping();
  return { port, pid: child.pid ?? 0, admin };
}

/** Asks until the answer is as wanted. */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const SLOTS = 16_384;
/** Three masters that share the slots. */
export async function redisCluster(): Promise<readonly RedisServer[]> {
  const lines = ['cluster-enabled yes', 'cluster-node-timeout 1000', 'appendonly yes'];
  const nodes = await Promise.all([1, 2, 3].map(() => redisServer(lines)));
  for (const [i, { admin }] of nodes.entries()) {
    const from = Math.floor((i * SLOTS) / nodes.length);
    const to = Math.floor(((i + 1) * SLOTS) / nodes.length) - 1;
    await admin.call('cluster', 'addslotsrange', String(from), String(to));
    for (const { port } of nodes) await admin.call('cluster', 'meet', '127.0.0.1', String(port));
  }
  for (const { admin } of nodes) {
    await until(
      async () => `${String(await admin.call('cluster', 'info'))}${String(await admin.call('cluster', 'nodes'))}`,
      (said) =>
        said.includes('cluster_state:ok') &&
        said.includes('cluster_known_nodes:3') &&
        !/fail|handshake/.test(said.split('cluster_stats')[1] ?? ''),
    );
  }
  return nodes;
}

/** One Sentinel that watches `mymaster`; it writes its own configuration, so it has a file. */
export async function redisSentinel(masterPort: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'wr-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const port = await freePort();
  writeFileSync(
    file,
    `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor mymaster 127.0.0.1 ${masterPort} 1\nsentinel down-after-milliseconds mymaster 500\nsentinel failover-timeout mymaster 3000\n`,
  );
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined); // refused until it listens
  onTestFinished(() => {
    client.disconnect();
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await until(
    // flags without "s_down" and a link that is up: a replica it would promote at once
    async () => JSON.stringify(await client.call('sentinel', 'replicas', 'mymaster')),
    (said) => said.includes('"flags","slave"') && said.includes('"master-link-status","ok"'),
  );
  return port;
}
