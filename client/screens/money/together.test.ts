import { expect, it } from 'vitest';
import type { Card } from '#contract/budget';
import { groupsOf, joined, sharedOf } from './together.ts';

const card = (n: number, from: string, to: string): Card => ({
  id: `rec-gmv-a1-${n}`,
  legs: [{ from, to, amountMinor: n }],
  effect: { low: 0, mid: 0, high: 0, objective: 'gmv', horizonMs: 1, probability: 0.9, marginal: [] },
  reasons: [],
  bounds: [],
  madeAt: 0,
  expiresAt: 10 + n,
  expected: { [from]: n, [to]: 7 },
});

it('[MON23] cards that share an end are one request, by one id; others are not joined', () => {
  const [a, b, c, d] = [card(1, 'a', 'b'), card(2, 'c', 'd'), card(3, 'e', 'b'), card(4, 'e', 'f')];
  expect(groupsOf([a, b, c, d])).toEqual([[b], [a, c, d]]);
  expect(sharedOf([a, c, d])).toEqual(['b', 'e']);
  expect(joined([a, c])).toMatchObject({
    id: 'rec-gmv-a1-1.3',
    legs: [
      { from: 'a', to: 'b', amountMinor: 1 },
      { from: 'e', to: 'b', amountMinor: 3 },
    ],
    expected: { a: 1, b: 7, e: 3 },
    expiresAt: 11,
  });
  expect(joined([a])).toBeNull();
  expect(joined([a, { ...c, id: 'rec-profit-z-1' }])).toBeNull();
});
