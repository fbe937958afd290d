import type { CampaignReply } from '#contract/campaign';
import type { Json, LoadEvent } from '../load-event.ts';
import type { Random } from '../random.ts';
import { curveAt, type Pace } from './pace.ts';
import type { SaleSettings } from './settings.ts';
import type { Trouble } from './troubles.ts';

type Emit = (source: string, type: LoadEvent['type'], ts: number, data: Readonly<Record<string, Json>>) => void;
/** What a channel was charged on its day, and how often that was reported. */
export interface DayReport {
  day: string;
  revision: number;
  spendMinor: number;
  clicks: number;
  impressions: number;
}
interface Account extends DayReport {
  readonly channel: string;
  readonly shareRatio: number;
  readonly roas0: number;
}
/** Charges what the market wants, as far as a budget allows; returns what was charged. Negative: a correction. */
export type Charge = (channel: string, wantedMinor: number, day: string) => number;
/** A platform corrects this share of its reports a little downwards: invalid clicks are taken off. */
const CORRECTED_RATIO = 0.03;

/** Cumulative day reports of the ad platforms, with corrections. */
export class AdStream {
  readonly #campaign: CampaignReply;
  readonly #settings: SaleSettings;
  readonly #random: Random;
  readonly #emit: Emit;
  readonly #charge: Charge;
  readonly #accounts: readonly Account[];
  readonly #day: Intl.DateTimeFormat;

  constructor(
    campaign: CampaignReply,
    settings: SaleSettings,
    random: Random,
    emit: Emit,
    charge: Charge = (_channel, wantedMinor) => wantedMinor,
  ) {
    this.#campaign = campaign;
    this.#settings = settings;
    this.#random = random;
    this.#emit = emit;
    this.#charge = charge;
    this.#day = new Intl.DateTimeFormat('en-CA', { timeZone: campaign.timeZone });
    this.#accounts = Object.entries(campaign.budgets.channels).map(([channel, { shareRatio, roas0 }]) => ({
      channel,
      shareRatio,
      roas0,
      day: '',
      revision: 0,
      spendMinor: 0,
      clicks: 0,
      impressions: 0,
    }));
  }

  /** One report a channel for the seconds since the last one. */
  report(endMs: number, seconds: number, pace: Pace, trouble: Trouble): void {
    for (const account of this.#accounts) {
      this.#turnDay(account, endMs);
      const cost = account.channel === trouble.adChannel ? trouble.adCostFactor : 1;
      const wanted = Math.round(
        this.#spendPerSecond(account, endMs, pace) * seconds * cost * (1 + 0.06 * this.#random.normal()),
      );
      const spent = this.#charge(account.channel, Math.max(0, wanted), account.day);
      const clicks = Math.round(spent / (this.#settings.ratio('cpc_minor') * cost));
      account.spendMinor += spent;
      account.clicks += Math.max(0, clicks);
      account.impressions += Math.max(
        0,
        Math.round((clicks / this.#settings.ratio('ctr')) * (1 + 0.03 * this.#random.normal())),
      );
      this.#send(account, endMs);
      if (!this.#random.chance(CORRECTED_RATIO)) continue;
      account.spendMinor += this.#charge(account.channel, -Math.round(spent * 0.05), account.day);
      this.#send(account, endMs);
    }
  }

  /** Day reports by channel, to go on with after a restart: a platform forgets no money. */
  reports(): Readonly<Record<string, DayReport>> {
    return Object.fromEntries(
      this.#accounts.map(({ channel, day, revision, spendMinor, clicks, impressions }) => [
        channel,
        { day, revision, spendMinor, clicks, impressions },
      ]),
    );
  }
  restore(reports: Readonly<Record<string, DayReport>>): void {
    for (const account of this.#accounts) Object.assign(account, reports[account.channel] ?? {});
  }

  /** The planned spend where the campaign plans one, otherwise what the channel's sales would cost at its usual return. */
  #spendPerSecond({ channel, shareRatio, roas0 }: Account, endMs: number, pace: Pace): number {
    const plan = this.#campaign.plans.ad_spend_minor;
    const minutes = (endMs - this.#campaign.opensAt) / 60_000;
    if (plan !== undefined)
      return (curveAt(plan, Math.max(minutes, plan.fromMinute)) / 60) * shareRatio * (minutes < 0 ? 0.1 : 1);
    return (pace.gmvPerSecondMinor * this.#settings.shareOf('channel', channel)) / Math.max(0.1, roas0);
  }

  #turnDay(account: Account, endMs: number): void {
    const day = this.#day.format(endMs);
    if (day === account.day) return;
    Object.assign(account, { day, spendMinor: 0, clicks: 0, impressions: 0 });
  }

  #send(account: Account, ts: number): void {
    const { channel, day, spendMinor, impressions, clicks } = account;
    account.revision += 1;
    this.#emit(`/ads/${channel}`, 'ad.reported', ts, {
      channel,
      day,
      revision: account.revision,
      spendMinor,
      impressions,
      clicks,
    });
  }
}
