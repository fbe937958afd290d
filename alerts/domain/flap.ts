/** Flap control: what fires again and again is one trouble, not many pages. */
export const FLAP_WINDOW_MS = 10 * 60_000;
/** From this many fresh starts within the window on it flaps: shown, counted, not paged for each start. */
export const FLAP_COUNT = 4;

/** Starts that still count, with a new one. At most `FLAP_COUNT` are kept. */
export const countStart = (starts: readonly number[], nowMs: number): readonly number[] =>
  [...starts.filter((atMs) => nowMs - atMs < FLAP_WINDOW_MS), nowMs].slice(-FLAP_COUNT);

/** It goes on flapping until the window has passed without so many starts. */
export const isFlapping = (starts: readonly number[], nowMs: number): boolean =>
  starts.length >= FLAP_COUNT && starts.filter((atMs) => nowMs - atMs < FLAP_WINDOW_MS).length >= FLAP_COUNT;
