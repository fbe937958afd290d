import type { CampaignReply } from '#contract/campaign';
import type { BodyItem, Json, LoadEvent } from '../load-event.ts';
import { Random, ranked, type Weighted } from '../random.ts';
import { AdStream } from './ads.ts';
import { Agenda } from './agenda.ts';
import type { Asked } from './asked.ts';
import { OrderStream } from './orders.ts';
import { PlannedPace } from './pace.ts';
import { PeopleStream } from './people.ts';
import { SampleStream } from './samples.ts';
import { settingsOf } from './settings.ts';
import { StockStream } from './stock.ts';
import { storyOf } from './story.ts';

export interface SaleOptions {
  readonly campaign: CampaignReply;
  readonly ratePerSecond: number;
  readonly seed: number;
  /** Part of every id, new in each life. */
  readonly runTag: string;
  /** First instant of this life, ms. */
  readonly startMs: number;
  /** False: the ad platforms report by themselves. */
  readonly ads?: boolean;
  /** Where a buyer came from after all, when ads bring more or less than planned; absent: as drawn. */
  readonly reroute?: (channel: string, random: Random) => string;
  /** Trouble that a person asked for; absent: the script alone. */
  readonly asked?: (atMs: number) => readonly Asked[];
  /** Receives each event when its source learns of it. */
  readonly send: (source: string, item: BodyItem) => void;
}
/** An ad platform reports this often, s. */
export const AD_REPORT_S = 5;
const BROKEN_EVERY_S = 23;
const SWELL_MEAN = 0.015;
/** After a longer sleep of this machine the sale goes on from now: nobody sent anything meanwhile. */
const GAP_MAX_MS = 60_000;

/**
 * The sale as its source systems see it. Driven by time alone: `advance(now)` makes everything that happened since the
 * last call, so a simulator that was slow for seconds makes no holes and no bursts of its own.
 */
export class Sale {
  readonly #options: SaleOptions;
  readonly #random: Random;
  readonly #agenda = new Agenda();
  readonly #pace: PlannedPace;
  readonly #story;
  readonly #orders: OrderStream;
  readonly #people: PeopleStream;
  readonly #samples: SampleStream;
  readonly #stock: StockStream;
  readonly #ads: AdStream;
  readonly #newest = new Map<string, number>();
  #atMs: number;
  #second: number;
  #number = 0;
  #noise = SWELL_MEAN;

  constructor(options: SaleOptions) {
    const { campaign, ratePerSecond, seed, runTag, startMs } = options;
    this.#options = options;
    this.#random = new Random(seed, startMs | 0);
    this.#atMs = startMs;
    this.#second = Math.floor(startMs / 1_000);
    const settings = settingsOf(campaign);
    const { paidShareRatio, meanBasketMinor } = settings;
    this.#pace = new PlannedPace(campaign, { ratePerSecond, paidShareRatio, basketMinor: meanBasketMinor });
    this.#story = storyOf(campaign, options.asked);
    const zones = new Map(
      campaign.warZones.flatMap(({ id, regions }) => regions.map((region) => [region, id] as const)),
    );
    const random = this.#random;
    const shared = { settings, random, agenda: this.#agenda, runTag };
    this.#orders = new OrderStream({
      ...shared,
      zoneOf: (region) => zones.get(region) ?? 'main',
      skuFor: skuChoice(campaign),
      isPaidChannel: (channel) => channel in campaign.budgets.channels,
      ...(options.reroute === undefined ? {} : { reroute: options.reroute }),
    });
    this.#people = new PeopleStream(shared);
    const emit = (source: string, type: LoadEvent['type'], ts: number, data: Readonly<Record<string, Json>>): void =>
      this.#agenda.add(ts, source, this.#event(source, type, ts, data));
    this.#samples = new SampleStream(campaign, settings, random, emit);
    this.#stock = new StockStream(campaign, settings, random, [...new Set(zones.values())], emit);
    this.#ads = new AdStream(campaign, settings, random, emit);
  }

  /** Makes and sends everything up to `nowMs`. */
  advance(nowMs: number): void {
    if (nowMs <= this.#atMs) return;
    if (nowMs - this.#atMs > GAP_MAX_MS) this.#skipTo(nowMs - 1_000);
    const { campaign, send } = this.#options;
    const seconds = (nowMs - campaign.opensAt) / 1_000;
    const trouble = this.#story.at(seconds);
    const pace = this.#pace.at(nowMs, 1 + this.#noise);
    const open = nowMs >= campaign.opensAt;
    this.#orders.tick(this.#atMs, nowMs, pace, trouble, open);
    this.#people.tick(this.#atMs, nowMs, pace, trouble);
    for (const { kind, title, service } of this.#story.changes((this.#atMs - campaign.opensAt) / 1_000, seconds)) {
      const data = { kind, title, ...(service === undefined ? {} : { service }) };
      this.#agenda.add(nowMs, '/changes', this.#event('/changes', 'change.recorded', nowMs, data));
    }
    for (; (this.#second + 1) * 1_000 <= nowMs; this.#second += 1) {
      const endMs = (this.#second + 1) * 1_000;
      const input = { endMs, pace, trouble };
      this.#samples.everySecond(input);
      if (endMs % 5_000 === 0) this.#samples.everyFiveSeconds(input);
      if (this.#options.ads !== false && endMs % (AD_REPORT_S * 1_000) === 0)
        this.#ads.report(endMs, AD_REPORT_S, pace, trouble);
      this.#stock.everySecond(endMs, pace);
      if ((endMs / 1_000) % BROKEN_EVERY_S === 0) this.#agenda.add(endMs, '/orders/legacy', this.#broken(endMs));
      // Slow swell around a little more than the plan, ±4 %: the plan is met, but not to the yuan.
      this.#noise = SWELL_MEAN + 0.92 * (this.#noise - SWELL_MEAN) + 0.013 * this.#random.normal();
    }
    this.#atMs = nowMs;
    for (const { source, event } of this.#agenda.take(nowMs)) {
      if (trouble.silentSource !== null && source.startsWith(trouble.silentSource)) continue;
      this.#newest.set(source, Math.max(this.#newest.get(source) ?? 0, event.ts));
      send(source, event);
    }
  }

  /** A sign of life for every known source that sent nothing new lately, so that quiet is not taken for silence. */
  heartbeats(nowMs: number): void {
    const silent = this.#story.at((nowMs - this.#options.campaign.opensAt) / 1_000).silentSource;
    for (const [source, newestMs] of this.#newest) {
      if (nowMs - newestMs < 1_000 || (silent !== null && source.startsWith(silent))) continue;
      this.#newest.set(source, nowMs);
      this.#options.send(source, this.#event(source, 'source.heartbeat', nowMs, {}));
    }
  }

  #skipTo(ms: number): void {
    this.#atMs = ms;
    this.#second = Math.floor(ms / 1_000);
  }

  #event(source: string, type: LoadEvent['type'], ts: number, data: Readonly<Record<string, Json>>): LoadEvent {
    this.#number += 1;
    return { id: `${this.#options.runTag}-s${this.#number.toString(36)}`, source, type, ts, ...data };
  }

  /** An old order system that still sends amounts as text: it fills the dead letters, where people can repair it. */
  #broken(ts: number): LoadEvent {
    const order = { category: 'general', region: 'unknown', channel: 'phone', platform: 'web' };
    return this.#event('/orders/legacy', 'order.paid', ts, { orderId: `legacy-${ts}`, amountMinor: '19800', ...order });
  }
}

/** An item of the order's category; heroes first. */
function skuChoice(campaign: CampaignReply): (category: string, random: Random) => string {
  const byCategory = new Map<string, Weighted<string>>();
  const all = campaign.items.map(({ sku }) => sku);
  const any = ranked(all.length > 0 ? all : ['any']);
  for (const category of new Set(campaign.items.map((item) => item.category))) {
    const skus = campaign.items.filter((item) => item.category === category).map(({ sku }) => sku);
    byCategory.set(category, ranked(skus));
  }
  return (category, random) => (byCategory.get(category) ?? any).draw(random);
}
