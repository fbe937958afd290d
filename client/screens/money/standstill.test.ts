import { describe, expect, it } from 'vitest';
import type { BudgetAccount, FrozenBy } from '#contract/budget';
import { unitOf } from './amounts.ts';
import { changeSet, pairLegs } from './change-set.ts';
import { typed } from './edits.ts';
import { allowedFor, mayNotGive, stoppedOf } from './standstill.ts';

const freeze = (by: FrozenBy['by'], direction: FrozenBy['direction']): FrozenBy => ({
  by,
  direction,
  who: by,
  until: null,
});
const FEED = freeze('feed', 'all');
const account = (id: string, ...frozen: FrozenBy[]): Pick<BudgetAccount, 'id' | 'kind' | 'frozen'> => ({
  id,
  kind: id.startsWith('chan:') ? 'chan' : 'env',
  frozen,
});
const book = (...all: ReturnType<typeof account>[]) => new Map(all.map((each) => [each.id, each]));
const POOL = account('env:marketing');

describe('what may still be done with a channel that stands still', () => {
  for (const { title, frozen, allowed, held } of [
    { title: 'nothing stops it', frozen: [], allowed: null, held: false },
    { title: 'no increases', frozen: [freeze('tier', 'increases')], allowed: ['to_envelope', 'give'], held: false },
    { title: 'the kill switch', frozen: [freeze('kill_switch', 'all')], allowed: ['to_envelope'], held: true },
    { title: 'a silent feed', frozen: [FEED], allowed: ['to_envelope', 'reverse', 'emergency'], held: true },
    {
      title: 'a silent feed and an alert',
      frozen: [FEED, freeze('tier', 'increases')],
      allowed: ['to_envelope'],
      held: true,
    },
  ])
    it(`[MON8] ${title}`, () => {
      expect(allowedFor({ frozen })).toEqual(allowed);
      expect(mayNotGive(account('chan:a', ...frozen))).toBe(held);
    });

  it('[MON8] money out of ads is never stopped; more for it, or giving to another channel, is', () => {
    const all = book(account('chan:a', FEED), account('chan:b', freeze('tier', 'increases')), POOL);
    const leg = (from: string, to: string) => stoppedOf([{ from, to, amountMinor: 1 }], all);
    expect(leg('chan:a', 'env:marketing')).toEqual([]);
    expect(leg('env:marketing', 'chan:a')).toEqual([{ account: 'chan:a', as: 'taker' }]);
    expect(leg('chan:a', 'chan:b')).toEqual([
      { account: 'chan:b', as: 'taker' },
      { account: 'chan:a', as: 'giver' },
    ]);
  });
  it('[MON8] whoever may give to the pool only is paired with the pool, whatever the amounts', () => {
    const deltas = { 'chan:a': -50, 'chan:b': -50, 'chan:c': 50, 'env:marketing': 50 };
    expect(pairLegs(deltas, (id) => id === 'chan:b')).toEqual([
      { from: 'chan:b', to: 'env:marketing', amountMinor: 50 },
      { from: 'chan:a', to: 'chan:c', amountMinor: 50 },
    ]);
    const unit = unitOf(100, 'en', 1);
    const rows = new Map(
      [account('chan:b', FEED), POOL].map((each) => [each.id, { ...each, allocated: 100, allocationVersion: 1 }]),
    );
    const edits = [...rows.values()].reduce(
      (had, row) => typed(had, row, unit, row.kind === 'chan' ? '60' : '140'),
      {},
    );
    expect(changeSet(edits, rows).legs).toEqual([{ from: 'chan:b', to: 'env:marketing', amountMinor: 40 }]);
  });
});
