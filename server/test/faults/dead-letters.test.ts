import { describe, expect, it } from 'vitest';
import { type WholeServer, wholeServer } from '../whole-server.ts';
import { paidOrder } from '../windows-kit.ts';

interface Letter {
  readonly id: string;
  readonly code: string;
  readonly raw: string;
  readonly number: number;
}
const letters = async (server: WholeServer, query = ''): Promise<Letter[]> =>
  (await server.ask('GET', `/api/v1/deadletters${query}`)).body.letters;
const replay = (server: WholeServer, items: readonly object[], role: 'oncall' | 'admin' | 'viewer' = 'oncall') =>
  server.ask('POST', '/api/v1/deadletters/replay', { items }, server.access.roles[role].token);

describe('dead letters', () => {
  it('[FLT50] are read page by page, newest first, with what was sent and why it was refused', async () => {
    const server = await wholeServer();
    for (let i = 0; i < 5; i += 1)
      await server.post([paidOrder(`g${i}`, server.nowMs), paidOrder(`b${i}`, server.nowMs, { platform: 'tv' })]);
    const first = (await server.ask('GET', '/api/v1/deadletters?limit=3')).body;
    expect(first).toMatchObject({ heldCount: 5, droppedCount: 0 });
    expect(first.letters.map(({ raw }: Letter) => JSON.parse(raw).id)).toEqual(['b4', 'b3', 'b2']);
    expect(first.letters[0]).toMatchObject({ code: 'validation', message: expect.stringContaining('platform') });
    const rest = await letters(server, `?limit=3&before=${first.before}`);
    expect(rest.map(({ raw }) => JSON.parse(raw).id)).toEqual(['b1', 'b0']);
    // the same refusal again is the same letter
    await server.post([paidOrder('b0', server.nowMs, { platform: 'tv' }), { x: 1 }]);
    expect((await server.ask('GET', '/api/v1/deadletters')).body.heldCount).toBe(6);
    for (const query of ['?limit=0', '?limit=1e3', '?before=-1', '?after=1', '?limit=3&limit=4'])
      expect([query, (await server.ask('GET', `/api/v1/deadletters${query}`)).status]).toEqual([query, 422]);
  });

  it('[FLT51] mended and replayed they count once; a second replay, and ten at the same time, add nothing', async () => {
    const server = await wholeServer();
    const bad = Array.from({ length: 20 }, (_, i) => paidOrder(`b${i}`, server.nowMs, { amountMinor: '100' }));
    await server.post([...bad, paidOrder('good', server.nowMs)]);
    const held = await letters(server);
    const items = held.map(({ id, raw }) => ({ id, event: { ...JSON.parse(raw), amountMinor: 100 } }));
    const answers = await Promise.all(Array.from({ length: 10 }, () => replay(server, items)));
    const done = answers.filter(({ status }) => status === 200);
    expect(done.reduce((sum, { body }) => sum + body.accepted, 0)).toBe(20);
    expect(done.every(({ body }) => body.received === body.accepted + body.duplicates + body.rejected.length)).toBe(
      true,
    );
    expect(await letters(server)).toEqual([]);
    const again = await replay(server, items);
    expect([again.status, again.body.code]).toEqual([404, 'not_found']);
    expect(await server.sum('gmv_paid_minor')).toBe(2_100);
  });

  it('[FLT52] what is refused again stays the one letter it was, whoever replays it', async () => {
    const server = await wholeServer();
    await server.post([
      paidOrder('late', server.nowMs - 3_600_000),
      paidOrder('tv', server.nowMs, { platform: 'tv' }),
      paidOrder('good', server.nowMs),
    ]);
    const [tv, late] = await letters(server);
    const answer = await replay(server, [{ id: tv?.id }, { id: late?.id, event: paidOrder('late', server.nowMs) }]);
    expect(answer.body).toMatchObject({
      received: 2,
      accepted: 1,
      rejected: [{ index: 0, code: 'validation' }],
      remaining: [tv?.id],
    });
    await replay(server, [{ id: tv?.id }], 'admin');
    expect((await letters(server)).map(({ id }) => id)).toEqual([tv?.id]);
    expect((await replay(server, [{ id: tv?.id }], 'viewer')).status).toBe(403);
    for (const items of [
      [],
      [{ id: 'x' }],
      [{ id: tv?.id, by: 'me' }],
      Array.from({ length: 501 }, () => ({ id: tv?.id })),
    ])
      expect((await replay(server, items)).status).toBe(422);
  });

  it('[FLT53] a letter whose text was cut cannot be replayed as it is, and says so', async () => {
    const server = await wholeServer();
    await server.post([paidOrder('long', server.nowMs, { note: 'x'.repeat(10_000) }), paidOrder('good', server.nowMs)]);
    const [letter] = await letters(server);
    expect(letter?.raw.length).toBe(4_096);
    const answer = await replay(server, [{ id: letter?.id }]);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      accepted: 0,
      rejected: [{ index: 0, code: 'bad_json' }],
      remaining: [letter?.id],
    });
    expect((await letters(server)).length).toBe(1);
  });
});

describe('figures asked for wrongly', () => {
  it('[FLT60] every bad question is refused by field, with what to ask instead, and none costs the store much', async () => {
    const server = await wholeServer();
    await server.post([paidOrder('a', server.nowMs)]);
    const { nowMs } = server;
    const span = `from=${nowMs - 60_000}&to=${nowMs}`;
    const bad: [string, number, string][] = [
      ['series', 422, 'validation'],
      [`series?metric=gmv_paid_minor&from=${nowMs}`, 422, 'validation'],
      [`series?metric=gmv_paid_minor&from=yesterday&to=${nowMs}`, 422, 'validation'],
      [`series?metric=gmv_paid_minor&from=${Math.floor(nowMs / 1_000)}&to=${nowMs}`, 422, 'validation'],
      [`series?metric=gmv_paid_minor&${span}&step=2s`, 422, 'validation'],
      [`series?metric=gmv_paid_minor&${span}&colour=red`, 422, 'validation'],
      [`series?metric=gmv_paid_minor&${span}&metric=x`, 422, 'validation'],
      [`series?metric=&${span}`, 422, 'validation'],
      [`series?metric=no_such_metric&${span}`, 404, 'not_found'],
      [`series?metric=__proto__&${span}`, 404, 'not_found'],
      [`series?metric=constructor&${span}`, 404, 'not_found'],
      [`series?metric=gmv_paid_minor&by=moon&${span}`, 404, 'not_found'],
      [`series?metric=gmv_paid_minor&by=category,category&${span}`, 404, 'not_found'],
      [`series?metric=gmv_paid_minor&by=__proto__&${span}`, 404, 'not_found'],
      [`series?metric=gmv_paid&by=category&${span}`, 400, 'bad_request'],
      [`series?metric=gmv_paid_minor&from=${nowMs}&to=${nowMs - 60_000}&step=1s`, 400, 'window_invalid'],
      [`series?metric=gmv_paid_minor&from=${nowMs}&to=${nowMs}&step=1s`, 400, 'window_invalid'],
      [`series?metric=gmv_paid_minor&from=1000000000000&to=9999999999999&step=1s`, 400, 'window_invalid'],
      [`series?metric=gmv_paid&from=1000000000000&to=9999999999999&step=1h`, 400, 'window_invalid'],
      ['kpis?ids=no_such_kpi', 404, 'not_found'],
      ['kpis?ids=gmv_paid,,', 404, 'not_found'],
      ['kpis?ids=__proto__', 404, 'not_found'],
      ['kpis?at=now', 422, 'validation'],
      ['kpis?proof=yes', 422, 'validation'],
      ['kpis?labels=category', 400, 'bad_request'],
      ['kpis?labels=category=', 400, 'bad_request'],
      ['kpis?ids=gmv_paid&labels=moon=full', 404, 'not_found'],
      ['kpis?ids=gmv_paid&labels=__proto__=x', 404, 'not_found'],
      ['kpis?ids=gmv_paid&labels=category=moon-rocks', 404, 'not_found'],
    ];
    for (const [path, status, code] of bad) {
      const answer = await server.ask('GET', `/api/v1/${path}`);
      expect([path, answer.status, answer.body.code]).toEqual([path, status, code]);
      expect(answer.body.message.length).toBeGreaterThan(10);
      expect([path, answer.body.field]).not.toEqual([path, undefined]);
    }
    for (const labels of ['category=tea', 'category=other', 'category=tea|channel=radio'])
      expect((await server.ask('GET', `/api/v1/kpis?ids=gmv_paid&labels=${labels}`)).status).toBe(200);
    for (const at of ['0000000000000', '9999999999999'])
      expect((await server.ask('GET', `/api/v1/kpis?at=${at}`)).status).toBe(200);
    expect(await server.sum('gmv_paid_minor')).toBe(100);
  });
});
