import type { BudgetReply, LedgerFacts, Move } from '#contract/budget';
import type { Campaign } from '../../domain/campaign.ts';
import type { WindowReader } from '../../domain/kpis/types.ts';
import { chan, channelEnvelope, openingEntries } from '../domain/accounts.ts';
import { policyOf, stepLimitMinor } from '../domain/policy.ts';
import type { MoneyFacts } from './domain/bounds.ts';

/** One channel's money at the moment of a decision. */
export interface ChannelMoney extends MoneyFacts {
  readonly channel: string;
  readonly version: number;
  /** What requests that are not carried out yet bring, less what they take. */
  readonly pendingMinor: number;
  readonly pinned: boolean;
  readonly cooldownUntilMs: number | null;
  readonly frozen: 'increases' | 'all' | null;
}
export interface Money {
  channels(): readonly ChannelMoney[];
  /** Account where money that no channel should spend is kept. */
  readonly keptAccount: string;
  keptVersion(): number;
  settledSince(atMs: number): Promise<readonly Move[]>;
}

/** From the ledger. */
export function ledgerMoney(campaign: Campaign, facts: LedgerFacts): Money {
  const step = stepOf(campaign);
  const keptAccount = channelEnvelope(campaign.budgets);
  const accounts = (): BudgetReply['accounts'] => facts.budget().accounts;
  return {
    channels: () =>
      accounts().flatMap((one): ChannelMoney[] => {
        if (one.channel === null || !one.id.startsWith('chan:')) return [];
        const directions = one.frozen.map(({ direction }) => direction);
        return [
          {
            channel: one.channel,
            account: one.id,
            allocated: one.allocated,
            spent: one.spent,
            available: one.available,
            releasable: one.releasable,
            // what open requests have promised is gone or taken already (I3 counts it), so that no card is refused for it
            floor: one.floor + one.held,
            cap: one.cap === null ? null : one.cap - one.incoming,
            ...step(one.allocated),
            ...(one.room === undefined ? {} : { roomOut: one.room.outMinor, roomIn: one.room.inMinor }),
            version: one.allocationVersion,
            pendingMinor: one.incoming - one.held,
            pinned: one.pinned,
            cooldownUntilMs: one.cooldownUntil,
            frozen: directions.includes('all') ? 'all' : directions.includes('increases') ? 'increases' : null,
          },
        ];
      }),
    keptAccount,
    keptVersion: () => accounts().find(({ id }) => id === keptAccount)?.allocationVersion ?? 0,
    settledSince: (atMs) => facts.settledSince(atMs),
  };
}

/** From the campaign file, while no ledger keeps the money: nobody can move it, so cards are for reading. */
export function plannedMoney(campaign: Campaign, read: WindowReader): Money {
  const policy = policyOf(campaign.budgets.policy);
  const step = stepOf(campaign);
  const opening = new Map(openingEntries(campaign.budgets).map(({ credit, amountMinor }) => [credit, amountMinor]));
  return {
    channels: () =>
      Object.keys(campaign.budgets.channels).map((channel) => {
        const allocated = opening.get(chan(channel)) ?? 0;
        const spent = Math.max(
          0,
          read.ads(channel, { fromMs: campaign.opensAtMs, toMs: campaign.closesAtMs }).spendMinor,
        );
        const available = Math.max(0, allocated - spent);
        return {
          channel,
          account: chan(channel),
          allocated,
          spent,
          available,
          releasable: available,
          floor: Math.round(policy.floorRatio * allocated),
          cap: Math.round(policy.capRatio * allocated),
          ...step(allocated),
          version: 0,
          pendingMinor: 0,
          pinned: false,
          cooldownUntilMs: null,
          frozen: null,
        };
      }),
    keptAccount: channelEnvelope(campaign.budgets),
    keptVersion: () => 0,
    settledSince: async () => [],
  };
}

/** Rail of one move, as the ledger judges it: before the opening too, so that no card is refused for its step. */
function stepOf(campaign: Campaign): (allocated: number) => { readonly stepOut: number; readonly stepIn: number } {
  const policy = policyOf(campaign.budgets.policy);
  const envelope = campaign.budgets.envelopes[campaign.budgets.channelEnvelope] ?? 0;
  return (allocated) => ({
    stepOut: stepLimitMinor(policy, envelope, allocated, 'out'),
    stepIn: stepLimitMinor(policy, envelope, allocated, 'in'),
  });
}
