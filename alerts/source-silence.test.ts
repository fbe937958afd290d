import { describe, expect, it } from 'vitest';
import type { Feed } from '#contract/events';
import { feedStates, type SourceState } from '../server/domain/sources.ts';
import type { FrameSource } from '../server/realtime/frame-source.ts';
import { plainReader } from '../server/test/plain-reader.ts';
import { feedSilence, sourceSilence, steadySources } from './source-silence.ts';

const NOW = 10_000_000;
const source = (
  name: string,
  heardAgoMs: number,
  minutesCount: number,
  more: Partial<SourceState> = {},
): SourceState => ({
  source: name,
  newestMs: NOW - heardAgoMs,
  heardMs: NOW - heardAgoMs,
  minutesCount,
  types: ['order.paid'],
  acceptedCount: 1,
  lateCount: 0,
  duplicateCount: 0,
  rejectedCount: 0,
  ...more,
});
const heard = (sources: readonly SourceState[]) => {
  const newest = (feed: Feed): number | null => feedStates(sources, NOW).get(feed)?.newestMs ?? null;
  return {
    campaign: { file: { feeds: { orders: { intervalMs: 1_000 }, ads: { intervalMs: 60_000 } } } },
    reader: { ...plainReader({}), feedNewestMs: (feed: string) => newest(feed as Feed) },
    sources: () => sources,
  } as unknown as FrameSource;
};
const shop = source('/shop/1', 200, 5);

describe('silence', () => {
  it('[ALR79] who sent one order once and stopped is not missed, and its feed is not silent', () => {
    const once = source('/shop/7', 45_000, 1);
    const from = heard([shop, once]);
    expect(feedSilence(from, 'orders', NOW)).toEqual({ ageMs: 200, limitMs: 30_000 });
    expect(steadySources(from)()).toEqual(['/shop/1']);
    expect(feedStates([shop, once], NOW).get('orders')).toMatchObject({ heardCount: 1, silentCount: 0 });
  });
  it('[ALR79] who sent steadily and stopped is missed by name, with the time since it was heard', () => {
    const gone = source('/shop/7', 45_000, 5);
    const from = heard([shop, gone]);
    expect(steadySources(from)()).toEqual(['/shop/1', '/shop/7']);
    expect(sourceSilence(from, '/shop/7', NOW)).toEqual({ ageMs: 45_000, limitMs: 30_000 });
    expect(sourceSilence(from, '/shop/1', NOW)?.ageMs).toBe(200);
    expect(feedStates([shop, gone], NOW).get('orders')).toMatchObject({ silentCount: 1 });
  });
  it('[ALR79] when nobody of a feed is heard the feed is silent, and nothing is said of one source of it', () => {
    const from = heard([source('/shop/1', 50_000, 5), source('/shop/7', 45_000, 1)]);
    expect(feedSilence(from, 'orders', NOW)).toEqual({ ageMs: 45_000, limitMs: 30_000 });
    expect(sourceSilence(from, '/shop/1', NOW)).toBeNull();
    expect(feedStates(from.sources(), NOW).get('orders')).toMatchObject({ heardCount: 0, silentCount: 2 });
  });
  it('[ALR79] a feed that reports once a minute is given five of its intervals; a clock that is ahead is no sign of life', () => {
    const ads = heard([source('/ads', 120_000, 5, { types: ['ad.reported'] })]);
    expect(feedSilence(ads, 'ads', NOW)).toEqual({ ageMs: 120_000, limitMs: 300_000 });
    const ahead = heard([source('/shop/1', 40_000, 5, { newestMs: NOW - 15_000 })]);
    expect(feedSilence(ahead, 'orders', NOW)?.ageMs).toBe(40_000);
    expect(feedSilence(ahead, 'payments', NOW)).toBeNull();
  });
});
