import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, flatSchema } from '#contract/events';
import type { BodyItem, LoadEvent } from '../load-event.ts';
import { sampleCampaign } from '../sample-campaign.ts';
import { askedFile, parseAsked, watchAsked, writeAsked } from './asked.ts';
import { curveAt, PlannedPace } from './pace.ts';
import { Sale } from './sale.ts';
import { logNormalBins } from './samples.ts';
import { settingsOf } from './settings.ts';
import { storyOf } from './story.ts';
import { CALM } from './troubles.ts';

const campaign = {
  ...sampleCampaign(),
  plans: { gmv_paid_minor: { fromMinute: 0, values: [90_000_000, 60_000_000, 60_000_000] } },
};
const rate = { ratePerSecond: 400, seed: 5, runTag: 't' };

function play(fromS: number, toS: number): LoadEvent[] {
  const events: BodyItem[] = [];
  const startMs = campaign.opensAt + fromS * 1_000;
  const sale = new Sale({ campaign, ...rate, startMs, send: (_, item) => events.push(item) });
  for (let ms = startMs; ms <= campaign.opensAt + toS * 1_000; ms += 250) {
    sale.advance(ms);
    if (ms % 1_000 === 0) sale.heartbeats(ms);
  }
  return events as LoadEvent[];
}

describe('the simulated sale', () => {
  const events = play(-10, 60);
  const sold = events.filter(({ type }) => type === 'order.paid' && typeof type === 'string');

  it('[SIM1] every event fits its schema, but for the old order system that sends text', () => {
    const checks = new Map(EVENT_TYPES.map((type) => [type, Compile(flatSchema(type))]));
    for (const event of events) {
      if (event.source === '/orders/legacy') continue;
      if (checks.get(event.type)?.Check(event) !== true) expect(JSON.stringify(event)).toBe('valid');
    }
    expect(events.some(({ source, amountMinor }) => source === '/orders/legacy' && amountMinor === '19800')).toBe(true);
  });
  it('[SIM2] paid value follows the plan', () => {
    const first = sold.filter(
      ({ ts, amountMinor }) =>
        ts >= campaign.opensAt && ts < campaign.opensAt + 55_000 && typeof amountMinor === 'number',
    );
    const sum = first.reduce((total, { amountMinor }) => total + Number(amountMinor), 0);
    let planned = 0;
    for (let second = 0; second < 55; second += 1) planned += curveAt(campaign.plans.gmv_paid_minor, second / 60) / 60;
    expect(sum / planned).toBeGreaterThan(0.85);
    expect(sum / planned).toBeLessThan(1.15);
  });
  it('[SIM3] figures move before the opening: visits, traffic, stock counts, deposits', () => {
    const early = new Set(events.filter(({ ts }) => ts < campaign.opensAt - 5_000).map(({ type }) => type));
    expect([...early]).toEqual(
      expect.arrayContaining(['visit.sampled', 'traffic.sampled', 'stock.counted', 'order.deposited']),
    );
  });
  it('[SIM4] nothing is sent before it happened', () => {
    const startMs = campaign.opensAt;
    let nowMs = startMs;
    const sale = new Sale({
      campaign,
      ...rate,
      startMs,
      send: (_, item) => expect((item as LoadEvent).ts).toBeLessThanOrEqual(nowMs),
    });
    for (; nowMs < startMs + 20_000; nowMs += 250) sale.advance(nowMs);
  });
  it('[SIM11] lost callbacks are seen for as long as they are lost, although each is found in the end', () => {
    const startMs = campaign.opensAt;
    const count = { paid: 0, succeeded: 0 };
    const send = (_: string, item: BodyItem): void => {
      const { type, ts, result } = item as LoadEvent;
      if (ts < startMs + 300_000) return;
      if (type === 'order.paid') count.paid += 1;
      if (type === 'payment.attempted' && result === 'succeeded') count.succeeded += 1;
    };
    const asked = () =>
      [{ sale: campaign.id, name: 'callbacks-lost', fromMs: startMs, untilMs: startMs + 900_000 }] as const;
    const sale = new Sale({ campaign, ...rate, ratePerSecond: 50, startMs, send, asked });
    for (let ms = startMs; ms <= startMs + 360_000; ms += 500) sale.advance(ms);
    expect(count.succeeded).toBeGreaterThan(200);
    expect(1 - count.paid / count.succeeded).toBeGreaterThan(0.03);
  });
  it('[SIM5] stock never falls below zero, and a hero item sells out and is refilled', () => {
    const onHand = new Map<unknown, number>();
    let emptyMs = 0;
    let refilledMs = 0;
    let askedLateCount = 0;
    for (const { type, sku, onHand: counted, delta, ts, unmet } of play(0, 600)) {
      if (type === 'stock.checked' && sku === 'sku-1' && emptyMs > 0 && ts > emptyMs + 30_000 && refilledMs === 0)
        askedLateCount += Number(unmet);
      if (type === 'stock.counted' && !onHand.has(sku)) onHand.set(sku, Number(counted));
      if (type !== 'stock.moved') continue;
      const left = (onHand.get(sku) ?? 0) + Number(delta);
      onHand.set(sku, left);
      expect(left).toBeGreaterThanOrEqual(0);
      if (sku === 'sku-1' && left === 0 && emptyMs === 0) emptyMs = ts;
      if (sku === 'sku-1' && Number(delta) > 0) refilledMs = ts;
    }
    expect(emptyMs).toBeGreaterThan(campaign.opensAt + 60_000);
    expect(refilledMs).toBeGreaterThan(emptyMs);
    expect(askedLateCount).toBeLessThan(150); // those who came for the flash sale leave when it is over
  });
  it('[SIM6] the payment dip hits one method for 90 s and then is over', () => {
    const story = storyOf(campaign);
    expect(story.at(94).paymentFailedRatio).toBe(0);
    expect(story.at(95)).toMatchObject({ paymentMethod: 'card', paymentFailedRatio: 0.14 });
    expect(story.at(184.9).paymentFailedRatio).toBe(0.14);
    expect(story.at(185).paymentFailedRatio).toBe(0);
    expect(story.changes(79, 81)).toHaveLength(1);
    expect(story.changes(80.25, 80.5)).toHaveLength(0);
  });
  it('[SIM11] trouble that is asked for comes alone and ends by itself; what is no trouble is left out', () => {
    const at = (seconds: number): number => campaign.opensAt + seconds * 1_000;
    const sale = campaign.id;
    const asked = parseAsked(
      JSON.stringify([
        { sale, name: 'callbacks-lost', fromMs: at(100), untilMs: at(130) },
        { sale, name: 'wash-trading', fromMs: at(120), untilMs: at(130) },
        { sale: 'of last night', name: 'calm', fromMs: at(0), untilMs: at(900) },
        { sale, name: 'toString', fromMs: at(0), untilMs: at(900) },
        { sale, name: 'bad-press', fromMs: 'soon' },
        null,
      ]),
    );
    expect(asked).toHaveLength(3);
    expect(parseAsked('{half')).toEqual([]);
    const story = storyOf(campaign, () => asked);
    expect(story.at(99)).toMatchObject({ paymentFailedRatio: 0.14, callbacksLostRatio: 0 });
    expect(story.at(100)).toMatchObject({ paymentFailedRatio: 0, callbacksLostRatio: 0.08, flaggedFactor: 1 });
    expect(story.at(120)).toMatchObject({ callbacksLostRatio: 0.08, flaggedStoppedRatio: 0.5 });
    expect(story.at(130)).toMatchObject({ paymentFailedRatio: 0.14, callbacksLostRatio: 0 });
    expect(storyOf(campaign, () => [{ sale, name: 'calm', fromMs: at(100), untilMs: at(180) }]).at(110)).toEqual(CALM);
  });
  it('[SIM11] a running sale sees what is asked for within a second, and only a change of the file is read', async () => {
    const file = askedFile(join(mkdtempSync(join(tmpdir(), 'wr-asked-')), 'demo-access.json'));
    const watch = watchAsked(file);
    expect(watch(0)).toEqual([]);
    const one = { sale: 's', name: 'bad-press', fromMs: 1, untilMs: 2 } as const;
    writeAsked(file, [one]);
    await expect.poll(() => watch(0), { timeout: 10_000 }).toEqual([one]);
    writeAsked(file, []);
    await expect.poll(() => watch(0), { timeout: 10_000 }).toEqual([]);
  });
  it('[SIM7] the event rate stays bounded however steep the plan is; the amounts carry the rest', () => {
    const { paidShareRatio, meanBasketMinor } = settingsOf(campaign);
    const steep = { ...campaign, plans: { gmv_paid_minor: { fromMinute: 0, values: [9e12, 1] } } };
    const pace = new PlannedPace(steep, { ratePerSecond: 1_000, paidShareRatio, basketMinor: meanBasketMinor });
    expect(pace.at(campaign.opensAt + 1_000).paidOrdersPerSecond).toBeCloseTo(1_000 * paidShareRatio * 1.5);
    expect(pace.at(campaign.opensAt + 1_000).gmvPerSecondMinor).toBeCloseTo(9e12 / 60);
    expect(pace.at(campaign.opensAt + 119_000).paidOrdersPerSecond).toBeCloseTo(1_000 * paidShareRatio * 0.02);
  });
  it('a log-normal histogram adds up to its count', () => {
    const bins = logNormalBins(campaign.edgesMs, 997, 120, 0.7);
    expect(bins.reduce((sum, [, count]) => sum + count, 0)).toBe(997);
  });
});
