import { describe, expect, it } from 'vitest';
import type { KpiRow } from '#contract/kpis';
import { bundledCampaign, loadCampaignFile } from '../server/campaigns/load.ts';
import { resolveCampaign } from '../server/domain/campaign.ts';
import type { FrameSource } from '../server/realtime/frame-source.ts';
import { type PlainWindows, plainReader } from '../server/test/plain-reader.ts';
import { type Away, createAway } from './away.ts';
import { compileExpr } from './cel.ts';
import { BaselineBook, readingResolver, robustBand } from './readings.ts';
import type { Resolved } from './rule.ts';

const OPENS_MS = Date.parse('2026-11-10T16:00:00Z');
const double11 = resolveCampaign(loadCampaignFile(bundledCampaign('double11')), {
  instance: 'readings',
  opensAtMs: OPENS_MS,
  scale: 1,
});
const MIN = 60_000;
const NOW_MS = OPENS_MS + 30 * MIN;

/** What an expression's one reading is, 30 min after the opening. */
function read(
  source: string,
  windows: PlainWindows,
  {
    away = null,
    atMs = NOW_MS,
    labels = {},
  }: { away?: Away | null; atMs?: number; labels?: Record<string, string> } = {},
): Resolved {
  const from = {
    campaign: double11,
    reader: plainReader(windows),
    asOfMs: atMs,
    watermarkMs: atMs,
    feeds: () => ({}),
    feedWatermarksMs: () => ({}),
    sources: () => [],
  } as unknown as FrameSource;
  const [reading] = compileExpr(`${source} > 0`).readings;
  if (reading === undefined) throw new Error('no reading');
  const resolve = readingResolver(from, atMs, () => null, new BaselineBook(), away);
  return resolve(reading, reading.labels ?? labels);
}
/** So much a second, from one minute to another. */
const perSecond = (count: number, fromMin: number, toMin: number, ofMs = NOW_MS): [number, number][] =>
  Array.from({ length: (toMin - fromMin) * 60 }, (_, n) => [ofMs + fromMin * MIN + n * 1_000, count]);
const numberOf = (resolved: Resolved): number => (resolved.state === 'value' ? Number(resolved.value) : Number.NaN);

const steady = { cells: { 'requests_count|service=cart': perSecond(100, -25, 0) } };

describe('readings', () => {
  it('[ALR90] a figure, its target, its plan, last year, and how it changed against the window before', () => {
    const orders = { cells: { orders_paid_count: [...perSecond(10, -2, -1), ...perSecond(15, -1, 0)] } };
    expect(read('kpi("orders_per_s","1m")', orders)).toEqual({ state: 'value', value: 15, unit: 'per_second' });
    expect(read('rate("orders_per_s","1m")', orders)).toEqual({ state: 'value', value: 0.5, unit: 'ratio' });
    expect(read('rate("orders_per_s","1m")', { cells: {} })).toEqual({ state: 'nodata' });
    expect(read('target("new_customer_share")', {})).toMatchObject({ state: 'value', value: 0.35 });
    expect(read('target("nps_of_nobody")', {})).toEqual({ state: 'nodata' });
    const [plan, before] = [read('plan("orders_paid","1m")', orders), read('lastYear("orders_paid","1m")', orders)];
    // 3.03 bn planned, 2.6135 bn last year, in one shape
    expect(numberOf(plan) / numberOf(before)).toBeCloseTo(3_030_000_000 / 2_613_500_000, 6);
  });
  it('[ALR90] a moving baseline with its band, per service; nothing of it before five minutes of the sale', () => {
    const cart = { labels: { service: 'cart' } };
    const [middle, low, high] = ['baseline', 'baselineLow', 'baselineHigh'].map((name) =>
      numberOf(read(`${name}("qps","1m")`, steady, cart)),
    );
    // what follows the plan's shape would have fallen by now, as the plan does in this half hour
    expect(middle).toBeGreaterThan(70);
    expect(middle).toBeLessThan(100);
    expect(low).toBeLessThan(middle ?? 0);
    expect(high).toBeGreaterThan(middle ?? 0);
    expect(read('baseline("qps","1m")', steady, { ...cart, atMs: OPENS_MS + 4 * MIN })).toEqual({
      state: 'insufficient',
    });
  });
  it('[ALR90] when an item sells out at the present rate; never, while nobody buys it; unknown, while nobody counted it', () => {
    const sku = 'beauty-01';
    const sold: [number, number][] = perSecond(2, -5, 0);
    const at = (windows: PlainWindows) => read(`forecastMinutes("${sku}")`, windows);
    const onHand = { [sku]: [[NOW_MS - 10 * MIN, 3_600]] } as const;
    expect(at({ onHand, sold: { [sku]: sold } })).toEqual({ state: 'value', value: 30, unit: 'minutes' });
    expect(numberOf(at({ onHand }))).toBeGreaterThan(1e12);
    expect(at({})).toEqual({ state: 'nodata' });
  });
});

describe('after an outage of the console', () => {
  const away = { fromMs: NOW_MS - 50 * 1_000, toMs: NOW_MS - 10 * 1_000 };
  const cart = { labels: { service: 'cart' } };
  const cells = (points: [number, number][]) => ({ cells: { 'requests_count|service=cart': points } });
  const hole = cells(perSecond(100, -25, 0).filter(([ms]) => ms < away.fromMs || ms >= away.toMs));
  it('[ALR88] what nobody sent while it was away is no fall: no data until the window is past', () => {
    expect(read('kpi("qps","1m")', hole, cart)).toMatchObject({ state: 'value' });
    expect(read('kpi("qps","1m")', hole, { ...cart, away })).toEqual({ state: 'nodata' });
    expect(read('tier("qps","1m")', hole, { ...cart, away })).toEqual({ state: 'nodata' });
    const later = { ...cart, away, atMs: NOW_MS + 50 * 1_000 };
    expect(read('kpi("qps","1m")', cells(perSecond(1, -25, 1)), later)).toMatchObject({ state: 'value', value: 1 });
  });
  it('[ALR88] what was sent again counts, and a real fall shows; shares, long windows and the whole sale are judged as ever', () => {
    const fell = cells([...perSecond(100, -25, -1), ...perSecond(5, -1, 0)]);
    expect(read('kpi("qps","1m")', fell, { ...cart, away })).toEqual({ state: 'value', value: 5, unit: 'per_second' });
    // no fault while it was away is no hole
    const errors = perSecond(1, -25, 0).filter(([ms]) => ms < away.fromMs);
    const faults = { cells: { ...steady.cells, 'request_errors_count|service=cart': errors } };
    expect(read('kpi("fault_rate","1m")', faults, { ...cart, away })).toMatchObject({ state: 'value' });
    const orders = { cells: { orders_paid_count: perSecond(10, -20, -2) } };
    expect(read('kpi("orders_paid","1m")', orders, { away })).toEqual({ state: 'nodata' });
    for (const window of ['1h', 'open'])
      expect(read(`kpi("orders_paid","${window}")`, orders, { away })).toMatchObject({ state: 'value' });
  });
  it('[ALR88] it was away when no node left its mark for ten seconds; a change of the evaluating node is none', () => {
    let agoMs: number | null = null;
    let nowMs = 100_000;
    const outage = createAway({ evaluatedAgoMs: () => agoMs, nowMs: () => nowMs });
    for (const short of [null, 0, 9_999]) {
      agoMs = short;
      outage.note();
      expect(outage.last()).toBeNull();
    }
    agoMs = 30_000;
    outage.note();
    expect(outage.last()).toEqual({ fromMs: 72_000, toMs: 98_000 });
    agoMs = 200;
    nowMs += 5_000;
    outage.note();
    expect(outage.last()).toEqual({ fromMs: 72_000, toMs: 98_000 });
  });
});

describe('baseline', () => {
  it('[ALR36] a spike moves neither the middle nor the band much', () => {
    const calm = robustBand([100, 101, 99, 100, 102, 98, 100]);
    const spiked = robustBand([100, 101, 99, 100, 102, 98, 100, 9_000]);
    expect(spiked?.median).toBeCloseTo(calm?.median ?? 0, -0.5);
    expect(spiked?.high).toBeLessThan(115);
    expect(robustBand([1, 2, 3, 4])).toBeNull();
  });
  const row = (toMs: number, value: number, plan?: number): KpiRow =>
    ({
      id: 'x',
      window: '1m',
      labels: {},
      unit: 'count',
      value,
      quality: 'live',
      numerator: value,
      denominator: null,
      fromMs: toMs - 60_000,
      toMs,
      resolutionMs: 1_000,
      ...(plan === undefined ? {} : { plan }),
    }) as KpiRow;
  it('[ALR36] follows the plan: half of the plan all the time is half of the plan now', () => {
    const at = (toMs: number) => row(toMs, toMs / 120_000, toMs / 60_000);
    const band = new BaselineBook().read('x', row(30 * 60_000, 1, 1_000), at, 0);
    expect(band?.median).toBeCloseTo(500);
  });
  it('[ALR36] what was before the opening says nothing about the sale', () => {
    const at = (toMs: number) => row(toMs, toMs <= 20 * 60_000 ? 1 : 1_000);
    expect(new BaselineBook().read('x', row(24 * 60_000, 1_000), at, 20 * 60_000)).toBeNull();
    expect(new BaselineBook().read('x', row(28 * 60_000, 1_000), at, 20 * 60_000)?.median).toBe(1_000);
  });
});

describe('around the opening', () => {
  const openMs = OPENS_MS;
  /** What `tier(id, window)` on a channel is, a minute after the opening. */
  const tierOf = (id: string, windows: PlainWindows, toMs = openMs + 60_000, window = '1h') => {
    const source = {
      campaign: double11,
      reader: plainReader(windows),
      asOfMs: toMs,
      watermarkMs: toMs,
      feeds: () => ({}),
      feedWatermarksMs: () => ({}),
    } as unknown as FrameSource;
    const resolve = readingResolver(source, toMs, () => null, new BaselineBook());
    const labels = { channel: 'search' };
    return resolve({ name: 'tier', args: [id, window], labels, key: id }, labels);
  };
  const cells = (orders: number) =>
    ({
      'orders_paid_count|channel=search': [[openMs + 30_000, orders]],
      'gmv_paid_minor|channel=search': [[openMs + 30_000, orders * 20_000]],
    }) as const;
  const ads = (atMs: number, spendMinor: number) => ({ search: [[atMs, { spendMinor }]] }) as const;
  it('[ALR69] a window that reaches back over the opening begins there: what was spent before weighs nothing', () => {
    const before = { cells: cells(1_000), ads: ads(openMs - 600_000, 10_000_000) };
    expect(tierOf('roas', before)).not.toMatchObject({ state: 'value', value: 5 });
    const after = { cells: cells(1_000), ads: ads(openMs + 20_000, 20_000_000) };
    expect(tierOf('roas', after)).toMatchObject({ state: 'value', value: 5, shown: { value: 1 } });
  });
  it('[ALR69] against its plan a figure says nothing before as much of the sale has passed as its window has', () => {
    const few = { cells: { 'gmv_paid_minor|channel=search': [[openMs + 1_000, 1]] } } as const;
    expect(tierOf('gmv_paid', few, openMs + 58_000, '1m')).toEqual({ state: 'insufficient' });
    expect(tierOf('gmv_paid', few, openMs + 60_000, '1m')).toMatchObject({ state: 'value' });
  });
  it('[ALR69] few orders after little spend are no return yet; a hundredth of the budget without orders is', () => {
    const allocated = (double11.budgets.envelopes[double11.budgets.channelEnvelope] ?? 0) * 0.3;
    expect(tierOf('roas', { cells: cells(3), ads: ads(openMs + 20_000, 300_000) })).toEqual({ state: 'insufficient' });
    const spent = ads(openMs + 20_000, Math.ceil(allocated * 0.0101));
    expect(tierOf('roas', { cells: cells(3), ads: spent })).toMatchObject({ state: 'value', value: 5 });
  });
});
