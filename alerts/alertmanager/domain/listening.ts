/**
 * Since when this node has been able to hear senders without a break. Their silence means something only while somebody could
 * hear them: a start, a store that was away and a node that was frozen begin anew.
 */
export interface Listening {
  readonly sinceMs: number;
  /** When it was last seen to be listening. */
  readonly lookedMs: number;
}
/** Nothing lapses before a node has been listening for so long, ms: senders repeat every minute. */
export const LISTEN_FIRST_MS = 120_000;
/** A break as long as this may have swallowed a repetition, ms; looks are a second apart. */
const BREAK_MS = 10_000;

export const listenFrom = (nowMs: number): Listening => ({ sinceMs: nowMs, lookedMs: nowMs });
export const goOnListening = (before: Listening, nowMs: number): Listening =>
  nowMs - before.lookedMs > BREAK_MS ? listenFrom(nowMs) : { ...before, lookedMs: nowMs };
export const hasListened = ({ sinceMs }: Listening, nowMs: number): boolean => nowMs - sinceMs >= LISTEN_FIRST_MS;
