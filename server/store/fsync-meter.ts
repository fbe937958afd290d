/** One command; each connection kind has it. */
export interface FsyncRedis {
  call(command: string, ...args: string[]): Promise<unknown>;
}
/** What Redis calls the writes that wait for the disk, by how it fsyncs and what else is going on. */
const EVENTS = ['aof-fsync-always', 'aof-write', 'aof-write-pending-fsync', 'aof-write-active-child'] as const;
/** Between two looks, and how long a delay counts as present, ms. */
const EVERY_MS = 5_000;
const PRESENT_MS = 10_000;

/**
 * How long writes waited for the disk lately, ms, from the latency monitor of Redis: 0 while none was longer than its
 * threshold, null where nobody measures (the monitor is off, or we may not ask). A read starts the next look, so it has no timer.
 * @param monitored - the monitor is known to be on: our own server, whose settings its user may not read
 */
export function createFsyncMeter(redis: FsyncRedis, monitored: boolean, nowMs: () => number): () => number | null {
  let delayMs: number | null = null;
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  async function isOn(): Promise<boolean> {
    if (monitored) return true;
    const answer = await redis.call('CONFIG', 'GET', 'latency-monitor-threshold');
    const threshold = Array.isArray(answer) ? answer[1] : Object.values(answer as object)[0];
    return Number(threshold) > 0;
  }
  async function look(atMs: number): Promise<void> {
    try {
      if (!(await isOn())) {
        delayMs = null;
        return;
      }
      const histories = await Promise.all(EVENTS.map((event) => redis.call('LATENCY', 'HISTORY', event)));
      const present = (histories as (readonly [seconds: number, ms: number])[][])
        .flat()
        .filter(([seconds]) => seconds * 1_000 > atMs - PRESENT_MS);
      delayMs = Math.max(0, ...present.map(([, ms]) => Number(ms)));
    } catch {
      delayMs = null; // not allowed, or the store is away: nobody knows
    }
  }
  return () => {
    const atMs = nowMs();
    if (atMs - lookedAtMs >= EVERY_MS) {
      lookedAtMs = atMs;
      void look(atMs);
    }
    return delayMs;
  };
}
