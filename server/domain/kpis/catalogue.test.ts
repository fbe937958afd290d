import { describe, expect, it } from 'vitest';
import { EVENT_FIELDS, FEEDS } from '#contract/events';
import { KPI_UNITS, type KpiWindow } from '#contract/kpis';
import { AT, EXAMPLES, type Example, NOW } from '../../test/kpi-examples.ts';
import { plainCampaign } from '../../test/plain-campaign.ts';
import { plainReader } from '../../test/plain-reader.ts';
import { EXECUTIVE_KPIS, evaluateKpi, KPIS, OPERATIONS_KPIS } from './index.ts';
import type { Kpi } from './types.ts';

const campaign = plainCampaign();

const each = <A, B>(table: Record<string, A> | undefined, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(table ?? {}).map(([key, value]) => [key, map(value)]));
const at = <A>(value: A): [number, A][] => [[AT, value]];

function run(kpi: Kpi, { window = kpi.windows[0] as KpiWindow, labels = {}, ...example }: Omit<Example, 'want'>) {
  const read = plainReader({
    ...example,
    cells: each(example.cells, (value) => (typeof value === 'number' ? at(value) : value)),
    ads: each(example.ads, at),
    onHand: each(example.onHand, at),
    sold: each(example.sold, at),
  });
  return evaluateKpi(kpi, { campaign, read, window, labels, asOfMs: NOW - 1, watermarkMs: NOW, nowMs: NOW });
}

const FED = [...KPIS.values()].filter(
  ({ needs }) => !needs.some((need) => /^(budget|incident)\.|^order\.claimed$/.test(need)),
);

describe('the catalogue', () => {
  it('[KPI1] every KPI that an event feeds has an example here, and no other', () =>
    expect(Object.keys(EXAMPLES).sort()).toEqual(FED.map(({ id }) => id).sort()));
  for (const [id, examples] of Object.entries(EXAMPLES)) {
    for (const { want, ...example } of [examples].flat()) {
      it(`[KPI1] ${id}${example.labels ? ` ${JSON.stringify(example.labels)}` : ''} by hand`, () => {
        const { value, ...rest } = want;
        const row = run(KPIS.get(id) as Kpi, example);
        expect(row.quality).toMatch(/^(live|insufficient)$/);
        expect(row).toMatchObject(rest);
        expect(row.value).toBeCloseTo(value as number, 9);
      });
    }
  }
  it('[KPI2] nothing counted: a sum is 0, a quotient over 0 is null and never 0', () => {
    for (const kpi of FED) {
      const row = run(kpi, {});
      const nothing = kpi.unit === 'count' || kpi.unit === 'grams' || kpi.unit === 'per_second' || kpi.ends === 'asOf';
      if (row.denominator === 0) expect([kpi.id, row.value]).toEqual([kpi.id, null]);
      else if (row.denominator === null && row.value !== null)
        expect([kpi.id, row.value, nothing]).toEqual([kpi.id, 0, true]);
    }
    for (const id of [
      'aov',
      'roas',
      'fault_rate',
      'stockout_rate_sku',
      'stock_minutes_left',
      'nps',
      'page_latency_p99',
    ]) {
      expect([id, run(KPIS.get(id) as Kpi, {}).value]).toEqual([id, null]);
    }
  });
  it('[KPI3] a field that no source sends makes it unavailable and is named', () => {
    for (const kpi of FED) {
      for (const need of kpi.needs) {
        const row = run(kpi, { seen: (field) => !need.split('|').includes(field) });
        expect([kpi.id, row.quality, row.missing, row.value]).toEqual([kpi.id, 'unavailable', need, null]);
      }
    }
  });
  it('[KPI4] what nothing feeds yet is in the catalogue as unavailable', () => {
    for (const kpi of KPIS.values()) {
      if (FED.includes(kpi)) continue;
      expect(run(kpi, { seen: (field) => !kpi.needs.includes(field) })).toMatchObject({
        quality: 'unavailable',
        missing: kpi.needs[0],
      });
    }
  });
  it('[BUD51] budgets are those of the ledger, not of the campaign file, once there is a ledger', () => {
    const budget = {
      fundedMinor: 200_000,
      reserveMinor: 15_000,
      allocatedMinor: { radio: 20_000, street: 30_000 },
      decidedCount: 4,
      decidedMs: 120_000,
    };
    const ads = { radio: { spendMinor: 4_000 }, street: { spendMinor: 1_000 } };
    const of = (id: string, labels = {}, given: object = { budget }) =>
      run(KPIS.get(id) as Kpi, { ads, labels, ...given });
    expect(of('budget_utilisation')).toMatchObject({ value: 0.1, denominator: 50_000 });
    expect(of('budget_utilisation', { channel: 'radio' })).toMatchObject({ value: 0.2, denominator: 20_000 });
    expect(of('budget_utilisation', { channel: 'nobody' })).toMatchObject({ value: null });
    expect(of('budget_utilisation', {}, {})).toMatchObject({ denominator: 60_000 });
    expect(of('reserve_ratio')).toMatchObject({ value: 0.075, numerator: 15_000, denominator: 200_000 });
    expect(of('reserve_ratio', {}, {})).toMatchObject({ value: null });
    expect(of('approval_lead_s')).toMatchObject({ value: 30, numerator: 120, denominator: 4 });
    expect(of('approval_lead_s', {}, { budget: { ...budget, decidedCount: 0, decidedMs: 0 } })).toMatchObject({
      value: null,
    });
  });
  it('[KPI25] the marginal return is the slope of the fitted curves, weighted by spend; precision is of judged cards', () => {
    const channels = { radio: { marginal: 4, spendMinor: 1_000 }, street: { marginal: 1, spendMinor: 3_000 } };
    const advice = { channels, judgedCount: 8, gainedCount: 6, shadow: { actualMinor: 950, bestMinor: 1_000 } };
    const of = (id: string, labels = {}, given: object = { advice }) => run(KPIS.get(id) as Kpi, { labels, ...given });
    expect(of('mroas')).toMatchObject({ value: 1.75, estimate: true });
    expect(of('mroas', { channel: 'radio' })).toMatchObject({ value: 4 });
    expect(of('mroas', { channel: 'nobody' })).toMatchObject({ value: null });
    expect(of('mroas', {}, { seen: (field: string) => field !== 'budget.curves' })).toMatchObject({
      value: null,
      quality: 'unavailable',
    });
    expect(of('move_precision')).toMatchObject({ value: 0.75, numerator: 6, denominator: 8 });
    expect(of('live_regret')).toMatchObject({ value: 0.05, numerator: 50, denominator: 1_000, estimate: true });
    expect(of('live_regret', {}, { seen: (field: string) => field !== 'budget.curves' })).toMatchObject({
      quality: 'unavailable',
    });
    expect(of('move_precision', {}, { advice: { ...advice, judgedCount: 0, gainedCount: 0 } })).toMatchObject({
      value: null,
    });
  });
  it('[KPI15] a channel that is not bought and never reported costs nothing anybody knows, and is not the cheapest one', () => {
    const of = (id: string, channel: string, ads = {}) => run(KPIS.get(id) as Kpi, { ads, labels: { channel } }).value;
    for (const id of ['ad_spend', 'impressions', 'clicks', 'cpa', 'cac', 'roas', 'roi'])
      expect([id, of(id, 'nobody')]).toEqual([id, null]);
    expect(of('ad_spend', 'radio')).toBe(0); // bought, nothing spent yet
    expect(of('ad_spend', 'nobody', { nobody: { spendMinor: 7 } })).toBe(7); // it reported: told as it is
  });
  it('[KPI5] money in minor units is a whole number', () => {
    for (const [id, examples] of Object.entries(EXAMPLES)) {
      for (const example of [examples].flat()) {
        const row = run(KPIS.get(id) as Kpi, example);
        if (row.unit === 'minor') expect([id, Number.isInteger(row.value)]).toEqual([id, true]);
      }
    }
  });
  it('[KPI6] every definition is whole: names, formula, unit, feeds, fields that exist', () => {
    for (const kpi of KPIS.values()) {
      expect(kpi.zh).toMatch(/\p{Script=Han}|NPS|P9/u);
      expect(kpi.en).toMatch(/^[A-Z0-9][^\p{Script=Han}]+$/u);
      expect(kpi.formula.length).toBeGreaterThan(4);
      expect(KPI_UNITS).toContain(kpi.unit);
      for (const feed of kpi.feeds) expect(FEEDS).toContain(feed);
      if (!FED.includes(kpi)) continue;
      for (const field of kpi.needs.flatMap((need) => need.split('|'))) {
        const type = field.split('.').slice(0, 2).join('.') as keyof typeof EVENT_FIELDS;
        const name = field.split('.')[2];
        expect([field, type in EVENT_FIELDS]).toEqual([field, true]);
        if (name !== undefined) expect([field, name in EVENT_FIELDS[type]]).toEqual([field, true]);
      }
    }
  });
  it('[KPI6] the executive 8 and the operations 23 are in the catalogue', () => {
    expect(EXECUTIVE_KPIS.length).toBe(8);
    expect(OPERATIONS_KPIS.length).toBe(23);
    for (const id of [...EXECUTIVE_KPIS, ...OPERATIONS_KPIS]) expect(KPIS.has(id)).toBe(true);
  });
});
