import type { CampaignReply } from '#contract/campaign';
import { EDGES_MS, FEEDS } from '#contract/events';

const named = (...ids: string[]): { id: string; zh: string; en: string }[] => ids.map((id) => ({ id, zh: id, en: id }));

/** A small campaign reply for tests of the load tools; the real one always comes from the server under test. */
export function sampleCampaign(opensAt = 1_762_790_400_000): CampaignReply {
  return {
    id: 'sample-1',
    campaign: 'sample',
    zh: '样例',
    en: 'Sample',
    opensAt,
    closesAt: opensAt + 86_400_000,
    currency: 'CNY',
    minorPerMajor: 100,
    timeZone: 'Asia/Shanghai',
    phases: [],
    waves: [],
    dimensions: {
      category: named('beauty', 'food', 'phones'),
      region: named('zhejiang', 'beijing', 'sichuan'),
      channel: named('search', 'social'),
      platform: named('mobile', 'web'),
      method: named('wallet', 'card'),
      service: named('gateway', 'payment'),
      kind: named('logistics', 'quality', 'after_sales', 'promo_rules', 'other'),
      organic: named('yes', 'no'),
    },
    breakdowns: {
      gmv_paid_minor: [['category'], ['region'], ['category', 'channel']],
      orders_paid_count: [['category'], ['channel']],
      refunds_cohort_minor: [['category']],
      payments_attempted_count: [['method']],
      requests_count: [['service']],
      request_latency_count: [['service']],
      visits_count: [['channel'], ['organic']],
      complaints_opened_count: [['kind']],
      stock_requested_count: [['category']],
    },
    feeds: Object.fromEntries(FEEDS.map((feed) => [feed, { intervalMs: 1_000 }])) as CampaignReply['feeds'],
    targets: {},
    services: [
      { id: 'gateway', zh: '网关', en: 'Gateway', ratedPerSecond: 10_000 },
      { id: 'payment', zh: '支付', en: 'Payment', ratedPerSecond: 2_000 },
    ],
    items: [
      { sku: 'sku-1', zh: '一', en: 'One', category: 'beauty', stock: 1_000, hero: true },
      { sku: 'sku-2', zh: '二', en: 'Two', category: 'phones', stock: 5_000 },
    ],
    warZones: [{ id: 'wz1', zh: '一区', en: 'Zone 1', regions: ['zhejiang', 'beijing'] }],
    posts: [],
    edgesMs: EDGES_MS,
    plans: { gmv_paid_minor: { fromMinute: 0, values: [6_000_000, 3_000_000, 2_000_000] } },
    lastYear: {},
    budgets: { envelopes: { marketing: 1 }, channelEnvelope: 'marketing', channels: {}, elastic: {} },
    demo: null,
    scale: 1,
    drill: false,
  };
}
