import { describe, expect, it } from 'vitest';
import { attentionOf } from '../attention-spent.ts';
import { ADVICE_SETTINGS, advise, type Seat } from './advise.ts';
import { ATTENTION_RULES, leastGainRatio } from './attention.ts';
import { FIT_SETTINGS, type Fit, learn, priorFit } from './fit.ts';
import { newMemory } from './memory.ts';

describe('what people are asked for in a day', () => {
  it('[ADV25] every decision more than planned raises the gain that the next must promise, every quiet hour lowers it', () => {
    expect(leastGainRatio(5, 144)).toBeCloseTo(0.001, 9);
    expect(leastGainRatio(6, 144) / leastGainRatio(5, 144)).toBeCloseTo(Math.E, 9);
    expect(leastGainRatio(5, 173)).toBeLessThan(leastGainRatio(5, 144));
    expect(leastGainRatio(0, -10)).toBe(leastGainRatio(0, 0));
    expect(leastGainRatio(10, 5_000)).toBeCloseTo(0.001, 9);
    // two above the plan of a whole day, still within the 12 that people will judge
    expect(leastGainRatio(ATTENTION_RULES.dayMovesCount + 4, 288)).toBeGreaterThan(0.05);
  });
  it('[ADV25] a decision that promises less is not shown, and that is not for want of certainty', () => {
    const fit = (roas: number): Fit => {
      let taught = priorFit({ usualSpend: 1_000, usualReturn: 4_000 }, FIT_SETTINGS);
      for (let n = 0; n < 60; n += 1)
        taught = learn(taught, { spend: 1_000, gain: roas * 1_000, demand: 1, completeness: 1 }, FIT_SETTINGS).fit;
      return taught;
    };
    const seat = (id: string, roas: number): Seat => ({
      id,
      fit: fit(roas),
      worth: 1,
      spend: 1_000,
      min: 800,
      max: 1_200,
      lately: 0,
    });
    const seats = [seat('poor', 1.5), seat('good', 7)];
    const at = (leastGainRatio: number) =>
      advise(seats, { settings: ADVICE_SETTINGS, demandLeft: 48, seed: 1, leastGainRatio }).advice.length;
    expect(at(0.001)).toBe(1);
    expect(at(0.5)).toBe(0);
  });
  it('[ADV25] cards of one decision that are carried out count once, those of yesterday no more', () => {
    const tickMs = 300_000;
    const nowMs = 400 * tickMs;
    const memory = newMemory({ usualSpend: 1, usualReturn: 4 }, FIT_SETTINGS);
    const gmv = { ...memory, fit: { ...memory.fit, tickCount: 288 } };
    const channels = {
      search: { memory: { gmv, new_buyers: memory }, regimeChangedAtMs: null, moved: null, multiplier: 1 },
    };
    const settled = (ids: readonly (readonly [string, number])[]) =>
      ids.map(([id, settledAtMs]) => ({
        id,
        settledAtMs,
        moveId: id,
        from: 'chan:a' as const,
        to: 'chan:b' as const,
        amountMinor: 1,
        judgedAtMs: null,
        probability: 0.9,
        rawProbability: 0.9,
        predicted: { low: 0, mid: 1, high: 2 },
        realised: null,
        objective: 'gmv' as const,
      }));
    const at = (ids: readonly (readonly [string, number])[]): number =>
      attentionOf({ channels, settled: settled(ids) }, { tickMs }, nowMs);
    const none = at([]);
    expect(
      at([
        ['rec-gmv-a-1', nowMs - 1],
        ['rec-gmv-a-2', nowMs - 1],
      ]) / none,
    ).toBeCloseTo(Math.E, 6);
    expect(
      at([
        ['rec-gmv-a-1', nowMs - 1],
        ['rec-gmv-b-1', nowMs - 1],
      ]) / none,
    ).toBeCloseTo(Math.E ** 2, 6);
    expect(at([['rec-gmv-a-1', nowMs - 288 * tickMs - 1]])).toBe(none);
  });
});

describe('what a jump leaves', () => {
  it('[ADV8] the shape: how well a channel sells may change, where its curve bends is remembered for a day', () => {
    let fit = priorFit({ usualSpend: 1_000, usualReturn: 4_000 }, FIT_SETTINGS);
    const bends = (half: number, level: number, ticks: number): void => {
      for (let n = 0; n < ticks; n += 1) {
        const spend = n % 2 === 0 ? 600 : 1_400;
        const gain = (level * 8_000 * spend) / (spend + half);
        fit = learn(fit, { spend, gain, demand: 1, completeness: 1 }, FIT_SETTINGS).fit;
      }
    };
    const early = (): number => fit.l.indexOf(Math.max(...fit.l));
    bends(200, 1, 80);
    const node = early();
    bends(200, 0.5, 6);
    expect(early()).toBe(node);
    expect(fit.nodes[node]).toBeLessThan(400);
    // ticks at one spend say nothing of the shape; they do not wash it out either
    for (let n = 0; n < 100; n += 1)
      fit = learn(fit, { spend: 1_000, gain: (4_000 * 1_000) / 1_200, demand: 1, completeness: 1 }, FIT_SETTINGS).fit;
    expect(early()).toBe(node);
  });
});
