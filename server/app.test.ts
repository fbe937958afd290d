import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { Type } from 'typebox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '#contract/errors';
import { EVENT_TYPES } from '#contract/events';
import { principalOf, testApp } from './test/app.ts';

const Body = Type.Object(
  { amountMinor: Type.Integer(), note: Type.Optional(Type.String()) },
  { additionalProperties: false },
);
const routes: FastifyPluginAsync = async (app) => {
  app.get('/api/v1/kpis', { config: { policy: 'figures.read' } }, async () => ({ kpis: [] }));
  app.post('/api/v1/notes', { config: { policy: 'timeline.note' }, schema: { body: Body } }, async ({ body }) => body);
  app.get('/api/v1/notes/:id', { config: { policy: 'session' } }, async ({ principal }) => ({ name: principal?.name }));
  app.get('/api/v1/bug', { config: { policy: 'public' } }, async () => {
    throw new Error('redis://secret@host/var/lib');
  });
  app.get('/api/v1/store', { config: { policy: 'public' } }, async () => {
    throw new AppError('store_timeout', 'no answer in time', { outcome: 'unknown', retryAfterS: 3 });
  });
};
const app = (): Promise<FastifyInstance> => testApp({ plugins: [routes] });
const as = (role: string): { authorization: string } => ({ authorization: `Bearer ${role}` });
const post = (payload: unknown, headers: Record<string, string> = as('oncall')) =>
  ({ method: 'POST', url: '/api/v1/notes', payload: payload as string, headers }) as const;

describe('policy', () => {
  it('[HTTP1] a route without a policy stops the start', async () => {
    await expect(testApp({ plugins: [async (it) => void it.get('/api/v1/open', async () => 1)] })).rejects.toThrow(
      /GET \/api\/v1\/open has no policy/,
    );
  });
  it('[HTTP1] a body that would take unknown fields stops the start', async () => {
    const loose: FastifyPluginAsync = async (it) =>
      void it.post('/x', { config: { policy: 'public' }, schema: { body: Type.Object({}) } }, async () => 1);
    await expect(testApp({ plugins: [loose] })).rejects.toThrow(/additionalProperties/);
  });
  it('[HTTP2] nobody is 401, the wrong role 403, the right one 200', async () => {
    const it = await app();
    const answers = await Promise.all(
      [{}, as('producer'), as('viewer')].map((headers) => it.inject({ url: '/api/v1/kpis', headers })),
    );
    expect(answers.map((answer) => answer.statusCode)).toEqual([401, 403, 200]);
    expect(answers.slice(0, 2).map((answer) => answer.json().code)).toEqual(['unauthenticated', 'forbidden']);
    expect(answers[0]?.headers['www-authenticate']).toBe('Bearer');
  });
  it('[HTTP2] who asks is settled before the body is looked at', async () => {
    expect((await (await app()).inject(post('{broken', { 'content-type': 'application/json' }))).statusCode).toBe(401);
  });
  for (const { title, headers, want } of [
    { title: 'a cookie without a word from the browser is refused', headers: {}, want: 403 },
    { title: 'another site is refused', headers: { 'sec-fetch-site': 'cross-site' }, want: 403 },
    { title: 'a sister site is refused', headers: { 'sec-fetch-site': 'same-site' }, want: 403 },
    { title: 'a foreign origin is refused', headers: { origin: 'https://evil.test' }, want: 403 },
    { title: 'an opaque origin is refused', headers: { origin: 'null' }, want: 403 },
    { title: 'our own page passes', headers: { 'sec-fetch-site': 'same-origin' }, want: 200 },
    { title: 'our own origin passes', headers: { origin: 'http://localhost:80', host: 'localhost:80' }, want: 200 },
  ])
    it(`[HTTP3] ${title}`, async () => {
      const all = { cookie: 'wr=oncall', host: 'localhost', ...headers };
      const request = post({ amountMinor: 1 }, all as Record<string, string>);
      // an origin with a default port is written without it
      if (request.headers.origin === 'http://localhost:80') request.headers.host = 'localhost';
      const answer = await (await app()).inject(request);
      expect(answer.statusCode).toBe(want);
      if (want === 403) expect(answer.json().code).toBe('csrf_refused');
    });
  it('[HTTP3] a page of another site cannot log a browser in', async () => {
    const login: FastifyPluginAsync = async (it) =>
      void it.post('/api/v1/sessions', { config: { policy: 'public' } }, async () => ({}));
    const it = await testApp({ plugins: [login] });
    const request = { method: 'POST', url: '/api/v1/sessions', payload: {} } as const;
    expect((await it.inject({ ...request, headers: { 'sec-fetch-site': 'cross-site' } })).statusCode).toBe(403);
    expect((await it.inject(request)).statusCode).toBe(200);
  });
  it('[HTTP3] Basic, which browsers send along by themselves, is no proof; a tool that sends it has no site', async () => {
    const route: FastifyPluginAsync = async (it) =>
      void it.post('/x', { config: { policy: 'alerts.act' } }, async () => ({}));
    const it = await testApp({ plugins: [route], authenticate: async () => principalOf('oncall') });
    const ask = async (authorization: string, headers: Record<string, string> = {}) =>
      (await it.inject({ method: 'POST', url: '/x', payload: {}, headers: { authorization, ...headers } })).statusCode;
    expect(await ask('Basic eDp5')).toBe(200);
    expect(await ask('Basic eDp5', { 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await ask('basic eDp5', { origin: 'https://evil.test' })).toBe(403);
    expect(await ask('Bearer x', { 'sec-fetch-site': 'cross-site' })).toBe(200);
  });
  it('[HTTP4] every refused authorization is told', async () => {
    const told: string[] = [];
    const it = await testApp({ plugins: [routes], onRefused: (_request, error) => told.push(error.code) });
    await it.inject({ url: '/api/v1/kpis' });
    await it.inject({ url: '/api/v1/kpis', headers: as('producer') });
    expect(told).toEqual(['unauthenticated', 'forbidden']);
  });
});

describe('bodies', () => {
  for (const { title, payload, type = 'application/json', status, code, field } of [
    {
      title: 'a text is not a number',
      payload: { amountMinor: '100' },
      status: 422,
      code: 'validation',
      field: '/amountMinor',
    },
    { title: 'true is not 1', payload: { amountMinor: true }, status: 422, code: 'validation', field: '/amountMinor' },
    { title: 'null is not 0', payload: { amountMinor: null }, status: 422, code: 'validation', field: '/amountMinor' },
    { title: 'a missing field is named', payload: {}, status: 422, code: 'validation', field: '/amountMinor' },
    {
      title: 'a stranger is refused, not dropped',
      payload: { amountMinor: 1, role: 'admin' },
      status: 422,
      code: 'validation',
      field: '/role',
    },
    { title: 'broken JSON', payload: '{', status: 400, code: 'bad_json' },
    {
      title: '__proto__ is refused',
      payload: '{"amountMinor":1,"__proto__":{"polluted":1}}',
      status: 400,
      code: 'bad_json',
    },
    { title: 'an empty body', payload: '', status: 400, code: 'bad_json' },
    {
      title: 'text/plain',
      payload: '{"amountMinor":1}',
      type: 'text/plain',
      status: 415,
      code: 'unsupported_media_type',
    },
    {
      title: 'a type with rubbish behind it',
      payload: '{"amountMinor":1}',
      type: 'application/json garbage',
      status: 415,
      code: 'unsupported_media_type',
    },
    {
      title: 'a body over the limit',
      payload: `{"note":"${'x'.repeat(300_000)}"}`,
      status: 413,
      code: 'body_too_large',
    },
  ])
    it(`[HTTP5] ${title}`, async () => {
      const answer = await (await app()).inject(post(payload, { ...as('oncall'), 'content-type': type }));
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.json()).toMatchObject({ code, retryable: false, ...(field ? { field } : {}) });
      expect(answer.json().requestId).toBe(answer.headers['x-request-id']);
    });
  it('[HTTP5] a compressed body is refused by its header', async () => {
    const answer = await (await app()).inject(post('x', { ...as('oncall'), 'content-encoding': 'gzip' }));
    expect([answer.statusCode, answer.json().code]).toEqual([415, 'unsupported_encoding']);
  });
});

describe('answers', () => {
  it('[HTTP6] a bug answers internal and tells nothing', async () => {
    const answer = await (await app()).inject({ url: '/api/v1/bug' });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'internal', retryable: true });
    expect(answer.body).not.toMatch(/secret|redis|stack|at /i);
  });
  it('[HTTP6] a store timeout says that its outcome is unknown and when to come again', async () => {
    const answer = await (await app()).inject({ url: '/api/v1/store' });
    expect(answer.json()).toMatchObject({ code: 'store_timeout', outcome: 'unknown', retryable: true });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '3']);
  });
  for (const { method, url, want, code } of [
    { method: 'GET', url: '/api/v1/nothing', want: 404, code: 'not_found' },
    { method: 'DELETE', url: '/api/v1/notes', want: 405, code: 'method_not_allowed' },
    { method: 'PUT', url: '/api/v1/notes/7', want: 405, code: 'method_not_allowed' },
    { method: 'GET', url: '/api/v1/%zz', want: 400, code: 'bad_request' },
    { method: 'GET', url: '//api/v1/kpis', want: 404, code: 'not_found' },
    { method: 'GET', url: '/api/v1/KPIS', want: 404, code: 'not_found' },
    { method: 'GET', url: '/api/v1/kpis/', want: 404, code: 'not_found' },
  ] as const)
    it(`[HTTP7] ${method} ${url} answers ${want}`, async () => {
      const answer = await (await app()).inject({ method, url, headers: as('admin') });
      expect([answer.statusCode, answer.json().code]).toEqual([want, code]);
    });
  it('[HTTP8] every answer carries the strict policy, none of the API is cached', async () => {
    const it = await app();
    for (const url of ['/api/v1/kpis', '/api/v1/bug', '/nothing', '/-/healthy']) {
      const { headers } = await it.inject({ url });
      const csp = String(headers['content-security-policy']);
      expect(csp).toContain("script-src 'self';");
      expect(csp).toContain("frame-ancestors 'none'");
      expect(csp.replace(/style-src-attr 'unsafe-inline'/, '')).not.toMatch(/unsafe|\*/);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
      expect(headers['strict-transport-security']).toBeUndefined();
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      if (url.startsWith('/api')) expect(headers['cache-control']).toBe('no-store');
    }
  });
  it('[HTTP9] ready turns to 503 with its reasons, healthy does not', async () => {
    const it = await testApp({ ready: () => ({ ok: false, reasons: ['store_loading'], loadedRatio: 0.5 }) });
    const ready = await it.inject({ url: '/-/ready' });
    expect([ready.statusCode, ready.json()]).toEqual([
      503,
      { ok: false, reasons: ['store_loading'], loadedRatio: 0.5 },
    ]);
    expect((await it.inject({ url: '/-/healthy' })).statusCode).toBe(200);
  });
  it('[HTTP9] a draining node says so everywhere but on its health', async () => {
    const it = await testApp({ plugins: [routes], isDraining: () => true });
    const answer = await it.inject({ url: '/api/v1/kpis', headers: as('viewer') });
    expect([answer.statusCode, answer.json().code, answer.headers.connection]).toEqual([503, 'draining', 'close']);
    expect((await it.inject({ url: '/-/ready' })).json().reasons).toEqual(['draining']);
    expect((await it.inject({ url: '/-/healthy' })).statusCode).toBe(200);
  });
  it('[HTTP10] the routes describe themselves', async () => {
    const answer = await (await app()).inject({ url: '/api/openapi.json' });
    expect(answer.json().paths['/api/v1/notes'].post.requestBody.content['application/json'].schema.required).toEqual([
      'amountMinor',
    ]);
  });
  it('[HTTP10] every type of event is described where events are sent, without the route checking by it', async () => {
    const it = await testApp({
      plugins: [
        async (scope) =>
          void scope.post('/api/v1/events', { config: { policy: 'events.write' } }, async () => ({ taken: true })),
      ],
    });
    const { paths, components } = (await it.inject({ url: '/api/openapi.json' })).json();
    const { content } = paths['/api/v1/events'].post.requestBody;
    expect(content['application/x-ndjson'].itemSchema).toEqual({ $ref: '#/components/schemas/event' });
    expect(components.schemas.event.oneOf.map(({ $ref }: { $ref: string }) => $ref)).toEqual(
      EVENT_TYPES.map((type) => `#/components/schemas/event.${type}`),
    );
    expect(components.schemas['event.order.paid']).toMatchObject({
      required: expect.arrayContaining(['id', 'source', 'ts', 'type', 'orderId', 'amountMinor']),
      properties: { type: { const: 'order.paid' }, amountMinor: { type: 'integer', minimum: 0 } },
      additionalProperties: false,
    });
  });
});

describe('the built client', () => {
  async function served(): Promise<FastifyInstance> {
    const clientDir = mkdtempSync(join(tmpdir(), 'wr-dist-'));
    onTestFinished(() => rmSync(clientDir, { recursive: true }));
    mkdirSync(join(clientDir, 'assets'));
    writeFileSync(join(clientDir, 'index.html'), '<html>wall</html>');
    writeFileSync(join(clientDir, 'assets', 'main-1a.js'), 'plain');
    writeFileSync(join(clientDir, 'assets', 'main-1a.js.br'), 'small');
    writeFileSync(join(clientDir, 'assets', 'main-1a.js.map'), 'source');
    writeFileSync(join(clientDir, '.env'), 'secret');
    return testApp({ clientDir, plugins: [routes] });
  }
  const html = { accept: 'text/html' };
  it('[HTTP11] a page of the client is the page itself, uncached, even while the store is away', async () => {
    const app = await served();
    for (const url of ['/', '/wall/overview', '/login?next=x']) {
      const page = await app.inject({ url, headers: html });
      expect([page.statusCode, page.body, page.headers['cache-control']]).toEqual([
        200,
        '<html>wall</html>',
        'no-cache',
      ]);
    }
  });
  it('[TAKE30] built anew under the running server: new files are served, the page when all it names is there, old files as long as they stay', async () => {
    const clientDir = mkdtempSync(join(tmpdir(), 'wr-dist-'));
    onTestFinished(() => rmSync(clientDir, { recursive: true }));
    const assets = join(clientDir, 'assets');
    const page = (name: string): string => `<html><script type="module" src="/assets/${name}"></script></html>`;
    mkdirSync(assets);
    writeFileSync(join(clientDir, 'index.html'), page('main-1a.js'));
    writeFileSync(join(assets, 'main-1a.js'), 'one');
    const app = await testApp({ clientDir, plugins: [routes] });
    const shown = async (): Promise<string> => (await app.inject({ url: '/wall', headers: html })).body;
    const asset = async (name: string) => {
      const { statusCode, body } = await app.inject({ url: `/assets/${name}` });
      return [statusCode, statusCode === 200 ? body : ''];
    };
    writeFileSync(join(clientDir, 'index.html'), page('main-2b.js'));
    utimesSync(join(clientDir, 'index.html'), new Date(), new Date(Date.now() + 5_000));
    expect(await shown()).toBe(page('main-1a.js')); // the new one is not whole yet
    writeFileSync(join(assets, 'main-2b.js'), 'two');
    expect(await shown()).toBe(page('main-2b.js'));
    expect(await asset('main-2b.js')).toEqual([200, 'two']);
    expect(await asset('main-1a.js')).toEqual([200, 'one']);
    rmSync(clientDir, { recursive: true }); // the moment in which the folders are exchanged
    expect(await shown()).toBe(page('main-2b.js'));
    expect(await asset('main-2b.js')).toEqual([404, '']);
    mkdirSync(assets, { recursive: true });
  });
  it('[HTTP11] an asset comes compressed and for ever', async () => {
    const asset = await (await served()).inject({ url: '/assets/main-1a.js', headers: { 'accept-encoding': 'br' } });
    expect([asset.body, asset.headers['content-encoding'], asset.headers['cache-control']]).toEqual([
      'small',
      'br',
      'public, max-age=31536000, immutable',
    ]);
  });
  for (const url of [
    '/api/v1/nothing',
    '/assets/gone.js',
    '/.env',
    '/assets/main-1a.js.map',
    '/assets/..%2f..%2f.env',
    '/assets/%00',
    '/api/v1//kpis',
    '//api/v1/kpis',
    '/assets/a/../../.env',
  ])
    it(`[HTTP11] ${url} is no page`, async () => {
      const answer = await (await served()).inject({ url, headers: html });
      expect([400, 404]).toContain(answer.statusCode);
      expect(answer.body).not.toMatch(/wall|secret|source/);
    });
});
