import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { limit } from '../limits.ts';
import { testApp } from './app.ts';

/** A listening application with one route that takes a body. */
async function listening(connectionCap?: number): Promise<number> {
  const app = await testApp({
    plugins: [
      async (scope) =>
        void scope.post('/api/v1/notes', { config: { policy: 'public' }, bodyLimit: 65_536 }, async () => ({
          ok: true,
        })),
    ],
    ...(connectionCap === undefined ? {} : { connectionCap }),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as { port: number }).port;
}
interface Talk {
  readonly socket: Socket;
  /** All that came back, when the other side has closed; and how long that took. */
  readonly closed: Promise<{ text: string; afterMs: number }>;
}
function talk(port: number, first = ''): Talk {
  const startedMs = performance.now();
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  socket.on('error', () => undefined); // a reset is a way of closing
  if (first !== '') socket.write(first);
  return {
    socket,
    closed: new Promise((resolve) =>
      socket.once('close', () => resolve({ text, afterMs: performance.now() - startedMs })),
    ),
  };
}
const HEAD = 'POST /api/v1/notes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
/** The limit, and what a busy machine may add to it. */
const MOST_MS = 15_000 + 2_000;

describe('clients that take their time or too much', () => {
  it('[HTTP12] slow headers, a slow body, a silent connection and an endless one are closed within 15 s', {
    timeout: 40_000,
  }, async () => {
    const port = await listening();
    const silent = talk(port);
    const slowHeaders = talk(port, 'POST /api/v1/notes HTTP/1.1\r\nhost: x\r\n');
    const slowBody = talk(port, `${HEAD}content-length: 5000\r\n\r\n{"a":"`);
    const dripping = talk(port, `${HEAD}transfer-encoding: chunked\r\n\r\n`);
    const drip = setInterval(() => {
      slowHeaders.socket.write('x-a: b\r\n');
      slowBody.socket.write('x');
      dripping.socket.write('1\r\nx\r\n');
    }, 1_000);
    onTestFinished(() => clearInterval(drip));
    const all = await Promise.all([silent, slowHeaders, slowBody, dripping].map(({ closed }) => closed));
    for (const { afterMs } of all) expect(afterMs).toBeLessThan(MOST_MS);
    for (const { text } of all.slice(1)) expect(text).toMatch(/^HTTP\/1\.1 408 .*"code":"bad_request"/s);
  });
  it('[HTTP12] headers over 16 KiB are 431, and the connection ends', async () => {
    const { text } = await talk(
      await listening(),
      `GET / HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(limit('headerBytes'))}\r\n\r\n`,
    ).closed;
    expect(text).toMatch(/^HTTP\/1\.1 431 .*application\/problem\+json.*"code":"headers_too_large"/s);
  });
  for (const { title, raw } of [
    { title: 'two lengths', raw: `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}` },
    { title: 'a length and chunks', raw: `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}` },
    { title: 'no HTTP at all', raw: '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n' },
  ])
    it(`[HTTP12] ${title}: 400, and the connection ends`, async () => {
      const { text } = await talk(await listening(), raw).closed;
      expect(text).toMatch(/^HTTP\/1\.1 400 .*"code":"bad_request"/s);
      expect(text).not.toContain('\x16');
    });
  it('[HTTP13] a chunked body without end is refused at the limit, and memory stays flat', async () => {
    const { socket, closed } = talk(await listening(), `${HEAD}transfer-encoding: chunked\r\n\r\n`);
    const before = process.memoryUsage().rss;
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
    let sent = 0;
    const send = (): void => {
      while (sent < 64 * 1024 * 1024 && !socket.destroyed && socket.write(chunk)) sent += chunk.length;
    };
    socket.on('drain', send);
    send();
    const { text } = await closed;
    expect(text).toMatch(/^HTTP\/1\.1 413 .*"code":"body_too_large"/s);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
  it('[HTTP14] at the connection cap requests answer 503, health goes on', async () => {
    const port = await listening(50);
    const idle = Array.from({ length: 60 }, () => talk(port));
    await Promise.all(idle.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
    const ask = (path: string): Promise<{ text: string; afterMs: number }> =>
      talk(port, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`).closed;
    expect((await ask('/api/v1/kpis')).text).toMatch(/^HTTP\/1\.1 503 .*"code":"overloaded"/s);
    const health = await ask('/-/healthy');
    expect(health.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(health.afterMs).toBeLessThan(1_000);
    const closing = idle.slice(0, 20).map(({ closed, socket }) => {
      socket.destroy();
      return closed;
    });
    await Promise.all(closing);
    while (!(await ask('/nothing')).text.startsWith('HTTP/1.1 404')); // the server has noticed that they went
  });
});
