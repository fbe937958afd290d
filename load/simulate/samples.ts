import type { CampaignReply } from '#contract/campaign';
import type { Json, LoadEvent } from '../load-event.ts';
import type { Random } from '../random.ts';
import { valuesOf } from '../vocabulary.ts';
import { curveAt, type Pace } from './pace.ts';
import type { SaleSettings } from './settings.ts';
import type { Trouble } from './troubles.ts';

export interface SampleInput {
  /** End of the period, a whole second, ms. */
  readonly endMs: number;
  readonly pace: Pace;
  readonly trouble: Trouble;
}
type Emit = (source: string, type: LoadEvent['type'], ts: number, data: Readonly<Record<string, Json>>) => void;

/** What systems count for themselves and send once a second (slower ones every five): traffic, visits, desks, mentions, app. */
export class SampleStream {
  readonly #campaign: CampaignReply;
  readonly #settings: SaleSettings;
  readonly #random: Random;
  readonly #emit: Emit;

  constructor(campaign: CampaignReply, settings: SaleSettings, random: Random, emit: Emit) {
    this.#campaign = campaign;
    this.#settings = settings;
    this.#random = random;
    this.#emit = emit;
  }

  everySecond(input: SampleInput): void {
    this.#traffic(input);
    this.#visits(input);
  }

  everyFiveSeconds(input: SampleInput): void {
    this.#desks(input);
    this.#mentions(input);
    this.#app(input);
  }

  #traffic({ endMs, pace, trouble }: SampleInput): void {
    const random = this.#random;
    const plan = this.#campaign.plans.requests_count;
    for (const { id, ratedPerSecond } of this.#campaign.services) {
      const troubled = id === trouble.service;
      const planned =
        plan === undefined
          ? ratedPerSecond * (0.2 + 0.62 * pace.busyRatio)
          : (curveAt(plan, pace.minutes) / 60) * pace.swellRatio * this.#settings.shareOf('service', id);
      const requests = Math.max(1, Math.round(planned * trouble.trafficFactor * (1 + 0.015 * random.normal())));
      const load = Math.min(1.2, requests / Math.max(1, ratedPerSecond));
      const faultRatio = this.#settings.ratio('request_fault') * (0.5 + load);
      const errors = Math.min(
        requests,
        random.poisson(requests * Math.max(faultRatio, troubled ? trouble.serviceErrorRatio : 0)),
      );
      const median = this.#settings.ratio('request_latency_ms') * (0.8 + 0.5 * load ** 4);
      const medianMs = median * (troubled ? trouble.serviceSlowFactor : 1);
      const latency = logNormalBins(this.#campaign.edgesMs, requests, medianMs, 0.75);
      this.#emit('/gateway', 'traffic.sampled', endMs, { service: id, periodMs: 1_000, requests, errors, latency });
    }
  }

  #visits({ endMs, pace }: SampleInput): void {
    const { view, cart, checkout, pay } = this.#settings.funnel;
    const random = this.#random;
    const channels = valuesOf(this.#campaign, 'channel');
    const plan = this.#campaign.plans.visits_count;
    const visitsAll =
      plan === undefined || pace.minutes < plan.fromMinute
        ? pace.paidOrdersPerSecond / (view * cart * checkout * pay)
        : (curveAt(plan, pace.minutes) / 60) * pace.swellRatio;
    for (const channel of channels) {
      for (const platform of ['mobile', 'web'] as const) {
        const share = this.#settings.shareOf('channel', channel) * this.#settings.shareOf('platform', platform);
        const visits = random.poisson(visitsAll * share);
        const productViews = Math.min(visits, random.poisson(visits * view));
        const carts = Math.min(productViews, random.poisson(productViews * cart));
        const checkouts = Math.min(carts, random.poisson(carts * checkout));
        const organic = !(channel in this.#campaign.budgets.channels);
        const region = this.#settings.choice('region').draw(random);
        this.#emit('/analytics', 'visit.sampled', endMs, {
          channel,
          periodMs: 1_000,
          visits,
          productViews,
          carts,
          checkouts,
          region,
          platform,
          organic,
        });
      }
    }
  }

  #desks({ endMs, pace, trouble }: SampleInput): void {
    const random = this.#random;
    const contacts = 5 * pace.paidOrdersPerSecond * this.#settings.ratio('contact') * trouble.contactFactor;
    for (const desk of ['online', 'phone'] as const) {
      const offered = random.poisson(contacts * this.#settings.shareOf('desk', desk));
      const answered =
        offered - random.poisson(offered * (1 - this.#settings.ratio('contact_answered')) * trouble.contactFactor ** 2);
      const byAi = Math.round(answered * this.#settings.ratio('contact_by_ai'));
      const queue = logNormalBins(
        this.#campaign.edgesMs,
        offered,
        this.#settings.ratio('queue_ms') * trouble.contactFactor ** 2,
        0.9,
      );
      this.#emit('/service-desk', 'service.sampled', endMs, {
        desk,
        periodMs: 5_000,
        offered,
        answered: Math.max(0, answered),
        byAi: Math.max(0, byAi),
        queue,
      });
    }
  }

  #mentions({ endMs, pace, trouble }: SampleInput): void {
    const random = this.#random;
    const volume = 5 * (10 + pace.paidOrdersPerSecond * 0.3);
    for (const topic of valuesOf(this.#campaign, 'topic')) {
      const negativeRatio = Math.min(0.6, this.#settings.ratio('mention_negative') * trouble.negativeFactor);
      const topicVolume = volume * this.#settings.shareOf('topic', topic);
      const negative = random.poisson(topicVolume * negativeRatio);
      const positive = random.poisson(topicVolume * this.#settings.ratio('mention_positive'));
      const neutral = random.poisson(
        topicVolume * Math.max(0, 1 - negativeRatio - this.#settings.ratio('mention_positive')),
      );
      this.#emit('/opinion', 'mention.sampled', endMs, { topic, periodMs: 5_000, positive, neutral, negative });
    }
  }

  #app({ endMs, pace }: SampleInput): void {
    const random = this.#random;
    for (const platform of ['mobile', 'web'] as const) {
      const sessions = random.poisson(5 * pace.paidOrdersPerSecond * 9 * this.#settings.shareOf('platform', platform));
      const crashed = random.poisson(sessions * this.#settings.ratio('app_crashed'));
      const playMs = sessions * 1_800;
      const stalledMs = Math.round(playMs * this.#settings.ratio('play_stalled') * (1 + 0.2 * random.next()));
      this.#emit('/app', 'app.sampled', endMs, { platform, periodMs: 5_000, sessions, crashed, playMs, stalledMs });
    }
  }
}

/** A log-normal spread of `count` observations over the published edges; whole numbers that add up to `count`. */
export function logNormalBins(
  edgesMs: readonly number[],
  count: number,
  median: number,
  sigma: number,
): [number, number][] {
  const bins: [number, number][] = [];
  let before = 0;
  edgesMs.forEach((edge, index) => {
    const share = index === edgesMs.length - 1 ? 1 : normalCdf(Math.log(edge / median) / sigma);
    const upTo = Math.round(count * share);
    if (upTo > before) bins.push([edge, upTo - before]);
    before = Math.max(before, upTo);
  });
  return bins;
}

/** Abramowitz and Stegun 7.1.26, error below 2e-7. */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const erf = 1 - poly * Math.exp(-x * x);
  return z >= 0 ? (1 + erf) / 2 : (1 - erf) / 2;
}
