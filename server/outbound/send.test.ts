import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifyWebhook } from './domain/sign.ts';
import { ANSWER_MAX_BYTES, createOutbound, readRetryAfter } from './send.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NOW = 1_800_000_000_000;

/** A real sink on loopback, and what has reached it. */
async function sink(handle: RequestListener) {
  const seen: { request: IncomingMessage; body: string }[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      seen.push({ request, body });
      handle(request, response);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/hook`, seen, sockets };
}
const toSink = (port: number, more: { resolve?: (host: string) => Promise<readonly string[]> } = {}) =>
  createOutbound({ allow: [`127.0.0.1:${port}`], nowMs: () => NOW, ...more });
const ok: RequestListener = (_request, response) => response.writeHead(204).end();

describe('sending', () => {
  it('[OUT5] a signed POST arrives whole, and the sink can verify it', async () => {
    const { url, port, seen } = await sink((_request, response) => response.end('taken'));
    const body = JSON.stringify({ 语言: '中文', n: 1 });
    const sent = await toSink(port).send({ url: `${url}?a=1`, id: 'm1', body, secrets: [secret] });
    expect(sent).toEqual({ kind: 'delivered', status: 200, body: 'taken' });
    expect(seen[0]?.request).toMatchObject({ method: 'POST', url: '/hook?a=1' });
    expect(seen[0]?.body).toBe(body);
    expect(verifyWebhook([secret], seen[0]?.request.headers as Record<string, string>, body, NOW)).toBe(true);
  });
  it('[OUT1] without OUTBOUND_ALLOW nothing reaches loopback, by number or by name', async () => {
    const { port, seen, sockets } = await sink(ok);
    const outbound = createOutbound({ allow: [], nowMs: () => NOW, resolve: async () => ['127.0.0.1'] });
    for (const host of ['127.0.0.1', '[::1]', '0x7f.1', '2130706433', 'localhost', 'rebound.example'])
      expect(await outbound.send({ url: `http://${host}:${port}/`, id: 'm', body: '' }), host).toMatchObject({
        kind: 'failed',
        reason: 'refusedAddress',
        retryable: false,
      });
    expect(() => outbound.check(`http://127.0.0.1:${port}/`, '/url')).toThrow(
      expect.objectContaining({ code: 'outbound_refused', options: expect.objectContaining({ field: '/url' }) }),
    );
    expect([seen.length, sockets.size]).toEqual([0, 0]);
  });
  it('[OUT6] one private address among public ones refuses the name', async () => {
    const { port, sockets } = await sink(ok);
    const outbound = createOutbound({
      allow: [],
      nowMs: () => NOW,
      resolve: async () => ['93.184.216.34', '127.0.0.1'],
    });
    expect(await outbound.send({ url: `http://two-faced.example:${port}/`, id: 'm', body: '' })).toMatchObject({
      reason: 'refusedAddress',
    });
    expect(sockets.size).toBe(0);
  });
  it('[OUT6] a name is resolved once: what it answers later changes nothing', async () => {
    const { port, seen } = await sink(ok);
    let asked = 0;
    const resolve = async (): Promise<readonly string[]> => {
      asked += 1;
      return asked === 1 ? ['127.0.0.1'] : ['127.0.0.2'];
    };
    const outbound = createOutbound({ allow: [`sink.example:${port}`], nowMs: () => NOW, resolve });
    expect(await outbound.send({ url: `http://sink.example:${port}/`, id: 'm', body: '' })).toMatchObject({
      status: 204,
    });
    expect(asked).toBe(1);
    expect(seen[0]?.request.headers.host).toBe(`sink.example:${port}`);
  });
  it('[OUT7] a redirect is a failure and is not followed', async () => {
    const inner = await sink(ok);
    const { port, url } = await sink((_request, response) => response.writeHead(302, { location: inner.url }).end());
    expect(await toSink(port).send({ url, id: 'm', body: '' })).toMatchObject({
      reason: 'redirected',
      status: 302,
      retryable: false,
    });
    expect(inner.seen).toHaveLength(0);
  });
  it.each([
    [500, 'serverError', true],
    [503, 'serverError', true],
    [429, 'rateLimited', true],
    [401, 'authError', false],
    [403, 'authError', false],
    [404, 'clientError', false],
    [410, 'clientError', false],
  ] as const)('[OUT8] %i is %s, retry %s', async (status, reason, retryable) => {
    const { port, url } = await sink((_request, response) =>
      response.writeHead(status, { 'retry-after': '7' }).end('why'),
    );
    const sent = await toSink(port).send({ url, id: 'm', body: '' });
    expect(sent).toMatchObject({ kind: 'failed', reason, retryable, status, body: 'why' });
    if (retryable) expect(sent).toMatchObject({ retryAfterS: 7 });
  });
  it.each([
    ['7', 7],
    ['Tue, 10 Nov 2026 16:00:30 GMT', 30],
    ['Tue, 10 Nov 2026 15:00:00 GMT', null],
    ['soon', null],
    ['0', null],
  ])('[OUT8] Retry-After %s is %s s', (header, seconds) =>
    expect(readRetryAfter(header, Date.UTC(2026, 10, 10, 16))).toBe(seconds),
  );
  it('[OUT9] a sink that never answers, and one that drips, cost the timeout and no more', async () => {
    const silent = await sink(() => undefined);
    const dripping = await sink((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    for (const { port, url } of [silent, dripping])
      expect(await toSink(port).send({ url, id: 'm', body: '', timeoutMs: 150 })).toMatchObject({
        reason: 'contextDeadlineExceeded',
        retryable: true,
      });
    const stuck = createOutbound({ allow: [], nowMs: () => NOW, resolve: () => new Promise(() => undefined) });
    expect(await stuck.send({ url: 'http://slow.example/', id: 'm', body: '', timeoutMs: 50 })).toMatchObject({
      reason: 'contextDeadlineExceeded',
    });
  });
  it('[OUT10] reads 64 KiB of an answer and lets go', async () => {
    const { port, url, sockets } = await sink((_request, response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (response.write('x'.repeat(16_384)));
      };
      response.on('drain', pour);
      pour();
    });
    const sent = await toSink(port).send({ url, id: 'm', body: '' });
    expect(sent.kind === 'delivered' && sent.body.length).toBe(ANSWER_MAX_BYTES);
    const [socket] = sockets;
    if (socket && !socket.destroyed) await new Promise((done) => socket.once('close', done));
  });
  it('[OUT8] nobody listening is a failure that may be tried again', async () => {
    const { port, url } = await sink(ok);
    const free = port === 1 ? 2 : 1;
    const sent = await createOutbound({ allow: [`127.0.0.1:${free}`], nowMs: () => NOW }).send({
      url: url.replace(String(port), String(free)),
      id: 'm',
      body: '',
    });
    expect(sent).toMatchObject({ kind: 'failed', reason: 'other', retryable: true, status: null });
  });
});
