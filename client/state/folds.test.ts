import { describe, expect, it } from 'vitest';
import type { Frame } from '#contract/frames';
import type { TimelineEntry } from '#contract/timeline';
import { testCampaign } from '../e2e/campaign.ts';
import { frameOf, healthySale } from '../e2e/sale.ts';
import { foldFrame, type StreamData } from './fold-frame.ts';
import { LINE_POINTS, mergePoints } from './fold-line.ts';
import { EMPTY_TIMELINE, foldTimeline } from './fold-timeline.ts';
import { figureFreshness } from './freshness.ts';
import { addSample, EMPTY_CLOCK, serverNowMs } from './server-clock.ts';

const empty: StreamData = {
  frame: null,
  frameHeardAtMs: 0,
  linkId: 0,
  seqByEpoch: {},
  clock: EMPTY_CLOCK,
  corrections: {},
};
const frame = (seq: number, epoch = 'a', nowMs = 1_000_000 + seq * 200, paid = seq): Frame => {
  const sale = healthySale(testCampaign(0));
  sale.figures['gmv_net@open'] = { value: paid, quality: 'live' };
  return frameOf(sale, 'wall:overview', { epoch, seq, nowMs });
};
const at = (nowMs: number, linkId = 1) => ({ nowMs, linkId });

describe('frames', () => {
  it('[UI18] a frame that is not newer changes nothing', () => {
    const state = foldFrame(empty, frame(5), at(0));
    expect(foldFrame(state, frame(5), at(1))).toBe(state);
    expect(foldFrame(state, frame(4), at(1))).toBe(state);
    expect(foldFrame(state, frame(6), at(1)).frame?.seq).toBe(6);
  });
  it('[UI18] an older frame of another node changes nothing on the same link, and the new node stays', () => {
    const first = foldFrame(empty, frame(50, 'a', 2_000_000), at(0));
    expect(foldFrame(first, frame(1, 'b', 1_999_999), at(1))).toBe(first);
    const moved = foldFrame(first, frame(1, 'b', 2_000_001), at(1));
    expect(moved.frame?.epoch).toBe('b');
    expect(foldFrame(moved, frame(49, 'a', 2_000_500), at(2))).toBe(moved);
  });
  it('[UI14] a new connection may bring a new epoch whose clock stepped back', () => {
    const first = foldFrame(empty, frame(50, 'a', 2_000_000), at(0, 1));
    expect(foldFrame(first, frame(1, 'b', 1_990_000), at(1, 2)).frame?.epoch).toBe('b');
  });
  it('[UI20] a total that falls is shown lower and marked', () => {
    const first = foldFrame(empty, frame(1, 'a', 1_000_000, 100), at(0));
    const second = foldFrame(first, frame(2, 'a', 1_000_200, 90), at(500));
    expect(second.corrections['gmv_net@open']).toEqual({ fromValue: 100, toValue: 90, atMs: 500 });
    expect(foldFrame(first, frame(2, 'a', 1_000_200, 110), at(500)).corrections).toEqual({});
  });
});

describe('ages', () => {
  it('[UI35] ages come from the monotonic clock and the server, never from this machine', () => {
    let clock = addSample(EMPTY_CLOCK, 5_000_000, 100);
    clock = addSample(clock, 5_000_900, 1_200); // waited 200 ms on the way: not believed
    expect(serverNowMs(clock, 2_000)).toBe(5_001_900);
    for (let step = 0; step < 16; step += 1) clock = addSample(clock, 4_000_000 + step, 3_000 + step);
    expect(serverNowMs(clock, 3_100)).toBe(4_000_100);
  });
  it('[UI10] the boundaries belong to the better state', () => {
    const state = foldFrame(empty, frame(1), at(0));
    const stateAt = (nowMs: number): string =>
      figureFreshness({ ...state, frameHeardAtMs: nowMs }, ['orders'], nowMs).state;
    expect(stateAt(4_700)).toBe('live');
    expect(stateAt(4_701)).toBe('late');
    expect(stateAt(14_700)).toBe('late');
    expect(stateAt(14_701)).toBe('stale');
    expect(stateAt(599_701)).toBe('gone');
  });
  it('[UI13] 3 s without a frame makes everything stale, whatever its feed says', () => {
    const state = foldFrame(empty, frame(1), at(0));
    expect(figureFreshness(state, ['orders'], 3_000).state).toBe('live');
    expect(figureFreshness(state, ['orders'], 3_001)).toMatchObject({ state: 'stale', trusted: false });
    expect(figureFreshness(state, [], 3_001).state).toBe('stale');
  });
  it('[FRESH9] frames of a server without its store are punctual and stale: figures, and the alerts, too', () => {
    const degraded: Frame = { ...frame(1), quality: 'degraded' };
    const state = foldFrame(empty, degraded, at(0));
    expect(figureFreshness(state, ['orders'], 10)).toMatchObject({ state: 'stale', trusted: false });
    expect(figureFreshness(state, [], 10)).toMatchObject({ state: 'stale', trusted: false });
    expect(figureFreshness(foldFrame(empty, frame(1), at(0)), [], 10).state).toBe('live');
  });
  it('a figure whose windows are still loading is not trusted', () => {
    const state = foldFrame(empty, { ...frame(1), loadingRatio: 0.4 }, at(0));
    expect(figureFreshness(state, ['orders'], 10).trusted).toBe(false);
  });
});

const entry = (seq: number): TimelineEntry => ({
  seq,
  atMs: seq,
  kind: 'note',
  actor: { kind: 'system', id: 's' },
  params: {},
});
const page = (from: number, to: number, epoch = 'e', reset = false) => ({
  position: { epoch, seq: to },
  entries: Array.from({ length: to - from + 1 }, (_, index) => entry(from + index)),
  reset,
});
describe('timeline', () => {
  it('[UI14] entries come in once, in order, whatever overlaps', () => {
    let state = foldTimeline(EMPTY_TIMELINE, page(1, 3));
    state = foldTimeline(state, page(2, 5));
    expect(state.entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(foldTimeline(state, page(1, 5))).toBe(state);
  });
  it('[UI17] a gap adds nothing and asks once', () => {
    const state = foldTimeline(EMPTY_TIMELINE, page(1, 3));
    const gap = foldTimeline(state, page(6, 6));
    expect(gap.entries).toHaveLength(3);
    expect(gap.resumeAfter).toEqual({ epoch: 'e', seq: 3 });
    expect(foldTimeline(gap, page(7, 7))).toBe(gap);
    const whole = foldTimeline(gap, page(4, 7));
    expect(whole.entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(whole.resumeAfter).toBeNull();
  });
  it('another epoch, or a reset, starts again', () => {
    const state = foldTimeline(EMPTY_TIMELINE, page(1, 3));
    expect(foldTimeline(state, page(1, 1, 'other')).entries).toHaveLength(1);
    expect(foldTimeline(state, page(9, 9, 'e', true)).entries.map(({ seq }) => seq)).toEqual([9]);
  });
});

describe('lines', () => {
  it('the tail replaces the end, history fills the front, and the line is bounded', () => {
    const history = mergePoints(
      [[60, 6]],
      [
        [0, 1],
        [60, 2],
      ],
    );
    expect(history).toEqual([
      [0, 1],
      [60, 2],
    ]);
    expect(
      mergePoints(history, [
        [60, 9],
        [120, 3],
      ]),
    ).toEqual([
      [0, 1],
      [60, 9],
      [120, 3],
    ]);
    let line = history;
    for (let minute = 0; minute < 5_000; minute += 1) line = mergePoints(line, [[minute * 60, minute]]);
    expect(line.length).toBeLessThanOrEqual(LINE_POINTS);
    expect(line.at(-1)).toEqual([4_999 * 60, 4_999]);
  });
});
