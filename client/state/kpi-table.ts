import type { KpiMeta, KpiUnit } from '#contract/kpis';

/**
 * What a screen must know of a KPI before any proof is asked for: unit, names, and the feeds it needs, which decide its
 * freshness. `kpi-table.test.ts` holds each row against the server's catalogue.
 */
export interface KpiFacts {
  readonly unit: KpiUnit;
  readonly better: KpiMeta['better'];
  readonly zh: string;
  readonly en: string;
  readonly feeds: readonly string[];
}
const facts = (
  unit: KpiUnit,
  better: KpiMeta['better'],
  zh: string,
  en: string,
  feeds: readonly string[],
): KpiFacts => ({ unit, better, zh, en, feeds });

// biome-ignore format: a table, one KPI a line
export const KPI_FACTS = {
  gmv_paid: facts('minor', 'high', '支付成交额', 'Paid sales value', ['orders']),
  gmv_net: facts('minor', 'high', '净成交额', 'Net sales value', ['orders']),
  gmv_growth_rate: facts('ratio', 'high', '成交额同比', 'Sales growth on last year', ['orders']),
  target_attainment: facts('ratio', 'high', '目标达成率', 'Target attainment', ['orders']),
  orders_paid: facts('count', 'high', '支付订单数', 'Paid orders', ['orders']),
  aov: facts('minor', 'high', '笔单价', 'Average order value', ['orders']),
  roas: facts('multiple', 'high', '投放产出比 ROAS', 'Return on ad spend', ['ads', 'orders']),
  roi: facts('ratio', 'high', '投放利润率 ROI', 'Return on investment', ['ads', 'orders']),
  ad_spend: facts('minor', 'neither', '投放消耗', 'Ad spend', ['ads']),
  spend_pace: facts('multiple', 'neither', '消耗进度', 'Spend pace', ['ads']),
  budget_utilisation: facts('ratio', 'low', '预算使用率', 'Budget used', ['ads']),
  new_customer_share: facts('ratio', 'high', '新客占比', 'New customer share', ['orders']),
  repurchase_rate: facts('ratio', 'high', '复购率', 'Repurchase rate', ['orders']),
  fault_rate: facts('ratio', 'low', '请求失败率', 'Request failure rate', ['traffic']),
  public_benefit: facts('minor', 'high', '公益金额', 'Public benefit', ['members']),
  complaint_rate: facts('ratio', 'low', '投诉率', 'Complaint rate', ['complaints', 'orders']),
  qps: facts('per_second', 'neither', '每秒请求', 'Requests per second', ['traffic']),
  capacity_headroom: facts('ratio', 'high', '容量余量', 'Capacity headroom', ['traffic']),
  orders_per_s: facts('per_second', 'high', '每秒支付订单', 'Paid orders per second', ['orders']),
  stockout_rate_sku: facts('ratio', 'low', '缺货率（款）', 'Stock-out rate, items', ['stock']),
  payment_success_rate: facts('ratio', 'high', '支付成功率', 'Payment success', ['payments']),
  stockout_rate_demand: facts('ratio', 'low', '缺货率（需求）', 'Stock-out rate, demand', ['stock']),
  stock_minutes_left: facts('minutes', 'high', '最短售罄时间', 'Shortest time to sell-out', ['stock']),
  stock_at_risk_count: facts('count', 'low', '告急商品数', 'Items about to sell out', ['stock']),
  complaints_opened: facts('count', 'low', '新增投诉', 'Complaints opened', ['complaints']),
  mobile_share: facts('ratio', 'high', '移动端占比', 'Mobile share', ['orders']),
  page_latency_p99: facts('ms', 'low', '请求耗时 P99', 'Request latency p99', ['traffic']),
  paid_not_updated: facts('count', 'low', '已付款未更新订单', 'Paid but not updated', ['payments', 'orders']),
  paid_not_updated_rate: facts('ratio', 'low', '已付款未更新率', 'Paid but not updated, share', ['payments', 'orders']),
  checkout_to_pay_rate: facts('ratio', 'high', '结算→支付率', 'Checkout to payment', ['visits', 'orders']),
  cart_to_checkout_rate: facts('ratio', 'high', '加购→结算率', 'Cart to checkout', ['visits']),
  refund_hours_p90: facts('hours', 'low', '退款时长 P90', 'Refund time p90', ['orders']),
  risk_block_rate: facts('ratio', 'high', '风险订单拦截率', 'Risk block rate', ['orders']),
  cac: facts('minor', 'low', '获客成本', 'Acquisition cost', ['ads', 'orders']),
  ctr: facts('ratio', 'high', '点击率', 'Click-through rate', ['ads']),
  cpc: facts('minor', 'low', '点击成本', 'Cost per click', ['ads']),
  cpm: facts('minor', 'low', '千次曝光成本', 'Cost per 1,000 impressions', ['ads']),
  cvr_click: facts('ratio', 'high', '点击转化率', 'Click conversion', ['ads', 'orders']),
  conversion_rate: facts('ratio', 'high', '支付转化率', 'Conversion', ['visits', 'orders']),
  uv: facts('count', 'high', '访问次数', 'Visits', ['visits']),
  ltv_cac: facts('multiple', 'high', '用户价值比', 'Lifetime value to cost', ['ads', 'orders']),
  organic_share: facts('ratio', 'neither', '自然流量占比', 'Organic share', ['visits']),
  add_to_cart_rate: facts('ratio', 'high', '加购率', 'Add-to-cart rate', ['visits']),
  complaint_share: facts('ratio', 'low', '投诉构成', 'Share of complaints', ['complaints']),
  complaint_resolution_rate: facts('ratio', 'high', '投诉满意结案率', 'Complaint resolution', ['complaints']),
  ship_72h_rate: facts('ratio', 'high', '72 小时发货率', 'Shipped within 72 h', ['fulfilment']),
  on_time_delivery_rate: facts('ratio', 'high', '准时送达率', 'On-time delivery', ['fulfilment']),
  seller_cancel_rate: facts('ratio', 'low', '卖家取消率', 'Cancelled by seller', ['orders', 'fulfilment']),
  negative_mention_rate: facts('ratio', 'low', '负面舆情占比', 'Negative mentions', ['mentions']),
  cs_first_response_p90: facts('seconds', 'low', '客服首响 P90', 'First response p90', ['service']),
  cs_answer_rate: facts('ratio', 'high', '接通率', 'Answer rate', ['service']),
  ai_containment: facts('ratio', 'high', '智能客服解决率', 'AI containment', ['service']),
  new_members: facts('count', 'high', '新增会员', 'New members', ['members']),
  gmv_placed: facts('minor', 'neither', '下单金额', 'Placed sales value', ['orders']),
  presale_balance_rate: facts('ratio', 'high', '预售尾款支付率', 'Presale balance rate', ['orders']),
} as const satisfies Record<string, KpiFacts>;
export type KpiId = keyof typeof KPI_FACTS;

/** `gmv_paid@open|category=beauty` → its KPI. */
export const kpiOfKey = (key: string): string => key.split('@', 1)[0] ?? key;
const UNKNOWN: KpiFacts = { unit: 'count', better: 'neither', zh: '', en: '', feeds: [] };
/** Facts of a KPI by id; one this build does not know is a count without feeds, named by its id. */
export const factsOf = (kpi: string): KpiFacts =>
  (KPI_FACTS as Readonly<Record<string, KpiFacts>>)[kpi] ?? { ...UNKNOWN, zh: kpi, en: kpi };
