import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainCampaign, OPENS_AT_MS as T0 } from '../../test/plain-campaign.ts';
import { plainReader } from '../../test/plain-reader.ts';
import { shownTier, tierEndMs } from '../shown-tier.ts';
import { evaluateKpi, KPIS, type KpiRequest } from './index.ts';
import type { Kpi } from './types.ts';

const campaign = plainCampaign();
const HOUR = 3_600_000;
const of = (id: string): Kpi => KPIS.get(id) as Kpi;
const request = (rest: Partial<KpiRequest> = {}): KpiRequest => ({
  campaign,
  read: plainReader({}),
  window: '1m',
  asOfMs: T0 + 90_500,
  watermarkMs: T0 + 88_700,
  ...rest,
});

describe('evaluateKpi', () => {
  for (const { title, id, at, want } of [
    {
      title: 'a total ends with the second that holds asOf',
      id: 'gmv_paid',
      at: {},
      want: { fromMs: T0 + 31_000, toMs: T0 + 91_000 },
    },
    {
      title: 'an event on the first ms of a second is inside',
      id: 'gmv_paid',
      at: { asOfMs: T0 + 90_000 },
      want: { toMs: T0 + 91_000 },
    },
    {
      title: 'a rate ends at the watermark, floored',
      id: 'qps',
      at: {},
      want: { fromMs: T0 + 28_000, toMs: T0 + 88_000 },
    },
    {
      title: 'open starts at the opening',
      id: 'gmv_paid',
      at: { window: 'open' },
      want: { fromMs: T0, toMs: T0 + 91_000 },
    },
    {
      title: 'open is empty before it',
      id: 'gmv_paid',
      at: { window: 'open', asOfMs: T0 - 5_000 },
      want: { fromMs: T0, toMs: T0, value: 0 },
    },
    {
      title: 'without an event there is no number',
      id: 'gmv_paid',
      at: { asOfMs: null },
      want: { value: null, fromMs: T0, toMs: T0 },
    },
    { title: 'without a watermark there is no rate', id: 'qps', at: { watermarkMs: null }, want: { value: null } },
  ] as const) {
    it(`[KPI7] ${title}`, () => expect(evaluateKpi(of(id), request(at))).toMatchObject(want));
  }
  it('[KPI8] a KPI ends at the smallest watermark of its own feeds; others do not hold it back', () => {
    const feedWatermarksMs = { complaints: T0 + 60_900, orders: T0 + 80_000, ads: T0 + 1_000, visits: null };
    expect(evaluateKpi(of('complaint_rate'), request({ feedWatermarksMs })).toMs).toBe(T0 + 60_000);
    expect(evaluateKpi(of('orders_per_s'), request({ feedWatermarksMs })).toMs).toBe(T0 + 80_000);
    expect(evaluateKpi(of('conversion_rate'), request({ feedWatermarksMs })).toMs).toBe(T0 + 80_000);
  });
  it('[KPI9] a silent source makes partial, a small denominator insufficient, and the value is still given', () => {
    const read = plainReader({
      cells: { payments_attempted_count: [[T0 + 50_000, 4]], payments_succeeded_count: [[T0 + 50_000, 3]] },
    });
    expect(evaluateKpi(of('payment_success_rate'), request({ read }))).toMatchObject({
      quality: 'insufficient',
      value: 0.75,
    });
    const five = plainReader({ cells: { payments_attempted_count: [[T0 + 50_000, 5]] } });
    expect(evaluateKpi(of('payment_success_rate'), request({ read: five })).quality).toBe('live');
    const silentFeeds = new Set(['payments']);
    expect(evaluateKpi(of('payment_success_rate'), request({ read: five, silentFeeds })).quality).toBe('partial');
    expect(evaluateKpi(of('gmv_paid'), request({ silentFeeds })).quality).toBe('live');
  });
  it('[KPI16] in the first minute nobody can say that too little was spent: no pace of −100 % before a channel can have reported', () => {
    const pace = (openS: number) =>
      evaluateKpi(of('spend_pace'), request({ window: 'open', asOfMs: T0 + openS * 1_000 - 1 }));
    expect([pace(1), pace(59), pace(60)].map(({ value, quality }) => [value, quality])).toEqual([
      [0, 'insufficient'],
      [0, 'insufficient'],
      [0, 'live'],
    ]);
  });
  it('[KPI10] a breakdown that the campaign does not store is unavailable and named', () => {
    expect(evaluateKpi(of('gmv_paid'), request({ labels: { region: 'north', channel: 'radio' } }))).toMatchObject({
      quality: 'unavailable',
      missing: 'gmv_paid_minor by region, channel',
      value: null,
    });
  });
  it('[KPI11] plan, last year and target stand beside it where the campaign gives them, and nowhere else', () => {
    const row = evaluateKpi(of('gmv_paid'), request({ window: 'open', asOfMs: T0 + 2 * HOUR - 1 }));
    expect(row).toMatchObject({ plan: 1_200_000, lastYear: 1_000_000, target: 1_200_000 });
    expect(evaluateKpi(of('aov'), request({ window: 'open', watermarkMs: T0 + 2 * HOUR }))).toMatchObject({
      plan: 2_000,
      target: 2_000,
    });
    expect(evaluateKpi(of('gmv_paid'), request({ labels: { region: 'north' } }))).not.toHaveProperty('plan');
    expect(evaluateKpi(of('gmv_paid'), request({ labels: { region: 'north' } }))).not.toHaveProperty('target');
    expect(
      evaluateKpi(of('ad_spend'), request({ window: 'open', labels: { channel: 'radio' }, asOfMs: T0 + HOUR - 1 })),
    ).toMatchObject({ plan: 30_000 });
    expect(evaluateKpi(of('nps'), request())).not.toHaveProperty('plan');
  });
  it('[KPI12] since opening never snaps: its edge is kept to the second for as long as anybody can ask', () => {
    const odd = { ...campaign, opensAtMs: T0 + 90_500 };
    for (const ageMs of [HOUR, 2 * HOUR, 3 * HOUR, 16 * 24 * HOUR])
      expect(
        evaluateKpi(of('gmv_paid'), request({ campaign: odd, window: 'open', asOfMs: T0 + 90_000 + ageMs - 1 })),
      ).toMatchObject({ fromMs: T0 + 90_000, resolutionMs: 1_000 });
  });
  it('[KPI12] edges move back to what is still kept, and say so; adjacent windows stay adjacent', () => {
    const odd = { ...campaign, opensAtMs: T0 - 40 * 24 * HOUR };
    const at = (agoMs: number) =>
      evaluateKpi(
        of('gmv_paid'),
        request({ campaign: odd, window: '5m', asOfMs: T0 + 100_500, nowMs: T0 + 100_500 + agoMs }),
      );
    const end = T0 + 101_000;
    expect(at(HOUR)).toMatchObject({ fromMs: end - 300_000, toMs: end, resolutionMs: 1_000 });
    expect(at(3 * HOUR)).toMatchObject({ fromMs: T0 - 240_000, toMs: T0 + 60_000, resolutionMs: 60_000 });
    expect(at(16 * 24 * HOUR)).toMatchObject({ fromMs: T0 - HOUR, toMs: T0, resolutionMs: HOUR });
  });
  it('[KPI13] adjacent windows of a total sum to the window they make', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 7_199 }), fc.integer({ min: 0, max: 1e9 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(points, fc.integer({ min: 60, max: 119 }), (seconds, minute) => {
        const read = plainReader({ cells: { gmv_paid_minor: seconds.map(([s, n]) => [T0 + s * 1_000, n] as const) } });
        const value = (window: '1m' | '5m' | '1h' | 'open', endMs: number): number =>
          evaluateKpi(of('gmv_paid'), request({ read, window, asOfMs: endMs - 1 })).value as number;
        const end = T0 + minute * 60_000;
        let minutes = 0;
        for (let m = 0; m < 60; m += 1) minutes += value('1m', end - m * 60_000);
        expect(minutes).toBe(value('1h', end));
        expect(value('open', end - HOUR) + value('1h', end)).toBe(value('open', end));
      }),
      { numRuns: 50 },
    );
  });
});

describe('shownTier', () => {
  const rate = of('payment_success_rate');
  const minutes = (...succeeded: number[]): KpiRequest => {
    const points = succeeded.map((n, i) => [T0 + i * 60_000 + 1_000, n] as const);
    const read = plainReader({
      cells: { payments_succeeded_count: points, payments_attempted_count: points.map(([ms]) => [ms, 100] as const) },
    });
    const end = T0 + succeeded.length * 60_000;
    return request({ read, asOfMs: end + 2_000, watermarkMs: end });
  };
  it('[KPI24] is folded from the minutes themselves: two raise, three lower', () => {
    expect(shownTier(rate, minutes(100, 85))).toBeNull();
    expect(shownTier(rate, minutes(100, 85, 88))).toBe('orange');
    expect(shownTier(rate, minutes(85, 88, 100, 100))).toBe('orange');
    expect(shownTier(rate, minutes(85, 88, 100, 100, 100))).toBeNull();
    expect(shownTier(of('nps'), minutes(85, 85))).toBeNull();
  });
  it('[KPI24] an unfinished minute decides nothing', () => {
    const late = minutes(85, 88);
    expect(shownTier(rate, { ...late, watermarkMs: T0 + 119_999 })).toBeNull();
    expect(tierEndMs(late)).toBe(T0 + 120_000);
    expect(tierEndMs({ asOfMs: null, watermarkMs: T0 })).toBeNull();
  });
});
