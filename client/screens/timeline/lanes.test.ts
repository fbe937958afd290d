import { expect, it } from 'vitest';
import type { TimelineEntry } from '#contract/timeline';
import { axisLanes, BINS } from './lanes.ts';

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
