import { randomBytes } from 'node:crypto';
import { connect, type Socket as TcpSocket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type ClientToServerEvents, VIEW_POLICY, VIEWS } from '#contract/frames';
import { PERSON_ROLES } from '#contract/people';
import { roleMay } from '#contract/permissions';
import { until } from '../test/people.ts';
import {
  connected,
  join,
  once,
  openScreen,
  realtimeKit,
  refusal,
  screenInfo,
  type TestScreen,
  watchFrames,
} from '../test/realtime-kit.ts';
import { SocketCaps } from './handshake.ts';

/** Emits what the typed maps do not allow. */
const rawEmit = (socket: TestScreen, ...args: unknown[]): void => {
  (socket as unknown as { emit(...args: unknown[]): void }).emit(...args);
};
const gone = (socket: TestScreen): Promise<string> =>
  new Promise((resolve) => socket.once('disconnect', (reason) => resolve(reason)));

/** First line of the answer to a websocket upgrade with these headers. */
function upgrade(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<{ line: string; tcp: TcpSocket }> {
  return new Promise((resolve, reject) => {
    const tcp = connect(port, '127.0.0.1', () => {
      const all = {
        host: `127.0.0.1:${port}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
        ...headers,
      };
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      tcp.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    });
    tcp.once('data', (data) => resolve({ line: data.toString('latin1').split('\r\n', 1)[0] ?? '', tcp }));
    tcp.once('error', reject);
    tcp.once('close', () => resolve({ line: 'closed', tcp }));
  });
}
/** A masked text frame, as a client must send it. */
function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const mask = randomBytes(4);
  const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.alloc(4);
  if (body.length >= 126) {
    head.writeUInt16BE(0x81fe, 0);
    head.writeUInt16BE(body.length, 2);
  }
  return Buffer.concat([head, mask, body.map((byte, i) => byte ^ (mask[i % 4] ?? 0))]);
}
const WS_PATH = '/socket.io/?EIO=4&transport=websocket';

describe('who may connect', () => {
  it('[SOCK1] nobody, a wrong token and a token in the address are refused, with a code', async () => {
    const kit = await realtimeKit();
    const { url } = kit.node;
    expect((await refusal(openScreen(url, {}))).code).toBe('unauthenticated');
    expect((await refusal(openScreen(url, { token: 'wrong' }))).code).toBe('unauthenticated');
    const { line } = await upgrade(kit.node.port, `${WS_PATH}&token=${kit.token}`, {});
    expect(line).toMatch(/^HTTP\/1.1 400/);
    expect(kit.node.realtime.stats().socketsCount).toBe(0);
  });
  it('[SOCK2] another protocol version is refused, and told which one is spoken', async () => {
    const kit = await realtimeKit();
    for (const protocol of [2, '1', null]) {
      const refused = await refusal(openScreen(kit.node.url, { token: kit.token, protocol }));
      expect(refused).toMatchObject({ code: 'protocol_unequal', data: { expected: 1 } });
    }
  });
  it('[SOCK3] only pages of this server: another origin never gets a websocket, nor does polling or an old engine', async () => {
    const kit = await realtimeKit();
    const { port } = kit.node;
    for (const origin of ['https://evil.test', 'null', `http://127.0.0.1:${port}.evil.test`]) {
      expect((await upgrade(port, WS_PATH, { origin })).line).toMatch(/^HTTP\/1.1 400/);
    }
    expect((await upgrade(port, WS_PATH, { origin: `http://127.0.0.1:${port}` })).line).toMatch(/ 101 /);
    expect((await upgrade(port, '/socket.io/?EIO=3&transport=websocket', {})).line).toMatch(/^HTTP\/1.1 400/);
    const polling = await fetch(`${kit.node.url}/socket.io/?EIO=4&transport=polling`);
    expect(polling.status).toBe(400);
  });
  it('[SOCK4] an ingest key and another namespace are refused', async () => {
    const kit = await realtimeKit();
    expect((await refusal(openScreen(kit.node.url, { token: kit.access.ingestKey }))).code).toBe('forbidden');
    const admin = openScreen(`${kit.node.url}/admin`, { token: kit.token });
    expect((await refusal(admin)).message).toBe('Invalid namespace');
  });
  it('[SOCK15] a store that cannot say who it is refuses with a code to try again on, also one that hangs', async () => {
    const states: (() => Promise<never>)[] = [
      () => Promise.reject(new Error('Connection is closed.')),
      () => new Promise(() => undefined),
    ];
    const kit = await realtimeKit();
    const people = {
      ...kit.people,
      authenticateHandshake: () => (states.shift() ?? (() => Promise.reject(new Error('again'))))(),
    };
    const node = await kit.startNode('n2', 0, people);
    for (const code of ['store_unavailable', 'store_timeout']) {
      const refused = await refusal(openScreen(node.url, { token: kit.token }));
      expect(refused).toMatchObject({ code, data: { retryable: true } });
    }
  });
  it('[SOCK5] an open websocket that never says who it is is closed within 5 s', async () => {
    const kit = await realtimeKit();
    const { tcp } = await upgrade(kit.node.port, WS_PATH, {});
    const openedMs = performance.now();
    await new Promise((resolve) => tcp.once('close', resolve));
    expect(performance.now() - openedMs).toBeGreaterThan(3_000);
    expect(performance.now() - openedMs).toBeLessThan(7_000);
  });
  it('[SOCK7] above the cap of one principal, and of the node, the next is refused until one leaves', async () => {
    const kit = await realtimeKit({ caps: new SocketCaps({ total: 3, perPrincipal: 2 }) });
    const open = async (token: string): Promise<TestScreen> => {
      const socket = openScreen(kit.node.url, { token });
      await connected(socket);
      return socket;
    };
    const first = await open(kit.token);
    await open(kit.token);
    expect((await refusal(openScreen(kit.node.url, { token: kit.token }))).code).toBe('too_many_requests');
    await open(kit.access.roles.finance.token);
    const another = kit.access.roles.marketing.token;
    expect((await refusal(openScreen(kit.node.url, { token: another }))).code).toBe('too_many_requests');
    first.disconnect();
    await until(() => kit.node.realtime.stats().socketsCount === 2);
    await open(kit.token);
  });
});

describe('what a client may send', () => {
  it('[SOCK8] every role sees the views it may see and no other', async () => {
    const kit = await realtimeKit();
    for (const role of PERSON_ROLES) {
      const screen = openScreen(kit.node.url, { token: kit.access.roles[role].token });
      await connected(screen);
      for (const view of VIEWS) {
        const reply = await join(screen, { view });
        expect([role, view, reply.ok]).toEqual([role, view, roleMay(role, VIEW_POLICY[view])]);
      }
    }
  });
  it('[SOCK8] unknown names, wrong shapes and missing acks are answered or dropped; the server lives', async () => {
    const kit = await realtimeKit();
    const screen = openScreen(kit.node.url, { token: kit.token });
    await connected(screen);
    const ask = (...args: unknown[]): Promise<{ ok: boolean; problem?: { code: string; field?: string } }> =>
      new Promise((resolve) => rawEmit(screen, ...args, resolve));
    expect(await ask('frame', {})).toMatchObject({ ok: false, problem: { code: 'event_unknown' } });
    expect(await ask('__proto__', {})).toMatchObject({ problem: { code: 'event_unknown' } });
    expect(await ask('constructor', {})).toMatchObject({ problem: { code: 'event_unknown' } });
    expect(await ask('join')).toMatchObject({ problem: { code: 'validation' } });
    expect(await ask('join', { view: 'wall:other', timelineAfter: null, screen: screenInfo('s') })).toMatchObject({
      problem: { code: 'view_unknown' },
    });
    expect(await ask('join', { view: 'wall:overview', timelineAfter: null, screen: screenInfo('a b') })).toMatchObject({
      problem: { code: 'validation', field: '/screen/screenId' },
    });
    expect(await ask('report', { ...screenInfo('s'), role: 'admin' })).toMatchObject({
      problem: { code: 'validation' },
    });
    expect(await ask('leave', {}, {})).toMatchObject({ problem: { code: 'validation' } });
    rawEmit(screen, 'join', { view: 'wall:overview' });
    rawEmit(screen, 'leave', 7);
    rawEmit(screen, 'error', 'x');
    expect(await join(screen)).toMatchObject({ ok: true, view: 'wall:overview' });
  });
  it('[SOCK6] above the rate events are refused; a flood is cut, and the others do not notice', async () => {
    const kit = await realtimeKit();
    const [flooder, calm] = [
      openScreen(kit.node.url, { token: kit.token }),
      openScreen(kit.node.url, { token: kit.token }),
    ];
    await Promise.all([connected(flooder), connected(calm)]);
    await join(calm);
    const seen = watchFrames(calm);
    const codes: string[] = [];
    for (let i = 0; i < 30; i += 1) {
      flooder.emit('report', screenInfo('s'), (reply) => codes.push(reply.ok ? 'ok' : reply.problem.code));
    }
    await until(() => codes.length === 30);
    expect(codes.filter((code) => code === 'too_many_requests').length).toBeGreaterThanOrEqual(5);
    const cut = gone(flooder);
    for (let i = 0; i < 300; i += 1) rawEmit(flooder, 'noise', i);
    await cut;
    expect(kit.node.realtime.stats().floodedCount).toBe(1);
    const before = seen.frames.length;
    await until(() => seen.frames.length >= before + 3);
    expect(calm.connected).toBe(true);
  });
  it('[SOCK12] the crash corpus closes its own connection at most', async () => {
    const kit = await realtimeKit();
    const calm = openScreen(kit.node.url, { token: kit.token });
    await connected(calm);
    await join(calm);
    const connectPacket = `40${JSON.stringify({ protocol: 1, token: kit.token })}`;
    const corpus: readonly (readonly string[])[] = [
      ['451-["x",{"_placeholder":true,"num":"splice"}]'],
      ['42{"name":"join"}'],
      ['42[{"toString":1}]'],
      ['42["disconnecting"]', '42["connect"]', '42["newListener"]'],
      ['421e9["join",{}]', '42-1["join",{}]', '4299999999999999999["join",{}]'],
      ['451000-["join"]'],
      [`451-["join",{"_placeholder":true,"num":0}]`],
      ['43[]', '431["x"]', '44"x"', '4', '40/__proto__,', '40{"pid":"x","offset":"y"}', '9', 'b4AAAA'],
      ['41', '42["join",{}]'],
      [`42["join",${'['.repeat(20_000)}${']'.repeat(20_000)}]`],
      ['42["__proto__",{"__proto__":{"polluted":1}}]'],
    ];
    for (const packets of corpus) {
      const { tcp } = await upgrade(kit.node.port, WS_PATH, {});
      tcp.on('error', () => undefined);
      tcp.resume();
      tcp.write(textFrame(connectPacket));
      for (const packet of packets) tcp.write(textFrame(packet));
      tcp.write(textFrame('3'));
      await new Promise((resolve) => setImmediate(resolve));
      tcp.destroy();
    }
    // announced fragments that never end
    const { tcp } = await upgrade(kit.node.port, WS_PATH, {});
    tcp.on('error', () => undefined);
    tcp.resume();
    const closed = new Promise((resolve) => tcp.once('close', resolve));
    for (let i = 0; i < 20_000; i += 1) tcp.write(Buffer.from([i === 0 ? 0x01 : 0x00, 0x81, 0, 0, 0, 0, 0x34]));
    await closed;
    for (const path of [
      '/socket.io/?EIO=4&transport=websocket&sid=__proto__',
      '/socket.io/?transport=websocket',
      '/socket.io/',
    ]) {
      expect((await upgrade(kit.node.port, path, {})).line).toMatch(/^HTTP\/1.1 400|closed/);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(await once(calm, 'frame')).toMatchObject({ view: 'wall:overview' });
  });
  it('[SOCK12] a message above 64 KiB and a binary one close the connection', async () => {
    const kit = await realtimeKit();
    for (const value of ['x'.repeat(65_537), Buffer.from('hello')]) {
      const screen = openScreen(kit.node.url, { token: kit.token });
      await connected(screen);
      const cut = gone(screen);
      rawEmit(screen, 'report', value);
      await cut;
    }
    expect(
      await (async () => {
        const screen = openScreen(kit.node.url, { token: kit.token });
        await connected(screen);
        return join(screen);
      })(),
    ).toMatchObject({ ok: true });
  });
});

describe('when a session ends', () => {
  it('[SOCK13] revoked: told why, cut within 5 s on every node, and not let in again', async () => {
    const kit = await realtimeKit();
    const other = await kit.startNode('n2');
    const { token } = kit.access.roles.finance;
    const screens = [kit.node.url, other.url].map((url) => openScreen(url, { token, reconnect: true }));
    await Promise.all(screens.map(connected));
    const user = (await kit.people.users.list()).find(({ role }) => role === 'finance');
    const by = await kit.people.authenticate({ authorization: `Bearer ${kit.access.roles.admin.token}` });
    const ends = screens.map((screen) => Promise.all([once(screen, 'bye'), gone(screen)]));
    const startedMs = performance.now();
    await kit.people.users.change(user?.id ?? '', { disabled: true }, { by, requestId: 'r' } as never);
    for (const [bye] of await Promise.all(ends)) expect(bye).toMatchObject({ code: 'revoked', final: true });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect((await refusal(openScreen(kit.node.url, { token }))).code).toBe('unauthenticated');
  });
  it('[SOCK14] a stopping node says when to come back, and every screen does so by itself', async () => {
    const kit = await realtimeKit();
    const screen = openScreen(kit.node.url, { token: kit.token, reconnect: true });
    await connected(screen);
    const ends = Promise.all([once(screen, 'bye'), gone(screen)]);
    await kit.node.realtime.drain();
    const [bye, reason] = await ends;
    expect(bye).toMatchObject({ code: 'draining', final: false });
    expect(bye.retryInMs).toBeLessThan(2_000);
    expect(reason).toBe('transport close'); // anything else would keep socket.io from coming back
    expect((await upgrade(kit.node.port, WS_PATH, {})).line).toMatch(/^HTTP\/1.1 400/);
    const { port } = kit.node;
    await kit.node.stop();
    const back = new Promise<void>((resolve) => screen.once('connect', resolve));
    await kit.startNode('n1b', port);
    await back;
  });
});

it('[SOCK8] an event without a policy stops the start', async () => {
  const { checkPolicies } = await import('./dispatch.ts');
  const handlers = { join: () => ({}), shout: () => ({}) } as unknown as Parameters<typeof checkPolicies>[0];
  expect(() => checkPolicies(handlers)).toThrow(/shout has no policy/);
  const names: (keyof ClientToServerEvents)[] = ['join', 'leave', 'resume', 'report'];
  expect(() => checkPolicies(Object.fromEntries(names.map((name) => [name, () => ({})])) as never)).not.toThrow();
});
