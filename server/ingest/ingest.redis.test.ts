import { describe, expect, it } from 'vitest';
import { byId, bySequence, ndjson, paidOrder, type WindowsKit, windowsKit } from '../test/windows-kit.ts';

const total = async (kit: WindowsKit, cell = 'gmv_paid_minor'): Promise<number> => {
  await kit.mirror.refresh();
  return kit.mirror.sum(cell, { fromMs: kit.nowMs - 3_600_000, toMs: kit.nowMs + 60_000 });
};

describe('counting by id', () => {
  it('[ING1] an acked event is in the windows at every resolution and in every stored breakdown', async () => {
    const kit = await windowsKit();
    const reply = await kit.ingest.submit(byId([paidOrder('a', kit.nowMs - 1_000, { amountMinor: 250 })]));
    expect(reply).toMatchObject({ received: 1, accepted: 1, duplicates: 0, rejected: [] });
    for (const [resolution, size] of [
      ['1s', 1_000],
      ['1m', 60_000],
      ['1h', 3_600_000],
    ] as const) {
      const key = kit.keys[0]!.slice(resolution, Math.floor((kit.nowMs - 1_000) / size) * size);
      const cells = await kit.redis.hgetall(key);
      expect(cells).toMatchObject({
        gmv_paid_minor: '250',
        'gmv_paid_minor|category=tea': '250',
        'gmv_paid_minor|category=tea|channel=radio': '250',
        orders_paid_count: '1',
      });
      expect(await kit.redis.pttl(key)).toBeGreaterThan(0);
    }
    expect(await total(kit)).toBe(250);
  });

  it('[ING2] the same id again is a duplicate: in the same body, in a later one, with another body or time, on another node', async () => {
    const kit = await windowsKit();
    const other = await kit.another();
    const event = paidOrder('same', kit.nowMs - 1_000);
    expect(await kit.ingest.submit(byId([event, event]))).toMatchObject({ received: 2, accepted: 1, duplicates: 1 });
    const again = [kit.ingest, other.ingest].flatMap((ingest) =>
      Array.from({ length: 20 }, (_, i) =>
        ingest.submit(byId([{ ...event, amountMinor: 999, ts: kit.nowMs - 2_000 }, paidOrder(`n${i % 7}`, kit.nowMs)])),
      ),
    );
    const replies = await Promise.all(again);
    expect(replies.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(7);
    expect(
      replies.every(
        ({ received, accepted, duplicates, rejected }) => received === accepted + duplicates + rejected.length,
      ),
    ).toBe(true);
    expect(await total(kit)).toBe(800);
  });

  it('[ING3] one bad item among good ones is refused by index and kept as a dead letter', async () => {
    const kit = await windowsKit();
    const events = Array.from({ length: 50 }, (_, i) => paidOrder(`g${i}`, kit.nowMs));
    const bad = paidOrder('bad', kit.nowMs, { amountMinor: '100' });
    const reply = await kit.ingest.submit(byId([...events.slice(0, 20), bad, ...events.slice(20)]));
    expect(reply).toMatchObject({ received: 51, accepted: 50, rejected: [{ index: 20, code: 'validation' }] });
    const page = await kit.dead.page(null, 10);
    expect(page.letters.map(({ raw, code }) => [JSON.parse(raw), code])).toEqual([[bad, 'validation']]);
    expect(await total(kit)).toBe(5_000);
  });

  for (const { title, value } of [
    { title: 'a string', value: '"100"' },
    { title: 'true', value: 'true' },
    { title: 'null', value: 'null' },
    { title: 'a list', value: '[100]' },
    { title: 'a fraction', value: '1.5' },
    { title: 'minus zero', value: '-0' },
    { title: 'too large for a double', value: '1e400' },
    { title: '2^53', value: '9007199254740992' },
  ]) {
    it(`[ING4] an amount that is ${title} is refused without coercion`, async () => {
      const kit = await windowsKit();
      const text = JSON.stringify(paidOrder('x', kit.nowMs, { amountMinor: 77 })).replace(
        '"amountMinor":77',
        `"amountMinor":${value}`,
      );
      const good = JSON.stringify(paidOrder('y', kit.nowMs));
      const reply = await kit.ingest.submit({ ...byId([]), body: Buffer.from(`${text}\n${good}\n`) });
      expect(reply).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'validation' }] });
    });
  }

  it('[ING5] late within 15 minutes counts where it belongs; one ms later is a dead letter, and so is 30 s ahead', async () => {
    const kit = await windowsKit();
    const reply = await kit.ingest.submit(
      byId([
        paidOrder('l1', kit.nowMs - 890_000),
        paidOrder('l2', kit.nowMs - 901_000),
        paidOrder('f1', kit.nowMs + 20_000),
        paidOrder('f2', kit.nowMs + 40_000),
      ]),
    );
    expect(reply).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, code: 'too_late' },
        { index: 3, code: 'in_future' },
      ],
    });
    expect(
      await kit.redis.hget(
        kit.keys[0]!.slice('1s', Math.floor((kit.nowMs - 890_000) / 1_000) * 1_000),
        'gmv_paid_minor',
      ),
    ).toBe('100');
  });

  it('[ING6] a batch that turned too old while it waited is judged again by the store, not counted', async () => {
    const kit = await windowsKit();
    kit.clock.learn(kit.nowMs - 10_000); // this node believes it is earlier than it is
    const reply = await kit.ingest.submit(
      byId([paidOrder('old', kit.nowMs - 901_000), paidOrder('new', kit.nowMs - 1_000)]),
    );
    expect(reply).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'too_late' }] });
    expect(await total(kit)).toBe(100);
  });

  it('[ING32] what this node has seen counted is asked for first; a suspicion that the store does not share counts', async () => {
    const kit = await windowsKit();
    const a = paidOrder('a', kit.nowMs);
    const b = paidOrder('b', kit.nowMs);
    expect(await kit.ingest.submit(byId([a, b]))).toMatchObject({ accepted: 2, duplicates: 0 });
    expect(await kit.ingest.submit(byId([a, paidOrder('c', kit.nowMs)]))).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(await total(kit)).toBe(300);
    // the store forgets `b`, as after a failover that lost it: the node's own memory must not swallow the event
    const ids = (await kit.redis.keys('*:ids:*')).filter((key) => key.includes(kit.prefix));
    for (const key of ids)
      for (const member of await kit.redis.smembers(key)) if (/[:#]b$/.test(member)) await kit.redis.srem(key, member);
    expect(await kit.ingest.submit(byId([a, b, paidOrder('d', kit.nowMs)]))).toMatchObject({
      accepted: 2,
      duplicates: 1,
    });
    expect(await total(kit)).toBe(500);
  });

  it('[ING7] ids over the cap answer dedupe_full and count nothing', async () => {
    const kit = await windowsKit({ dedupeMaxIds: 5 });
    await kit.ingest.submit(byId([1, 2, 3, 4].map((i) => paidOrder(`i${i}`, kit.nowMs))));
    await expect(kit.ingest.submit(byId([5, 6].map((i) => paidOrder(`i${i}`, kit.nowMs))))).rejects.toMatchObject({
      code: 'dedupe_full',
    });
    expect(await total(kit)).toBe(400);
  });

  it('[ING8] an amount that would overflow its window is refused and the window unchanged', async () => {
    const kit = await windowsKit();
    const huge = 9_000_000_000_000_000;
    const reply = await kit.ingest.submit(
      byId([paidOrder('h1', kit.nowMs, { amountMinor: huge }), paidOrder('h2', kit.nowMs, { amountMinor: 1 })]),
    );
    expect(reply).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'out_of_range' }] });
    expect(await total(kit)).toBe(huge);
    expect(await kit.ingest.submit(byId([paidOrder('h3', kit.nowMs, { amountMinor: 1 })]))).toMatchObject({
      rejected: [{ code: 'out_of_range' }],
    });
    expect(await total(kit)).toBe(huge);
  });

  it('[ING9] an unknown dimension value counts as other and as unmapped; the total is whole', async () => {
    const kit = await windowsKit();
    await kit.ingest.submit(byId([paidOrder('u', kit.nowMs, { category: 'moon-rocks' }), paidOrder('v', kit.nowMs)]));
    expect(await total(kit)).toBe(200);
    expect(await total(kit, 'gmv_paid_minor|category=other')).toBe(100);
    expect(await total(kit, 'unmapped_count')).toBe(1);
  });

  it('[ING10] a refund counts in the second its order was paid for the cohort, and order does not matter', async () => {
    const kit = await windowsKit();
    const paidAt = kit.nowMs - 120_000;
    const refund = {
      id: 'r',
      source: '/shop/1',
      type: 'order.refunded',
      ts: kit.nowMs,
      orderId: 'o',
      refundId: 'r',
      amountMinor: 40,
      category: 'tea',
      region: 'north',
      channel: 'radio',
      paidAt,
    };
    await kit.ingest.submit(byId([refund]));
    await kit.ingest.submit(byId([paidOrder('o', paidAt)]));
    await kit.mirror.refresh();
    const minute = { fromMs: Math.floor(paidAt / 1_000) * 1_000, toMs: Math.floor(paidAt / 1_000) * 1_000 + 1_000 };
    expect(kit.mirror.sum('refunds_cohort_minor', minute)).toBe(40);
    expect(kit.mirror.sum('gmv_paid_minor', minute)).toBe(100);
    expect(kit.mirror.sum('refunds_minor', minute)).toBe(0);
  });

  it('[ING11] sampled counts are spread over their seconds in whole numbers, the remainder to the last', async () => {
    const kit = await windowsKit();
    const end = Math.floor((kit.nowMs - 1_000) / 1_000) * 1_000;
    await kit.ingest.submit(
      byId([
        {
          id: 't',
          source: '/gw',
          type: 'traffic.sampled',
          ts: end,
          service: 'gate',
          periodMs: 3_000,
          requests: 100,
          errors: 2,
          latency: [
            [100, 98],
            [1_000, 2],
          ],
        },
      ]),
    );
    await kit.mirror.refresh();
    const at = (second: number, cell: string) =>
      kit.mirror.sum(cell, { fromMs: end + second * 1_000, toMs: end + (second + 1) * 1_000 });
    expect([-4, -3, -2, -1, 0].map((second) => at(second, 'requests_count'))).toEqual([0, 33, 33, 34, 0]);
    expect([-3, -2, -1].map((second) => at(second, 'request_errors_count|service=gate'))).toEqual([0, 0, 2]);
    expect([-3, -2, -1].map((second) => at(second, 'request_latency_count|service=gate|le=100'))).toEqual([32, 32, 34]);
  });

  it('[ING12] a body nobody can read is refused whole and leaves nothing', async () => {
    const kit = await windowsKit();
    for (const [body, code] of [
      [Buffer.from('{"id":"a"'), 'bad_json'],
      [Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), ndjson([paidOrder('b', kit.nowMs)])]), 'bad_json'],
      [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'bad_json'],
      [Buffer.from('NaN\n'), 'bad_json'],
      [Buffer.from('\n \n'), 'batch_size'],
    ] as const) {
      await expect(kit.ingest.submit({ ...byId([]), body })).rejects.toMatchObject({ code });
    }
    expect(await kit.redis.keys(`*${kit.prefix}*`)).toEqual([]);
  });
});

describe('counting by sequence', () => {
  it('[ING20] +1 a body; at or below the mark is a duplicate with the last reply replayed; a gap names the number expected', async () => {
    const kit = await windowsKit();
    const first = await kit.ingest.submit(
      bySequence([paidOrder('a', kit.nowMs), paidOrder('bad', kit.nowMs, { platform: 'tv' })], 1),
    );
    expect(first).toMatchObject({ received: 2, accepted: 1, replayed: false });
    expect(
      await kit.ingest.submit(
        bySequence([paidOrder('a', kit.nowMs), paidOrder('bad', kit.nowMs, { platform: 'tv' })], 1),
      ),
    ).toEqual({ ...first, replayed: true });
    await expect(kit.ingest.submit(bySequence([paidOrder('c', kit.nowMs)], 3))).rejects.toMatchObject({
      code: 'sequence_gap',
      options: { extra: { expected: 2 } },
    });
    await kit.ingest.submit(bySequence([paidOrder('b', kit.nowMs)], 2));
    expect(await kit.ingest.submit(bySequence([paidOrder('a', kit.nowMs)], 1))).toMatchObject({
      accepted: 0,
      duplicates: 1,
      replayed: true,
    });
    expect(await total(kit)).toBe(200);
  });
  it('[ING21] a higher epoch starts at 1 and fences the lower one', async () => {
    const kit = await windowsKit();
    await kit.ingest.submit(bySequence([paidOrder('a', kit.nowMs)], 1, 1));
    await kit.ingest.submit(bySequence([paidOrder('b', kit.nowMs)], 1, 2));
    await expect(kit.ingest.submit(bySequence([paidOrder('c', kit.nowMs)], 2, 1))).rejects.toMatchObject({
      code: 'producer_fenced',
      options: { extra: { expected: 2 } },
    });
    expect(await total(kit)).toBe(200);
  });
  it('[ING22] late is allowed for 24 hours; slices that are gone at one resolution still count at the coarser ones', async () => {
    const kit = await windowsKit();
    const old = kit.nowMs - 5 * 3_600_000;
    expect(await kit.ingest.submit(bySequence([paidOrder('a', old)], 1))).toMatchObject({ accepted: 1 });
    expect(await kit.redis.exists(kit.keys[0]!.slice('1s', Math.floor(old / 1_000) * 1_000))).toBe(0);
    expect(await kit.redis.hget(kit.keys[0]!.slice('1m', Math.floor(old / 60_000) * 60_000), 'gmv_paid_minor')).toBe(
      '100',
    );
  });
  it('[ING23] one of two bodies of a producer in flight is told to wait', async () => {
    const kit = await windowsKit();
    const [one, two] = await Promise.allSettled([
      kit.ingest.submit(bySequence([paidOrder('a', kit.nowMs)], 1)),
      kit.ingest.submit(bySequence([paidOrder('b', kit.nowMs)], 2)),
    ]);
    expect(one.status).toBe('fulfilled');
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'sequence_in_flight' } });
  });
  it('[ING24] with several shards a mark rises on each, and the sums over shards are whole', async () => {
    const kit = await windowsKit({ shardCount: 3 });
    await kit.ingest.submit(
      byId(['/a', '/b', '/c', '/d', '/e'].map((source, i) => paidOrder(`m${i}`, kit.nowMs, { source }))),
    );
    for (let seq = 1; seq <= 4; seq += 1)
      await kit.ingest.submit(
        bySequence(
          [
            paidOrder(`s${seq}`, kit.nowMs),
            { id: `k${seq}`, source: '/wh', type: 'stock.counted', ts: kit.nowMs - seq, sku: 'pot-1', onHand: seq },
          ],
          seq,
        ),
      );
    expect(await total(kit)).toBe(900);
    expect(kit.mirror.onHand('pot-1', kit.nowMs)).toBe(1);
  });
});

describe('registers', () => {
  it('[REG1] stock on hand is the newest count plus moves since, whatever the order they came in', async () => {
    const kit = await windowsKit();
    const at = (ms: number) => kit.nowMs - 60_000 + ms;
    const stock = (id: string, type: string, ms: number, fields: object) => ({
      id,
      source: '/wh',
      type,
      ts: at(ms),
      sku: 'pot-1',
      ...fields,
    });
    const events = [
      stock('m2', 'stock.moved', 3_000, { delta: -5 }),
      stock('c2', 'stock.counted', 2_000, { onHand: 40 }),
      stock('c1', 'stock.counted', 1_000, { onHand: 99 }),
      stock('m1', 'stock.moved', 1_500, { delta: -7 }),
      stock('w1', 'stock.counted', 1_000, { onHand: 10, warehouse: 'east' }),
      stock('m3', 'stock.moved', 3_000, { delta: -1 }),
    ];
    for (const event of events) await kit.ingest.submit(byId([event]));
    const fresh = await kit.another();
    for (const mirror of [kit.mirror, fresh.mirror]) {
      await mirror.refresh();
      expect([500, 1_200, 1_700, 2_500, 3_500].map((ms) => mirror.onHand('pot-1', at(ms)))).toEqual([
        null,
        109,
        102,
        50,
        44,
      ]);
      expect(mirror.sold('pot-1', { fromMs: at(0), toMs: at(10_000) })).toBe(13);
    }
    await kit.mirror.refresh();
  });
  it('[REG2] spend of a window is a difference of cumulative reports; the larger revision of an instant wins', async () => {
    const kit = await windowsKit();
    const at = (ms: number) => kit.nowMs - 60_000 + ms;
    const report = (id: string, ms: number, revision: number, spendMinor: number) => ({
      id,
      source: '/ads',
      type: 'ad.reported',
      ts: at(ms),
      channel: 'radio',
      day: '2026-05-01',
      revision,
      spendMinor,
      clicks: spendMinor / 10,
    });
    for (const event of [
      report('a3', 3_000, 3, 300),
      report('a1', 1_000, 1, 100),
      report('a2b', 2_000, 3, 220),
      report('a2', 2_000, 2, 200),
    ])
      await kit.ingest.submit(byId([event]));
    await kit.mirror.refresh();
    expect(kit.mirror.ads('radio', { fromMs: at(1_500), toMs: at(2_500) })).toMatchObject({
      spendMinor: 120,
      clicks: 12,
    });
    expect(kit.mirror.ads(null, { fromMs: at(0), toMs: at(9_000) })).toMatchObject({ spendMinor: 300 });
  });
});
