import { describe, expect, it } from 'vitest';
import { type Link, openLink } from '../net/link.ts';
import { startFeed } from './feed-server.ts';

describe('many screens come back', () => {
  it('[UI15] 20 clients after a restart: attempts spread over ≥ 2 s, one join each', async () => {
    const feed = await startFeed();
    const framed = new Set<number>();
    const links: Link[] = Array.from({ length: 20 }, (_, index) => {
      const link = openLink({
        url: feed.url,
        build: 'test',
        screen: () => ({ screenId: `s${index}`, build: 'test', scene: 'overview', frameAgeMs: null, heapBytes: null }),
        timelineAfter: () => null,
        handlers: {
          onHello: () => undefined,
          onFrame: () => framed.add(index),
          onBeat: () => undefined,
          onTimeline: () => undefined,
          onStatus: () => undefined,
        },
      });
      link.join('wall:overview');
      return link;
    });
    try {
      await until(() => framed.size === 20);
      await feed.kill();
      framed.clear();
      feed.joins.length = 0;
      feed.attemptsMs.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 3_500)); // a restart takes this long
      await feed.back();
      await until(() => framed.size === 20);
      expect(feed.joins).toHaveLength(20);
      const spread = Math.max(...feed.attemptsMs) - Math.min(...feed.attemptsMs);
      expect(spread).toBeGreaterThanOrEqual(2_000);
    } finally {
      for (const link of links) link.close();
      await feed.close();
    }
  }, 40_000);
});

/** Looks every 20 ms until it holds; the test's own deadline ends it otherwise. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
