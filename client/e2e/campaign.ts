import type { CampaignReply, MinuteCurve } from '#contract/campaign';

const MINUTES = 1_440;
/** A burst at the opening, then a slow fall: the shape of a sale, in minor units a minute. */
export function curve(peakMinor: number, fromMinute = -30): MinuteCurve {
  const values = Array.from({ length: MINUTES - fromMinute }, (_, index) => {
    const minute = index + fromMinute;
    if (minute < 0) return Math.round(peakMinor * 0.02);
    return Math.round(peakMinor * (0.3 + 0.7 * Math.exp(-minute / 12)));
  });
  return { fromMinute, values };
}

const named = (id: string, zh: string, en: string) => ({ id, zh, en });
const REGIONS: readonly [string, string, string][] = [
  ['zhejiang', '浙江', 'Zhejiang'],
  ['guangdong', '广东', 'Guangdong'],
  ['jiangsu', '江苏', 'Jiangsu'],
  ['shanghai', '上海', 'Shanghai'],
  ['beijing', '北京', 'Beijing'],
  ['sichuan', '四川', 'Sichuan'],
  ['hubei', '湖北', 'Hubei'],
  ['shandong', '山东', 'Shandong'],
];

const FEED_NAMES = [
  'orders',
  'payments',
  'fulfilment',
  'traffic',
  'visits',
  'stock',
  'complaints',
  'service',
  'mentions',
  'ads',
  'members',
  'app',
  'changes',
] as const;
export const FEEDS_1S = Object.fromEntries(
  FEED_NAMES.map((name) => [name, { intervalMs: 1_000 }]),
) as CampaignReply['feeds'];

/** The campaign the test feed tells about: small, and none of its names is in the client. */
export function testCampaign(opensAt: number, id = 'demo-20261111T000000'): CampaignReply {
  return {
    id,
    campaign: 'demo',
    zh: '双11主场',
    en: 'Double 11',
    opensAt,
    closesAt: opensAt + 24 * 3_600_000,
    currency: 'CNY',
    minorPerMajor: 100,
    timeZone: 'Asia/Shanghai',
    phases: [
      { id: 'warmup', zh: '蓄水期', en: 'Warm-up', fromMs: opensAt - 86_400_000 },
      { id: 'burst', zh: '爆发期', en: 'Burst', fromMs: opensAt },
    ],
    waves: [{ id: 'evening', zh: '晚八点', en: '8 pm', atMs: opensAt + 4 * 3_600_000 }],
    dimensions: {
      category: [named('beauty', '美妆', 'Beauty'), named('apparel', '服饰', 'Apparel'), named('home', '家清', 'Home')],
      region: REGIONS.map(([id_, zh, en]) => named(id_, zh, en)),
      channel: [named('search', '搜索', 'Search'), named('social', '社交', 'Social'), named('kol', '达人', 'KOL')],
      platform: [named('mobile', '移动端', 'Mobile'), named('web', '网页', 'Web')],
      kind: [named('logistics', '物流', 'Logistics'), named('quality', '质量', 'Quality')],
    },
    breakdowns: {},
    feeds: FEEDS_1S,
    budgets: { envelopes: {}, channelEnvelope: 'marketing', channels: {}, elastic: {} },
    demo: null,
    scale: 1,
    targets: { gmv_paid: 3e13 },
    services: [
      { id: 'gateway', zh: '入口', en: 'Gateway', ratedPerSecond: 8_000_000, stage: 'entry' },
      { id: 'payment', zh: '支付', en: 'Payment', ratedPerSecond: 2_000_000, stage: 'pay' },
    ],
    items: [
      { sku: 'sku-1', zh: '精华礼盒', en: 'Serum box', category: 'beauty', stock: 9_000, hero: true },
      { sku: 'sku-2', zh: '羽绒服', en: 'Down coat', category: 'apparel', stock: 4_000, hero: true },
    ],
    warZones: [
      { id: 'east', zh: '华东', en: 'East', regions: ['zhejiang', 'jiangsu', 'shanghai', 'shandong'] },
      { id: 'south', zh: '华南', en: 'South', regions: ['guangdong'] },
      { id: 'west', zh: '中西部', en: 'West', regions: ['sichuan', 'hubei'] },
      { id: 'north', zh: '华北', en: 'North', regions: ['beijing'] },
    ],
    posts: [named('technology_lead', '技术负责人', 'Technology lead')],
    edgesMs: [],
    plans: { gmv_paid_minor: curve(9.4e10) },
    lastYear: { gmv_paid_minor: curve(8.1e10) },
    drill: false,
  };
}
