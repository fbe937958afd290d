import { describe, expect, it } from 'vitest';
import { EDGES_MS, EVENT_TYPES, FEED_OF } from './events.ts';
import { feedFreshness, tileFreshness } from './freshness.ts';

describe('freshness', () => {
  for (const { title, ageMs, intervalMs, want } of [
    { title: '[FRESH1] never reported is empty', ageMs: null, intervalMs: 1_000, want: 'empty' },
    { title: '[FRESH2] live on the last allowed ms', ageMs: 5_000, intervalMs: 1_000, want: 'live' },
    { title: '[FRESH3] late one ms after that', ageMs: 5_001, intervalMs: 1_000, want: 'late' },
    { title: '[FRESH4] a slow feed has twice its interval', ageMs: 20_000, intervalMs: 10_000, want: 'live' },
    { title: '[FRESH5] stale after five intervals', ageMs: 50_001, intervalMs: 10_000, want: 'stale' },
    { title: '[FRESH6] gone after ten minutes', ageMs: 600_001, intervalMs: 1_000, want: 'gone' },
  ] as const)
    it(title, () => expect(feedFreshness({ ageMs, intervalMs })).toBe(want));
  it('[FRESH7] a silent link makes every tile stale', () => {
    expect(tileFreshness([{ ageMs: 0, intervalMs: 1_000 }], 3_000)).toBe('live');
    expect(tileFreshness([{ ageMs: 0, intervalMs: 1_000 }], 3_001)).toBe('stale');
  });
  it('[FRESH8] a figure is as fresh as its oldest feed', () => {
    expect(
      tileFreshness(
        [
          { ageMs: 0, intervalMs: 1_000 },
          { ageMs: 6_000, intervalMs: 1_000 },
        ],
        0,
      ),
    ).toBe('late');
  });
});

describe('events', () => {
  it('[EV1] every type belongs to a feed, and there are 40 rising edges', () => {
    expect(Object.keys(FEED_OF).sort()).toEqual(EVENT_TYPES.filter((type) => type !== 'source.heartbeat').sort());
    expect(EDGES_MS).toHaveLength(40);
    expect([...EDGES_MS].sort((a, b) => a - b)).toEqual(EDGES_MS);
  });
});
