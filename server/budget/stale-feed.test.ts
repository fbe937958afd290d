import { describe, expect, it } from 'vitest';
import { staleFeed } from './stale-feed.ts';

const NOW = 1_000_000;
const feed = (ageMs: number | null, intervalMs = 1_000) => ({
  newestMs: ageMs === null ? null : NOW - ageMs,
  intervalMs,
});
describe('staleFeed', () => {
  for (const { title, feeds, want } of [
    { title: 'both speak', feeds: { ads: feed(40_000, 10_000), orders: feed(900) }, want: null },
    { title: 'the last good moment', feeds: { orders: feed(15_000) }, want: null },
    { title: 'one ms after it', feeds: { orders: feed(15_001) }, want: 'orders' },
    { title: 'five intervals of a slow feed', feeds: { ads: feed(50_001, 10_000) }, want: 'ads' },
    { title: 'gone is silent, too', feeds: { ads: feed(3_600_000) }, want: 'ads' },
    { title: 'never heard', feeds: { ads: feed(null), orders: feed(null) }, want: null },
    { title: 'other feeds do not count', feeds: { stock: feed(3_600_000) }, want: null },
  ])
    it(`[BUD21] ${title}`, () => expect(staleFeed(feeds, NOW)).toBe(want));
});
