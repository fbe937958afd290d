import { describe, expect, it } from 'vitest';
import type { Alert } from '#contract/alerts';
import { anAlert } from '../../../server/test/alert-kit.ts';
import { heldRows, holdList, newsOf, toggleHeld } from './held-list.ts';
import { countOf, type DeskRow, deskRows, FOLD_ABOVE, type ListQuery } from './list-model.ts';

const ALL: ListQuery = { filter: '', mine: null, opened: new Set() };
const alert = (id: string, more: Partial<Alert> = {}): Alert => anAlert({ id, rule: `R${id}`, ...more });
const storm = (count: number, rule = 'Storm'): Alert[] =>
  Array.from({ length: count }, (_, n) =>
    anAlert({ id: `s${n}`, rule, tier: n === 3 ? 'orange' : 'blue', startsAt: n }),
  );
const keys = (rows: readonly DeskRow[]): string[] => rows.map(({ key }) => key);

describe('the list', () => {
  it('[DESK2] sorts by tier, then by money a minute, then by age', () => {
    const rows = deskRows(
      [
        alert('a', { tier: 'yellow' }),
        alert('b', { tier: 'red', startsAt: 9 }),
        alert('c', { tier: 'red', startsAt: 5 }),
        alert('d', { tier: 'red', startsAt: 99, costMinorPerMinute: 1 }),
      ],
      ALL,
    );
    expect(keys(rows)).toEqual(['d', 'c', 'b', 'a']);
  });
  it('[DESK2] what pages stands before what is muted, within its tier', () => {
    const muted = [{ kind: 'inhibition', id: 'x' }] as const;
    const costs = alert('m', { tier: 'red', suppressedBy: muted, costMinorPerMinute: 9 });
    const rows = deskRows([costs, alert('p', { tier: 'red', startsAt: 9 }), alert('o', { tier: 'orange' })], ALL);
    expect(keys(rows)).toEqual(['p', 'm', 'o']);
  });
  it('[DESK3] more than eight alerts of a rule are one line, as urgent as the most urgent of them; it opens in place', () => {
    expect(keys(deskRows(storm(FOLD_ABOVE), ALL))).toHaveLength(FOLD_ABOVE);
    const many = [...storm(FOLD_ABOVE + 1), alert('x', { tier: 'yellow' })];
    const rows = deskRows(many, ALL);
    expect(keys(rows)).toEqual(['rule:Storm', 'x']);
    expect(rows[0]).toMatchObject({ tier: 'orange', unownedCount: 9, startsAt: 0 });
    const opened = deskRows(many, { ...ALL, opened: new Set(['rule:Storm']) });
    expect(keys(opened).slice(0, 3)).toEqual(['rule:Storm', 's3', 's0']);
    expect([countOf(rows), countOf(opened)]).toEqual([10, 10]);
  });
  it('[DESK4] every word of the filter must be met, in rule, labels, words, tier or owner', () => {
    const one = alert('a', { labels: { service: 'payment' }, annotations: { summary_zh: '支付失败' } });
    const found = (filter: string): number => deskRows([one], { ...ALL, filter }).length;
    expect([found('支付'), found('PAYMENT ra'), found('service=payment orange'), found('payment 退款')]).toEqual([
      1, 1, 1, 0,
    ]);
    expect(deskRows([one], { ...ALL, mine: 'Lin' })).toEqual([]);
  });
});

describe('a list that stands still', () => {
  const find = (alerts: readonly Alert[]) => (id: string) => alerts.find((each) => each.id === id);
  const membersOf = (alerts: readonly Alert[]) => (rule: string) => alerts.filter((each) => each.rule === rule);
  const heldOf = (before: readonly Alert[], after: readonly Alert[], query = ALL) => {
    const held = holdList(deskRows(before, query));
    const live = deskRows(after, query);
    return { rows: heldRows(held, live, find(after), membersOf(after)), news: newsOf(held, live) };
  };
  it('[UI26] a line that became red where it stands is counted as moved', () => {
    const before = [alert('a', { tier: 'orange' }), alert('b', { tier: 'blue' })];
    const { rows, news } = heldOf(before, [alert('a', { tier: 'orange' }), alert('b', { tier: 'red' })]);
    expect(keys(rows)).toEqual(['a', 'b']);
    expect(news).toEqual({ count: 0, movedCount: 1, tier: 'red' });
  });
  it('[UI26] keeps every line where it was, whatever comes, and counts what is new with its highest tier', () => {
    const before = [alert('a', { tier: 'cyan' }), alert('b', { tier: 'blue' })];
    const after = [...before, ...Array.from({ length: 99 }, (_, n) => alert(`n${n}`)), alert('z', { tier: 'red' })];
    const { rows, news } = heldOf(before, after);
    expect(keys(rows)).toEqual(['a', 'b']);
    expect(news).toEqual({ count: 100, movedCount: 0, tier: 'red' });
  });
  it('[UI26] what is over stays and says so; what changed shows its change in place', () => {
    const { rows, news } = heldOf(
      [alert('a'), alert('b', { tier: 'blue' })],
      [alert('b', { tier: 'red', owner: { id: 'l', name: 'Lin' } })],
    );
    expect(rows).toMatchObject([
      { key: 'a', over: true },
      { key: 'b', alert: { tier: 'red', owner: { name: 'Lin' } } },
    ]);
    expect(news.count).toBe(0);
  });
  it('[DESK3] a storm that begins leaves the lines that were there; one that grows is not news', () => {
    const eight = storm(FOLD_ABOVE);
    const began = heldOf(eight, storm(FOLD_ABOVE + 4));
    expect(keys(began.rows)).toHaveLength(FOLD_ABOVE);
    expect(began.news.count).toBe(4);
    const grew = heldOf(storm(20), storm(40));
    expect(grew.rows).toMatchObject([{ key: 'rule:Storm', unownedCount: 40 }]);
    expect(grew.news.count).toBe(0);
    expect(heldOf(storm(20), storm(2)).rows).toMatchObject([{ key: 'rule:Storm', unownedCount: 2 }]);
  });
  it('[DESK3] opening a group moves nothing above it', () => {
    const alerts = [alert('a', { tier: 'red' }), ...storm(9), alert('z', { tier: 'blue', startsAt: 5_000 })];
    const held = holdList(deskRows(alerts, ALL));
    const opened = deskRows(alerts, { ...ALL, opened: new Set(['rule:Storm']) });
    const open = toggleHeld(held, 'rule:Storm', opened);
    expect(open.keys.slice(0, 3)).toEqual(['a', 'rule:Storm', 's3']);
    expect(open.keys).toHaveLength(12);
    expect(toggleHeld(open, 'rule:Storm', deskRows(alerts, ALL)).keys).toEqual(held.keys);
  });
});
