import { describe, expect, it } from 'vitest';
import { gainOf } from './confidence.ts';
import { response, slope } from './curve.ts';
import { curveOf, FIT_SETTINGS, type Fit, learn, priorFit, type Tick } from './fit.ts';
import { newMemory, remember } from './memory.ts';
import { Draws } from './random.ts';
import { bandsOf } from './show.ts';

const prior = { usualSpend: 1_000, usualReturn: 4_000 };
const truth = (x: number): number => (9_000 * x) / (x + 600);
const draws = new Draws(5);
function days(fit: Fit, count: number, level: number, noise = 0.1): { fit: Fit; changes: number } {
  let changes = 0;
  for (let n = 0; n < count; n += 1) {
    const spend = draws.between(600, 1_500);
    const demand = 0.5 + (n % 7) / 3;
    const gain = demand * level * truth(spend) * Math.exp(noise * draws.normal());
    const learnt = learn(fit, { spend, gain, demand, completeness: 1 }, FIT_SETTINGS);
    if (learnt.regimeChanged) changes += 1;
    fit = learnt.fit;
  }
  return { fit, changes };
}

describe('learning a curve', () => {
  it('[ADV6] before any data it is the plan’s return, at the usual spend', () => {
    expect(response(curveOf(priorFit(prior, FIT_SETTINGS)), 1_000)).toBeCloseTo(4_000, 6);
  });
  it('[ADV6] it finds the return and the slope where it was shown ticks, and the band narrows', () => {
    const before = priorFit(prior, FIT_SETTINGS);
    const { fit } = days(before, 120, 1);
    const curve = curveOf(fit);
    expect(response(curve, 1_000) / truth(1_000)).toBeCloseTo(1, 1);
    const trueSlope = (9_000 * 600) / 1_600 ** 2;
    expect(slope(curve, 1_000) / trueSlope).toBeGreaterThan(0.6);
    expect(slope(curve, 1_000) / trueSlope).toBeLessThan(1.6);
    const width = (of: Fit): number => {
      const { marginal } = bandsOf(of, [1_000], 1_000, 1);
      expect(marginal.low).toBeLessThanOrEqual(marginal.mid);
      expect(marginal.mid).toBeLessThanOrEqual(marginal.high);
      return marginal.high - marginal.low;
    };
    expect(width(fit)).toBeLessThan(width(before) / 2);
  });
  it('[ADV7] an idle channel becomes uncertain, not wrong: it forgets towards the plan', () => {
    let { fit } = days(priorFit(prior, FIT_SETTINGS), 80, 2);
    const learnt = response(curveOf(fit), 1_000);
    for (let n = 0; n < 600; n += 1)
      fit = learn(fit, { spend: 0, gain: 0, demand: 1, completeness: 1 }, FIT_SETTINGS).fit;
    const after = response(curveOf(fit), 1_000);
    expect(Math.abs(after - 4_000)).toBeLessThan(Math.abs(learnt - 4_000) / 4);
  });
  it('[ADV8] a return that falls by half is noticed within the hour and then believed; a steady one is left alone', () => {
    const steady = days(priorFit(prior, FIT_SETTINGS), 250, 1.2, 0.15);
    expect(steady.changes).toBeLessThanOrEqual(3);
    const { fit } = days(priorFit(prior, FIT_SETTINGS), 80, 1);
    const fallen = days(fit, 12, 0.4);
    expect(fallen.changes).toBeGreaterThanOrEqual(1);
    expect(response(curveOf(fallen.fit), 1_000) / (0.4 * truth(1_000))).toBeLessThan(1.35);
  });
  it('[ADV9] what a channel sells while operations say that it is in trouble is not held against it after', () => {
    const { fit } = days(priorFit(prior, FIT_SETTINGS), 80, 1);
    const healthy = response(curveOf(fit), 1_000);
    let memory = { ...newMemory(prior, FIT_SETTINGS), fit };
    const at = (gain: number): Tick => ({ spend: 1_000, gain, demand: 1, completeness: 1 });
    for (let n = 0; n < 12; n += 1) memory = remember(memory, at(300), true, FIT_SETTINGS).memory;
    expect(response(curveOf(memory.fit), 1_000)).toBeLessThan(0.35 * healthy);
    memory = remember(memory, at(truth(1_000)), false, FIT_SETTINGS).memory;
    expect(response(curveOf(memory.fit), 1_000) / healthy).toBeGreaterThan(0.85);
    expect(memory.aside).toBeNull();
  });
  it('[ADV10] a tick without demand, spend or attributions teaches nothing', () => {
    const { fit } = days(priorFit(prior, FIT_SETTINGS), 20, 1);
    for (const tick of [
      { spend: 1_000, gain: 0, demand: 0, completeness: 1 },
      { spend: 0, gain: 500, demand: 1, completeness: 1 },
      { spend: 1_000, gain: 500, demand: 1, completeness: 0 },
    ]) {
      const { surprise, fit: after } = learn(fit, tick, FIT_SETTINGS);
      expect(surprise).toBeNull();
      expect(response(curveOf(after), 1_000) / response(curveOf(fit), 1_000)).toBeCloseTo(1, 1);
    }
  });
  it('[ADV11] what is known survives as JSON, to the last digit', () => {
    const { fit } = days(priorFit(prior, FIT_SETTINGS), 30, 1);
    expect(JSON.parse(JSON.stringify(fit))).toEqual(fit);
  });
});

describe('how sure', () => {
  const good = days(priorFit(prior, FIT_SETTINGS), 100, 1.5).fit;
  const poor = days(priorFit(prior, FIT_SETTINGS), 100, 0.3).fit;
  it('[ADV12] the same seed gives the same probability and band', () => {
    const changes = [
      { fit: poor, worth: 1, from: 1_000, to: 800 },
      { fit: good, worth: 1, from: 1_000, to: 1_200 },
    ];
    expect(gainOf(changes, 3)).toEqual(gainOf(changes, 3));
    const { low, mean, high, probability } = gainOf(changes, 3);
    expect(probability).toBeGreaterThan(0.95);
    expect(low).toBeLessThan(mean);
    expect(mean).toBeLessThan(high);
    const back = gainOf(
      changes.map((one) => ({ ...one, from: one.to, to: one.from })),
      3,
    );
    expect(back.probability).toBeLessThan(0.05);
  });
  it('[ADV12] money kept back is worth itself, for sure', () => {
    expect(gainOf([{ fit: null, worth: 1, from: 0, to: 50 }], 1)).toEqual({
      mean: 50,
      low: 50,
      high: 50,
      probability: 1,
    });
  });
});
