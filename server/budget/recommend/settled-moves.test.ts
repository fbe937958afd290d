import { expect, it } from 'vitest';
import { cardIdsOf, type Move, togetherId } from '#contract/budget';
import { scoreOf } from './reply.ts';
import { takeSettled } from './settled-moves.ts';
import type { AdviceState } from './state.ts';

const card = (n: number, from: string, to: string) => ({
  id: `rec-gmv-a1-${n}`,
  legs: [{ from, to, amountMinor: 100 }],
  effect: { low: 10, mid: 20, high: 30, probability: 0.9 },
  rawProbability: 0.8,
  objective: 'gmv',
});
const leg = (from: string, to: string, postedMinor: number) => ({ from, to, postedMinor, returnedMinor: 0 });

it('[BUD26] cards of one decision have one id together, and nothing else is taken for several', () => {
  expect(togetherId(['rec-gmv-a1-1', 'rec-gmv-a1-3'])).toBe('rec-gmv-a1-1.3');
  expect(cardIdsOf('rec-gmv-a1-1.3')).toEqual(['rec-gmv-a1-1', 'rec-gmv-a1-3']);
  expect(togetherId(['rec-gmv-a1-1', 'rec-gmv-b2-1'])).toBeNull();
  for (const id of ['rec-gmv-a1-1', 'c1', 'x-1.y', '1.2', '']) expect(cardIdsOf(id)).toEqual([id]);
});
it('[BUD26] each card of a request is judged for its own leg, though it was withdrawn while the platforms worked', () => {
  const state = {
    cards: [card(1, 'chan:a', 'chan:b')],
    withdrawn: [card(2, 'chan:c', 'chan:b')],
    settled: [],
    channels: {},
    movesToMs: 0,
  } as unknown as AdviceState;
  const move = {
    id: 'm-1',
    state: 'partially_settled',
    endedAt: 5,
    recommendationId: 'rec-gmv-a1-1.2',
    legs: [leg('chan:a', 'chan:b', 100), leg('chan:c', 'chan:b', 50)],
  } as unknown as Move;
  expect(takeSettled(state, [move]).settled).toMatchObject([
    { id: 'rec-gmv-a1-1', moveId: 'm-1', from: 'chan:a', amountMinor: 100, predicted: { mid: 20 } },
    { id: 'rec-gmv-a1-2', moveId: 'm-1', from: 'chan:c', amountMinor: 50, predicted: { mid: 10 } },
  ]);
});
it('[ADV23] the score counts all judged cards and sums those of one unit', () => {
  const judged = (objective: string, mid: number, realised: number | null) =>
    ({ objective, predicted: { low: 0, mid, high: 0 }, realised, probability: 0.9, rawProbability: 0.9 }) as never;
  const state = {
    settled: [judged('gmv', 500, 400), judged('new_buyers', 3, 2), judged('gmv', 100, null)],
  } as unknown as AdviceState;
  expect(scoreOf(state, 'gmv')).toMatchObject({ judgedCount: 2, gainedCount: 2, predicted: 500, realised: 400 });
  expect(scoreOf(state, 'new_buyers')).toMatchObject({ judgedCount: 2, predicted: 3, realised: 2 });
});
