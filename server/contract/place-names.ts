import type { CampaignReply } from './campaign.ts';

export type NameLanguage = 'zh' | 'en';
type Named = { readonly [language in NameLanguage]: string };
/** What names are looked up in: a campaign, as the server or a screen knows it. */
export type NameSource = Pick<CampaignReply, 'dimensions' | 'items' | 'services' | 'posts'>;

const FEED_NAMES: Readonly<Record<string, Named>> = {
  orders: { zh: '订单', en: 'Orders' },
  payments: { zh: '支付', en: 'Payments' },
  fulfilment: { zh: '履约', en: 'Fulfilment' },
  traffic: { zh: '流量', en: 'Traffic' },
  visits: { zh: '访问', en: 'Visits' },
  stock: { zh: '库存', en: 'Stock' },
  complaints: { zh: '客诉', en: 'Complaints' },
  service: { zh: '客服', en: 'Service' },
  mentions: { zh: '舆情', en: 'Mentions' },
  ads: { zh: '投放', en: 'Ads' },
  members: { zh: '会员', en: 'Members' },
  app: { zh: '客户端', en: 'App' },
  changes: { zh: '变更', en: 'Changes' },
};
const LABEL_NAMES: Readonly<Record<string, Named>> = {
  service: { zh: '服务', en: 'service' },
  sku: { zh: '商品', en: 'item' },
  feed: { zh: '数据源', en: 'feed' },
  source: { zh: '来源', en: 'source' },
  category: { zh: '品类', en: 'category' },
  region: { zh: '地区', en: 'region' },
  channel: { zh: '渠道', en: 'channel' },
  method: { zh: '支付方式', en: 'method' },
  desk: { zh: '客服', en: 'desk' },
  topic: { zh: '话题', en: 'topic' },
  platform: { zh: '端', en: 'platform' },
};

/** What people call a label's value (a service, an item, a channel …); the value itself where nobody named it. */
export function placeName(source: NameSource | null, label: string, value: string, language: NameLanguage): string {
  if (label === 'feed') return (Object.hasOwn(FEED_NAMES, value) ? FEED_NAMES[value] : undefined)?.[language] ?? value;
  if (source === null) return value;
  if (label === 'sku') return source.items.find(({ sku }) => sku === value)?.[language] ?? value;
  const known = label === 'service' ? source.services : source.dimensions[label];
  return known?.find(({ id }) => id === value)?.[language] ?? value;
}
/** What people call a post of the roster. */
export const postName = (source: NameSource | null, post: string, language: NameLanguage): string =>
  source?.posts.find(({ id }) => id === post)?.[language] ?? post;
/** What people call a label: `sku` is an item. */
export const labelName = (label: string, language: NameLanguage): string =>
  (Object.hasOwn(LABEL_NAMES, label) ? LABEL_NAMES[label] : undefined)?.[language] ?? label;

/** Labels that say where an alert is; its own name, its tier and what every alert of its rule has are left out. */
export const isPlaceLabel = (label: string): boolean =>
  label !== 'alertname' && label !== 'tier' && label !== 'domain' && label !== 'screen';
