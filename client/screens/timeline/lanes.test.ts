import { expect, it } from 'vitest';
import type { TimelineEntry } from '#contract/timeline';
import { loadMessages } from '../../i18n/t.ts';
import { HANDED_OVER, handoverText } from './handover.ts';
import { axisLanes, BINS, unreadRatio } from './lanes.ts';

const entry = (seq: number, atMs: number, kind: TimelineEntry['kind'], tier = ''): TimelineEntry => ({
  seq,
  atMs,
  kind,
  actor: { kind: 'system', id: 's' },
  params: { tier },
});

it('[PAGE14] one axis: a mark is the entries of one column, with the highest tier; both ends of the span hold', () => {
  const entries = [
    entry(1, 0, 'note'),
    entry(2, 1, 'note'),
    entry(3, 1_599, 'alert.fired', 'blue'),
    entry(4, 1_598, 'alert.raised', 'red'),
    entry(5, 1_600, 'note'),
    entry(6, -1, 'note'),
  ];
  expect(axisLanes(entries, ['alerts', 'runs', 'notes'], 0, 1_600)).toEqual([
    { group: 'alerts', marks: [{ bin: BINS - 1, count: 2, seq: 4, tier: 'red' }] },
    { group: 'notes', marks: [{ bin: 0, count: 2, seq: 2, tier: null }] },
  ]);
});

it('[PAGE14] the time before the oldest row that was read is told as not read, never as quiet', () => {
  expect(unreadRatio(600, true, 0, 1_000)).toBe(0.6);
  expect(unreadRatio(600, false, 0, 1_000)).toBe(0);
  expect(unreadRatio(null, true, 0, 1_000)).toBe(1);
  expect(unreadRatio(-5, true, 0, 1_000)).toBe(0);
  expect(unreadRatio(2_000, true, 0, 1_000)).toBe(1);
});

it('[PAGE15] the hand-over counts incidents and silences and tells them before alerts, however many of those there were', async () => {
  await loadMessages('en');
  const noise = Array.from({ length: 90 }, (_, index) => entry(index + 10, 60_000 + index, 'alert.fired', 'blue'));
  const entries = [
    entry(1, 0, 'incident.declared'),
    entry(2, 1, 'silence.created'),
    entry(3, 2, 'alert.raised', 'red'),
    ...noise.map((each, index) => ({ ...each, params: { ...each.params, summary: `noise ${index}` } })),
    ...noise.map((each) => ({ ...each, seq: each.seq + 200, params: { ...each.params, summary: 'the same' } })),
  ];
  const said: string[] = [];
  const text = handoverText(
    {
      fromMs: 0,
      toMs: 100_000,
      nowMs: 100_000,
      timeZone: 'Asia/Shanghai',
      lang: 'en',
      campaign: null,
      entries,
      cut: false,
      alerts: [],
      runs: [],
      silences: [],
      next: null,
    },
    (key, parameters) => {
      said.push(key);
      return `${key} ${JSON.stringify(parameters ?? {})}`;
    },
  );
  expect(text).toContain('"incidents":1,"silences":1');
  expect(said.filter((key) => /^ho\.(incidents|grave|rest|earlier)$/.test(key))).toEqual([
    'ho.incidents',
    'ho.grave',
    'ho.rest',
    'ho.earlier',
  ]);
  expect(text.split('\n').length).toBeLessThan(50);
  expect(text).toMatch(/the same.* ×90/);
  for (const kind of ['incident.declared', 'alert.acknowledged', 'note']) expect(HANDED_OVER.test(kind)).toBe(true);
});
