import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MoveView } from '#contract/budget';
import {
  changeSet,
  deltaOf,
  type Edits,
  fieldText,
  fieldWrong,
  kept,
  onceEach,
  pairLegs,
  parseField,
  redone,
  shortId,
  stepOf,
  stepped,
  takenFor,
  textOf,
  typed,
  unitOf,
  waitingFor,
  withAnswered,
} from './model.ts';

const WAN = unitOf(5_000_0000_00, 'zh', 100);
const row = (id: string, allocated: number, allocationVersion = 1) => ({
  id,
  kind: 'chan' as const,
  allocated,
  allocationVersion,
  frozen: [],
});
const rowsOf = (...rows: ReturnType<typeof row>[]) => new Map(rows.map((each) => [each.id, each]));

describe('money as it is typed', () => {
  it('[MON1] one unit for all, by the largest amount', () => {
    expect(WAN).toMatchObject({ suffix: '万', minor: 1_000_000 });
    expect(unitOf(9_999_99, 'zh', 100).suffix).toBe('');
    expect(unitOf(10_000_00, 'en', 100).suffix).toBe('K');
    expect(unitOf(10_000_000_00, 'en', 100).suffix).toBe('M');
    expect(unitOf(1_400_000_000_00, 'zh', 100).suffix).toBe('万');
    expect(unitOf(5_000, 'en', 1)).toMatchObject({ suffix: '', minor: 1 });
  });
  it('[MON1] text and minor units are one to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e15 }), fc.constantFrom('zh', 'en'), (minor, lang) => {
        const unit = unitOf(minor, lang as 'zh' | 'en', 100);
        expect(parseField(fieldText(minor, unit), unit)).toBe(minor);
      }),
    );
  });
  it.each([
    '',
    '-1',
    '1e3',
    '1.2.3',
    '12a',
    '0.1234567',
    '=1+1',
    '700,5',
    '1,23',
    '0,700',
    '1,2345',
    '7 00',
    '5_300',
    '1.5,000',
  ])('[MON1] no amount: %s', (text) => expect(parseField(text, WAN)).toBeNull());
  it.each([
    ['5,300', 5_300_000_000],
    [' 1,234.5 ', 1_234_500_000],
    ['1,234,567.', 1_234_567_000_000],
  ])('[MON1] thousands are taken as people paste them: %s', (text, minor) => expect(parseField(text, WAN)).toBe(minor));

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

  it('[MON1] a press of ± is a round number that is shown', () => {
    expect(stepOf(15_500_0000_00, WAN)).toBe(50_000_000);
    expect(stepOf(100, WAN)).toBe(10_000);
  });

  it('[MON22] a limit is said at the field as the server will judge it, requests that wait counted', () => {
    const bounds = {
      allocated: 500,
      kind: 'chan',
      floor: 100,
      cap: 1_000,
      held: 50,
      incoming: 100,
      pinned: false,
    } as const;
    const row = { ...bounds, releasable: 300, step: { outMinor: 340, inMinor: 450 } };
    expect([null, 0, 400, -300].map((delta) => fieldWrong(delta, row))).toEqual([null, null, null, null]);
    expect(fieldWrong(401, row)).toEqual({ code: 'above_cap', limitMinor: 900 });
    expect(fieldWrong(451, { ...row, cap: null })).toEqual({ code: 'step_too_large', limitMinor: 450 });
    expect(fieldWrong(-351, row)).toEqual({ code: 'below_floor', limitMinor: 150 });
    expect(fieldWrong(-345, row)).toEqual({ code: 'step_too_large', limitMinor: 340 });
    expect(fieldWrong(-301, row)).toEqual({ code: 'not_releasable', limitMinor: 300 });
  });
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
  it('[MON20] one limit is said once: of all sums the one that is nearest', () => {
    const sum = {
      code: 'split_limit_exceeded',
      account: null,
      limitMinor: 100,
      askedMinor: 91,
      until: null,
      violated: false,
    } as const;
    const nearer = { ...sum, askedMinor: 99 };
    const cap = { ...sum, code: 'above_cap', account: 'chan:a' } as const;
    expect(onceEach([sum, cap, nearer, sum])).toEqual([cap, nearer]);
  });
});
