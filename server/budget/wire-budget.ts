import type { Redis } from 'ioredis';
import { TIER_RANK } from '#contract/tiers';
import type { Alerts } from '../../alerts/alerts.ts';
import type { Campaign } from '../domain/campaign.ts';
import type { People } from '../people/types.ts';
import type { DueWork } from '../room/due.ts';
import type { Log } from '../room/log.ts';
import type { Mirror } from '../windows/mirror.ts';
import { type Budget, createBudget } from './create-budget.ts';
import { readSealKey } from './seal-key.ts';

export interface BudgetParts {
  readonly redis: Redis;
  readonly config: { readonly dataDir: string; readonly ledgerSealKey: string | null; readonly redisPrefix: string };
  readonly campaign: Campaign;
  readonly log: Log;
  readonly nowMs: () => number;
  readonly due: DueWork;
  readonly alerts: Pick<Alerts, 'duty' | 'list'>;
  readonly people: Pick<People, 'users'>;
  readonly mirror: Mirror;
}

/** Money over the parts of a whole server. */
export function wireBudget({ redis, config, campaign, log, nowMs, due, alerts, people, mirror }: BudgetParts): Budget {
  return createBudget({
    redis,
    prefix: config.redisPrefix,
    instance: campaign.instance,
    campaign,
    log,
    nowMs,
    due,
    sealKey: readSealKey(config.ledgerSealKey, config.dataDir),
    dataDir: config.dataDir,
    onDuty: () => alerts.duty.reply().people,
    people: async () => (await people.users.list()).filter(({ disabled }) => !disabled),
    alarm(channel) {
      const firing = alerts
        .list()
        .alerts.filter(
          ({ labels, firedAt, handling }) => labels.channel === channel && firedAt !== null && handling !== 'resolved',
        )
        .sort((a, b) => TIER_RANK[b.tier] - TIER_RANK[a.tier])[0];
      return firing === undefined ? null : { tier: firing.tier, rule: firing.rule };
    },
    spendReports: () => (mirror.loadingRatio < 1 ? null : mirror.spendReports()),
  });
}
