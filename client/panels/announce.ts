/** People who hear the screen are told at most once in so long, ms (WCAG: batched; red is an alert of its own). */
export const STATUS_EVERY_MS = 5_000;

export interface Announcer {
  /** What is to be said as soon as it may; the newest words win. The same words are not said twice. */
  offer(words: string, nowMs: number): void;
  stop(): void;
}

/**
 * Says the newest words at most every five seconds, the first at once.
 * @param say - called with the words, never more often
 * @param later - runs something after ms; returns what stops it
 */
export function createAnnouncer(
  say: (words: string) => void,
  later: (run: () => void, ms: number) => () => void = (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
): Announcer {
  let said = '';
  let waiting: string | null = null;
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let stop: (() => void) | null = null;
  function speak(words: string, nowMs: number): void {
    waiting = null;
    if (words === said) return;
    said = words;
    quietUntilMs = nowMs + STATUS_EVERY_MS;
    say(words);
  }
  return {
    offer(words, nowMs) {
      if (words === (waiting ?? said)) return;
      waiting = words;
      if (stop !== null) return;
      const waitMs = quietUntilMs - nowMs;
      if (waitMs <= 0) return speak(words, nowMs);
      stop = later(() => {
        stop = null;
        if (waiting !== null) speak(waiting, quietUntilMs);
      }, waitMs);
    },
    stop() {
      stop?.();
      stop = null;
    },
  };
}
