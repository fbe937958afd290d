import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { limit } from '../../limits.ts';
import { until } from '../people.ts';
import { redisServer } from '../redis-servers.ts';
import { type WholeServer, wholeServer } from '../whole-server.ts';
import { byId, paidOrder, windowsKit } from '../windows-kit.ts';

const orders = (count: number, atMs: number, name = 'o') =>
  Array.from({ length: count }, (_, i) => paidOrder(`${name}${i}`, atMs - (i % 30) * 1_000));
const sequence = (seq: number, id = 'p1') => ({
  headers: { 'producer-id': id, 'producer-epoch': '1', 'producer-seq': String(seq) },
});

describe('the store in trouble', () => {
  it('[FLT30] frozen: every body is answered within 2 s, also those that waited; thawed, late originals and retries count once', async () => {
    const { port, pid, admin } = await redisServer();
    const target = { kind: 'single', host: '127.0.0.1', port, db: 0, tls: false } as const;
    const server = await wholeServer({ target });
    expect((await server.post(orders(1, server.nowMs, 'w'))).status).toBe(200);
    process.kill(pid, 'SIGSTOP');
    const send = [
      () => server.post(orders(100, server.nowMs, 'a')),
      () => server.post(orders(100, server.nowMs), sequence(1)),
      () => server.post([...orders(50, server.nowMs, 'a'), ...orders(50, server.nowMs, 'b'), { id: 'bad' }]),
    ];
    const first = send.map((one) => one());
    // these come while the flush of the first ones hangs: they are not kept for as long again
    await new Promise((resolve) => setTimeout(resolve, 300));
    const waiting = [
      () => server.post(orders(100, server.nowMs, 'c')),
      () => server.post(orders(100, server.nowMs, 's'), sequence(1, 'p2')),
    ];
    const answers = await Promise.all([...first, ...waiting.map((one) => one())]);
    expect((await fetch(`${server.url}/-/healthy`)).status).toBe(200);
    expect((await fetch(`${server.url}/-/ready`)).status).toBe(503);
    process.kill(pid, 'SIGCONT');
    for (const { status, body, headers, tookMs } of answers) {
      expect(status).toBe(503);
      expect(['store_timeout', 'store_unavailable']).toContain(body.code);
      expect(body.outcome).toBe(body.code === 'store_timeout' ? 'unknown' : undefined);
      expect(body.retryable).toBe(true);
      expect(headers.get('retry-after')).toBeTruthy();
      expect(tookMs).toBeLessThan(4 * limit('commandMs')); // 2 s, and a busy machine
    }
    expect(answers.slice(0, 3).map(({ body }) => body.outcome)).toContain('unknown');
    for (const one of [...send, ...waiting]) await until(async () => (await one()).status === 200);
    admin.disconnect();
    expect(await sumOf(server)).toBe(1 + 100 + 100 + 50 + 100 + 100);
  });

  it('[FLT30] who waited for a flush that got no answer is told so at once, and that nothing of its own was done', async () => {
    const kit = await windowsKit();
    let giveUp: (error: Error) => void = () => undefined;
    const calls: string[] = [];
    const { ingest } = await kit.another({
      redis: {
        call: (command) => {
          calls.push(command);
          return new Promise((_, reject) => {
            giveUp = reject;
          });
        },
      },
    });
    const sent = ingest.submit(byId(orders(10, kit.nowMs, 'a'))).catch((error: unknown) => error);
    await until(() => calls.length === 1);
    const waiting = ingest.submit(byId(orders(10, kit.nowMs, 'b'))).catch((error: unknown) => error);
    giveUp(new Error('Command timed out'));
    expect(await sent).toMatchObject({ code: 'store_timeout', options: { outcome: 'unknown' } });
    expect(await waiting).toMatchObject({ code: 'store_unavailable' });
    expect(await waiting).not.toMatchObject({ options: { outcome: 'unknown' } });
    expect(calls.length).toBe(1);
    expect(ingest.waitingCount()).toBe(0);
  });

  it('[FLT31] a flushed script cache is not noticed', async () => {
    const server = await wholeServer();
    for (let i = 0; i < 5; i += 1) {
      await server.redis.script('FLUSH');
      expect((await server.post(orders(10, server.nowMs, `f${i}-`))).body).toMatchObject({ accepted: 10 });
    }
    expect(await sumOf(server)).toBe(50);
  });

  it('[FLT32] a node whose notes were trimmed, or whose store lost them, loads again instead of showing old sums', async () => {
    const kit = await windowsKit();
    const stream = kit.keys[0]?.changes ?? '';
    const span = { fromMs: kit.nowMs - 600_000, toMs: kit.nowMs + 60_000 };
    const shown = async (): Promise<number> => {
      await kit.mirror.refresh();
      return kit.mirror.sum('orders_paid_count', span);
    };
    await kit.ingest.submit(byId(orders(10, kit.nowMs, 'a')));
    await kit.redis.xtrim(stream, 'MAXLEN', 0); // before this node has read any
    await kit.ingest.submit(byId(orders(10, kit.nowMs, 'b')));
    expect(await shown()).toBe(20);
    await kit.ingest.submit(byId(orders(10, kit.nowMs - 60_000, 'c')));
    await kit.redis.xtrim(stream, 'MAXLEN', 0);
    await kit.ingest.submit(byId(orders(10, kit.nowMs, 'd')));
    expect(await shown()).toBe(40);
    await kit.redis.del(stream);
    expect(await shown()).toBe(40);
    await kit.ingest.submit(byId(orders(10, kit.nowMs, 'e')));
    expect(await shown()).toBe(50);
  });

  it('[FLT34] what the store cannot do is 500 without its text, and neither answer nor log holds an id, a key or a command', async () => {
    const server = await wholeServer();
    expect((await server.post(orders(1, server.nowMs))).status).toBe(200);
    const [sources = ''] = await server.redis.keys(`*${server.prefix}*:s0}:sources`);
    await server.redis.multi().del(sources).set(sources, 'not a hash').exec();
    const answer = await server.post([paidOrder('tell-tale-id', server.nowMs, { buyerId: 'tell-tale-buyer' })]);
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(answer.body)).not.toMatch(/WRONGTYPE|tell-tale|script/);
    const log = server.logged.join('');
    expect(log).toContain('WRONGTYPE');
    expect(log).not.toMatch(/tell-tale|"args"|"command"/);
    for (const secret of [server.access.ingestKey, server.access.roles.admin.token, server.access.roles.admin.password])
      expect(log.includes(secret)).toBe(false);
  });

  it('[FLT35] what a failover lost of the index of hours and fields is told again within a minute', async () => {
    const kit = await windowsKit();
    const [shard] = kit.keys;
    await kit.ingest.submit(byId(orders(10, kit.nowMs, 'a')));
    await kit.redis.del(shard?.registers ?? '', shard?.seen ?? '', shard?.sources ?? '');
    kit.clock.learn(kit.nowMs + 61_000);
    await kit.ingest.submit(byId(orders(10, kit.nowMs, 'b')));
    const { mirror } = await kit.another();
    expect(mirror.sum('orders_paid_count', { fromMs: kit.nowMs - 3_600_000, toMs: kit.nowMs + 60_000 })).toBe(20);
    expect(mirror.seen('order.paid')).toBe(true);
    expect(mirror.sources[0]?.types).toEqual(['order.paid']);
  });

  it('[FLT33] the wall clock of a node may jump: late and future are judged by the store', async () => {
    const real = Date.now;
    try {
      for (const jumpMs of [3_600_000, -3_600_000]) {
        Date.now = () => real() + jumpMs;
        const server = await wholeServer();
        expect(Math.abs(server.nowMs - real())).toBeLessThan(60_000);
        const answer = await server.post([
          ...orders(10, server.nowMs),
          paidOrder('late', server.nowMs - 3_600_000),
          paidOrder('ahead', server.nowMs + 3_600_000),
        ]);
        expect(answer.body).toMatchObject({ accepted: 10, rejected: [{ code: 'too_late' }, { code: 'in_future' }] });
        expect(await server.sum('orders_paid_count', undefined, '1s')).toBe(10);
        await server.stop();
      }
    } finally {
      Date.now = real;
    }
  });
});

/** Announces a body and sends none of it; resolves with the answer, or null when the server waits for the body. */
const announce = (server: WholeServer, key: string, bytes: number) => {
  const socket = connect(server.port, '127.0.0.1');
  const answer = new Promise<string | null>((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
      if (text.includes('}')) resolve(text);
    });
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(null));
  });
  socket.write(
    `POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/x-ndjson\r\ncontent-length: ${bytes}\r\n\r\n`,
  );
  return { socket, answer };
};

describe('more than a node can take', () => {
  it('[FLT44] a stop does not wait for bodies that never come', async () => {
    const server = await wholeServer();
    announce(server, server.access.ingestKey, 1_000);
    await until(
      async () =>
        new Promise<boolean>((resolve) => server.server.app.server.getConnections((_, count) => resolve(count > 0))),
    );
    const startedMs = performance.now();
    await server.stop();
    expect(performance.now() - startedMs).toBeLessThan(limit('stopMs'));
  });

  it('[FLT40] bodies beyond what fits are 503 with Retry-After before they are read; one key never takes all', async () => {
    const server = await wholeServer();
    const [greedy, second, calm] = await Promise.all([server.key(['*']), server.key(['*']), server.key(['*'])]);
    const size = limit('eventBodyBytes');
    const held: ReturnType<typeof announce>[] = [];
    const hold = async (key: string): Promise<void> => {
      for (;;) {
        const one = announce(server, key, size);
        held.push(one);
        const answer = await Promise.race([one.answer, new Promise((resolve) => setTimeout(resolve, 20, ''))]);
        if (answer !== '') return; // refused: what came before fills the room
      }
    };
    await hold(greedy.token);
    const refused = await announce(server, greedy.token, 1_000).answer;
    expect(refused).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1.*"code":"overloaded".*"retryable":true/s);
    expect((await server.post(orders(10, server.nowMs, 'x'), { key: calm.token })).body).toMatchObject({
      accepted: 10,
    });
    await hold(second.token);
    expect((await server.post(orders(10, server.nowMs, 'y'), { key: calm.token })).body.code).toBe('overloaded');
    expect((await fetch(`${server.url}/-/healthy`)).status).toBe(200);
    // whoever gives up gives room
    for (const { socket } of held) socket.destroy();
    await until(async () => (await server.post(orders(10, server.nowMs, 'z'), { key: calm.token })).status === 200);
  });

  it('[FLT41] names without end: known cells stay exact, keys and memory stay as they are, sources end at their limit', async () => {
    const server = await wholeServer();
    const { redis, prefix } = server;
    const known = orders(1_000, server.nowMs);
    expect((await server.post(known)).body).toMatchObject({ accepted: 1_000 });
    const cells = async (): Promise<number> => {
      const keys = await redis.keys(`*${prefix}*:1m:*`);
      return (await Promise.all(keys.map((key) => redis.hlen(key)))).reduce((sum, count) => sum + count, 0);
    };
    const bomb = (name: string) =>
      Array.from({ length: 10_000 }, (_, i) =>
        paidOrder(`${name}${i}`, server.nowMs - (i % 30) * 1_000, {
          category: `c-${name}-${i}`,
          channel: `h-${i}`,
          region: `r-${i}`,
        }),
      );
    expect((await server.post(bomb('a'))).body).toMatchObject({ accepted: 10_000 });
    const before = await cells();
    expect((await server.post(bomb('b'))).body).toMatchObject({ accepted: 10_000 });
    expect(await cells()).toBe(before);
    expect(await server.sum('gmv_paid_minor|category=tea')).toBe(100_000);
    expect(await server.sum('gmv_paid_minor|category=other')).toBe(2_000_000);
    expect(await server.sum('unmapped_count')).toBe(20_000);
    const sources = Array.from({ length: limit('sources') + 500 }, (_, i) => ({
      id: `s${i}`,
      source: `/s/${i}`,
      type: 'source.heartbeat',
      ts: server.nowMs,
    }));
    const answer = await server.post(sources);
    expect(answer.body.accepted).toBe(limit('sources') - 1);
    expect(answer.body.rejected[0]).toMatchObject({ code: 'series_limit' });
    expect((await server.post(orders(10, server.nowMs, 'again'))).body).toMatchObject({ accepted: 10 });
    const [key = ''] = await redis.keys(`*${prefix}*:s0}:sources`);
    expect(await redis.hlen(key)).toBeLessThan(limit('sources') * 8);
    const warehouses = Array.from({ length: limit('warehouses') + 50 }, (_, i) => ({
      id: `w${i}`,
      source: '/shop/1',
      type: 'stock.counted',
      ts: server.nowMs,
      sku: 'pot-1',
      onHand: 1,
      warehouse: `w${i}`,
    }));
    expect((await server.post(warehouses)).body).toMatchObject({ accepted: limit('warehouses') });
  });

  it('[FLT42] 20,000 events in 20,000 different seconds are told to come sorted; 5,000 are counted, and the memory is given back', async () => {
    const server = await wholeServer();
    const spread = (count: number, stepMs: number) =>
      Array.from({ length: count }, (_, i) => ({
        id: `d${i}`,
        source: '/app',
        type: 'rating.given',
        ts: server.nowMs - i * stepMs,
        score: 9,
      }));
    const refused = await server.post(spread(20_000, 4_000), sequence(1));
    expect([refused.status, refused.body.code]).toEqual([422, 'batch_size']);
    expect(refused.body.message).toContain('sort them by time');
    expect((await server.post(spread(limit('eventBatchSeconds'), 17_000), sequence(1))).body).toMatchObject({
      accepted: limit('eventBatchSeconds'),
    });
    const day = { fromMs: server.nowMs - 90_000_000, toMs: server.nowMs + 60_000 };
    expect(await server.sum('ratings_count', day, '1m')).toBe(limit('eventBatchSeconds'));
    expect(await server.sum('ratings_count', day, '1h')).toBe(limit('eventBatchSeconds'));
    // refunds name any second of the past: what is no longer kept costs nothing
    const refunds = Array.from({ length: 4_000 }, (_, i) => ({
      ...paidOrder(`r${i}`, server.nowMs, {
        type: 'order.refunded',
        refundId: `r${i}`,
        paidAt: server.nowMs - i * 86_400_000 * 2,
      }),
    }));
    expect((await server.post(refunds)).body).toMatchObject({ accepted: 4_000 });
    expect((await server.redis.keys(`*${server.prefix}*:1h:*`)).length).toBeLessThan(250);
  });

  it('[FLT43] a flood of changes is counted, a part of it is on the timeline and says how many are not', async () => {
    const server = await wholeServer();
    const flood = Array.from({ length: 2_000 }, (_, i) => ({
      id: `c${i}`,
      source: '/ci',
      type: 'change.recorded',
      ts: server.nowMs,
      kind: 'deploy',
      title: `Release ${i}`,
    }));
    expect((await server.post(flood)).body).toMatchObject({ accepted: 2_000 });
    const { body } = await server.ask('GET', '/api/v1/timeline?limit=200');
    const written = (body.entries as { kind: string }[]).filter(({ kind }) => kind === 'change.recorded');
    expect(written.length).toBe(limit('changeEntries'));
  });
});

const sumOf = (server: WholeServer): Promise<number> => server.sum('orders_paid_count');
