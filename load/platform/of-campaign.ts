import type { CampaignReply } from '#contract/campaign';
import type { PlatformLink } from '#contract/platforms';
import type { ObjectRules } from './ad-object.ts';
import type { ObjectInit } from './platform.ts';

export const rulesOf = (link: PlatformLink): ObjectRules => ({
  quotaCount: link.quotaCount,
  quotaWindowMs: link.quotaWindowS * 1_000,
  minMinor: link.minMinor,
  maxMinor: link.maxMinor,
  minStepMinor: link.minStepMinor,
  spentTimes: link.floorSpentRatio,
  spentPlusMinor: link.floorSpentPlusMinor,
  overdelivery: link.overdeliveryFactor,
  overdeliveryOf: link.overdeliveryOf,
});

/**
 * The objects that a campaign's links name, as somebody set them up before the sale: what each channel was given is its daily
 * budget.
 * @param allocatedMinor - by channel; where it is missing, the channel's share of the envelope
 */
export function objectsOf(
  { budgets }: Pick<CampaignReply, 'budgets'>,
  allocatedMinor: ReadonlyMap<string, number> = new Map(),
): ObjectInit[] {
  const totalMinor = budgets.envelopes[budgets.channelEnvelope] ?? 0;
  return Object.entries(budgets.platforms ?? {}).map(([channel, link]) => ({
    objectId: link.objectId,
    channel,
    rules: rulesOf(link),
    dailyBudgetMinor:
      allocatedMinor.get(channel) ?? Math.floor(totalMinor * (budgets.channels[channel]?.shareRatio ?? 0)),
  }));
}
