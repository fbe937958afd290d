import type { ShardKeys } from './keys.ts';
import { loadScript, runScript, type ScriptRunner } from './scripts.ts';

const script = loadScript('known-ids-2');

/** Which of the identities a shard remembers now; one round trip, nothing is written. */
export async function knownIds(
  redis: ScriptRunner,
  keys: ShardKeys,
  generation: number,
  ids: readonly string[],
): Promise<readonly string[]> {
  const reply = await runScript(redis, script, [keys.ids(generation), keys.ids(generation - 1)], [...ids]);
  return reply as string[];
}
