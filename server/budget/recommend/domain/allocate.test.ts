import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, type Bounded, roundToSum } from './allocate.ts';
import { KEPT, response, slope, spendAtSlope } from './curve.ts';

const oneNode = (top: number, node: number, min = 0, max = 1_000): Bounded => ({
  curve: { nodes: [node], tops: [top] },
  worth: 1,
  min,
  max,
});
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const channel = fc
  .record({
    tops: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 3, maxLength: 3 }),
    worth: fc.integer({ min: 1, max: 20 }).map((tenths) => tenths / 10),
    min: fc.integer({ min: 0, max: 20 }),
    room: fc.integer({ min: 0, max: 60 }),
  })
  .map(({ tops, worth, min, room }): Bounded => ({ curve: { nodes: [1, 8, 40], tops }, worth, min, max: min + room }));

describe('the optimum', () => {
  it('[ADV1] a curve rises and bends down; its slope is what the next unit brings', () => {
    const curve = { nodes: [2, 30], tops: [50, 90] };
    for (const x of [0, 0.5, 3, 40, 500]) {
      expect(slope(curve, x)).toBeCloseTo((response(curve, x + 1e-5) - response(curve, x)) / 1e-5, 3);
      expect(slope(curve, x)).toBeGreaterThan(slope(curve, x + 1));
    }
    expect(response(curve, 0)).toBe(0);
    expect(response(KEPT, 1e9)).toBeCloseTo(1e9, 0);
  });
  it('[ADV2] with one node it is the closed form √(Vθ/μ) − θ', () => {
    const channels = [oneNode(100, 10), oneNode(400, 25), oneNode(50, 3)];
    const found = allocate(channels, 60);
    if (found.kind !== 'optimal') throw new Error('infeasible');
    found.spends.forEach((spend, i) => {
      const { curve } = channels[i] as Bounded;
      expect(spend).toBeCloseTo(spendAtSlope(curve.tops[0] ?? 0, curve.nodes[0] ?? 0, found.mu), 2);
    });
    expect(sum(found.spends)).toBeCloseTo(60, 9);
  });
  it('[ADV3] the money is all there, every bound holds, and slopes are equal wherever no bound does', () => {
    fc.assert(
      fc.property(
        fc.array(channel, { minLength: 2, maxLength: 9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (channels, part) => {
          const least = sum(channels.map(({ min }) => min));
          const total = least + part * sum(channels.map(({ min, max }) => max - min));
          const found = allocate(channels, total);
          if (found.kind !== 'optimal') throw new Error('infeasible');
          expect(sum(found.spends)).toBeCloseTo(total, 6);
          found.spends.forEach((spend, i) => {
            const { curve, worth, min, max } = channels[i] as Bounded;
            expect(spend).toBeGreaterThanOrEqual(min - 1e-9);
            expect(spend).toBeLessThanOrEqual(max + 1e-9);
            const at = worth * slope(curve, spend);
            const near = 1e-3 * (1 + found.mu);
            if (found.binding[i] === 'none') expect(Math.abs(at - found.mu)).toBeLessThan(near);
            if (found.binding[i] === 'min' && min < max) expect(at).toBeLessThanOrEqual(found.mu + near);
          });
        },
      ),
      { numRuns: 150 },
    );
  });
  it('[ADV3] no other split inside the bounds earns more', () => {
    fc.assert(
      fc.property(
        fc.array(channel, { minLength: 3, maxLength: 5 }),
        fc.integer({ min: 0, max: 2 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (channels, giver, part) => {
          const total = sum(channels.map(({ min, max }) => (min + max) / 2));
          const found = allocate(channels, total);
          if (found.kind !== 'optimal') throw new Error('infeasible');
          const taker = (giver + 1) % channels.length;
          const [from, to] = [channels[giver] as Bounded, channels[taker] as Bounded];
          const moved = part * Math.min((found.spends[giver] ?? 0) - from.min, to.max - (found.spends[taker] ?? 0));
          const worth = (spends: readonly number[]): number =>
            sum(spends.map((x, i) => (channels[i] as Bounded).worth * response((channels[i] as Bounded).curve, x)));
          const other = found.spends.map((x, i) => (i === giver ? x - moved : i === taker ? x + moved : x));
          expect(worth(other)).toBeLessThanOrEqual(worth(found.spends) + 1e-4);
        },
      ),
      { numRuns: 100 },
    );
  });
  it('[ADV4] bounds that cannot hold the money are named, never quietly missed', () => {
    const floors = [oneNode(10, 1, 40, 50), oneNode(10, 1, 30, 50), oneNode(10, 1, 0, 5)];
    expect(allocate(floors, 60)).toEqual({ kind: 'infeasible', why: 'min_above_total', rows: [0, 1] });
    expect(allocate(floors, 106)).toEqual({ kind: 'infeasible', why: 'max_below_total', rows: [0, 1, 2] });
    expect(allocate(floors, 105).kind).toBe('optimal');
  });
  it('[ADV5] rounding keeps the sum to the last minor unit and goes to a neighbour', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 60 }),
        (values) => {
          const total = Math.round(sum(values));
          const rounded = roundToSum(values, total);
          // a sum of many doubles may itself be off by its last digits; amounts below 2^53 are not
          if (Math.abs(sum(values) - total) <= 0.5) expect(sum(rounded)).toBe(total);
          for (const [i, value] of rounded.entries()) expect(Math.abs(value - (values[i] ?? 0))).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 200 },
    );
    expect(roundToSum([1.5, 1.5, 1], 4)).toEqual([2, 1, 1]);
  });
});
