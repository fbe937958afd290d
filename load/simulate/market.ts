import type { BudgetReply } from '#contract/budget';
import type { CampaignReply } from '#contract/campaign';
import type { Random } from '../random.ts';
import { valuesOf } from '../vocabulary.ts';
import { curveAt } from './pace.ts';
import { settingsOf } from './settings.ts';

/** Half-saturation of a channel's response, multiples of its usual spend: search is nearly full, content has most room. */
const HALVES: readonly number[] = [0.4, 1.5, 1, 5];

/**
 * What bought channels sell follows what is spent on them: share × (1 + h) · r ÷ (r + h), where r is the spend against the
 * usual one. Budgets that the desk moves therefore pay, or do not.
 */
export class Market {
  readonly #campaign: CampaignReply;
  readonly #opening: ReadonlyMap<string, number>;
  readonly #mean: number;
  readonly #shares: ReadonlyMap<string, number>;
  /** The channel that most unbought orders come by. */
  readonly #organic: string | null;
  readonly #organicShare: number;
  #allocated: ReadonlyMap<string, number> = new Map();

  constructor(campaign: CampaignReply) {
    this.#campaign = campaign;
    const { budgets, plans } = campaign;
    const total = budgets.envelopes[budgets.channelEnvelope] ?? 0;
    this.#opening = new Map(Object.entries(budgets.channels).map(([id, { shareRatio }]) => [id, total * shareRatio]));
    const values = plans.ad_spend_minor?.values ?? [];
    this.#mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const { shareOf } = settingsOf(campaign);
    this.#shares = new Map(valuesOf(campaign, 'channel').map((id) => [id, shareOf('channel', id)]));
    const organic = [...this.#shares].filter(([id]) => !this.#opening.has(id)).sort((a, b) => b[1] - a[1]);
    this.#organic = organic[0]?.[0] ?? null;
    this.#organicShare = organic.reduce((sum, [, share]) => sum + share, 0);
  }

  /** What each channel has been given now, minor units. */
  allocate(allocated: ReadonlyMap<string, number>): void {
    this.#allocated = allocated;
  }

  /** What was given now, against the opening; 1 until it is known. */
  givenRatio(channel: string): number {
    const opening = this.#opening.get(channel) ?? 0;
    return opening === 0 ? 1 : (this.#allocated.get(channel) ?? opening) / opening;
  }

  /**
   * Where a buyer came from after all: what ads bring beyond their plan would have come by other ways, and who does not come by
   * ads comes by those. The number of orders stays that of the plan.
   */
  reroute(channel: string, random: Random, nowMs: number): string {
    if (this.#organic === null) return channel;
    if (this.#opening.has(channel))
      return random.chance(Math.min(1, this.factor(channel, nowMs))) ? channel : this.#organic;
    let ticket = random.next() * this.#organicShare;
    for (const bought of this.#opening.keys()) {
      ticket -= (this.#shares.get(bought) ?? 0) * Math.max(0, this.factor(bought, nowMs) - 1);
      if (ticket < 0) return bought;
    }
    return channel;
  }

  /** What a channel sells against its planned share; 1 for channels that nobody pays for, and until allocations are known. */
  factor(channel: string, nowMs: number): number {
    if (!this.#opening.has(channel) || !this.#allocated.has(channel)) return 1;
    const plan = this.#campaign.plans.ad_spend_minor;
    const minutes = (nowMs - this.#campaign.opensAt) / 60_000;
    const pace = plan === undefined || this.#mean === 0 || minutes < 0 ? 1 : curveAt(plan, minutes) / this.#mean;
    const spend = this.givenRatio(channel) * pace;
    const half = HALVES[[...this.#opening.keys()].indexOf(channel) % HALVES.length] ?? 1;
    return ((1 + half) * spend) / (spend + half);
  }
}

/** Allocations as the desk shows them; null where this access may not read them. */
export async function readAllocations(url: string, token: string): Promise<ReadonlyMap<string, number> | null> {
  const headers = { authorization: `Bearer ${token}` };
  const reply = await fetch(`${url}/api/v1/budget`, { headers, signal: AbortSignal.timeout(5_000) });
  if (!reply.ok) return null;
  const { accounts } = (await reply.json()) as Pick<BudgetReply, 'accounts'>;
  return new Map(accounts.flatMap(({ channel, allocated }) => (channel === null ? [] : [[channel, allocated]])));
}
