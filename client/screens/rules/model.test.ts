import { describe, expect, it } from 'vitest';
import type { AlertRule } from '#contract/alerts';
import type { RuleState } from '#contract/rule-pages';
import type { TimelineEntry } from '#contract/timeline';
import { firingMs, happened, rowsOf, stepFor, summaryOf } from './model.ts';

const rule = (id: string, group = 'g', expr = 'x'): AlertRule =>
  ({ id, group, expr, annotations: { summary: `about ${id}` }, labels: {} }) as unknown as AlertRule;
const state = (id: string, evaluation: RuleState['evaluation']): RuleState =>
  ({ rule: id, evaluation }) as unknown as RuleState;
let seq = 0;
const entry = (kind: TimelineEntry['kind'], atMs: number, alert: string, tier: string, of = 'R'): TimelineEntry => ({
  seq: ++seq,
  atMs,
  kind,
  actor: { kind: 'rule', id: of },
  params: { rule: of, alert, tier, labels: 'service=payment' },
});

describe('the rules page', () => {
  it('[PAGE32] what is wrong stands first; the search looks at names, words and expressions', () => {
    const rules = [rule('B'), rule('A', 'h'), rule('C', 'g', 'kpi("roas")')];
    const states = [state('A', 'firing'), state('C', 'error')];
    expect(rowsOf(rules, states, '', false).map((row) => row.rule.id)).toEqual(['C', 'A', 'B']);
    expect(rowsOf(rules, states, '', true).map((row) => row.rule.id)).toEqual(['C', 'A']);
    expect(rowsOf(rules, states, 'ROAS', false).map((row) => row.rule.id)).toEqual(['C']);
    expect(rowsOf(rules, states, 'about a', false).map((row) => row.rule.id)).toEqual(['A']);
  });
  it('[PAGE32] a rule’s title is in the reader’s language, also where a match will put its label', () => {
    const annotations = { summary: '{{ $labels.sku }} sells out', summary_zh: '{{ $labels.sku }} 即将售罄' };
    expect([summaryOf({ annotations }, 'zh'), summaryOf({ annotations }, 'en')]).toEqual([
      '‹商品› 即将售罄',
      '‹item› sells out',
    ]);
    expect(summaryOf({ annotations: { summary: 'Only so' } }, 'zh')).toBe('Only so');
  });
  it('[PAGE33] what happened: a fire and its resolve are one bar with the highest tier; another rule’s are left out', () => {
    const entries = [
      entry('alert.fired', 10, 'a1', 'yellow'),
      entry('alert.fired', 12, 'a2', 'blue'),
      entry('alert.fired', 13, 'x', 'red', 'Other'),
      entry('alert.raised', 15, 'a1', 'red'),
      entry('alert.resolved', 20, 'a1', 'red'),
    ];
    // [DESK16] places by the names that the reader's language has for them
    const named = happened(entries, 'R', ({ service }) => (service === 'payment' ? '支付' : ''));
    expect(named.map(({ where }) => where)).toEqual(['支付', '支付']);
    expect(happened(entries, 'R')).toEqual([
      { where: 'payment', fromMs: 10, toMs: 20, tier: 'red' },
      { where: 'payment', fromMs: 12, toMs: null, tier: 'blue' },
    ]);
  });
  it('[PAGE33] the time it fires in all counts what overlaps once', () => {
    const bar = (fromMs: number, toMs: number | null) => ({ where: '', fromMs, toMs, tier: 'red' as const });
    expect(firingMs([bar(0, 10), bar(5, 12), bar(20, null)], 30)).toBe(22);
    expect(firingMs([], 30)).toBe(0);
  });
  it('[PAGE33] a span is looked at 720 times at most', () => {
    expect([600_000, 7_200_000, 12 * 3_600_000].map(stepFor)).toEqual([1_000, 10_000, 60_000]);
  });
});
