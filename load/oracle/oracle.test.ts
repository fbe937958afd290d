import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyAt } from '../generate.ts';
import type { LoadEvent } from '../load-event.ts';
import { sampleCampaign } from '../sample-campaign.ts';
import { double11 } from '../scenarios/double11.ts';
import { ExpectedCells, rollUp } from './cells.ts';
import { compareCells, lostAndDoubled } from './compare.ts';
import { expectEvent } from './expect.ts';
import { foldAcked } from './fold.ts';

const campaign = sampleCampaign();
const context = {
  edgesMs: campaign.edgesMs,
  categoryOf: (sku: string) => campaign.items.find((item) => item.sku === sku)?.category,
};
const scenario = double11({
  campaign,
  seed: 7,
  runTag: 'r',
  itemCount: 3_000,
  bodyItemCount: 100,
  startMs: campaign.opensAt,
  spanMs: 30_000,
  lateMaxMs: 60_000,
  horizonMs: 900_000,
  shares: { duplicateRatio: 0.1, lateRatio: 0.05, brokenRatio: 0.02, unknownRatio: 0.02, cloudEventsRatio: 0 },
});
const all = new Uint8Array(scenario.bodyCount).fill(1);
const plain = (cells: ExpectedCells): Record<string, [number, number][]> =>
  Object.fromEntries(
    [...cells.seconds].sort().map(([name, seconds]) => [name, [...seconds].sort(([a], [b]) => a - b)]),
  );
const one = (event: Partial<LoadEvent> & { type: LoadEvent['type'] }): Record<string, [number, number][]> => {
  const cells = new ExpectedCells(campaign);
  expectEvent({ id: 'e', source: '/s', ts: campaign.opensAt + 2_345, ...event } as LoadEvent, cells, context);
  return plain(cells);
};
const SECOND = campaign.opensAt + 2_000;
const order = {
  orderId: 'o',
  amountMinor: 500,
  category: 'beauty',
  region: 'zhejiang',
  channel: 'search',
  platform: 'mobile',
};

describe('the oracle', () => {
  const expected = foldAcked(scenario, all, campaign);

  it('[ORA1] the same events shuffled give the same cells', () => {
    const events = Array.from({ length: 400 }, (_, n) => scenario.slotAt(n)).flatMap((s) =>
      s.kind === 'event' ? [s.event] : [],
    );
    const fold = (list: readonly LoadEvent[]): Record<string, [number, number][]> => {
      const cells = new ExpectedCells(campaign);
      for (const event of list) expectEvent(event, cells, context);
      return plain(cells);
    };
    const want = fold(events);
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: events.length }), (shuffled) => {
        expect(fold(shuffled)).toEqual(want);
      }),
      { numRuns: 10, seed: 1 },
    );
  });
  it('[ORA2] an identity counts once whatever bodies carry it, and broken items count nothing', () => {
    const identities = new Set<number>();
    let broken = 0;
    for (let slot = 0; slot < 3_000; slot += 1) {
      const planned = scenario.slotAt(slot);
      if (planned.kind === 'event') identities.add(planned.identity);
      else broken += 1;
    }
    expect(expected.eventCount).toBe(identities.size);
    expect(expected.brokenCount).toBe(broken);
    expect(expected.eventCount + expected.repeatCount + expected.brokenCount).toBe(3_000);
  });
  it('[ORA2] only acked bodies are expected', () => {
    const half = Uint8Array.from(all, (_, index) => index % 2);
    const { eventCount } = foldAcked(scenario, half, campaign);
    expect(eventCount).toBeLessThan(expected.eventCount);
    expect(eventCount).toBeGreaterThan(expected.eventCount / 3);
  });
  it('[ORA3] an order is a count, an amount and its units, in the total and each stored breakdown', () => {
    expect(
      one({
        type: 'order.paid',
        ...order,
        items: [
          { sku: 'a', quantity: 2 },
          { sku: 'b', quantity: 3 },
        ],
      }),
    ).toEqual({
      gmv_paid_minor: [[SECOND, 500]],
      'gmv_paid_minor|category=beauty': [[SECOND, 500]],
      'gmv_paid_minor|region=zhejiang': [[SECOND, 500]],
      'gmv_paid_minor|category=beauty|channel=search': [[SECOND, 500]],
      items_paid_count: [[SECOND, 5]],
      orders_paid_count: [[SECOND, 1]],
      'orders_paid_count|category=beauty': [[SECOND, 1]],
      'orders_paid_count|channel=search': [[SECOND, 1]],
    });
  });
  it('[ORA4] what the campaign does not know is `other`, and unmapped', () => {
    const cells = one({ type: 'order.paid', ...order, category: 'submarines' });
    expect(cells['gmv_paid_minor|category=other']).toEqual([[SECOND, 500]]);
    expect(cells.unmapped_count).toEqual([[SECOND, 1]]);
  });
  it('[ORA5] a sample is spread over its seconds in whole numbers, the remainder on the last', () => {
    const cells = one({
      type: 'traffic.sampled',
      ts: SECOND,
      service: 'payment',
      periodMs: 3_000,
      requests: 11,
      errors: 0,
    });
    expect(cells['requests_count|service=payment']).toEqual([
      [SECOND - 3_000, 3],
      [SECOND - 2_000, 3],
      [SECOND - 1_000, 5],
    ]);
    expect(cells.request_errors_count).toBeUndefined();
  });
  it('[ORA6] a refund stands in its own second and in the second its order was paid', () => {
    const cells = one({ type: 'order.refunded', ...order, refundId: 'r', paidAt: SECOND - 9_500 });
    expect(cells.refunds_minor).toEqual([[SECOND, 500]]);
    expect(cells.refunds_cohort_minor).toEqual([[SECOND - 10_000, 500]]);
  });
  it('[ORA7] equal cells are equal at every step; one unit more or less is found, and named lost or doubled', () => {
    for (const step of ['1s', '1m', '1h'] as const) {
      const stepMs = { '1s': 1_000, '1m': 60_000, '1h': 3_600_000 }[step];
      const actual = new Map([...expected.cells.seconds].map(([name, cell]) => [name, rollUp(cell, stepMs)]));
      expect(compareCells(step, expected.cells.seconds, actual, new Map()).differences).toEqual([]);
      const cell = actual.get('orders_paid_count') as Map<number, number>;
      const [atMs, value] = [...cell][0] as [number, number];
      for (const [by, lostCount, doubledCount] of [
        [-1, 1, 0],
        [1, 0, 1],
      ] as const) {
        cell.set(atMs, value + by);
        const { differences } = compareCells(step, expected.cells.seconds, actual, new Map());
        expect(differences).toEqual([{ cell: 'orders_paid_count', step, atMs, expected: value, actual: value + by }]);
        if (step === '1s') expect(lostAndDoubled(differences)).toEqual({ lostCount, doubledCount });
      }
    }
  });
  it('[ORA8] what stood there before the run is taken off', () => {
    const before = new Map([['orders_paid_count', new Map([[SECOND, 4]])]]);
    const actual = new Map([['orders_paid_count', new Map([[SECOND, 5]])]]);
    const wanted = new Map([['orders_paid_count', new Map([[SECOND, 1]])]]);
    expect(compareCells('1s', wanted, actual, before).differences).toEqual([]);
  });
  it('[ORA9] a body names the items that must be refused', () => {
    const body = bodyAt(scenario, 0);
    for (const [place] of body.broken) expect(scenario.slotAt(place).kind).toBe('broken');
    expect(body.bytes.toString().split('\n')).toHaveLength(101);
  });
});
