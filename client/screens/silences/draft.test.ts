import { describe, expect, it } from 'vitest';
import { isEndingSoon, isWhole, readMatchers, stateAt } from './draft.ts';

describe('silences', () => {
  it('[PAGE50] state at both ends: the first ms is active, the last one is not', () => {
    const times = { startsAt: 100, endsAt: 200 };
    expect([99, 100, 199, 200].map((ms) => stateAt(times, ms))).toEqual(['pending', 'active', 'active', 'expired']);
  });
  it('[PAGE50] what ends within five minutes is marked, while it is active', () => {
    const ends = { state: 'active' as const, endsAt: 1_000_000 };
    expect([700_000, 699_999].map((ms) => isEndingSoon(ends, ms))).toEqual([true, false]);
    expect(isEndingSoon({ ...ends, state: 'expired' }, 1_000_001)).toBe(false);
  });
  it('[PAGE50] matchers come from the address, whole ones only', () => {
    const query = new URLSearchParams('m=service="payment"&m=tier=~red|orange&m=nonsense&m=a!=b');
    expect(readMatchers(query)).toEqual([
      { name: 'service', op: '=', value: 'payment' },
      { name: 'tier', op: '=~', value: 'red|orange' },
      { name: 'a', op: '!=', value: 'b' },
    ]);
    expect(isWhole({ name: '', op: '=', value: 'x' })).toBe(false);
    expect(isWhole({ name: 'a', op: '=', value: 'say "x"' })).toBe(false);
    expect(isWhole({ name: 'a', op: '=', value: 'x' })).toBe(true);
  });
});
