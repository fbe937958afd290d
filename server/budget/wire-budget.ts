import type { Redis } from 'ioredis';
import { TIER_RANK, type Tier } from '#contract/tiers';
import type { Alerts } from '../../alerts/alerts.ts';
import type { Campaign } from '../domain/campaign.ts';
import type { People } from '../people/types.ts';
import type { FrameSource } from '../realtime/frame-source.ts';
import type { DueWork } from '../room/due.ts';
import type { Log } from '../room/log.ts';
import type { Mirror } from '../windows/mirror.ts';
import { type Budget, createBudget } from './create-budget.ts';
import { readSealKey } from './seal-key.ts';
import { staleFeed } from './stale-feed.ts';

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
  readonly source: Pick<FrameSource, 'feeds' | 'redisNowMs'>;
}

/** Alerts are looked through so often at most, ms: frames ask for every channel in every tick. */
const ALARMS_MS = 250;
type Alarm = { readonly tier: Tier; readonly rule: string };

/** The worst firing alert of each channel that one names. */
function createAlarms(alerts: Pick<Alerts, 'list'>): () => ReadonlyMap<string, Alarm> {
  let worst = new Map<string, Alarm>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - readAtMs < ALARMS_MS) return worst;
    readAtMs = performance.now();
    worst = new Map();
    for (const { labels, firedAt, handling, tier, rule } of alerts.list().alerts) {
      const { channel } = labels;
      if (channel === undefined || firedAt === null || handling === 'resolved') continue;
      const before = worst.get(channel);
      if (before === undefined || TIER_RANK[tier] > TIER_RANK[before.tier]) worst.set(channel, { tier, rule });
    }
    return worst;
  };
}

/** Money over the parts of a whole server. */
export function wireBudget({
  redis,
  config,
  campaign,
  log,
  nowMs,
  due,
  alerts,
  people,
  mirror,
  source,
}: BudgetParts): Budget {
  const alarms = createAlarms(alerts);
  const budget = createBudget({
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
    alarm: (channel) => alarms().get(channel) ?? null,
    staleFeed: () => staleFeed(source.feeds(), source.redisNowMs()),
    spendReports: () => (mirror.loadingRatio < 1 ? null : mirror.spendReports()),
  });
  mirror.budget = budget.book.figures;
  return budget;
}
