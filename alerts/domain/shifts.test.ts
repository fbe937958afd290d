import { describe, expect, it } from 'vitest';
import type { Roster } from '#contract/alerts';
import type { DutyShift } from '#contract/duty';
import { nightOf } from './night.ts';
import { dutySegments, shiftWarnings } from './shifts.ts';

const shift = (
  id: string,
  person: string,
  startsAt: number,
  endsAt: number,
  more: Partial<DutyShift> = {},
): DutyShift => ({
  id,
  post: 'tech',
  role: 'A',
  person,
  startsAt,
  endsAt,
  version: 1,
  updatedBy: 'x',
  updatedAt: 0,
  ...more,
});
const roster = (shifts: readonly DutyShift[], more: Partial<Roster> = {}): Roster => ({
  posts: [{ post: 'tech', a: 'Guo', b: 'Luo' }],
  shifts,
  overrides: [],
  rotation: null,
  ...more,
});
const brief = (list: ReturnType<typeof dutySegments>, role = 'A') =>
  list.filter((each) => each.role === role).map(({ person, by, fromMs, toMs }) => [person, by, fromMs, toMs]);

describe('shifts', () => {
  for (const { title, shifts, want } of [
    { title: 'shifts that meet are fine', shifts: [shift('1', 'A', 0, 10), shift('2', 'B', 10, 20)], want: [] },
    {
      title: 'one ms between them is a gap, which the roster fills',
      shifts: [shift('1', 'A', 0, 10), shift('2', 'B', 11, 20)],
      want: [{ kind: 'gap', fromMs: 10, toMs: 11, shifts: ['1', '2'], person: 'Guo' }],
    },
    {
      title: 'of an overlap the later changed one holds',
      shifts: [shift('1', 'A', 0, 12), shift('2', 'B', 10, 20)],
      want: [{ kind: 'overlap', fromMs: 10, toMs: 12, shifts: ['1', '2'], person: 'B' }],
    },
    {
      title: 'also when the later changed one starts first',
      shifts: [shift('2', 'B', 10, 20), shift('1', 'A', 0, 12)],
      want: [{ kind: 'overlap', fromMs: 10, toMs: 12, shifts: ['2', '1'], person: 'A' }],
    },
    {
      title: 'a short one inside a long one makes no gap after it',
      shifts: [shift('1', 'A', 0, 100), shift('2', 'B', 10, 20), shift('3', 'C', 100, 110)],
      want: [{ kind: 'overlap', fromMs: 10, toMs: 20, shifts: ['1', '2'], person: 'B' }],
    },
    {
      title: 'A and B are two rosters',
      shifts: [shift('1', 'A', 0, 10), shift('2', 'B', 5, 20, { role: 'B' })],
      want: [],
    },
    { title: 'what is over is not warned of', shifts: [shift('1', 'A', -50, -40), shift('2', 'B', -30, 20)], want: [] },
  ])
    it(`[PAGE20] ${title}`, () => {
      const got = shiftWarnings(roster(shifts), shifts, 0);
      expect(got).toEqual(want.map((warning) => ({ post: 'tech', role: 'A', ...warning })));
    });

  it('[PAGE21] a week is stretches without gaps, by override, shift, rotation and roster', () => {
    const override = { ...shift('o', 'Zhao', 15, 18), createdBy: 'x', createdAt: 1, comment: 'ill' };
    const made = roster([shift('1', 'Lin', 10, 20)], { overrides: [override] });
    expect(brief(dutySegments(made, 0, 30))).toEqual([
      ['Guo', 'roster', 0, 10],
      ['Lin', 'shift', 10, 15],
      ['Zhao', 'override', 15, 18],
      ['Lin', 'shift', 18, 20],
      ['Guo', 'roster', 20, 30],
    ]);
    expect(brief(dutySegments(made, 0, 30), 'B')).toEqual([['Luo', 'roster', 0, 30]]);
    expect(brief(dutySegments(made, 16, 18))).toEqual([['Zhao', 'override', 16, 18]]);
  });
  it('[PAGE21] the commander changes at each turn of the rotation', () => {
    const made = roster([], { rotation: { post: 'tech', people: ['Lin', 'Zhao'], fromMs: 5, everyMs: 10 } });
    expect(brief(dutySegments(made, 0, 30))).toEqual([
      ['Zhao', 'rotation', 0, 5],
      ['Lin', 'rotation', 5, 15],
      ['Zhao', 'rotation', 15, 25],
      ['Lin', 'rotation', 25, 30],
    ]);
  });
});

describe('nightOf', () => {
  const at = (text: string): number => Date.parse(text);
  for (const [title, now, from] of [
    ['in the evening it is this one', '2026-11-11T23:30:00+08:00', '2026-11-11T22:00:00+08:00'],
    ['the first second of it', '2026-11-11T22:00:00+08:00', '2026-11-11T22:00:00+08:00'],
    ['the second before is still the last one', '2026-11-11T21:59:59+08:00', '2026-11-10T22:00:00+08:00'],
    ['in the small hours', '2026-11-11T03:00:00+08:00', '2026-11-10T22:00:00+08:00'],
    ['at noon it is the last one', '2026-11-11T12:00:00+08:00', '2026-11-10T22:00:00+08:00'],
  ] as const)
    it(`[PAGE23] ${title}`, () =>
      expect(nightOf('Asia/Shanghai', at(now))).toEqual({ fromMs: at(from), toMs: at(from) + 36_000_000 }));
});
