/** From this many starts of one rule within the window on they are one storm: one line, one page, counted. */
export const STORM_COUNT = 20;
export const STORM_WINDOW_MS = 60_000;

/** Starts of one rule that still count, as `[ms, count]`; seconds are merged so that a storm costs no memory. */
export type StormState = readonly (readonly [number, number])[];

export function countStarts(state: StormState, count: number, nowMs: number): StormState {
  const secondMs = Math.floor(nowMs / 1_000) * 1_000;
  const kept = state.filter(([atMs]) => nowMs - atMs < STORM_WINDOW_MS);
  const last = kept.at(-1);
  if (last !== undefined && last[0] === secondMs) return [...kept.slice(0, -1), [secondMs, last[1] + count]];
  return [...kept, [secondMs, count]];
}
export const startsCount = (state: StormState, nowMs: number): number =>
  state.reduce((sum, [atMs, count]) => (nowMs - atMs < STORM_WINDOW_MS ? sum + count : sum), 0);
export const isStorm = (state: StormState, nowMs: number): boolean => startsCount(state, nowMs) >= STORM_COUNT;
