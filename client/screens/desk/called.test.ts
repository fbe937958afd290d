import { describe, expect, it } from 'vitest';
import type { AlertHistoryEntry, PageExplanation } from '#contract/alerts';
import { calledSince, choicesOf, whyRows } from './called.ts';

const line = (version: number, type: AlertHistoryEntry['type'], more: Partial<AlertHistoryEntry> = {}) =>
  ({ version, type, at: version, ...more }) as AlertHistoryEntry;

describe('who is called', () => {
  it('[ALR80] the history after an escalation names who was called, or why nobody was; before that nothing is claimed', () => {
    const before = [line(1, 'notification', { text: 'Ann' }), line(2, 'alert_escalated')];
    expect(calledSince(before, 2)).toBeNull();
    expect(calledSince([...before, line(3, 'notification', { text: 'Bo' })], 2)).toEqual({
      names: ['Bo'],
      reasons: [],
    });
    const nobody = line(3, 'no_notification', { reason: 'nobody on duty' });
    expect(calledSince([...before, nobody], 2)).toEqual({ names: [], reasons: ['nobody on duty'] });
  });
  it('[DESK20] an alert is offered to oneself, then to who is on duty for it in the order of the steps, then to others', () => {
    const people = [
      { person: 'Cao', post: 'commander', role: 'A' },
      { person: 'Lin', post: 'tech', role: 'A' },
      { person: 'Luo', post: 'tech', role: 'B' },
      { person: 'Xu', post: 'legal', role: 'A' },
    ] as const;
    const explanation = [
      { person: 'Cao', step: 2 },
      { person: 'Lin', step: 0 },
      { person: 'Luo', step: 1 },
      { person: 'Xu', step: null },
    ];
    const { me, called, others } = choicesOf('Lin', people, explanation);
    expect(me).toEqual({ name: 'Lin', posts: [['tech', 'A']] });
    expect(called.map(({ name }) => name)).toEqual(['Luo', 'Cao']);
    expect(others.map(({ name }) => name)).toEqual(['Xu']);
    expect(choicesOf('Nobody', people, []).me).toEqual({ name: 'Nobody', posts: [] });
  });
  it('[ALR24] whoever asks why they were not called is answered first, also off duty; posts of other tiers are a number', () => {
    const row = (person: string, more: Partial<PageExplanation> = {}): PageExplanation => ({
      person,
      post: 'tech',
      role: 'A',
      step: 0,
      paged: false,
      reason: 'step not reached',
      dueAt: null,
      ...more,
    });
    const told = [
      row('Lin', { dueAt: 5 }),
      row('Xu', { step: null, reason: 'not in the policy' }),
      row('Ann', { paged: true }),
    ];
    const { rows, othersCount } = whyRows(told, 'Me');
    expect(rows.map(({ person, reason }) => [person, reason])).toEqual([
      ['Me', 'not on duty'],
      ['Ann', 'step not reached'],
      ['Lin', 'step not reached'],
    ]);
    expect(othersCount).toBe(1);
    expect(whyRows(told, 'Xu').rows[0]).toMatchObject({ person: 'Xu', reason: 'not in the policy' });
    expect(whyRows(told, 'Lin').rows.map(({ person }) => person)).toEqual(['Lin', 'Ann']);
    expect(whyRows(told, '').rows.map(({ person }) => person)).toEqual(['Ann', 'Lin']);
  });
});
