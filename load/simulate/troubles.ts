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
  /** More orders look like wash trading, and the check that should stop them lets them through. */
  readonly flaggedFactor: number;
  readonly flaggedStoppedRatio: number | null;
  /** Nothing comes from this source. */
  readonly silentSource: string | null;
}
export const CALM: Trouble = {
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
  flaggedFactor: 1,
  flaggedStoppedRatio: null,
  silentSource: null,
};

/** Kinds of trouble a sale knows, by the name that is typed; the title says what the screens will show. */
export const TROUBLES = {
  'payments-failing': 'one payment method in seven fails and the payment service is slow',
  'callbacks-lost': 'payment callbacks lost: money is taken, the order stays unpaid',
  'service-errors': 'a service answers slowly and with errors',
  'traffic-spike': 'a quarter more visitors than a moment ago',
  'logistics-complaints': 'one region complains about deliveries',
  'promotion-rules': 'complaints that the rules of the promotion are unclear',
  'bad-press': 'negative mentions rise eightfold',
  'ads-dear': 'a click on one channel costs nearly twice as much',
  'wash-trading': 'orders that look like wash trading get through',
  'source-silent': 'the public-opinion feed says nothing any more',
  'orders-silent': 'the order system says nothing any more: every figure of orders turns old',
  calm: 'nothing: the scripted night pauses',
} as const;
export type TroubleName = keyof typeof TROUBLES;
export const isTroubleName = (name: string): name is TroubleName => Object.hasOwn(TROUBLES, name);

/** What each kind does in this campaign. Pure. */
export function troublesOf(campaign: CampaignReply): Readonly<Record<TroubleName, Partial<Trouble>>> {
  const methods = valuesOf(campaign, 'method');
  const regions = valuesOf(campaign, 'region');
  const channels = Object.keys(campaign.budgets.channels);
  const services = campaign.services.map(({ id }) => id);
  const service = services.find((id) => /search|cart|detail/.test(id)) ?? services[1] ?? services[0] ?? 'gateway';
  const payment = services.find((id) => /pay/.test(id)) ?? service;
  return {
    'payments-failing': {
      paymentFailedRatio: 0.14,
      paymentMethod: methods[1] ?? methods[0] ?? 'card',
      service: payment,
      serviceErrorRatio: 0.012,
      serviceSlowFactor: 3,
    },
    'callbacks-lost': { callbacksLostRatio: 0.08 },
    'service-errors': { service, serviceErrorRatio: 0.02, serviceSlowFactor: 4 },
    'traffic-spike': { trafficFactor: 1.25 },
    'logistics-complaints': {
      complaintFactor: 2.4,
      complaintKind: 'logistics',
      complaintRegion: regions[2] ?? regions[0] ?? null,
      onTimeRatio: 0.86,
      contactFactor: 1.8,
    },
    'promotion-rules': { complaintFactor: 6, complaintKind: 'promo_rules' },
    'bad-press': { negativeFactor: 8, contactFactor: 1.5 },
    'ads-dear': { adCostFactor: 1.9, adChannel: channels.find((id) => id === 'search') ?? channels[0] ?? '' },
    'wash-trading': { flaggedFactor: 20, flaggedStoppedRatio: 0.5 },
    'source-silent': { silentSource: '/opinion' },
    'orders-silent': { silentSource: '/orders' },
    calm: {},
  };
}
