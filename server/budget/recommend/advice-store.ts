import type { Redis } from 'ioredis';
import { AppError } from '#contract/errors';
import { claimKey, type HeldClaim } from '../../room/held-claim.ts';
import { coreKey } from '../../store/keys.ts';
import { loadScript, runScript } from '../../store/scripts.ts';
import type { AdviceState } from './state.ts';

/** Name of the claim of the node that learns and decides. */
export const ADVICE_CLAIM = 'advice';
const script = loadScript('save-advice-2');

/** What recommendations know, in the store: written by one node, read by all. */
export function createAdviceStore(redis: Redis, prefix: string, instance: string) {
  const key = coreKey(prefix, instance, 'advice');
  let rev = '';
  let held: AdviceState | null = null;

  return {
    /** The newest state this node has read or written. */
    get state(): AdviceState | null {
      return held;
    },
    /** Reads it when it changed. */
    async poll(): Promise<AdviceState | null> {
      const now = await redis.hget(key, 'rev');
      if (now === null || now === rev) return held;
      const [read, text] = await redis.hmget(key, 'rev', 'state');
      if (typeof text !== 'string') return held;
      const parsed = JSON.parse(text) as AdviceState;
      // another format is of an older server: it begins anew rather than guess
      held = parsed.format === 1 ? parsed : null;
      rev = read ?? '';
      return held;
    },
    /** @throws {AppError} `stale_claim` when another node decides by now */
    async save(state: AdviceState, claim: Pick<HeldClaim, 'holder' | 'version'>): Promise<void> {
      const keys = [claimKey(prefix, instance, ADVICE_CLAIM), key];
      const written = await runScript(redis, script, keys, [claim.holder, claim.version, JSON.stringify(state)]);
      if (written === '') throw new AppError('stale_claim', 'another node recommends by now');
      rev = String(written);
      held = state;
    },
  };
}
export type AdviceStore = ReturnType<typeof createAdviceStore>;
