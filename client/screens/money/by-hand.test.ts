import { describe, expect, it } from 'vitest';
import type { LegState, MoveLeg } from '#contract/budget';
import { unitOf } from './amounts.ts';
import { appliedOf, isStuck, openCommandsOf, seenOf } from './by-hand.ts';
import { limitsOf, limitsWrong } from './limits.ts';

const leg = (state: LegState): MoveLeg => ({
  from: 'chan:search',
  to: 'chan:social',
  amountMinor: 500,
  state,
  holdId: 'h',
  postedMinor: 400,
  returnedMinor: 150,
  receipts: [],
});
describe('what a person tells of a silent platform', () => {
  it('[MON14] the command without a receipt: taken from one end, given to the other, or given back', () => {
    const of = (state: LegState) => openCommandsOf({ id: 'm1', legs: [leg('settled'), leg(state)] });
    expect(of('decreasing')).toMatchObject([{ id: 'm1-1-decrease', account: 'chan:search', amountMinor: 500 }]);
    expect(of('increasing')).toMatchObject([{ id: 'm1-1-increase', account: 'chan:social', amountMinor: 400 }]);
    expect(of('compensating')).toMatchObject([{ id: 'm1-1-restore', account: 'chan:search', amountMinor: 150 }]);
    for (const state of ['held', 'posted', 'settled', 'partial', 'compensated', 'voided', 'failed'] as const)
      expect(of(state)).toEqual([]);
  });
  it('[MON14] the platform’s own number: as sent, as before, neither; never sent, read too early, or not read', () => {
    const less = { direction: 'decrease', amountMinor: 500 } as const;
    const seen = (readBackMinor: number | null, of: Parameters<typeof seenOf>[0] = less, more: object = {}) =>
      seenOf(of, { state: 'unknown', targetMinor: 9_500, readBackMinor, readBackAt: 1_000, ...more }, 1_000);
    expect(seen(9_500)).toBe('asSent');
    expect(seen(10_000)).toBe('asBefore');
    expect(seen(9_000, { direction: 'increase', amountMinor: 500 })).toBe('asBefore');
    expect(seen(9_700)).toBe('other');
    expect(seen(9_500, less, { readBackAt: 999 })).toBe('old'); // the number of before the command is no proof of it
    expect(seen(9_500, less, { state: 'waiting' })).toBe('notSent');
    expect(seen(null)).toBe('unread');
    expect(seen(9_500, less, { targetMinor: null })).toBe('unread');
    expect(seenOf(less, null, 0)).toBe('unread');
  });
  it('[MON14] a person is asked after a minute of silence, and never while the link works', () => {
    const move = { state: 'approved', requestedAt: 0, approvals: [{ at: 5_000 }] } as unknown as Parameters<
      typeof isStuck
    >[0];
    const silent = { state: 'waiting', trouble: 'no whole answer' } as const;
    expect([64_999, 65_000].map((now) => isStuck(move, silent, now))).toEqual([false, true]);
    expect(isStuck(move, { state: 'unknown', trouble: '' }, 65_000)).toBe(true);
    expect(isStuck(move, { state: 'sending', trouble: '' }, 600_000)).toBe(false);
    expect(isStuck({ ...move, state: 'unknown' }, { state: 'idle', trouble: '' }, 65_000)).toBe(true);
  });
  it('[MON14] a part is more than nothing and less than all', () => {
    expect([appliedOf('all', 500, null), appliedOf('none', 500, 7)]).toEqual([500, 0]);
    expect([1, 499, 0, 500, null].map((part) => appliedOf('part', 500, part))).toEqual([1, 499, null, null, null]);
  });
});
describe('floor, cap and pin as they are typed', () => {
  const unit = unitOf(5_000_0000_00, 'zh', 100);
  const was = { floor: 1_000_000, cap: 9_000_000, pinned: false, allocated: 5_000_000 };
  const wrong = (floor: string, cap: string, pinned = false) =>
    limitsWrong(limitsOf({ floor, cap, pinned }, 'chan:search', unit), was);
  it('[MON12] an empty cap is none; amounts are exact', () =>
    expect(limitsOf({ floor: '1.5', cap: ' ', pinned: true }, 'chan:search', unit)).toEqual({
      account: 'chan:search',
      floor: 1_500_000,
      cap: null,
      pinned: true,
    }));
  it('[MON12] the budget lies between them, on both edges', () => {
    expect(wrong('5', '5')).toBeNull();
    expect(wrong('5.01', '9')).toBe('floorOver');
    expect(wrong('1', '4.99')).toBe('capUnder');
    expect(wrong('3', '2')).toBe('capUnderFloor');
    expect([wrong('x', '9'), wrong('', '9'), wrong('1', 'x')]).toEqual(['notAmount', 'notAmount', 'notAmount']);
  });
  it('[MON12] what changes nothing is not asked for', () => {
    expect(wrong('1', '9')).toBe('sameLimits');
    expect([wrong('1', '9', true), wrong('1', '')]).toEqual([null, null]);
  });
});
