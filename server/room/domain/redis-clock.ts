/** One look at two clocks at the same moment: Redis's wall clock and this node's monotonic one, both ms. */
export interface ClockPair {
  readonly redisMs: number;
  readonly monotonicMs: number;
}
/** A difference of this much between two looks is a jump, not drift, ms. */
export const CLOCK_JUMP_MS = 5_000;
/** After a jump, claims wait this long so that operators and the other nodes see it first, ms. */
export const CLOCK_JUMP_PAUSE_MS = 10_000;

/** How far Redis's clock moved against ours between two looks, ms; negative: backwards. */
export const clockDriftMs = (before: ClockPair, now: ClockPair): number =>
  now.redisMs - before.redisMs - (now.monotonicMs - before.monotonicMs);
export const clockJumped = (before: ClockPair, now: ClockPair): boolean =>
  Math.abs(clockDriftMs(before, now)) > CLOCK_JUMP_MS;
