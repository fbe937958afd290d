import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledCampaign, loadCampaignFile } from '../../campaigns/load.ts';
import { buildCellTable } from '../../domain/cell-table.ts';
import { EventRow } from '../../domain/event-row.ts';
import { Fold } from '../../domain/fold.ts';
import { sliceExpiresAtMs } from '../../domain/place-event.ts';
import { cutSpan, type Kept } from '../../domain/resolutions.ts';
import { buildBatch } from '../../ingest/batch.ts';
import { shardKeys } from '../../store/keys.ts';
import { until } from '../people.ts';
import { wholeServer } from '../whole-server.ts';
import { byId, bySequence, paidOrder, windowsKit } from '../windows-kit.ts';

const file = loadCampaignFile(bundledCampaign('tiny'));
const table = buildCellTable(file);
const keys = shardKeys('p', 'i', 0);
const CELL = 'gmv_paid_minor';
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Stored slices of orders at these instants, through the way in's own fold and batch. */
function store(events: readonly (readonly [atMs: number, amountMinor: number])[], opensAtMs: number, nowMs: number) {
  const fold = new Fold(table);
  const row = new EventRow();
  for (const [atMs, amountMinor] of events) {
    row.reset('order.paid');
    row.eventAtMs = atMs;
    row.amountMinor = amountMinor;
    fold.add(row);
  }
  const part = {
    fold,
    ids: [],
    sources: new Map(),
    types: new Map(),
    seen: new Set<string>(),
    registers: [],
    oldestMs: nowMs,
  };
  const told = { types: new Map(), seen: new Set<string>(), registers: new Set<string>() };
  const { slices } = buildBatch([{ part, mark: null, counting: 'id' }], { table, keys, opensAtMs, nowMs, told });
  return new Map(slices.map(({ key, cells }) => [key, new Map(cells).get(CELL) ?? 0]));
}
const sum = (stored: ReadonlyMap<string, number>, fromMs: number, toMs: number, kept: Kept): number => {
  let total = 0;
  for (const { resolution, fromMs: from, toMs: to } of cutSpan(fromMs, toMs, kept).parts) {
    const size = { '1s': 1_000, '1m': MINUTE, '1h': HOUR }[resolution];
    for (let ms = from; ms < to; ms += size) total += stored.get(keys.slice(resolution, ms)) ?? 0;
  }
  return total;
};

/** Instants where calendars and slices change hands. */
const BORDERS: readonly (readonly [name: string, atMs: number])[] = [
  ['a minute', Date.parse('2026-11-11T10:17:00Z')],
  ['an hour', Date.parse('2026-11-11T10:00:00Z')],
  ['midnight in the zone of the campaign', Date.parse('2026-11-11T00:00:00+01:00')],
  ['midnight in Shanghai', Date.parse('2026-11-11T00:00:00+08:00')],
  ['midnight in a zone of half hours', Date.parse('2026-11-11T00:00:00+05:30')],
  ['February 29', Date.parse('2028-02-29T00:00:00+01:00')],
  ['the end of February 29', Date.parse('2028-03-01T00:00:00+01:00')],
  ['the end of summer time', Date.parse('2026-10-25T03:00:00+01:00')],
  ['the beginning of summer time', Date.parse('2026-03-29T02:00:00+01:00')],
  ['a new year', Date.parse('2027-01-01T00:00:00+01:00')],
  ['the last second of 32-bit clocks', 2_147_483_648_000],
];

describe('where windows meet', () => {
  it.each(BORDERS)('[FLT70] adjacent windows sum to the window they make at %s', (_name, borderMs) => {
    const second = fc.integer({ min: -3 * 3_600, max: 3 * 3_600 });
    const events = fc.array(fc.tuple(second, fc.integer({ min: 1, max: 1e9 })), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        events,
        second,
        second,
        fc.integer({ min: 0, max: 20 * 24 }),
        fc.integer({ min: -90, max: 90 }),
        (list, a, b, agoHours, opening) => {
          const nowMs = borderMs + 3 * HOUR + agoHours * HOUR;
          const opensAtMs = borderMs + opening * MINUTE + 17_000;
          const stored = store(
            [[borderMs - 1, 7], [borderMs, 11], ...list.map(([s, n]) => [borderMs + s * 1_000, n] as const)],
            opensAtMs,
            borderMs,
          );
          const kept: Kept = (resolution, ms) => sliceExpiresAtMs(resolution, ms, opensAtMs) > nowMs;
          const [from, to] = [borderMs + Math.min(a, b) * 1_000, borderMs + Math.max(a, b) * 1_000];
          const whole = sum(stored, from - 7 * HOUR, to + 7 * HOUR, kept);
          // every cut, on the border and beside it, however much has been dropped since
          for (const cut of [from, to, borderMs, borderMs - 1_000, borderMs + 1_000, borderMs - MINUTE])
            expect(sum(stored, from - 7 * HOUR, cut, kept) + sum(stored, cut, to + 7 * HOUR, kept)).toBe(whole);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('[FLT71] since opening is exact to the second as long as anybody can ask, with a sale on the border before it', () => {
    const opensAtMs = Date.parse('2026-11-11T10:17:23Z');
    const stored = store(
      [
        [opensAtMs - 1, 5],
        [opensAtMs, 7],
        [opensAtMs + 1_000, 11],
        [opensAtMs + 5 * HOUR, 13],
      ],
      opensAtMs,
      opensAtMs,
    );
    for (const agoMs of [HOUR, 3 * HOUR, 30 * HOUR, 20 * DAY, 300 * DAY]) {
      const nowMs = opensAtMs + 6 * HOUR + agoMs;
      const kept: Kept = (resolution, ms) => sliceExpiresAtMs(resolution, ms, opensAtMs) > nowMs;
      expect(sum(stored, opensAtMs, opensAtMs + 6 * HOUR, kept)).toBe(31);
    }
  });

  it('[FLT72] over HTTP: days, hours, minutes and seconds of the last day all sum to what was acknowledged', async () => {
    const server = await wholeServer({ opensAgoMs: 20 * HOUR });
    const { nowMs } = server;
    const { opensAtMs } = server.server.campaign;
    const midnight = Math.floor(nowMs / DAY) * DAY - HOUR; // of the campaign's zone, winter time
    const borders = [midnight, Math.floor(nowMs / HOUR) * HOUR - 3 * HOUR, opensAtMs].filter(
      (ms) => ms > nowMs - 23 * HOUR,
    );
    const events = borders.flatMap((ms, b) =>
      [-1_000, -1, 0, 999, 1_000].map((offset, i) => paidOrder(`b${b}-${i}`, ms + offset, { amountMinor: 10 ** i })),
    );
    const headers = { 'producer-id': 'p', 'producer-epoch': '1', 'producer-seq': '1' };
    expect((await server.post(events, { headers })).body).toMatchObject({ accepted: events.length });
    const from = Math.floor((nowMs - 24 * HOUR) / HOUR) * HOUR;
    const to = Math.floor(nowMs / HOUR) * HOUR + HOUR;
    const whole = borders.length * 11_111;
    for (const step of ['1m', '1h']) expect(await server.sum(CELL, { fromMs: from, toMs: to }, step)).toBe(whole);
    for (const border of borders) {
      const cut = Math.floor(border / HOUR) * HOUR;
      expect(
        (await server.sum(CELL, { fromMs: from, toMs: cut }, '1m')) +
          (await server.sum(CELL, { fromMs: cut, toMs: to }, '1m')),
      ).toBe(whole);
    }
    const wanted = whole - borders.filter((ms) => ms < opensAtMs).length * 11_111 - 11; // two are before the opening
    await until(async () => {
      const { kpis } = (await server.ask('GET', '/api/v1/kpis?ids=gmv_paid')).body;
      const opened = kpis.find(({ window }: { window: string }) => window === 'open');
      if (opened.value === null) return false; // the windows are read each 200 ms
      expect([opened.value, opened.fromMs]).toEqual([wanted, opensAtMs]);
      return true;
    });
  });

  it('[FLT73] a line over the opening is whole when the seconds after the opening are gone but its own are not', async () => {
    const kit = await windowsKit({ opensAgoMs: 150 * MINUTE });
    const opening = kit.campaign.opensAtMs;
    const events = [0, 30_000, 5 * MINUTE, 20 * MINUTE, 100 * MINUTE].map((offset, i) =>
      paidOrder(`o${i}`, opening + offset),
    );
    await kit.ingest.submit(bySequence(events, 1));
    await kit.ingest.submit(byId([paidOrder('now', kit.nowMs)]));
    const { readSeries } = await import('../../windows/series.ts');
    const line = await readSeries(
      {
        redis: kit.redis,
        keys: kit.keys,
        table: kit.table,
        campaign: kit.campaign,
        mirror: kit.mirror,
        nowMs: () => kit.nowMs,
      },
      { metric: CELL, by: null, fromMs: opening, toMs: kit.nowMs + 1_000, step: '1s' },
    );
    expect(line.series[0]?.points.reduce((total, [, value]) => total + (value ?? 0), 0)).toBe(600);
    expect(line.resolutionMs).toBe(MINUTE);
    await kit.mirror.refresh();
    expect(kit.mirror.sum(CELL, { fromMs: opening, toMs: kit.nowMs + 1_000 })).toBe(600);
  });

  it('[FLT74] what was sold since the opening outlives the single moves, on the node that forgot them and on a new one', async () => {
    const kit = await windowsKit({ opensAgoMs: 6 * HOUR });
    const { opensAtMs } = kit.campaign;
    const stock = (type: string, agoMs: number, fields: object) => ({
      id: `${type}${agoMs}`,
      source: '/wh',
      type,
      ts: kit.nowMs - agoMs,
      sku: 'pot-1',
      ...fields,
    });
    await kit.ingest.submit(
      bySequence(
        [
          stock('stock.counted', 5 * HOUR, { onHand: 100 }),
          stock('stock.moved', 4.5 * HOUR, { delta: -5 }),
          stock('stock.moved', 4.4 * HOUR, { delta: 3 }),
          stock('stock.counted', 4 * HOUR, { onHand: 98 }),
          stock('stock.moved', 3 * HOUR, { delta: -8 }),
          stock('stock.counted', 2.5 * HOUR, { onHand: 90 }),
          stock('stock.moved', HOUR, { delta: -10 }),
        ],
        1,
      ),
    );
    await kit.mirror.refresh(); // the first refresh prunes
    const late = [stock('stock.moved', 4.6 * HOUR, { delta: -2 })];
    await kit.ingest.submit(bySequence(late, 2));
    await kit.mirror.refresh();
    const fresh = await kit.another();
    for (const mirror of [kit.mirror, fresh.mirror]) {
      await mirror.refresh();
      expect(mirror.sold('pot-1', { fromMs: opensAtMs, toMs: kit.nowMs })).toBe(25);
      expect(mirror.sold('pot-1', { fromMs: kit.nowMs - 4.2 * HOUR, toMs: kit.nowMs })).toBe(18);
      expect(mirror.onHand('pot-1', kit.nowMs)).toBe(80);
    }
    expect(
      (await kit.redis.hkeys(kit.keys[0]?.stock('pot-1', 'main') ?? '')).some((field) => field.startsWith('s:')),
    ).toBe(true);
  });
});
