import type { SuppressionReason } from '#contract/alerts';
import type { Tier } from '#contract/tiers';
import { type FatigueLimits, HOUR_MS, minuteOfDayIn, sparedBy } from './domain/fatigue.ts';
import type { DeliveryRedis } from './queue-types.ts';

export interface PageLimitsDeps {
  readonly redis: DeliveryRedis;
  readonly key: (name: string) => string;
  readonly limits: () => FatigueLimits;
  readonly timeZone: string;
  readonly nowMs: () => number;
}

/** How often each person was paged in the last hour, over all nodes, and who is to be spared. */
export function createPageLimits({ redis, key, limits, timeZone, nowMs }: PageLimitsDeps) {
  const pagedKey = (person: string): string => key(`paged:${person}`);
  return {
    /** Why a person is spared this page; null: page. A page that is planned again does not count against itself. */
    async spared(person: string, tier: Tier, notificationId: string): Promise<SuppressionReason | null> {
      await redis.zremrangebyscore(pagedKey(person), '-inf', String(nowMs() - HOUR_MS));
      const others = (await redis.zrange(pagedKey(person), 0, '-1')).filter((id) => id !== notificationId);
      return sparedBy(limits(), tier, others.length, minuteOfDayIn(timeZone, nowMs()));
    },
    /** Safe to repeat: a page counts once. */
    async paged(pages: readonly { readonly person: string; readonly notificationId: string }[]): Promise<void> {
      await Promise.all(
        pages.map(async ({ person, notificationId }) => {
          await redis.zadd(pagedKey(person), nowMs(), notificationId);
          await redis.pexpire(pagedKey(person), HOUR_MS);
        }),
      );
    },
  };
}
