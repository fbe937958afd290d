import { describe, expect, it } from 'vitest';
import type { AwayWall, NodeFacts, ScreenFacts } from '#contract/screens';
import type { SourceState } from '../server/domain/sources.ts';
import type { FrameSource } from '../server/realtime/frame-source.ts';
import { createSystemFacts } from './system-facts.ts';

/** Facts over counters and a clock that the test turns. */
function kit() {
  const now = { ms: 1_000_000, jumps: 0, unmapped: 0 };
  const counted = { acceptedCount: 0, duplicateCount: 0, rejectedCount: 0 };
  const screens: ScreenFacts[] = [];
  const awayWalls: AwayWall[] = [];
  const source = {
    redisNowMs: () => now.ms,
    sources: () => [counted as unknown as SourceState],
    get unmappedCount() {
      return now.unmapped;
    },
  } as unknown as FrameSource;
  const facts = createSystemFacts({
    source,
    health: () => ({ nodes: [] as NodeFacts[], screens, awayWalls }),
    diskUsedRatio: () => null,
    clockJumpCount: () => now.jumps,
    backlogCount: () => null,
    failingReceiverCount: () => null,
    fsyncDelayMs: () => null,
    monotonicMs: () => now.ms,
  });
  const read = (name: string, afterMs = 0): number | null => {
    now.ms += afterMs;
    return facts(name);
  };
  const screen = (kind: ScreenFacts['kind'], frameAgeMs: number | null): void =>
    void screens.push({ kind, frameAgeMs } as ScreenFacts);
  return { now, counted, awayWalls, read, screen };
}

describe('facts of the console itself', () => {
  it('[ALR70] one refused event is no flood; a share is told from 50 events a minute on, and ends with its minute', () => {
    const { counted, read } = kit();
    expect(read('dead_letter_rate')).toBeNull();
    counted.rejectedCount += 1;
    expect(read('dead_letter_rate', 5_000)).toBe(0);
    counted.acceptedCount += 40;
    counted.rejectedCount += 9;
    expect(read('dead_letter_rate', 5_000)).toBe(0.2);
    counted.duplicateCount += 50;
    expect(read('duplicate_rate', 5_000)).toBe(0.5);
    read('dead_letter_rate', 30_000);
    expect(read('dead_letter_rate', 40_000)).toBe(0);
  });
  it('[ALR70] unmapped events are held against what was accepted in the same five minutes, not in a quiet minute after a burst', () => {
    const { now, counted, read } = kit();
    read('unmapped_share');
    counted.acceptedCount += 10_000;
    now.unmapped = 10;
    expect(read('unmapped_share', 5_000)).toBe(0.001);
    counted.acceptedCount += 60;
    expect(read('unmapped_share', 120_000)).toBeCloseTo(10 / 10_060, 9);
  });
  it('[ALR71] a paired wall that is gone is offline, and so is one whose frames stand still', () => {
    const { awayWalls, read, screen } = kit();
    expect(read('wall_offline_count')).toBe(0);
    awayWalls.push({ name: 'west wall', sinceMs: 1 });
    expect(read('wall_offline_count')).toBe(1);
    screen('kiosk', 31_000);
    screen('kiosk', 400);
    screen('user', 90_000);
    expect(read('wall_offline_count')).toBe(2);
  });
  it('[ALR72] frames are late for the worst wall, or for half of all other screens; one phone in a lift is no alarm', () => {
    const { read, screen } = kit();
    expect(read('frame_age_ms')).toBeNull();
    screen('user', 200);
    screen('user', 60_000);
    screen('user', 250);
    expect(read('frame_age_ms')).toBe(250);
    screen('kiosk', 4_000);
    screen('kiosk', 40_000); // that one is offline
    expect(read('frame_age_ms')).toBe(4_000);
  });
  it('[ALR73] a jump of the clock is over after ten minutes', () => {
    const { now, read } = kit();
    now.jumps = 1;
    expect(read('clock_jump_count')).toBe(1);
    now.jumps = 3;
    expect(read('clock_jump_count', 5 * 60_000)).toBe(3);
    expect(read('clock_jump_count', 5 * 60_000)).toBe(2);
    expect(read('clock_jump_count', 5 * 60_000)).toBe(0);
  });
});
