import type { Redis } from 'ioredis';
import { GENERATION_MS } from '../ingest/batch.ts';
import type { DeadLetters } from '../store/dead-letters.ts';
import type { ShardKeys } from '../store/keys.ts';
import type { StoreReadings } from './scrape.ts';

/** A scrape waits this long for the store; Prometheus gives up after 10 s. */
const WAIT_MS = 1_000;

/** The work's result, or null when it fails or takes too long: a scrape answers also while the store is away. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, WAIT_MS, null);
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return null; // `warroom_redis_connected` says why
  } finally {
    clearTimeout(timer);
  }
}

/** Counts of ids and dead letters, as the store has them now. @param nowMs - Redis time */
export async function readStore(
  redis: Redis,
  keys: readonly ShardKeys[],
  letters: DeadLetters,
  nowMs: number,
): Promise<StoreReadings> {
  const generation = Math.floor(nowMs / GENERATION_MS);
  const idsOf = async (shard: ShardKeys): Promise<number> => {
    const [here, before] = await Promise.all([
      redis.scard(shard.ids(generation)),
      redis.scard(shard.ids(generation - 1)),
    ]);
    return here + before;
  };
  const [counts, ...dedupeIdCounts] = await Promise.all([
    orNull(letters.counts()),
    ...keys.map((shard) => orNull(idsOf(shard))),
  ]);
  return {
    deadLettersHeldCount: counts?.heldCount ?? null,
    deadLettersDroppedCount: counts?.droppedCount ?? null,
    dedupeIdCounts,
  };
}
