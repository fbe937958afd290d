import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { limit } from '../../limits.ts';
import { type Answer, type WholeServer, wholeServer } from '../whole-server.ts';
import { ndjson, paidOrder } from '../windows-kit.ts';

/** What every refusal says: a code, words, whose request it was; and nothing of what is inside. */
function expectRefusal(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body.message.length).toBeGreaterThan(10);
  expect(answer.body.requestId).toMatch(/^[0-9a-f]{8}-/);
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at \w+ \(|\.ts:\d/);
}
const keysOf = async (server: WholeServer): Promise<string[]> =>
  (await server.redis.keys(`*${server.prefix}*:s0}*`)).sort();
const cloudEvent = (id: string, timeMs: number, more: object = {}) => ({
  specversion: '1.0',
  id,
  source: '/shop/1',
  type: 'order.paid',
  time: new Date(timeMs).toISOString(),
  data: {
    orderId: id,
    amountMinor: 100,
    category: 'tea',
    region: 'north',
    channel: 'radio',
    platform: 'mobile',
  },
  ...more,
});
const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

describe('bodies nobody can read', () => {
  it('[FLT1] are refused whole and leave nothing: not JSON, truncated, BOM, invalid UTF-8, nested, empty, too many', async () => {
    const server = await wholeServer();
    const good = ndjson([paidOrder('a', server.nowMs)]);
    const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const cases: [string, Buffer | string, string | undefined, number, string][] = [
      ['not JSON', 'hello', undefined, 400, 'bad_json'],
      ['truncated', good.subarray(0, 40), undefined, 400, 'bad_json'],
      ['BOM', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good]), undefined, 400, 'bad_json'],
      ['invalid UTF-8', Buffer.concat([good, Buffer.from([0xc3, 0x28, 10])]), undefined, 400, 'bad_json'],
      ['UTF-16', Buffer.from(good.toString(), 'utf16le'), undefined, 400, 'bad_json'],
      ['NaN', 'NaN\n', undefined, 400, 'bad_json'],
      ['empty', '', undefined, 422, 'batch_size'],
      ['blank lines', '\n \r\n\t\n', undefined, 422, 'batch_size'],
      ['no list', JSON.stringify(cloudEvent('a', server.nowMs)), BATCH, 400, 'bad_json'],
      ['an empty list', '[ ]', BATCH, 422, 'batch_size'],
      ['a list without its end', `[${JSON.stringify(cloudEvent('a', server.nowMs))}`, BATCH, 400, 'bad_json'],
      ['a list with a hole', `[${JSON.stringify(cloudEvent('a', server.nowMs))},,1]`, BATCH, 400, 'bad_json'],
      ['words after the list', `[${JSON.stringify(cloudEvent('a', server.nowMs))}] x`, BATCH, 400, 'bad_json'],
      ['a broken item', `[${JSON.stringify(cloudEvent('a', server.nowMs))},{"id":}]`, BATCH, 400, 'bad_json'],
      ['nested 10,000 deep', deep(10_000), BATCH, 400, 'bad_json'],
      ['nested 1,000,000 deep', deep(1_000_000), BATCH, 400, 'bad_json'],
      ['20,001 items', `${'{}\n'.repeat(20_001)}`, undefined, 422, 'batch_size'],
      ['20,001 items in a list', `[${'{},'.repeat(20_000)}{}]`, BATCH, 422, 'batch_size'],
    ];
    for (const [what, body, contentType, status, code] of cases) {
      const answer = await server.post(body, contentType === undefined ? {} : { contentType });
      expect([what, answer.status, answer.body.code]).toEqual([what, status, code]);
      expectRefusal(answer, status, code);
    }
    expect(await keysOf(server)).toEqual([]);
  });

  it('[FLT2] one huge or deep event costs no more than its size: refused before it is parsed, nothing polluted', async () => {
    const server = await wholeServer();
    const keys = Array.from({ length: 300_000 }, (_, i) => `"k${i}":1`).join(',');
    const deep = `${'['.repeat(1_500_000)}${']'.repeat(1_500_000)}`;
    const good = JSON.stringify(paidOrder('good', server.nowMs));
    for (const body of [`{${keys}}`, deep, `{"id":"${'x'.repeat(3_000_000)}"}`]) {
      const answer = await server.post(`${body}\n${good.replaceAll('good', `g${body.length}`)}\n`);
      expect(answer.body).toMatchObject({ received: 2, accepted: 1, rejected: [{ index: 0, code: 'validation' }] });
      expect(answer.body.rejected[0].message).toContain('bytes');
    }
    const polluting = `${good.slice(0, -1)},"__proto__":{"polluted":1}}\n${good.slice(0, -1)},"constructor":{"prototype":{"polluted":1}}}\n`;
    const answer = await server.post(polluting);
    expect(answer.body.rejected.map(({ code }: { code: string }) => code)).toEqual(['validation', 'validation']);
    const nested = cloudEvent('n', server.nowMs, { data: JSON.parse('{"__proto__":{"amountMinor":1}}') });
    expect((await server.post(JSON.stringify(nested), { contentType: STRUCTURED })).body.accepted).toBe(0);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(await server.sum('orders_paid_count')).toBe(3);
  });

  it('[FLT3] only our media types, without garbage behind them; no encoding; no more than 4 MiB', async () => {
    const server = await wholeServer();
    const body = ndjson([paidOrder('a', server.nowMs)]);
    const refused = [
      null,
      'text/plain',
      'application/json',
      'application/x-ndjson garbage',
      'application/x-ndjson;',
      'application/x-ndjson; charset=latin1',
      'application/x-ndjson; charset=utf-8; x=1',
      'application/x-ndjson, application/json',
      'application/x-ndjson\ta',
      'multipart/form-data; boundary=x',
      'application/cloudevents+xml',
      '*/*',
    ];
    for (const contentType of refused) {
      const answer = await server.post(body, { contentType });
      expect([contentType, answer.status, answer.body.code]).toEqual([contentType, 415, 'unsupported_media_type']);
    }
    for (const encoding of ['gzip', 'br', 'deflate', 'identity, gzip']) {
      const answer = await server.post(gzipSync(Buffer.alloc(8_000_000)), {
        headers: { 'content-encoding': encoding },
      });
      expectRefusal(answer, 415, 'unsupported_encoding');
    }
    expectRefusal(await server.post(Buffer.alloc(limit('eventBodyBytes') + 1, 10)), 413, 'body_too_large');
    expect(await keysOf(server)).toEqual([]);
    for (const contentType of ['application/x-ndjson', 'Application/X-NDJSON; charset=UTF-8'])
      expect(
        (await server.post(ndjson([paidOrder(contentType.slice(0, 3), server.nowMs)]), { contentType })).status,
      ).toBe(200);
  });
});

describe('items', () => {
  it('[FLT4] one bad item among 999 good ones: 999 counted, the bad one named and kept', async () => {
    const server = await wholeServer();
    const events: Record<string, unknown>[] = Array.from({ length: 1_000 }, (_, i) => paidOrder(`g${i}`, server.nowMs));
    events[437] = { ...events[437], amountMinor: '100' };
    const { status, body } = await server.post(events);
    expect(status).toBe(200);
    expect(body).toMatchObject({ received: 1_000, accepted: 999, duplicates: 0, rejected: [{ index: 437 }] });
    expect(await server.sum('gmv_paid_minor')).toBe(99_900);
    const { body: page } = await server.ask('GET', '/api/v1/deadletters');
    expect(JSON.parse(page.letters[0].raw)).toEqual(events[437]);
  });

  it('[FLT5] every kind of wrong value is refused by name, with what to do, and nothing is coerced', async () => {
    const server = await wholeServer();
    const now = server.nowMs;
    const wrong: [string, object, string, RegExp][] = [
      ...['100', true, null, [100], 1.5, -1, 2 ** 53, {}].map(
        (amountMinor) =>
          [`amount ${JSON.stringify(amountMinor)}`, { amountMinor }, 'validation', /^amountMinor/] as const,
      ),
      ['unknown type', { type: 'order.teleported' }, 'validation', /type "order.teleported" is not known/],
      ['no type', { type: undefined }, 'validation', /type/],
      ['unknown field', { colour: 'red' }, 'validation', /colour is not a field/],
      ['missing field', { region: undefined }, 'validation', /region is missing/],
      ['control characters', { region: 'no\u0000rth' }, 'validation', /^region/],
      ['a lone surrogate', { region: '\ud800' }, 'validation', /^region/],
      ['a right-to-left override', { region: 'a\u202eb' }, 'validation', /^region/],
      ['a label of 65 characters', { region: 'x'.repeat(65) }, 'validation', /^region must be 1–64 of/],
      ['a value that is not listed', { platform: 'tv' }, 'validation', /^platform must be one of mobile, web$/],
      ['an id of 10,000 characters', { id: 'x'.repeat(10_000) }, 'validation', /^id/],
      ['an id with a space', { id: 'a b' }, 'validation', /^id/],
      ['seconds for ms', { ts: Math.floor(now / 1_000) }, 'validation', /^ts .* ms since/],
      ['a date for ms', { ts: '2026-11-11' }, 'validation', /^ts/],
      ['a fraction of a ms', { ts: now + 0.5 }, 'validation', /^ts/],
      ['too old', { ts: now - 3_600_000 }, 'too_late', /past/],
      ['ahead', { ts: now + 120_000 }, 'in_future', /ahead/],
      ['an unknown edge', { type: 'x' }, 'validation', /type/],
    ].map((one) => one as [string, object, string, RegExp]);
    const events = wrong.map(([, fields], i) => paidOrder(`w${i}`, now, fields as Record<string, unknown>));
    const texts = events.map((event) => JSON.stringify(event));
    texts.push(JSON.stringify(paidOrder('z1', now)).replace('"amountMinor":100', '"amountMinor":1e400'));
    texts.push(JSON.stringify(paidOrder('z2', now)).replace('"amountMinor":100', '"amountMinor":-0'));
    texts.push(JSON.stringify(paidOrder('fine', now, { amountMinor: 7, category: 'moon-rocks' })));
    const { body } = await server.post(`${texts.join('\n')}\n`);
    expect(body).toMatchObject({ received: texts.length, accepted: 1, duplicates: 0 });
    wrong.forEach(([what, , code, words], i) => {
      const refusal = body.rejected.find(({ index }: { index: number }) => index === i);
      expect([what, refusal?.code]).toEqual([what, code]);
      expect(refusal.message).toMatch(words);
      expect(refusal.message).toMatch(/^[ -~–]*$/);
    });
    expect(await server.sum('gmv_paid_minor')).toBe(7);
    expect(await server.sum('gmv_paid_minor|category=other')).toBe(7);
    expect(await server.sum('unmapped_count')).toBe(1);
  });

  it('[FLT6] sums stay exact whatever amounts come, in one second or many, at once or in turn; no half of a batch is left', async () => {
    const server = await wholeServer();
    const huge = 9_000_000_000_000_000;
    const app = (id: string, agoMs: number, playMs: number) => ({
      id,
      source: '/app',
      type: 'app.sampled',
      ts: server.nowMs - agoMs,
      platform: 'web',
      periodMs: 1_000,
      sessions: 1,
      playMs,
    });
    // 1,100 times the largest amount is beyond 64 bits: the script would stop half-way
    const many = await server.post(
      Array.from({ length: 1_100 }, (_, i) => app(`p${i}`, 1_000 + (i % 600) * 1_000, huge)),
    );
    expect(many.body).toMatchObject({ received: 1_100, accepted: 1 });
    expect(many.body.rejected[0]).toMatchObject({ code: 'out_of_range' });
    const bodies = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        server.post([paidOrder(`a${i}`, server.nowMs - i * 1_000, { amountMinor: 4_000_000_000_000_000 })]),
      ),
    );
    const accepted = bodies.reduce((sum, { body }) => sum + body.accepted, 0);
    expect(accepted).toBeLessThanOrEqual(2);
    for (const step of ['1s', '1m', '1h'] as const) {
      const span = { fromMs: server.nowMs - 900_000, toMs: server.nowMs + 60_000 };
      expect(await server.sum('play_ms', span, step)).toBe(huge);
      expect(await server.sum('gmv_paid_minor', span, step)).toBe(accepted * 4_000_000_000_000_000);
    }
    expect(server.logged.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  it('[FLT7] CloudEvents, one or a batch, mean the same as the flat form; times are RFC 3339 dates that exist', async () => {
    const server = await wholeServer();
    const now = server.nowMs;
    const one = await server.post(JSON.stringify(cloudEvent('c1', now, { subject: 'x', traceparent: '00-1' })), {
      contentType: STRUCTURED,
    });
    expect(one.body).toMatchObject({ received: 1, accepted: 1 });
    const zone = new Date(now + 8 * 3_600_000).toISOString().replace('Z', '+08:00');
    const items = [
      cloudEvent('c1', now),
      cloudEvent('c2', now, { time: zone }),
      cloudEvent('c3', now, { datacontenttype: 'application/json; charset=utf-8' }),
      cloudEvent('x1', now, { specversion: '0.3' }),
      cloudEvent('x2', now, { time: new Date(now).toISOString().replace('Z', '') }),
      cloudEvent('x3', now, { time: '2026-02-30T00:00:00Z' }),
      cloudEvent('x4', now, { time: '2026-06-30T23:59:60Z' }),
      cloudEvent('x5', now, { time: 'Sat, 21 Nov 2026 10:00:00 GMT' }),
      cloudEvent('x6', now, { time: '2026-11-11T24:00:00Z' }),
      cloudEvent('x7', now, { data: { ...cloudEvent('x7', now).data, colour: 'red' } }),
      cloudEvent('x8', now, { data_base64: 'AA==', data: undefined }),
      cloudEvent('x9', now, { datacontenttype: 'text/xml' }),
      cloudEvent('x10', now, { id: '' }),
      'a string',
      cloudEvent('c4', now, {
        data: { ...cloudEvent('c4', now).data, orderId: 'brackets ]}, in text'.replaceAll(' ', '_') },
      }),
    ];
    const { body } = await server.post(JSON.stringify(items, null, 2), { contentType: BATCH });
    expect(body).toMatchObject({ received: 15, accepted: 3, duplicates: 1 });
    expect(body.rejected.map(({ index, code }: { index: number; code: string }) => [index, code])).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map((index) => [index, 'validation']),
    );
    expect(await server.sum('orders_paid_count')).toBe(4);
    const mixed = await server.post([paidOrder('f1', now), cloudEvent('c5', now), cloudEvent('c1', now)]);
    expect(mixed.body).toMatchObject({ received: 3, accepted: 2, duplicates: 1 });
  });
});
