import { expect, it } from 'vitest';
import type { MoveView } from '#contract/budget';
import { homeOf } from '../../router.ts';
import { frozenOf, waitingForMe } from './waiting-for-me.ts';

const people = [{ name: 'Chen Jing', post: null, as: null }];
const move = {
  state: 'awaiting_approval',
  requestedBy: { id: '1', name: 'sun' },
  seats: [{ seat: 'finance', people }],
};

it('[MON21] a phone counts what its owner may decide: not what is decided, not the own, not what waits for others', () => {
  const moves = [
    move,
    { ...move, state: 'settled', seats: [] },
    { ...move, requestedBy: { id: '2', name: 'chen jing' } },
    { ...move, seats: [{ seat: 'commander', people: [{ name: 'lin', post: null, as: null }] }] },
  ] as unknown as MoveView[];
  expect(waitingForMe(moves, 'CHEN JING')).toBe(1);
  expect(waitingForMe(moves, 'nobody')).toBe(0);
});

it('[MON27] a phone tells its approver what stands still: a ledger that does not add up before a freeze', () => {
  const freezes = [{}] as never;
  expect(frozenOf({ freezes: [], ledgerFrozen: null })).toBeNull();
  expect(frozenOf({ freezes, ledgerFrozen: null })).toBe('frozen');
  expect(frozenOf({ freezes, ledgerFrozen: { reason: 'I3', at: 1 } as never })).toBe('ledger');
});

it('[MON21] on a phone finance and marketing land on the money; at a desk finance lands on the wall', () => {
  expect((['finance', 'marketing', 'oncall', 'commander'] as const).map((role) => homeOf(role, true))).toEqual([
    '/money',
    '/money',
    '/desk',
    '/wall',
  ]);
  expect(homeOf('finance', false)).toBe('/wall');
});
