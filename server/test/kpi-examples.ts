import type { KpiWindow } from '#contract/kpis';
import { OPENS_AT_MS as T0 } from './plain-campaign.ts';
import type { PlainWindows } from './plain-reader.ts';

/** Ten minutes after the opening; everything in the examples happened half a minute ago unless it says when. */
export const NOW = T0 + 600_000;
export const AT = NOW - 30_000;
export interface Example extends Omit<PlainWindows, 'cells' | 'ads' | 'onHand' | 'sold'> {
  readonly window?: KpiWindow;
  readonly labels?: Record<string, string>;
  readonly cells?: Record<string, number | [number, number][]>;
  readonly ads?: Record<string, { spendMinor?: number; impressions?: number; clicks?: number }>;
  readonly onHand?: Record<string, number>;
  readonly sold?: Record<string, number>;
  readonly want: {
    value: number | null;
    numerator?: number | null;
    denominator?: number | null;
    of?: string;
    estimate?: true;
  };
}
const sum = (value: number) => ({ value, numerator: value, denominator: null });
const over = (value: number, numerator: number, denominator: number) => ({ value, numerator, denominator });
/** Paid through the one bought channel (radio) and through the other (street). */
const BOUGHT = {
  'gmv_paid_minor|channel=radio': 20_000,
  'gmv_paid_minor|channel=street': 70_000,
  'orders_paid_count|channel=radio': 8,
  'orders_new_buyer_count|channel=radio': 5,
};
const SPENT = {
  radio: { spendMinor: 4_000, impressions: 5_000, clicks: 100 },
  street: { spendMinor: 1_000, impressions: 3_000, clicks: 60 },
};
// tiny plans 1,200,000 in 120 min, weight 3 → 1 in the first hour, then 1: minute 9 holds 1,200,000 × (3 − 9.5 ÷ 30) ÷ 180
const PLANNED_MINUTE_9 = Math.round((1_200_000 * 26.8333333 * 1) / 1_800);
const LAST_YEAR_MINUTE_9 = Math.round((1_000_000 * 26.8333333 * 1) / 1_800);

/** One hand-computed example, at least, for every KPI of the catalogue. */
export const EXAMPLES: Record<string, Example | Example[]> = {
  gmv_paid: [
    { cells: { gmv_paid_minor: 12_345 }, want: sum(12_345) },
    {
      labels: { channel: 'radio', category: 'tea' },
      cells: { 'gmv_paid_minor|category=tea|channel=radio': 7 },
      want: sum(7),
    },
  ],
  gmv_placed: { cells: { gmv_placed_minor: 99 }, want: sum(99) },
  gmv_net: { cells: { gmv_paid_minor: 10_000, refunds_cohort_minor: 1_500, refunds_minor: 777 }, want: sum(8_500) },
  gmv_growth_rate: {
    cells: { gmv_paid_minor: 22_361 },
    want: over(22_361 / LAST_YEAR_MINUTE_9 - 1, 22_361, LAST_YEAR_MINUTE_9),
  },
  target_attainment: {
    cells: { gmv_paid_minor: 8_944 },
    want: over(8_944 / PLANNED_MINUTE_9, 8_944, PLANNED_MINUTE_9),
  },
  orders_paid: { cells: { orders_paid_count: 41 }, want: sum(41) },
  orders_per_s: { cells: { orders_paid_count: 90 }, want: over(1.5, 90, 60) },
  aov: { cells: { gmv_paid_minor: 10_000, orders_paid_count: 6 }, want: over(1_667, 10_000, 6) },
  mobile_share: {
    cells: { 'gmv_paid_minor|platform=mobile': 820, gmv_paid_minor: 1_000 },
    want: over(0.82, 820, 1_000),
  },
  spend_per_buyer: {
    cells: { gmv_paid_minor: 1_000 },
    buyers: { all: 7 },
    want: { ...over(143, 1_000, 7), estimate: true },
  },
  presale_balance_rate: { cells: { orders_balance_count: 8, orders_deposited_count: 10 }, want: over(0.8, 8, 10) },
  uv: { cells: { visits_count: 500 }, want: sum(500) },
  uv_value: { cells: { gmv_paid_minor: 1_000, visits_count: 300 }, want: over(3, 1_000, 300) },
  product_view_rate: { cells: { product_views_count: 100, visits_count: 300 }, want: over(1 / 3, 100, 300) },
  add_to_cart_rate: { cells: { carts_count: 25, product_views_count: 100 }, want: over(0.25, 25, 100) },
  cart_to_checkout_rate: { cells: { checkouts_count: 15, carts_count: 25 }, want: over(0.6, 15, 25) },
  cart_abandon_rate: { cells: { checkouts_count: 15, carts_count: 25 }, want: over(0.4, 10, 25) },
  checkout_to_pay_rate: { cells: { orders_paid_count: 105, checkouts_count: 150 }, want: over(0.7, 105, 150) },
  view_to_pay_rate: { cells: { orders_paid_count: 105, product_views_count: 1_000 }, want: over(0.105, 105, 1_000) },
  conversion_rate: { cells: { orders_paid_count: 35, visits_count: 1_000 }, want: over(0.035, 35, 1_000) },
  organic_share: { cells: { 'visits_count|organic=yes': 60, visits_count: 80 }, want: over(0.75, 60, 80) },
  ad_spend: [
    { ads: SPENT, want: sum(5_000) },
    { labels: { channel: 'radio' }, ads: SPENT, want: sum(4_000) },
  ],
  impressions: { ads: SPENT, want: sum(8_000) },
  clicks: { ads: SPENT, want: sum(160) },
  ctr: { ads: SPENT, want: over(0.02, 160, 8_000) },
  cpc: { ads: SPENT, want: over(31, 5_000, 160) },
  cpm: { ads: SPENT, want: over(625, 5_000_000, 8_000) },
  cvr_click: { ads: SPENT, cells: BOUGHT, want: over(0.05, 8, 160) },
  cpa: { ads: SPENT, cells: BOUGHT, want: over(625, 5_000, 8) },
  cac: { ads: SPENT, cells: BOUGHT, want: over(1_000, 5_000, 5) },
  roas: [
    { ads: SPENT, cells: BOUGHT, want: over(4, 20_000, 5_000) },
    { labels: { channel: 'street' }, ads: SPENT, cells: BOUGHT, want: over(70, 70_000, 1_000) },
  ],
  roi: { ads: SPENT, cells: BOUGHT, want: over(1, 5_000, 5_000) }, // 20,000 × margin 0.5 − 5,000
  ltv_cac: [
    { ads: SPENT, cells: BOUGHT, want: over(9, 45_000, 5_000) }, // 9,000 × 5 ÷ 5,000
    { labels: { channel: 'radio' }, ads: SPENT, cells: BOUGHT, want: over(10, 40_000, 4_000) },
  ],
  spend_pace: { ads: { radio: { spendMinor: 600 } }, want: over(1.2, 600, 500) }, // 60,000 over 120 min: 500 a minute
  budget_utilisation: { ads: SPENT, want: over(5_000 / 60_000, 5_000, 60_000) },
  budget_deviation: { ads: { radio: { spendMinor: 4_000 } }, want: over(0.2, 1_000, 5_000) }, // 5,000 planned in 10 min
  payment_success_rate: {
    cells: { payments_succeeded_count: 9, payments_attempted_count: 10 },
    want: over(0.9, 9, 10),
  },
  paid_not_updated: {
    cells: {
      payments_succeeded_count: [
        [AT, 500],
        [NOW - 90_000, 40],
      ],
      orders_paid_count: [
        [AT, 1],
        [NOW - 90_000, 38],
      ],
    },
    want: sum(2),
  },
  paid_not_updated_rate: {
    cells: {
      payments_succeeded_count: [
        [AT, 500],
        [NOW - 90_000, 40],
      ],
      orders_paid_count: [[NOW - 90_000, 38]],
    },
    want: over(0.05, 2, 40),
  },
  refund_rate_orders: { cells: { orders_refunded_cohort_count: 1, orders_paid_count: 20 }, want: over(0.05, 1, 20) },
  refund_rate_amount: { cells: { refunds_cohort_minor: 30, gmv_paid_minor: 1_000 }, want: over(0.03, 30, 1_000) },
  refund_hours_p90: {
    // 80 within 24 h (bin 18–24), 20 within 32 h: rank 90 lies halfway into the bin 24–32
    cells: { 'refund_hours_count|le=24': 80, 'refund_hours_count|le=32': 20 },
    want: { ...over(28, 90, 100), estimate: true },
  },
  stock_minutes_left: [
    {
      onHand: { 'pot-1': 30, 'cup-1': 100, 'book-1': 1 },
      sold: { 'pot-1': 10, 'cup-1': 100, 'book-1': 50 },
      want: { ...over(5, 100, 20), of: 'cup-1' },
    },
    {
      labels: { sku: 'book-1' },
      onHand: { 'book-1': 1 },
      sold: { 'book-1': 50 },
      want: { ...over(0.1, 1, 10), of: 'book-1' },
    },
    { onHand: { 'pot-1': 0 }, want: { ...over(0, 0, 0), of: 'pot-1' } },
  ],
  stock_at_risk_count: {
    // threshold yellow 15 min: pot 15, cup 5, book is not selling
    onHand: { 'pot-1': 30, 'cup-1': 100, 'book-1': 1 },
    sold: { 'pot-1': 10, 'cup-1': 100 },
    want: sum(2),
  },
  stockout_rate_sku: { onHand: { 'pot-1': 0, 'cup-1': 5 }, want: over(0.5, 1, 2) },
  stockout_rate_demand: { cells: { stock_unmet_count: 3, stock_requested_count: 60 }, want: over(0.05, 3, 60) },
  sell_through_rate: { onHand: { 'pot-1': 1, 'cup-1': 5, 'book-1': 4 }, sold: { 'pot-1': 2 }, want: over(1 / 3, 1, 3) },
  items_paid: { cells: { items_paid_count: 12 }, want: sum(12) },
  complaints_opened: {
    cells: {
      complaints_opened_count: 9,
      'complaints_opened_count|kind=quality': 4,
      'complaints_opened_count|kind=logistics': 5,
    },
    want: { ...sum(9), of: 'logistics' },
  },
  complaint_rate: [
    {
      cells: { complaints_opened_count: 2, 'complaints_opened_count|kind=quality': 2, orders_paid_count: 1_000 },
      want: { ...over(0.002, 2, 1_000), of: 'quality' },
    },
    {
      labels: { kind: 'quality' },
      cells: { 'complaints_opened_count|kind=quality': 1, orders_paid_count: 1_000 },
      want: over(0.001, 1, 1_000),
    },
  ],
  complaint_share: [
    {
      cells: { complaints_opened_count: 8, 'complaints_opened_count|kind=quality': 6 },
      want: { ...over(0.75, 6, 8), of: 'quality' },
    },
    {
      labels: { kind: 'logistics' },
      cells: { complaints_opened_count: 8, 'complaints_opened_count|kind=logistics': 2 },
      want: over(0.25, 2, 8),
    },
  ],
  complaint_resolution_rate: {
    cells: { complaints_satisfied_count: 9, complaints_closed_count: 10 },
    want: over(0.9, 9, 10),
  },
  cs_first_response_p90: {
    // all 100 between 7.499 s and 10 s: rank 90 is nine tenths into the bin
    cells: { 'contact_queue_count|le=10000': 100 },
    want: { ...over(9.7499, 90, 100), estimate: true },
  },
  cs_answer_rate: [
    { cells: { contacts_answered_count: 19, contacts_offered_count: 20 }, want: over(0.95, 19, 20) },
    {
      labels: { desk: 'phone' },
      cells: { 'contacts_answered_count|desk=phone': 3, 'contacts_offered_count|desk=phone': 6 },
      want: over(0.5, 3, 6),
    },
  ],
  ai_containment: { cells: { contacts_by_ai_count: 7, contacts_answered_count: 10 }, want: over(0.7, 7, 10) },
  negative_mention_rate: {
    cells: { mentions_positive_count: 5, mentions_neutral_count: 3, mentions_negative_count: 2 },
    want: over(0.2, 2, 10),
  },
  ship_72h_rate: {
    cells: { orders_shipped_72h_count: 99, orders_shipped_known_count: 100 },
    want: over(0.99, 99, 100),
  },
  on_time_delivery_rate: { cells: { orders_on_time_count: 8, orders_promised_count: 10 }, want: over(0.8, 8, 10) },
  seller_cancel_rate: {
    cells: { orders_cancelled_by_seller_count: 1, orders_shipped_count: 99 },
    want: over(0.01, 1, 100),
  },
  qps: { cells: { requests_count: 6_000 }, want: over(100, 6_000, 60) },
  capacity_headroom: [
    // gate 3,000 ÷ 60 of 100, till 900 ÷ 60 of 20: the till is tighter
    {
      cells: { 'requests_count|service=gate': 3_000, 'requests_count|service=till': 900 },
      want: { ...over(0.25, 15, 20), of: 'till' },
    },
    {
      labels: { service: 'gate' },
      cells: { 'requests_count|service=gate': 3_000 },
      want: { ...over(0.5, 50, 100), of: 'gate' },
    },
  ],
  fault_rate: { cells: { request_errors_count: 1, requests_count: 100 }, want: over(0.01, 1, 100) },
  page_latency_p99: {
    // stored by service only: gate 98 and till 2 make 100; rank 99 is halfway into the bin 750–1,000
    cells: { 'request_latency_count|service=gate|le=100': 98, 'request_latency_count|service=till|le=1000': 2 },
    want: { ...over(875, 99, 100), estimate: true },
  },
  crash_rate: { cells: { app_crashed_count: 1, app_sessions_count: 200 }, want: over(0.005, 1, 200) },
  live_smoothness: { cells: { play_ms: 1_000, stalled_ms: 1 }, want: over(0.999, 999, 1_000) },
  risk_block_rate: { cells: { orders_stopped_count: 19, orders_flagged_count: 20 }, want: over(0.95, 19, 20) },
  data_freshness_s: { newestMs: { orders: NOW - 1_000, ads: NOW - 42_000 }, want: { value: 42, of: 'ads' } },
  buyers_paid: [
    { buyers: { all: 70 }, want: { ...sum(70), estimate: true } },
    { labels: { channel: 'radio' }, buyers: { 'channel=radio': 7 }, want: { ...sum(7), estimate: true } },
  ],
  new_customer_share: { buyers: { all: 20, new: 7 }, want: { ...over(0.35, 7, 20), estimate: true } },
  new_members: { cells: { members_joined_count: 5 }, want: sum(5) },
  repurchase_rate: { cells: { orders_repeat_count: 7, orders_history_count: 20 }, want: over(0.35, 7, 20) },
  nps: {
    cells: { ratings_count: 100, ratings_promoter_count: 86, ratings_detractor_count: 4 },
    want: over(82, 8_200, 100),
  },
  public_benefit: { cells: { charity_minor: 500 }, want: sum(500) },
  public_benefit_co2: { cells: { charity_co2_grams: 1_500 }, want: sum(1_500) },
};
