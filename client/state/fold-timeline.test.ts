import { expect, it } from 'vitest';
import type { TimelineEntry } from '#contract/timeline';
import { EMPTY_TIMELINE, foldTimeline } from './fold-timeline.ts';

const entry = (seq: number, kind: TimelineEntry['kind']): TimelineEntry => ({
  seq,
  atMs: seq,
  kind,
  actor: { kind: 'system', id: 's' },
  params: {},
});
const page = (entries: readonly TimelineEntry[], reset = false) => ({
  position: { epoch: 'e', seq: entries.at(-1)?.seq ?? 0 },
  entries,
  reset,
});

it('[SEC5] a hidden entry moves the position and is not shown, so nothing is asked for twice', () => {
  const first = foldTimeline(EMPTY_TIMELINE, page([entry(1, 'hidden'), entry(2, 'note'), entry(3, 'hidden')], true));
  expect(first.entries.map(({ seq }) => seq)).toEqual([2]);
  const next = foldTimeline(first, page([entry(4, 'hidden'), entry(5, 'note')]));
  expect(next.entries.map(({ seq }) => seq)).toEqual([2, 5]);
  expect(next.position).toEqual({ epoch: 'e', seq: 5 });
  expect(next.resumeAfter).toBeNull();
});
