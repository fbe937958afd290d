import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataFolder, redisPid, startDemo, startServer } from './processes.ts';
import { counted, many, untilDefinite } from './sale-kit.ts';

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
    const held: Socket[] = [];
    let upgraded = '';
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
      if (held.length === 0) {
        // screens that come back, and clients that never say a word or hang up half way, must not hold up the start
        const upgrade =
          'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
        const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
        for (const first of [upgrade + key, '', 'GET / HTTP/1.1\r\n', upgrade]) {
          const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
          socket.on('error', () => undefined).write(first);
          held.push(socket);
        }
        held[0]?.on('data', (chunk) => {
          upgraded += chunk.toString();
        });
      }
      expect((await fetch(`${url}/-/healthy`).catch(() => null))?.status ?? 200).toBe(200);
      const refused = await fetch(`${url}/api/v1/kpis`).catch(() => null);
      if (refused !== null) codes.add(((await refused.json()) as { code: string }).code);
      const headers = { 'content-type': 'application/x-ndjson' };
      const post = await fetch(`${url}/api/v1/events`, { method: 'POST', headers, body: '{}\n' }).catch(() => null);
      if (post !== null) codes.add(((await post.json()) as { code: string }).code);
    }
    for (const socket of held) socket.destroy();
    expect(upgraded).toMatch(/^HTTP\/1\.1 503 /);
    expect(upgraded).toContain('store_loading');
    expect(codes).toContain('store_loading');
    expect(codes).not.toContain('unsupported_media_type'); // would look final to a producer
    expect(ratios.filter((ratio) => ratio > 0 && ratio < 1).length).toBeGreaterThan(0);
    expect(pids.size).toBe(1); // no restart loop
    server.signal('SIGTERM');
    expect(await server.exited).toBe(0);
  });
});
