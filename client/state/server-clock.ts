/**
 * The server's time, kept by the screen's monotonic clock: a wall clock set an hour wrong cannot lie about ages. Each frame
 * and beat gives a sample `serverMs − performance.now()`; a message that waited on the way gives a smaller one, so the
 * largest of the last few is nearest to the truth, and forgetting old ones lets the server's clock step back.
 */
export interface ServerClock {
  readonly offsetsMs: readonly number[];
}
export const EMPTY_CLOCK: ServerClock = { offsetsMs: [] };
const KEPT = 16;

export const addSample = (clock: ServerClock, serverMs: number, nowMs: number): ServerClock => ({
  offsetsMs: [...clock.offsetsMs.slice(1 - KEPT), serverMs - nowMs],
});

/** Server time now, ms since the Unix epoch; null before the first message. @param nowMs - performance.now() */
export const serverNowMs = ({ offsetsMs }: ServerClock, nowMs: number): number | null =>
  offsetsMs.length === 0 ? null : nowMs + Math.max(...offsetsMs);
