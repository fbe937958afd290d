import { describe, expect, it } from 'vitest';
import type { DutyPerson } from '#contract/alerts';
import { commanderOf, createOnDuty, dutyHereCount } from './on-duty.ts';

const person = (post: string, name: string, role: 'A' | 'B' = 'A'): DutyPerson => ({
  post,
  role,
  person: name,
  by: 'roster',
  untilMs: null,
});
const PEOPLE = [
  person('rotating_commander', 'Lin Yue'),
  person('technology_lead', 'Sun Qi'),
  person('technology_lead', 'Zhao Ming', 'B'),
  person('data_lead', 'Sun Qi'),
];

describe('who is on duty', () => {
  it('[PAGE25] counts whoever is on the roster now and here: each once, others who are signed in not', () => {
    expect(dutyHereCount(PEOPLE, new Set(['sun qi', 'zhao ming', 'somebody else']))).toBe(2);
    expect(dutyHereCount(PEOPLE, new Set(['somebody else']))).toBe(0);
    expect(dutyHereCount([person('x', 'ＳＵＮ Qi')], new Set(['sun qi']))).toBe(1);
  });
  it('[PAGE26] who commands is the holder of the rotating post, else of the first that is called so; B is not in command', () => {
    const zone = person('wz1_commander', 'Gao Lan');
    expect(commanderOf([zone, ...PEOPLE], 'rotating_commander')).toBe('Lin Yue');
    expect(commanderOf([zone, ...PEOPLE], null)).toBe('Gao Lan');
    expect(commanderOf([person('rotating_commander', 'Lin Yue', 'B'), person('boss', 'Wu')], null)).toBeNull();
  });
  it('[PAGE25] [PAGE26] frames hear of a change within a second', () => {
    let nowMs = 1_000;
    let people = PEOPLE;
    let present = new Set(['sun qi']);
    const roster = { posts: [], rotation: null, shifts: [], overrides: [] };
    const duty = { reply: () => ({ at: nowMs, people, overrides: [] }), roster: () => roster };
    const onDuty = createOnDuty({ duty, present: () => present, nowMs: () => nowMs });
    expect([onDuty.count(), onDuty.frame()]).toEqual([1, { commander: 'Lin Yue' }]);
    people = [person('technology_lead', 'Zhao Ming')];
    present = new Set();
    nowMs = 1_999;
    expect([onDuty.count(), onDuty.frame()]).toEqual([1, { commander: 'Lin Yue' }]);
    nowMs = 2_000;
    expect([onDuty.count(), onDuty.frame()]).toEqual([0, {}]);
  });
});
