import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../server/room/log.ts';

export type Loop = readonly [
  everyMs: number,
  work: () => Promise<void>,
  what: string,
  /** What it waits for between two turns; a pause when absent. */
  next?: (ms: number) => Promise<unknown>,
];

/** Things a node does again and again. A failure is said once and tried again, and never ends a loop. */
export function createLoops(log: Log) {
  let running = false;
  let failing = false;
  let all: Promise<unknown> = Promise.resolve();
  let wake: (() => void) | null = null;
  let nudges = 0;

  async function loop([everyMs, work, what, next = pause]: Loop): Promise<void> {
    while (running) {
      const startedMs = performance.now();
      try {
        await work();
        failing = false;
      } catch (error) {
        if (!failing && running) log.warn({ err: error }, `${what} failed; trying again`);
        failing = true;
      }
      await next(Math.max(5, everyMs - (performance.now() - startedMs)));
    }
  }
  return {
    start(loops: readonly Loop[]): void {
      running = true;
      all = Promise.all(loops.map(loop));
    },
    async stop(): Promise<void> {
      running = false;
      wake?.();
      await all;
    },
    nudge(): void {
      nudges += 1;
      wake?.();
    },
    /** Until somebody nudges, or `ms` at most; at once when somebody did while the loop was at work. */
    nudged(ms: number): Promise<void> {
      if (nudges > 0) {
        nudges = 0;
        return pause(0);
      }
      return new Promise((resolve) => {
        const timer = setTimeout(done, ms);
        function done(): void {
          clearTimeout(timer);
          wake = null;
          nudges = 0;
          resolve();
        }
        wake = done;
      });
    },
  };
}
