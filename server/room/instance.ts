import type { Redis } from 'ioredis';
import { currentInstanceKey } from '../store/keys.ts';

/** One run of a campaign: part of every key, with the opening and scale all its nodes agree on. */
export interface RunningInstance {
  readonly instance: string;
  readonly opensAtMs: number;
  readonly scale: number;
}

/** `double11-20261111T000000`: the campaign and its opening in UTC, so that two openings never share a key. */
export function instanceName(campaignId: string, opensAtMs: number): string {
  return `${campaignId}-${new Date(opensAtMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`;
}

/**
 * The instance this node serves. `fresh` begins a new one; otherwise the current one goes on, and the first node to ask
 * when there is none decides for all.
 * @param wanted - opening and scale of an instance that has to be begun
 */
export async function chooseInstance(
  redis: Redis,
  prefix: string,
  campaignId: string,
  wanted: Omit<RunningInstance, 'instance'>,
  fresh: boolean,
): Promise<RunningInstance> {
  const key = currentInstanceKey(prefix, campaignId);
  const begun: RunningInstance = { ...wanted, instance: instanceName(campaignId, wanted.opensAtMs) };
  if (fresh) {
    await redis.set(key, JSON.stringify(begun));
    return begun;
  }
  await redis.set(key, JSON.stringify(begun), 'NX');
  return JSON.parse((await redis.get(key)) as string) as RunningInstance;
}
