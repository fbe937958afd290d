import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Answer, type WholeServer, wholeServer } from '../whole-server.ts';
import { byId, ndjson, paidOrder, windowsKit } from '../windows-kit.ts';

const orders = (count: number, atMs: number, name = 'o') =>
  Array.from({ length: count }, (_, i) => paidOrder(`${name}${i}`, atMs - (i % 30) * 1_000));
const sequence = (seq: number, id = 'p1', epoch = 1) => ({
  headers: { 'producer-id': id, 'producer-epoch': String(epoch), 'producer-seq': String(seq) },
});
const isWhole = ({ body }: Answer): boolean => body.received === body.accepted + body.duplicates + body.rejected.length;

/** Sends a request by hand; resolves with all that came back until `untilText` or the end. */
function raw(server: WholeServer, bytes: readonly (string | Buffer)[], untilText?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (untilText?.test(text)) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(text));
    for (const part of bytes) socket.write(part);
    if (untilText === undefined) socket.end();
  });
}
const head = (server: WholeServer, length: number, more = ''): string =>
  `POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.access.ingestKey}\r\ncontent-type: application/x-ndjson\r\ncontent-length: ${length}\r\n${more}\r\n`;

describe('counted once', () => {
  it('[FLT10] one id forty times over two nodes at once, with other bodies and times: one counts, the rest are duplicates', async () => {
    const one = await wholeServer();
    const two = await wholeServer({ same: one });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 2 === 0 ? one : two).post([
          paidOrder('same', one.nowMs - i * 100, { amountMinor: 100 + i }),
          paidOrder(`own${i}`, one.nowMs),
          paidOrder('Same', one.nowMs),
        ]),
      ),
    );
    expect(answers.every(isWhole)).toBe(true);
    const sum = (pick: (answer: Answer) => number): number => answers.reduce((total, one) => total + pick(one), 0);
    expect(sum(({ body }) => body.accepted)).toBe(42); // ids that differ by case are two ids
    expect(sum(({ body }) => body.duplicates)).toBe(78);
    expect(await one.sum('orders_paid_count')).toBe(42);
    expect(await two.sum('orders_paid_count', undefined, '1s')).toBe(42);
  });

  it('[ING25] over several shards a stock event counts once where its SKU lives; the same id of another SKU is another event', async () => {
    const kit = await windowsKit({ shardCount: 3 });
    const moved = (sku: string, delta: number) => ({
      id: 'm1',
      source: '/wh',
      type: 'stock.moved',
      ts: kit.nowMs,
      sku,
      delta,
    });
    const skus = kit.campaign.items.map(({ sku }) => sku);
    const first = skus[0] as string;
    for (const [event, want] of [
      [moved(first, -5), { accepted: 1, duplicates: 0 }],
      [moved(first, -7), { accepted: 0, duplicates: 1 }],
      ...skus.slice(1).map((sku) => [moved(sku, -1), {}] as const),
    ] as const) {
      const reply = await kit.ingest.submit(byId([event]));
      expect(reply).toMatchObject(want);
      expect(reply.accepted + reply.duplicates).toBe(1);
    }
    await kit.mirror.refresh();
    expect(kit.mirror.sold(first, { fromMs: kit.nowMs - 1_000, toMs: kit.nowMs + 1 })).toBe(5);
  });

  it('[FLT11] a batch sent again, whole, in parts and by another key, adds nothing', async () => {
    const server = await wholeServer();
    const events = orders(3_000, server.nowMs);
    const { token } = await server.key(['/shop/1', '/shop/2']);
    expect((await server.post(events)).body).toMatchObject({ accepted: 3_000 });
    expect((await server.post(events)).body).toMatchObject({ accepted: 0, duplicates: 3_000 });
    expect((await server.post(events.slice(100, 700), { key: token })).body).toMatchObject({ duplicates: 600 });
    expect((await server.post([...events.slice(0, 5), paidOrder('new', server.nowMs)])).body).toMatchObject({
      accepted: 1,
      duplicates: 5,
    });
    // the same id of another source is another event
    const other = events.slice(0, 2).map((event) => ({ ...event, source: '/shop/2' }));
    expect((await server.post(other, { key: token })).body).toMatchObject({ accepted: 2 });
    expect(await server.sum('orders_paid_count')).toBe(3_003);
  });

  it('[FLT12] five bodies of 20,000 at once are counted whole, in flushes of bounded size', async () => {
    const server = await wholeServer();
    const lines = Array.from({ length: 20_000 }, (_, i) =>
      JSON.stringify({
        id: `%-${i}`,
        source: '/app',
        type: 'rating.given',
        score: 9,
        ts: server.nowMs - (i % 3) * 1_000,
      }),
    ).join('\n');
    const deliver = async (name: string): Promise<void> => {
      for (;;) {
        const { status, body } = await server.post(lines.replaceAll('%', name));
        if (status === 200) return expect(body.accepted + body.duplicates).toBe(20_000);
        expect([status, body.retryable]).toEqual([503, true]); // the store was too slow for once
      }
    };
    await Promise.all([...'abcde'].map(deliver));
    expect((await server.post(lines.replaceAll('%', 'c'))).body).toMatchObject({ accepted: 0, duplicates: 20_000 });
    expect(await server.sum('ratings_count')).toBe(100_000);
  });

  it('[FLT13] a key sends its own sources only: 403, and nothing of the body is counted', async () => {
    const server = await wholeServer();
    const { token } = await server.key(['/shop/1']);
    const body = [...orders(5, server.nowMs), paidOrder('foreign', server.nowMs, { source: '/shop/2' })];
    const answer = await server.post(body, { key: token });
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([403, 'source_not_allowed', 'source']);
    expect(answer.body.message).toContain('/shop/2');
    expect((await server.post(orders(5, server.nowMs), { key: token })).body).toMatchObject({ accepted: 5 });
    expect(await server.sum('orders_paid_count')).toBe(5);
    // nobody else may send, and an ingest key may do nothing else
    for (const role of ['viewer', 'oncall', 'commander', 'admin'] as const)
      expect((await server.post(body, { key: server.access.roles[role].token })).status).toBe(403);
    for (const path of ['/api/v1/kpis', '/api/v1/deadletters', '/api/v1/keys', '/metrics'])
      expect((await server.ask('GET', path, undefined, token)).status).toBe(403);
  });

  it('[FLT14] a revoked key is 401 at its next request; what was acknowledged stands', async () => {
    const server = await wholeServer();
    const { id, token } = await server.key(['*']);
    expect((await server.post(orders(5, server.nowMs), { key: token })).status).toBe(200);
    expect((await server.ask('DELETE', `/api/v1/keys/${id}`)).status).toBe(204);
    const answer = await server.post(orders(5, server.nowMs, 'late'), { key: token });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    expect(await server.sum('orders_paid_count')).toBe(5);
  });

  it('[FLT15] a producer over its quota is 429 before its body is read, refused bodies count too, and others are not touched', async () => {
    const server = await wholeServer();
    const [flood, calm] = await Promise.all([server.key(['*'], 100), server.key(['*'], 1_000_000)]);
    expect((await server.post(orders(500, server.nowMs), { key: flood.token })).body).toMatchObject({ accepted: 500 });
    // 1 MiB is announced, none of it is sent: the answer comes all the same
    const text = await raw(
      server,
      [head(server, 1_048_576).replace(server.access.ingestKey, flood.token)],
      /quota_exceeded.*\}/,
    );
    expect(text).toMatch(/^HTTP\/1\.1 429 /);
    expect(text).toMatch(/retry-after: [1-9]/);
    expect((await server.post(orders(5, server.nowMs, 'calm'), { key: calm.token })).status).toBe(200);
    const junk = await server.key(['*'], 100);
    expect((await server.post('{"a"\n'.repeat(15_000), { key: junk.token })).status).toBe(400);
    expect((await server.post(orders(1, server.nowMs, 'j'), { key: junk.token })).status).toBe(429);
    expect(await server.sum('orders_paid_count')).toBe(505);
  });

  it('[FLT16] a socket dropped in the middle of a body counts nothing, dropped before the answer it counts once', async () => {
    const server = await wholeServer();
    const body = ndjson(orders(1_000, server.nowMs));
    await raw(server, [head(server, body.length), body.subarray(0, body.length - 20)]);
    expect((await server.post([paidOrder('x', server.nowMs)])).status).toBe(200);
    expect(await server.sum('orders_paid_count')).toBe(1);
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.write(head(server, body.length));
      socket.write(body, () => {
        socket.destroy();
        resolve();
      });
    });
    const again = await server.post(body);
    expect(again.body.accepted + again.body.duplicates).toBe(1_000);
    expect((await server.post(body)).body).toMatchObject({ accepted: 0, duplicates: 1_000 });
    expect(await server.sum('orders_paid_count')).toBe(1_001);
  });

  it('[FLT17] two bodies in one connection without waiting, a 100-continue, and lengths that lie', async () => {
    const server = await wholeServer();
    const a = ndjson([paidOrder('a', server.nowMs)]);
    const b = ndjson([paidOrder('b', server.nowMs), paidOrder('a', server.nowMs)]);
    const both = await raw(
      server,
      [head(server, a.length), a, head(server, b.length), b],
      /"received":1.*"received":2/s,
    );
    const pairs = [...both.matchAll(/"accepted":(\d),"duplicates":(\d)/g)].map(([, a, d]) => [Number(a), Number(d)]);
    expect(pairs.length).toBe(2); // which of the two was first nobody promised
    expect(pairs.reduce((sum, [a = 0]) => sum + a, 0)).toBe(2);
    expect(pairs.reduce((sum, [, d = 0]) => sum + d, 0)).toBe(1);
    const c = ndjson([paidOrder('c', server.nowMs)]);
    const expected = await raw(server, [head(server, c.length, 'expect: 100-continue\r\n'), c], /"accepted":1/);
    expect(expected).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    // shorter than announced: never a request. Longer: what is over is none, and no answer is taken for that of the first
    const d = ndjson([paidOrder('d', server.nowMs)]);
    await raw(server, [head(server, d.length + 10), d]);
    expect(await raw(server, [head(server, c.length), c, d])).toBe('');
    expect(await server.sum('orders_paid_count')).toBe(3);
  });

  it('[FLT18] smuggled requests are 400 and end the connection: two lengths, a length and chunks, blanks in names, folded lines', async () => {
    const server = await wholeServer();
    const a = ndjson([paidOrder('a', server.nowMs)]).toString();
    const auth = `authorization: Bearer ${server.access.ingestKey}\r\ncontent-type: application/x-ndjson\r\n`;
    const start = `POST /api/v1/events HTTP/1.1\r\nhost: x\r\n${auth}`;
    const hidden = `GET /api/v1/kpis HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.access.roles.admin.token}\r\n\r\n`;
    for (const request of [
      `${start}content-length: ${a.length}\r\ncontent-length: ${a.length + 1}\r\n\r\n${a}`,
      `${start}content-length: ${a.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
      `${start}transfer-encoding: chunked, identity\r\n\r\n${a}`,
      `${start}transfer-encoding: xchunked\r\n\r\n${a}`,
      `${start}content-length : ${a.length}\r\n\r\n${a}`,
      `${start}content-length: +${a.length}\r\n\r\n${a}`,
      `${start}x-a: b\r\n content-length: 5\r\ncontent-length: ${a.length}\n\r\n\r\n${a}`,
      `${start}transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n${a}`,
      `${start}transfer-encoding: chunked\r\n\r\n-5\r\n${a}`,
    ]) {
      const text = await raw(server, [request]);
      expect([request.slice(170, 260), text.slice(0, 12)]).toEqual([request.slice(170, 260), 'HTTP/1.1 400']);
      expect(text.match(/HTTP\/1\.1 \d/g)?.length).toBe(1);
      expect(text).toContain('"code":"bad_request"');
    }
    const twice = { 'producer-id': 'a, b', 'producer-epoch': '1', 'producer-seq': '1' };
    expect((await server.post([paidOrder('t', server.nowMs)], { headers: twice })).body.code).toBe('sequence_headers');
    expect(await server.sum('orders_paid_count')).toBe(0);
  });
});

describe('clients that ask for more than there is', () => {
  it('[FLT19] an upgrade, an expectation and a missing host are refused in words, and nothing of them is counted', async () => {
    const server = await wholeServer();
    const a = ndjson([paidOrder('a', server.nowMs)]);
    const length = a.length;
    const h2c = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n';
    for (const [request, status, field] of [
      [head(server, length, h2c), 400, 'Upgrade'],
      [head(server, length, 'connection: upgrade\r\nupgrade: websocket\r\n'), 400, 'Upgrade'],
      [head(server, length, 'expect: 200-ok\r\n'), 417, 'Expect'],
      [head(server, length).replace('host: x\r\n', ''), 400, 'Host'],
    ] as const) {
      const text = await raw(server, [request, a], /"code":"bad_request".*\}/);
      expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(text).toContain(`"field":"${field}"`);
    }
    expect(await server.sum('orders_paid_count')).toBe(0);
  });
});

describe('counted by sequence', () => {
  it('[FLT20] the answer to a retry is the first one, also with thousands of refusals', async () => {
    const server = await wholeServer();
    const body = orders(1_200, server.nowMs).map((event, i) =>
      i % 2 === 0 ? event : { ...event, amountMinor: 'x', ts: i % 3 === 0 ? 5 : event.ts },
    );
    const first = await server.post(body, sequence(1));
    expect(first.body).toMatchObject({ received: 1_200, accepted: 600 });
    const again = await server.post(body, sequence(1));
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(isWhole(again)).toBe(true);
    const codes = ({ body: { rejected } }: Answer) =>
      rejected.map(({ index, code }: { index: number; code: string }) => [index, code]);
    expect(codes(again)).toEqual(codes(first));
    expect(await server.sum('orders_paid_count')).toBe(600);
  });

  it('[FLT21] a key bound to sources cannot fence or replay the producer of another', async () => {
    const server = await wholeServer();
    const [mine, theirs] = await Promise.all([server.key(['/shop/1']), server.key(['/shop/1'])]);
    expect((await server.post(orders(5, server.nowMs), { ...sequence(1), key: mine.token })).body.accepted).toBe(5);
    const hostile = await server.post(orders(3, server.nowMs, 'h'), { ...sequence(1, 'p1', 9), key: theirs.token });
    expect(hostile.body).toMatchObject({ accepted: 3 });
    expect((await server.post(orders(5, server.nowMs, 'n'), { ...sequence(2), key: mine.token })).body.accepted).toBe(
      5,
    );
    expect((await server.post(orders(5, server.nowMs), { ...sequence(1), key: mine.token })).body.duplicates).toBe(5);
    expect(await server.sum('orders_paid_count')).toBe(13);
  });

  it('[FLT22] replies cut at any instant, retried over two nodes until definite: every event once, none lost', async () => {
    const one = await wholeServer();
    const two = await wholeServer({ same: one });
    const LANES = 4;
    const BODIES = 8;
    let cut = 0;
    const deliver = async (lane: number, seq: number, bytes: Buffer): Promise<void> => {
      for (let attempt = 0; ; attempt += 1) {
        const node = (seq + attempt) % 2 === 0 ? one : two;
        const bySequence = lane % 2 === 0 ? sequence(seq, `lane${lane}`).headers : {};
        const patience = new AbortController();
        // the first tries are cut after 1, 6, 11 … ms: before, within and after the flush
        if (attempt < 2) setTimeout(() => patience.abort(), 1 + ((seq * 5 + attempt * 7) % 45));
        try {
          const response = await fetch(`${node.url}/api/v1/events`, {
            method: 'POST',
            signal: patience.signal,
            headers: {
              authorization: `Bearer ${one.access.ingestKey}`,
              'content-type': 'application/x-ndjson',
              ...bySequence,
            },
            body: new Uint8Array(bytes),
          });
          if (response.status === 200) return void (await response.text());
          expect((await response.json()).code).toBe('sequence_in_flight');
        } catch {
          cut += 1;
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await Promise.all(
      Array.from({ length: LANES }, async (_, lane) => {
        for (let seq = 1; seq <= BODIES; seq += 1)
          await deliver(lane, seq, ndjson(orders(50, one.nowMs, `r${lane}-${seq}-`)));
      }),
    );
    expect(cut).toBeGreaterThan(5);
    expect(await one.sum('orders_paid_count')).toBe(LANES * BODIES * 50);
    expect(await one.sum('gmv_paid_minor', undefined, '1s')).toBe(LANES * BODIES * 5_000);
  });
});
