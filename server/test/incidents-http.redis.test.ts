import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { FrameRoom } from '#contract/room';
import { connected, join, once, openScreen, screenInfo } from './realtime-kit.ts';
import { wholeServer } from './whole-server.ts';

/** Somebody outside who counts the pings. */
async function watcher() {
  const heard: string[] = [];
  const server = createServer((request, reply) => {
    heard.push(`${request.method} ${request.url}`);
    reply.writeHead(200).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { heard, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it('[INC16] [SND5] [TAKE21] over HTTP and sockets: who may lead, what is refused; the watchdog goes the whole way and tells outside', async () => {
  const outside = await watcher();
  const server = await wholeServer({
    env: { WATCHDOG_PING_URL: `http://${outside.host}/ping/abc`, OUTBOUND_ALLOW: outside.host },
  });
  const { roles } = server.access;
  let keys = 0;
  const send = async (role: keyof typeof roles, path: string, body: object, key = `k${++keys}`) => {
    const reply = await fetch(`${server.url}/api/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${roles[role].token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(body),
    });
    return { status: reply.status, headers: reply.headers, body: (await reply.json()) as Record<string, never> };
  };
  expect(await send('viewer', '/incidents', { title: 'x' })).toMatchObject({ status: 403 });
  expect(await send('oncall', '/incidents', { title: 'x', colour: 'red' })).toMatchObject({ status: 422 });
  expect(await send('oncall', '/incidents', { alertIds: ['nope'] })).toMatchObject({
    status: 404,
    body: { code: 'not_found', field: '/alertIds/0' },
  });
  const first = await send('oncall', '/incidents', { title: 'Checkout is slow', tier: 'red' }, 'one');
  expect(first).toMatchObject({ status: 201, body: { incident: { id: 'inc-1', version: 1 } } });
  const again = await send('oncall', '/incidents', { title: 'Checkout is slow', tier: 'red' }, 'one');
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(await send('commander', '/incidents/inc-1/status', { zh: '处理中', version: 1 })).toMatchObject({
    status: 200,
    body: { incident: { version: 2, status: { zh: '处理中', en: null } } },
  });
  expect(await send('oncall', '/incidents/inc-1/mitigate', { version: 1 })).toMatchObject({
    status: 409,
    body: { code: 'version_conflict', expected: 1, actual: 2 },
  });
  expect(await send('oncall', '/incidents/inc-1/resolve', { at: 1 })).toMatchObject({
    status: 422,
    body: { code: 'incident_times' },
  });
  expect(await send('oncall', '/incidents/inc-1/reopen', { reason: 'x' })).toMatchObject({
    status: 409,
    body: { code: 'incident_state', state: 'open' },
  });
  const read = await server.ask('GET', '/api/v1/incidents?state=open', undefined, roles.viewer.token);
  expect(read.body.incidents).toHaveLength(1);

  expect(await send('marketing', '/sound/mute', { minutes: 5 })).toMatchObject({ status: 403 });
  expect(await send('oncall', '/sound/mute', { minutes: 7 })).toMatchObject({ status: 422 });
  expect(await send('oncall', '/sound/mute', { minutes: 5 })).toMatchObject({ status: 200 });
  const screen = openScreen(server.url, { token: roles.viewer.token });
  await connected(screen);
  const room = async (): Promise<FrameRoom | undefined> => (await once(screen, 'frame')).room;
  await join(screen, { view: 'wall:overview', screen: { ...screenInfo('hall'), voice: 'v1' } });
  await expect.poll(room, { timeout: 20_000 }).toMatchObject({
    incident: { id: 'inc-1', tier: 'red', commander: roles.oncall.name },
    sound: { mutedBy: roles.oncall.name, speakers: { main: { screenId: 'hall', voice: 'v1' } } },
  });
  screen.disconnect();
  const other = openScreen(server.url, { token: roles.oncall.token });
  await connected(other);
  await join(other, { view: 'wall:overview', screen: { ...screenInfo('desk'), voice: 'v2' } });
  await expect
    .poll(async () => (await once(other, 'frame')).room?.sound?.speakers.main?.screenId, { timeout: 20_000 })
    .toBe('desk');

  await expect.poll(() => outside.heard, { timeout: 20_000 }).toEqual(['GET /ping/abc']);
  await expect
    .poll(async () => (await server.ask('GET', '/-/watchdog')).body, { timeout: 20_000 })
    .toMatchObject({ ok: true, verifiedAgoMs: expect.any(Number) });
}, 60_000);

it('[TAKE21] a ping address that may not be called stops the start and says what to do', async () => {
  const refused = wholeServer({ env: { WATCHDOG_PING_URL: 'http://127.0.0.1:9/x' } });
  await expect(refused).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/OUTBOUND_ALLOW/),
  });
});
