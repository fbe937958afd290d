import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADVICE_SETTINGS, advise, type Seat } from './advise.ts';
import { mostIn, mostOut } from './bounds.ts';
import { FIT_SETTINGS, type Fit, learn, priorFit } from './fit.ts';
import { realisedAt } from './judge.ts';
import { nextMultiplier } from './pacing.ts';
import { pairsOf } from './pairs.ts';
import { Draws } from './random.ts';
import { calibrate, PRIOR_CALIBRATION, recalibrated } from './recalibrate.ts';
import { type ChannelFacts, isBeyondChance, mayGive, mayReceive, vetoesOf } from './vetoes.ts';

function taught(roas: number, seed: number, ticks = 60): Fit {
  const draws = new Draws(seed);
  let fit = priorFit({ usualSpend: 1_000, usualReturn: 4_000 }, FIT_SETTINGS);
  for (let n = 0; n < ticks; n += 1) {
    const spend = draws.between(700, 1_300);
    const gain = ((roas * 2_000 * spend) / (spend + 1_000)) * Math.exp(0.1 * draws.normal());
    fit = learn(fit, { spend, gain, demand: 1, completeness: 1 }, FIT_SETTINGS).fit;
  }
  return fit;
}
const seat = (id: string, fit: Fit | null, more: Partial<Seat> = {}): Seat => ({
  id,
  fit,
  worth: 1,
  spend: 1_000,
  min: 800,
  max: 1_200,
  lately: 0,
  ...more,
});
const poor = taught(1.5, 1);
const good = taught(7, 2);
const options = { settings: ADVICE_SETTINGS, demandLeft: 48, seed: 11 };

it('[ADV20] a handful of complaints more than usual is chance, a hundred is none', () => {
  expect([isBeyondChance(10, 7), isBeyondChance(14, 7), isBeyondChance(15, 7)]).toEqual([false, false, true]);
  expect([isBeyondChance(286, 240), isBeyondChance(312, 240)]).toEqual([false, true]);
});

describe('cards', () => {
  it('[ADV13] a clear gap is advised: from the poor channel to the good one, as far as the bounds let', () => {
    const { advice, together } = advise([seat('poor', poor), seat('good', good)], options);
    expect(advice).toHaveLength(1);
    const [card] = advice;
    expect(card).toMatchObject({ strength: 'advised', pair: { donor: 'poor', receiver: 'good' } });
    expect(card?.pair.amount).toBeCloseTo(200, 6);
    expect(card?.slopes.receiverBefore).toBeGreaterThan(card?.slopes.donorBefore ?? 0);
    expect(card?.slopes.receiverAfter).toBeLessThan(card?.slopes.receiverBefore ?? 0);
    expect(together?.advised).toBe(true);
  });
  it('[ADV14] nothing is said of a change under 1 % of the money, or one that cannot earn its cost', () => {
    const near = { min: 995, max: 1_005 };
    expect(advise([seat('poor', poor, near), seat('good', good, near)], options).advice).toEqual([]);
    const late = advise([seat('poor', poor), seat('good', good)], { ...options, demandLeft: 0.5 });
    expect(late.advice.map(({ strength }) => strength)).toEqual(['none']);
    expect(late.together).toBeNull();
  });
  it('[ADV15] a channel that was just moved the other way needs p ≥ 0.9, and is never merely weak', () => {
    const unsure = (probability: number) => ({ ...options, recalibrate: () => probability });
    const seats = (lately: 0 | 1) => [seat('poor', poor, { lately }), seat('good', good)];
    const strengths = (lately: 0 | 1, p: number) =>
      advise(seats(lately), unsure(p)).advice.map(({ strength }) => strength);
    expect(strengths(0, 0.85)).toEqual(['advised']);
    expect(strengths(0, 0.7)).toEqual(['weak']);
    expect(strengths(0, 0.6)).toEqual(['none']);
    expect(strengths(1, 0.85)).toEqual(['none']);
    expect(strengths(1, 0.91)).toEqual(['advised']);
  });
  it('[ADV16] pairs add up to the change, number at most K − 1, and begin with the largest gap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 12 }), (tos) => {
        const total = tos.reduce((sum, to) => sum + to, 0);
        const from = total / tos.length;
        const shifts = tos.map((to, i) => ({
          id: `c${i}`,
          curve: { nodes: [50], tops: [100 + i] },
          worth: 1,
          from,
          to,
        }));
        const pairs = pairsOf(shifts, 0);
        expect(pairs.length).toBeLessThan(tos.length);
        const at = new Map(shifts.map(({ id }) => [id, from]));
        for (const { donor, receiver, amount, donorFrom, receiverTo } of pairs) {
          expect(donorFrom).toBeCloseTo(at.get(donor) ?? 0, 6);
          at.set(donor, (at.get(donor) ?? 0) - amount);
          at.set(receiver, (at.get(receiver) ?? 0) + amount);
          expect(receiverTo).toBeCloseTo(at.get(receiver) ?? 0, 6);
        }
        for (const { id, to } of shifts) expect(at.get(id)).toBeCloseTo(to, 6);
      }),
      { numRuns: 100 },
    );
  });
  it('[ADV17] for profit, money that brings less than it costs is kept back', () => {
    const worth = 0.32;
    const seats = [
      seat('poor', poor, { worth }),
      seat('good', good, { worth, max: 1_050 }),
      seat('kept', null, { spend: 0, min: 0, max: 400 }),
    ];
    const { advice } = advise(seats, options);
    expect(advice.some(({ pair }) => pair.donor === 'poor' && pair.receiver === 'kept')).toBe(true);
  });
  it('[ADV18] bounds that cannot hold are answered as infeasible', () => {
    const { allocation, advice } = advise(
      [seat('poor', poor, { min: 1_100 }), seat('good', good, { min: 1_100 })],
      options,
    );
    expect(allocation).toMatchObject({ kind: 'infeasible', why: 'min_above_total', rows: [0, 1] });
    expect(advice).toEqual([]);
  });
});

const well: ChannelFacts = {
  tiers: { stockout: null, payments: null, complaints: null, faults: null },
  stockoutRatio: 0,
  feedStale: false,
  frozen: null,
  cooldownUntilMs: null,
  pinned: false,
  usedRatio: 1,
  ordersCount: 500,
  regimeChangedAtMs: null,
  spends: true,
};
describe('who may receive', () => {
  for (const { title, facts, code, gives } of [
    { title: 'short of stock', facts: { tiers: { ...well.tiers, stockout: 'yellow' } }, code: 'stockout', gives: true },
    {
      title: 'payments failing',
      facts: { tiers: { ...well.tiers, payments: 'orange' } },
      code: 'payments',
      gives: true,
    },
    {
      title: 'complaints rising',
      facts: { tiers: { ...well.tiers, complaints: 'red' } },
      code: 'complaints',
      gives: true,
    },
    { title: 'faults', facts: { tiers: { ...well.tiers, faults: 'yellow' } }, code: 'faults', gives: true },
    { title: 'a stale feed', facts: { feedStale: true }, code: 'stale_feed', gives: false },
    { title: 'frozen for increases', facts: { frozen: 'increases' }, code: 'frozen', gives: true },
    { title: 'frozen', facts: { frozen: 'all' }, code: 'frozen', gives: false },
    { title: 'cooling down', facts: { cooldownUntilMs: 10_001 }, code: 'cooldown', gives: false },
    { title: 'pinned', facts: { pinned: true }, code: 'pinned', gives: false },
    { title: 'not using what it has', facts: { usedRatio: 0.89 }, code: 'under_used', gives: true },
    { title: 'too few orders to tell', facts: { ordersCount: 29 }, code: 'few_orders', gives: false },
    {
      title: 'a regime that has just changed',
      facts: { regimeChangedAtMs: 9_000 },
      code: 'regime_changed',
      gives: true,
    },
    { title: 'no spend', facts: { spends: false }, code: 'no_spend', gives: false },
  ] as const)
    it(`[ADV20] not a channel with: ${title}`, () => {
      const vetoes = vetoesOf({ ...well, ...(facts as Partial<ChannelFacts>) }, 10_000);
      expect(vetoes.map((veto) => veto.code)).toEqual([code]);
      expect(mayReceive(vetoes)).toBe(false);
      expect(mayGive(vetoes)).toBe(gives);
    });
  it('[ADV20] blue and cyan tiers, a cooldown that is over, 90 % used and 30 orders stop nothing', () => {
    const facts: ChannelFacts = {
      ...well,
      tiers: { stockout: 'cyan', payments: 'blue', complaints: 'cyan', faults: 'blue' },
      cooldownUntilMs: 10_000,
      usedRatio: 0.9,
      ordersCount: 30,
    };
    expect(vetoesOf(facts, 10_000)).toEqual([]);
  });
  it('[ADV21] the nearest limit is the one that is named', () => {
    const money = {
      account: 'chan:a',
      allocated: 1_000,
      spent: 300,
      available: 700,
      releasable: 650,
      floor: 200,
      cap: 1_100,
      stepOut: 200,
      stepIn: 150,
    };
    expect(mostOut(money)).toEqual({ amount: 200, by: 'step_too_large' });
    expect(mostOut({ ...money, releasable: 50 })).toEqual({ amount: 50, by: 'not_releasable' });
    expect(mostOut({ ...money, floor: 900 })).toEqual({ amount: 100, by: 'below_floor' });
    expect(mostOut({ ...money, floor: 1_200 })).toEqual({ amount: 0, by: 'below_floor' });
    expect(mostIn(money)).toEqual({ amount: 100, by: 'above_cap' });
    expect(mostIn({ ...money, cap: null })).toEqual({ amount: 150, by: 'step_too_large' });
  });
});

describe('what came of it', () => {
  it('[ADV22] without settled cards the probability is near what the draws say, and always rises with it', () => {
    expect(calibrate([])).toEqual({ ...PRIOR_CALIBRATION });
    for (let p = 0.05; p < 0.95; p += 0.05)
      expect(recalibrated(PRIOR_CALIBRATION, p + 0.05)).toBeGreaterThan(recalibrated(PRIOR_CALIBRATION, p));
    expect(recalibrated(PRIOR_CALIBRATION, 0.8)).toBeCloseTo(0.722, 2);
  });
  it('[ADV22] cards that come true less often than they said lower what the next ones say', () => {
    const settled = Array.from({ length: 60 }, (_, n) => ({ raw: 0.9, gained: n % 10 < 6 }));
    const learnt = calibrate(settled);
    expect(recalibrated(learnt, 0.9)).toBeLessThan(0.72);
    expect(recalibrated(learnt, 0.9)).toBeGreaterThan(0.55);
    expect(recalibrated(calibrate(settled.map(({ raw }) => ({ raw, gained: true }))), 0.9)).toBeGreaterThan(0.9);
    expect(learnt.count).toBe(60);
  });
  it('[ADV23] realised gain is what came less what would have come without the move, whatever the hour was like', () => {
    const curve = { nodes: [1_000], tops: [8_000] };
    const at = (spend: number): number => (8_000 * spend) / (spend + 1_000);
    for (const hour of [0.5, 1, 3]) {
      const received = realisedAt(curve, [{ spend: 1_200, gain: hour * at(1_200), moved: 200 }]);
      const given = realisedAt(curve, [{ spend: 800, gain: hour * at(800), moved: -200 }]);
      expect(received).toBeCloseTo(hour * (at(1_200) - at(1_000)), 6);
      expect(given).toBeCloseTo(hour * (at(800) - at(1_000)), 6);
    }
  });
  it('[ADV24] pacing slows what runs ahead of its plan, speeds up what lags, stays within 0.25–4 and is damped at the end', () => {
    const at = { spent: 120, planned: 100, remaining: 100, hoursLeft: 5 };
    expect(nextMultiplier(1, at)).toBeCloseTo(Math.exp(-0.1), 6);
    expect(nextMultiplier(1, { ...at, spent: 80 })).toBeCloseTo(Math.exp(0.1), 6);
    expect(nextMultiplier(1, { ...at, hoursLeft: 0.5 })).toBeCloseTo(Math.exp(-0.05), 6);
    expect(nextMultiplier(1, { ...at, spent: 1e9 })).toBe(0.25);
    expect(nextMultiplier(3.9, { ...at, spent: 0, planned: 1e6 })).toBe(4);
    expect(nextMultiplier(1, { ...at, remaining: 0 })).toBe(0.25);
  });
});
