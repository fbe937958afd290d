import type { CampaignReply } from '#contract/campaign';
import { valuesOf } from '../vocabulary.ts';

/** What is out of the ordinary at an instant; every factor is 1 and every ratio 0 on a calm second. */
export interface Trouble {
  /** Share of payment attempts of one method that fail. */
  readonly paymentFailedRatio: number;
  readonly paymentMethod: string;
  /** Share of paid orders whose `order.paid` is held back by minutes. */
  readonly callbacksLostRatio: number;
  readonly service: string;
  readonly serviceErrorRatio: number;
  readonly serviceSlowFactor: number;
  readonly trafficFactor: number;
  readonly complaintFactor: number;
  readonly complaintKind: string | null;
  readonly complaintRegion: string | null;
  readonly onTimeRatio: number | null;
  readonly negativeFactor: number;
  readonly adCostFactor: number;
  readonly adChannel: string;
  readonly contactFactor: number;
  /** Nothing comes from this source. */
  readonly silentSource: string | null;
}
/** Something people did, recorded as `change.recorded` at its second. */
export interface Change {
  readonly atSeconds: number;
  readonly kind: 'deploy' | 'price' | 'coupon' | 'page' | 'plan';
  readonly title: string;
  readonly service?: string;
}
interface Scene {
  readonly fromSeconds: number;
  readonly forSeconds: number;
  readonly trouble: Partial<Trouble>;
}

/** The scenes come again after this long, so that a demo left alone stays lively. */
export const STORY_SECONDS = 1_500;
const CALM: Trouble = {
  paymentFailedRatio: 0,
  paymentMethod: '',
  callbacksLostRatio: 0,
  service: '',
  serviceErrorRatio: 0,
  serviceSlowFactor: 1,
  trafficFactor: 1,
  complaintFactor: 1,
  complaintKind: null,
  complaintRegion: null,
  onTimeRatio: null,
  negativeFactor: 1,
  adCostFactor: 1,
  adChannel: '',
  contactFactor: 1,
  silentSource: null,
};

export interface Story {
  /** @param seconds - since the sale opened; before opening all is calm */
  at(seconds: number): Trouble;
  /** Changes in `[from, to)` seconds. */
  changes(from: number, to: number): Change[];
}

/** A scripted night: small incidents of the kinds the contingency plans name, one after the other. Pure. */
export function storyOf(campaign: CampaignReply): Story {
  const methods = valuesOf(campaign, 'method');
  const regions = valuesOf(campaign, 'region');
  const channels = Object.keys(campaign.budgets.channels);
  const services = campaign.services.map(({ id }) => id);
  const service = services.find((id) => /search|cart|detail/.test(id)) ?? services[1] ?? services[0] ?? 'gateway';
  const payment = services.find((id) => /pay/.test(id)) ?? service;
  const method = methods[1] ?? methods[0] ?? 'card';
  const channel = channels.find((id) => id === 'search') ?? channels[0] ?? '';
  const scenes: readonly Scene[] = [
    {
      fromSeconds: 95,
      forSeconds: 90,
      trouble: {
        paymentFailedRatio: 0.14,
        paymentMethod: method,
        service: payment,
        serviceErrorRatio: 0.012,
        serviceSlowFactor: 3,
      },
    },
    { fromSeconds: 330, forSeconds: 75, trouble: { service, serviceErrorRatio: 0.02, serviceSlowFactor: 4 } },
    {
      fromSeconds: 480,
      forSeconds: 150,
      trouble: {
        complaintFactor: 2.4,
        complaintKind: 'logistics',
        complaintRegion: regions[2] ?? regions[0] ?? null,
        onTimeRatio: 0.86,
        contactFactor: 1.8,
      },
    },
    { fromSeconds: 700, forSeconds: 120, trouble: { negativeFactor: 8, contactFactor: 1.5 } },
    { fromSeconds: 880, forSeconds: 180, trouble: { adCostFactor: 1.9, adChannel: channel } },
    { fromSeconds: 1_100, forSeconds: 25, trouble: { silentSource: '/opinion' } },
    { fromSeconds: 1_180, forSeconds: 60, trouble: { callbacksLostRatio: 0.08 } },
    { fromSeconds: 1_300, forSeconds: 60, trouble: { trafficFactor: 1.25 } },
  ];
  const changes: readonly Change[] = [
    { atSeconds: 80, kind: 'deploy', title: 'payment-router 4.12 to 10 %', service: payment },
    { atSeconds: 175, kind: 'deploy', title: 'payment-router 4.12 rolled back', service: payment },
    { atSeconds: 320, kind: 'page', title: 'Search: new ranking for the sale page', service },
    { atSeconds: 600, kind: 'coupon', title: 'Second coupon wave: 300 − 40' },
    { atSeconds: 875, kind: 'plan', title: 'Bid cap of search raised for the next hour' },
    { atSeconds: 1_290, kind: 'price', title: 'Flash price on hero items' },
  ];
  return {
    at(seconds) {
      if (seconds < 0) return CALM;
      const place = seconds % STORY_SECONDS;
      let now: Trouble = CALM;
      for (const { fromSeconds, forSeconds, trouble } of scenes) {
        if (place >= fromSeconds && place < fromSeconds + forSeconds) now = { ...now, ...trouble };
      }
      return now;
    },
    changes(from, to) {
      if (to <= 0) return [];
      const round = Math.floor(Math.max(0, from) / STORY_SECONDS) * STORY_SECONDS;
      return changes.filter(({ atSeconds }) => atSeconds + round >= from && atSeconds + round < to);
    },
  };
}
