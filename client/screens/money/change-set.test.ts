import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitOf } from './amounts.ts';
import { changeSet, pairLegs } from './change-set.ts';
import { deltaOf, type Edits, kept, redone, stepped, textOf, typed } from './edits.ts';

const WAN = unitOf(5_000_0000_00, 'zh', 100);
const row = (id: string, allocated: number, allocationVersion = 1) => ({
  id,
  kind: 'chan' as const,
  allocated,
  allocationVersion,
  frozen: [],
});
const rowsOf = (...rows: ReturnType<typeof row>[]) => new Map(rows.map((each) => [each.id, each]));

describe('what was typed, and the request it makes', () => {
  it('[MON2] what is typed is what comes, whatever is not shown of what stood there; a step is exactly that step', () => {
    const search = row('chan:search', 5_000_123_457);
    const edits = typed({}, search, WAN, '5300');
    expect(deltaOf(edits['chan:search']!)).toBe(5_300_000_000 - search.allocated); // shown as 5,000.12
    expect(textOf(stepped({}, search, WAN, 1_000_000)['chan:search'], search, WAN)).toBe('5001.123457');
    expect(deltaOf(stepped({}, search, WAN, 1_000_000)['chan:search']!)).toBe(1_000_000);
  });
  it('[MON2] back to what is shown is no edit', () => {
    const search = row('chan:search', 5_000_123_457);
    expect(typed(typed({}, search, WAN, '5'), search, WAN, '5000.12')).toEqual({});
    expect(stepped(stepped({}, search, WAN, 7_000_000), search, WAN, -7_000_000)).toEqual({});
  });
  it('[MON2] the language changes and what was typed stays the same money', () => {
    const search = row('chan:search', 5_000_000_000);
    const en = unitOf(5_000_000_000, 'en', 100);
    const edits = typed({}, search, WAN, '5300');
    expect(textOf(edits['chan:search'], search, en)).toBe('53');
    expect(deltaOf(typed(edits, search, en, '54')['chan:search']!)).toBe(400_000_000);
  });

  it('[MON3] a change set is sent when it sums to 0, and only then', () => {
    const [search, feed] = [row('chan:search', 5_000_000_000), row('chan:feed', 4_000_000_000, 7)];
    const rows = rowsOf(search, feed);
    const one = typed({}, search, WAN, '5300');
    expect(changeSet(one, rows)).toMatchObject({ sumMinor: 300_000_000, legs: null, count: 1 });
    const both = typed(one, feed, WAN, '3700');
    expect(changeSet(both, rows)).toMatchObject({
      sumMinor: 0,
      legs: [{ from: 'chan:feed', to: 'chan:search', amountMinor: 300_000_000 }],
      expected: { 'chan:search': 1, 'chan:feed': 7 },
    });
    expect(changeSet(typed(both, feed, WAN, '37x'), rows)).toMatchObject({ unread: ['chan:feed'], legs: null });
    expect(changeSet({}, rows).legs).toBeNull();
  });

  it('[MON4] an account that changed meanwhile: mine, theirs and base; each way out keeps what was typed until then', () => {
    const search = row('chan:search', 5_000_000_000);
    const edits: Edits = typed({}, search, WAN, '5300');
    const now = row('chan:search', 5_100_000_000, 2);
    const set = changeSet(edits, rowsOf(now));
    expect(set.conflicts).toEqual([
      { account: 'chan:search', baseMinor: 5_000_000_000, theirsMinor: 5_100_000_000, mineMinor: 5_300_000_000 },
    ]);
    expect(set.legs).toBeNull();
    expect(edits['chan:search']?.text).toBe('5300');
    const again = redone(edits, now, WAN);
    expect([again['chan:search']?.text, deltaOf(again['chan:search']!)]).toEqual(['5400', 300_000_000]);
    const same = kept(edits, now, WAN);
    expect([same['chan:search']?.text, deltaOf(same['chan:search']!)]).toEqual(['5300', 200_000_000]);
    for (const next of [again, same]) expect(changeSet(next, rowsOf(now)).conflicts).toEqual([]);
    // theirs is what I typed: nothing is left to do
    expect(kept(edits, row('chan:search', 5_300_000_000, 2), WAN)).toEqual({});
  });
  it('[MON4] typing on over a conflict does not hide it', () => {
    const search = row('chan:search', 5_000_000_000);
    const now = row('chan:search', 5_100_000_000, 2);
    const edits = typed(typed({}, search, WAN, '5300'), now, WAN, '5301');
    expect(changeSet(edits, rowsOf(now)).conflicts).toHaveLength(1);
  });

  it('[MON5] pairs: every yuan leaves and arrives once, in at most n − 1 legs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 18 }), (wanted) => {
        const sum = wanted.reduce((all, each) => all + each, 0);
        const deltas = Object.fromEntries([...wanted, -sum].map((delta, i) => [`chan:c${i}`, delta]));
        const legs = pairLegs(deltas) ?? [];
        const moved: Record<string, number> = {};
        for (const { from, to, amountMinor } of legs) {
          expect(amountMinor).toBeGreaterThan(0);
          moved[from] = (moved[from] ?? 0) - amountMinor;
          moved[to] = (moved[to] ?? 0) + amountMinor;
        }
        for (const [id, delta] of Object.entries(deltas)) expect(moved[id] ?? 0).toBe(delta);
        expect(legs.length).toBeLessThanOrEqual(Math.max(0, Object.values(deltas).filter((d) => d !== 0).length - 1));
      }),
    );
  });
  it('[MON5] more legs than one request may hold are not cut', () => {
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`chan:c${i}`, 1]));
    expect(pairLegs({ ...many, 'chan:z': -21 })).toBeNull();
  });
});
