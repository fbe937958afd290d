import { describe, expect, it } from 'vitest';
import { ADVICE_SETTINGS, advise } from '../domain/advise.ts';
import { compare, goals } from './report.ts';
import { manySeats } from './speed.ts';
import { SCENARIOS } from './world.ts';

describe('the offline proof, a few of its days', { timeout: 60_000 }, () => {
  it('[ADV30] loses less than doing nothing and than following past returns, with few moves', () => {
    const scenarios = SCENARIOS.filter(({ name }) => name === 'base');
    const rows = compare([1, 2, 3, 4], scenarios);
    for (const { by } of rows) {
      expect(by.planned.regret).toBeLessThan(by.roas.regret);
      expect(by.ours.regret).toBeLessThan(by.static.regret / 2);
      expect(by.ours.moves).toBeLessThan(15);
    }
    const { must } = goals(rows, 'planned');
    expect(must.find(({ text }) => text.startsWith('precision'))?.met).toBe(true);
  });
  it('[ADV31] a decision for 50 channels has an answer whose money adds up', () => {
    const seats = manySeats(50, 3);
    const { allocation, advice } = advise(seats, { settings: ADVICE_SETTINGS, demandLeft: 48, seed: 1 });
    if (allocation.kind !== 'optimal') throw new Error('infeasible');
    const total = seats.reduce((sum, { spend }) => sum + spend, 0);
    expect(allocation.spends.reduce((sum, x) => sum + x, 0) / total).toBeCloseTo(1, 9);
    expect(advice.length).toBeGreaterThan(5);
  });
});
