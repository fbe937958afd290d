import type { CampaignReply } from '#contract/campaign';
import { ranked, type Weighted } from './random.ts';

/** The values a scenario may use, taken from the running campaign, so that nothing about a sale is written in code. */
export interface Vocabulary {
  readonly category: Weighted<string>;
  readonly region: Weighted<string>;
  readonly channel: Weighted<string>;
  readonly method: Weighted<string>;
  readonly service: Weighted<string>;
  readonly topic: Weighted<string>;
  readonly warehouse: Weighted<string>;
  readonly items: Weighted<{ readonly sku: string; readonly category: string }>;
  readonly channels: readonly string[];
  readonly regions: readonly string[];
  readonly edgesMs: readonly number[];
  readonly timeZone: string;
}

/** Used where a campaign does not name values of its own; such values count as `other`. */
const FALLBACK: Readonly<Record<string, readonly string[]>> = {
  category: ['general'],
  region: ['somewhere'],
  channel: ['direct'],
  method: ['card', 'wallet'],
  topic: ['delivery', 'price', 'service'],
  warehouse: ['w1', 'w2'],
};

export function valuesOf(campaign: CampaignReply, dimension: string): readonly string[] {
  const ids = (campaign.dimensions[dimension] ?? []).map(({ id }) => id).filter((id) => id !== 'other');
  return ids.length > 0 ? ids : (FALLBACK[dimension] ?? ['any']);
}

export function vocabularyOf(campaign: CampaignReply): Vocabulary {
  const services = campaign.services.map(({ id }) => id);
  const items = campaign.items.map(({ sku, category }) => ({ sku, category }));
  const of = (dimension: string): Weighted<string> => ranked(valuesOf(campaign, dimension));
  return {
    category: of('category'),
    region: of('region'),
    channel: of('channel'),
    method: of('method'),
    service: services.length > 0 ? ranked(services) : of('service'),
    topic: of('topic'),
    warehouse: of('warehouse'),
    items: ranked(items.length > 0 ? items : [{ sku: 'sku-1', category: 'general' }]),
    channels: valuesOf(campaign, 'channel'),
    regions: valuesOf(campaign, 'region'),
    edgesMs: campaign.edgesMs,
    timeZone: campaign.timeZone,
  };
}
