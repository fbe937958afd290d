import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TIER_RANK, TIERS, type Tier } from '#contract/tiers';
import { foldTier, NO_TIER, tierDirection, tierMeasure, tierOf, windowTier } from './tier.ts';

const falls = { blue: 0.98, cyan: 0.95, yellow: 0.9, orange: 0.8, red: 0.7 };
const rises = { blue: 1, cyan: 2, yellow: 3, orange: 4, red: 5 };
const fold = (...windows: (Tier | null)[]): Tier | null =>
  windows.reduce((state, reached, i) => foldTier(state, (i + 1) * 60_000, reached), NO_TIER).tier;

describe('tierOf', () => {
  for (const [value, better, want] of [
    [0.9801, 'high', null],
    [0.98, 'high', 'blue'],
    [0.95, 'high', 'cyan'],
    [0.91, 'high', 'cyan'],
    [0.8, 'high', 'orange'],
    [0.7, 'high', 'red'],
    [0, 'high', 'red'],
    [0.99, 'low', null],
    [1, 'low', 'blue'],
    [2.999, 'low', 'cyan'],
    [3, 'low', 'yellow'],
    [50, 'low', 'red'],
  ] as const) {
    it(`[KPI20] ${value} with ${better} better is ${want ?? 'no tier'}; a threshold belongs to its tier`, () =>
      expect(tierOf(value, better === 'high' ? falls : rises, better)).toBe(want));
  }
});

describe('tierMeasure', () => {
  const figure = { value: 80, quality: 'live', plan: 100, lastYear: 50, target: 40 } as const;
  for (const [rule, shown, want] of [
    ['level', figure, 80],
    ['pace', figure, 0.8],
    ['pace', { value: 80, quality: 'live' }, null],
    ['pace', { ...figure, plan: 0 }, null],
    ['drop', { ...figure, value: 40 }, 0.2],
    ['drop', { value: 80, quality: 'live', plan: 100 }, 0.2],
    ['rise', { ...figure, value: 60 }, 0.2],
    ['rise', { value: 60, quality: 'live', target: 40 }, 0.5],
    ['rise', { value: 60, quality: 'live' }, null],
    ['off', { ...figure, value: 0.9 }, 0.1],
    ['level', { ...figure, value: null }, null],
  ] as const) {
    it(`[KPI21] ${rule} of ${JSON.stringify(shown)} is ${want}`, () => {
      const measure = tierMeasure(rule, shown);
      if (want === null) expect(measure).toBeNull();
      else expect(measure).toBeCloseTo(want, 12);
    });
  }
  it('[KPI21] pace is bad when it falls; drop, rise and off when they rise; a level as the KPI says', () => {
    expect(tierDirection({ tierRule: 'pace', better: 'neither' })).toBe('high');
    for (const tierRule of ['drop', 'rise', 'off'] as const)
      expect(tierDirection({ tierRule, better: 'high' })).toBe('low');
    expect(tierDirection({ tierRule: 'level', better: 'high' })).toBe('high');
    expect(tierDirection({ tierRule: 'level', better: 'neither' })).toBeNull();
  });
  it('[KPI22] an insufficient or unavailable figure raises no tier; a partial one does', () => {
    const kpi = { tierRule: 'level', better: 'low' } as const;
    expect(windowTier(kpi, rises, { value: 9, quality: 'insufficient' })).toBeNull();
    expect(windowTier(kpi, rises, { value: 9, quality: 'unavailable' })).toBeNull();
    expect(windowTier(kpi, rises, { value: 9, quality: 'partial' })).toBe('red');
    expect(windowTier(kpi, undefined, { value: 9, quality: 'live' })).toBeNull();
  });
});

describe('foldTier', () => {
  for (const [title, windows, want] of [
    ['one breaching window changes nothing', ['red'], null],
    ['two raise, to what both reached', ['red', 'yellow'], 'yellow'],
    ['two reds are red', ['red', 'red'], 'red'],
    ['a clean window between two breaches raises nothing', ['red', null, 'red'], null],
    ['two clean windows do not lower', ['red', 'red', null, null], 'red'],
    ['three lower, to what the worst of them reached', ['red', 'red', 'blue', null, null], 'blue'],
    ['three clean ones clear it', ['red', 'red', null, null, null], null],
    ['a breach among the clean ones starts the count again', ['red', 'red', null, null, 'red', null, null], 'red'],
    ['it rises further while shown', ['yellow', 'yellow', 'red', 'red'], 'red'],
    ['a lower breach keeps the tier until three are under it', ['red', 'red', 'orange', 'orange'], 'red'],
    ['then it steps down', ['red', 'red', 'orange', 'orange', 'orange'], 'orange'],
  ] as const) {
    it(`[KPI23] ${title}`, () => expect(fold(...windows)).toBe(want));
  }
  it('[KPI23] a window is counted once, however often it is asked for', () => {
    let state = foldTier(NO_TIER, 60_000, 'red');
    for (let i = 0; i < 5; i += 1) state = foldTier(state, 60_000, 'red');
    expect(state.tier).toBeNull();
    expect(foldTier(state, 120_000, 'red').tier).toBe('red');
  });
  it('[KPI23] never shows more than the worst of its windows, and a steady tier is reached within three', () => {
    const any = fc.array(fc.constantFrom(null, ...TIERS), { minLength: 1, maxLength: 30 });
    const rank = (tier: Tier | null): number => (tier === null ? 0 : TIER_RANK[tier]);
    fc.assert(
      fc.property(any, fc.constantFrom(null, ...TIERS), (windows, steady) => {
        expect(rank(fold(...windows))).toBeLessThanOrEqual(Math.max(...windows.map(rank)));
        expect(fold(...windows, steady, steady, steady)).toBe(steady);
      }),
    );
  });
});
