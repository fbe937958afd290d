import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_FIELDS, EVENT_TYPES, type EventType } from '#contract/events';
import { bundledCampaign, loadCampaignFile } from '../campaigns/load.ts';
import { buildCellTable } from '../domain/cell-table.ts';
import { EventRow } from '../domain/event-row.ts';
import { fillRow } from './fill-row.ts';
import { Scanner } from './scan.ts';
import { validateItem } from './validate.ts';

const file = loadCampaignFile(bundledCampaign('tiny'));
const table = buildCellTable(file);
const scanner = new Scanner(table);

interface Read {
  readonly row: Record<string, unknown>;
  readonly id: string;
  readonly source: string;
  readonly buyer: string | null;
  readonly unmapped: boolean;
}
const plain = (row: EventRow): Record<string, unknown> => ({
  ...row,
  counts: [...row.counts],
  dimensions: [...row.dimensions],
  bins: [...row.bins],
});

/** The slow way, which decides; null when it refuses. */
function slow(text: string): Read | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  const event = validateItem(parsed);
  if (!('data' in event)) return null;
  const row = new EventRow();
  row.reset(event.type);
  row.eventAtMs = event.eventAtMs;
  const filled = fillRow(row, event.data, table);
  if ('code' in filled) return null;
  const buyer = event.data.buyerId;
  return {
    row: plain(row),
    id: event.id,
    source: event.source,
    buyer: typeof buyer === 'string' ? buyer : null,
    unmapped: filled.unmapped,
  };
}

/** The fast way; null when it leaves the line to the slow one. */
function fast(text: string): Read | null {
  const bytes = Buffer.from(`\n${text}\n`);
  const row = new EventRow();
  if (!scanner.scan(bytes, 1, bytes.length - 1, row)) return null;
  const at = (from: number, to: number): string => bytes.toString('latin1', from, to);
  return {
    row: plain(row),
    id: at(scanner.idFrom, scanner.idTo),
    source: at(scanner.sourceFrom, scanner.sourceTo),
    buyer: scanner.buyerTo > 0 ? at(scanner.buyerFrom, scanner.buyerTo) : null,
    unmapped: scanner.unmapped,
  };
}

const dimension = (name: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...(file.dimensions[name] ?? [{ id: 'x' }]).map(({ id }) => id)),
    fc.constantFrom('other', 'unheard-of', '茶', 'a b', '', 'x'.repeat(65)),
  );
const mostly = <T>(fits: fc.Arbitrary<T>, misfits: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 20, arbitrary: fits }, { weight: 1, arbitrary: misfits });
const number = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.constantFrom(0, -1, 1_000, 60_000, 61_000, 1.5, 1e15, 9e15, 9_000_000_000_000_001, 1_763_740_800_123),
);

/** A value for a field: mostly one that fits, sometimes anything. */
function fieldValue(name: string): fc.Arbitrary<unknown> {
  const fitting: fc.Arbitrary<unknown> =
    name in file.dimensions
      ? dimension(name)
      : name.endsWith('Id') || name === 'sku'
        ? fc.constantFrom('o-1', 'a"b', 'a\\b', 'ü', ' ', 'q'.repeat(129))
        : number;
  return fc.oneof(
    { weight: 8, arbitrary: fitting },
    {
      weight: 2,
      arbitrary: fc.constantFrom<unknown>(
        true,
        false,
        'succeeded',
        'failed',
        'buyer',
        'seller',
        'balance',
        'full',
        'online',
        'phone',
        'risk',
        '2026-05-01',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(null, '100', [], {}, [[100, 3]], [{ sku: 's', quantity: 2 }]) },
  );
}
const event: fc.Arbitrary<string> = fc.constantFrom(...EVENT_TYPES).chain((type: EventType) =>
  fc
    .tuple(
      fc.record(Object.fromEntries(Object.keys(EVENT_FIELDS[type]).map((name) => [name, fieldValue(name)])), {
        requiredKeys: [],
      }),
      fc.constantFrom('e-1', 'x', 'ü', ''),
      fc.constantFrom('/shop/7', '/a b', 'urn:x'),
      fc.constantFrom(1_763_740_800_123, 1_763_740_800, '1763740800123', 1_763_740_800_123.5),
      fc.boolean(),
    )
    .map(([data, id, source, ts, extra]) =>
      JSON.stringify({ id, source, type, ts, ...data, ...(extra && data.amountMinor === 0 ? { surprise: 1 } : {}) }),
    ),
);
/** Events that fit, so that both ways are really compared, with the bytes then damaged now and then. */
const good: fc.Arbitrary<string> = fc
  .record(
    {
      amountMinor: fc.nat(),
      category: dimension('category'),
      region: dimension('region'),
      channel: dimension('channel'),
      platform: fc.constantFrom('mobile', 'web'),
      newBuyer: fc.boolean(),
      buyerId: fc.constantFrom('b-1', 'b-2'),
      buyerOrders365d: fc.nat(9),
      stage: fc.constantFrom('full', 'balance'),
      by: fc.constantFrom('buyer', 'seller'),
      merchant: mostly(fc.constantFrom('m-1', 'm:2'), fc.constantFrom('茶', 'a b', '')),
      items: fc.array(
        fc.record(
          {
            sku: mostly(fc.constantFrom('s-1', 's/2'), fc.constantFrom('a b', '')),
            quantity: mostly(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, 100_001, 1.5)),
            amountMinor: fc.nat(),
          },
          { requiredKeys: ['sku', 'quantity'] },
        ),
        { maxLength: 4 },
      ),
    },
    { requiredKeys: ['amountMinor', 'category', 'region', 'channel', 'platform'] },
  )
  .map((data) =>
    JSON.stringify({ id: 'o', source: '/s', type: 'order.paid', ts: 1_763_740_800_123, orderId: '1', ...data }),
  );
const sampled: fc.Arbitrary<string> = fc
  .record(
    {
      latency: fc.array(fc.tuple(mostly(fc.constantFrom(1, 100, 100_000), fc.constantFrom(7, 0)), fc.nat(9)), {
        maxLength: 4,
      }),
      errors: fc.nat(),
    },
    { requiredKeys: ['errors'] },
  )
  .map((data) =>
    JSON.stringify({
      id: 't',
      source: '/s',
      type: 'traffic.sampled',
      ts: 1_763_740_800_123,
      service: 'pay',
      periodMs: 1_000,
      requests: 9,
      ...data,
    }),
  );
const damaged = fc
  .tuple(
    fc.oneof(good, sampled),
    fc.nat(400),
    fc.constantFrom(
      '',
      ' ',
      '"',
      '\\',
      '0',
      '-',
      '.',
      'e5',
      ',',
      '}',
      '{',
      '\u0000',
      'é',
      ',"id":"again"',
      ',"amountMinor":5',
    ),
  )
  .map(([text, at, piece]) => {
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + piece + text.slice(cut + (at % 3 === 0 ? 1 : 0));
  });

describe('the fast way in', () => {
  for (const [name, texts, runs, leastTaken] of [
    ['any event', event, 6_000, 3],
    ['good orders', good, 2_000, 200],
    ['samples with histograms', sampled, 2_000, 200],
    ['damaged orders and samples', damaged, 8_000, 40],
  ] as const) {
    it(`[ING30] reads ${name} as the slow way does, or leaves it to the slow way`, () => {
      let taken = 0;
      fc.assert(
        fc.property(texts, (text) => {
          const read = fast(text);
          if (read === null) return;
          taken += 1;
          expect(read).toEqual(slow(text));
        }),
        { numRuns: runs, seed: 1111 }, // fixed, so that how many are taken is fixed, too
      );
      expect(taken).toBeGreaterThan(leastTaken); // the comparison has really happened
    });
  }
  it('[ING31] takes every plain event of the types it knows: it is the usual way, not the exception', () => {
    const order =
      '{"id":"o-1","source":"/shop/7","type":"order.paid","ts":1763740800123,"orderId":"1","amountMinor":12245,"category":"tea","region":"north","channel":"radio","platform":"mobile"}';
    const payment =
      '{"type":"payment.attempted","id":"p","source":"/pay","ts":1763740800123,"orderId":"1","attemptId":"a","result":"failed","method":"card","latencyMs":31}';
    const visit =
      '{"id":"v","source":"/web","type":"visit.sampled","ts":1763740800123,"channel":"radio","periodMs":1000,"visits":5,"carts":1,"organic":true}';
    for (const text of [order, payment, visit, order.replace('}', ',"buyerId":"b","newBuyer":false}')])
      expect(fast(text)).toEqual(slow(text));
    const basket = order.replace(
      '}',
      ',"merchant":"m","items":[{"sku":"s","quantity":2},{"quantity":1,"sku":"t","amountMinor":5}]}',
    );
    const traffic =
      '{"id":"t","source":"/gw","type":"traffic.sampled","ts":1763740800123,"service":"pay","periodMs":1000,"requests":9,"errors":0,"latency":[[100,5],[1000,4]]}';
    expect(fast(basket)).toEqual(slow(basket));
    expect(fast(basket)?.row.quantityCount).toBe(3);
    expect(fast(traffic)).toEqual(slow(traffic));
    for (const text of [order, payment, visit, basket, traffic]) expect(fast(text)).not.toBeNull();
  });
});
