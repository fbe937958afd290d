import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '#contract/timeline';
import { held, NO_FEED, withLive, withOlder } from './feed.ts';

const entry = (seq: number, kind: TimelineEntry['kind'] = 'note'): TimelineEntry => ({
  seq,
  atMs: seq * 1_000,
  kind,
  actor: { kind: 'system', id: 's' },
  params: {},
});
const seqs = (entries: readonly TimelineEntry[]): number[] => entries.map(({ seq }) => seq);
const feed = { ...NO_FEED, entries: [entry(9), entry(8)], headSeq: 9 };

describe('the timeline’s list', () => {
  it('[PAGE13] older pages go below, none twice, none that is hidden', () => {
    const more = withOlder(feed, [entry(6), entry(7, 'hidden'), entry(8)], 6);
    expect([seqs(more.entries), more.before]).toEqual([[9, 8, 6], 6]);
  });
  it('[PAGE13] what comes live goes above if it fits the filter and was not read already', () => {
    const live = [entry(8), entry(9), entry(10), entry(11, 'run.ended'), entry(12, 'hidden')];
    expect(seqs(withLive(feed, live, {}))).toEqual([11, 10, 9, 8]);
    expect(seqs(withLive(feed, live, { kinds: ['run.ended'] }))).toEqual([11, 9, 8]);
    expect(withLive(feed, [], {})).toBe(feed.entries);
  });
  it('[PAGE13] while somebody reads, nothing newer is drawn, and it is counted', () => {
    const entries = [entry(12), entry(11), entry(9)];
    expect(held(entries, null)).toEqual({ rows: entries, newCount: 0 });
    expect([seqs(held(entries, 9).rows), held(entries, 9).newCount]).toEqual([[9], 2]);
  });
});
