import { describe, expect, it } from 'vitest';
import type { MoveView } from '#contract/budget';
import { shortId, takenFor, waitingFor, withAnswered } from './requests.ts';

describe('requests on the desk', () => {
  it('[MON19] a request is on the desk from the answer on, and an older list does not take it away', () => {
    const old = { id: 'm-1-aaaaaa', version: 1, requestedAt: 1, state: 'awaiting_approval' } as MoveView;
    const mine = { ...old, id: 'm-2-bbbbbb', requestedAt: 2 };
    expect(withAnswered([old], [mine]).map(({ id }) => id)).toEqual([mine.id, old.id]);
    const settled = { ...mine, version: 2, state: 'settled' } as MoveView;
    expect(withAnswered([settled, old], [mine])[0]).toBe(settled);
    expect(shortId(mine.id)).toBe('bbbbbb');
  });
  it('[MON19] who waits for the same account is named with what it comes to; a card is taken once', () => {
    const leg = { from: 'chan:a', to: 'chan:b', amountMinor: 68, postedMinor: 0 };
    const one = { id: 'm-1', state: 'awaiting_approval', legs: [leg], recommendationId: 'c1' } as unknown as MoveView;
    const other = { ...one, id: 'm-2', recommendationId: null };
    const over = { ...one, id: 'm-3', state: 'cancelled' } as MoveView;
    expect(waitingFor([one, other, over], 'chan:a', 'm-2')).toEqual({ ids: ['m-1'], deltaMinor: -68 });
    expect(waitingFor([one, other, over], 'chan:b')).toEqual({ ids: ['m-1', 'm-2'], deltaMinor: 136 });
    expect(waitingFor([over], 'chan:b')).toEqual({ ids: [], deltaMinor: 0 });
    expect(takenFor({ id: 'c1' }, [other, over, one])).toBe(one);
    expect(takenFor({ id: 'c1' }, [over])).toBeNull();
  });
});
