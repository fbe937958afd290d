import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Commands of the connection the meter asks; one for each question. */
export interface MeterRedis {
  ping(): Promise<unknown>;
  info(section: string): Promise<string>;
}

/** Figures of this process and its store, measured now and then. All ms and bytes; null while unknown. */
export interface NodeReadings {
  readonly lagP99Ms: number;
  readonly redisMs: number | null;
  readonly redisMemoryBytes: number | null;
  /** 0: no limit. */
  readonly redisMemoryMaxBytes: number | null;
}

const field = (info: string, name: string): number | null => {
  const found = new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1];
  return found === undefined ? null : Number(found);
};

/** Measures the event loop and the store. `measure` is called every few seconds; `read` costs nothing. */
export function createNodeMeter(redis: MeterRedis) {
  const loop: IntervalHistogram = monitorEventLoopDelay({ resolution: 10 });
  let readings: NodeReadings = { lagP99Ms: 0, redisMs: null, redisMemoryBytes: null, redisMemoryMaxBytes: null };
  return {
    start(): void {
      loop.enable();
    },
    stop(): void {
      loop.disable();
    },
    read: (): NodeReadings => readings,
    /** Never throws: a store that does not answer is a reading, too. */
    async measure(): Promise<void> {
      // the histogram holds the sampling interval itself: 10 ms is no delay at all
      const lagP99Ms = Math.max(0, loop.percentile(99) / 1e6 - 10);
      loop.reset();
      const askedMs = performance.now();
      try {
        await redis.ping();
        const redisMs = performance.now() - askedMs;
        const memory = await redis.info('memory');
        readings = {
          lagP99Ms,
          redisMs,
          redisMemoryBytes: field(memory, 'used_memory'),
          redisMemoryMaxBytes: field(memory, 'maxmemory'),
        };
      } catch {
        readings = { ...readings, lagP99Ms, redisMs: null };
      }
    },
  };
}
export type NodeMeter = ReturnType<typeof createNodeMeter>;
