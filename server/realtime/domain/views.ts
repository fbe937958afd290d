import type { ViewId } from '#contract/frames';
import type { KpiWindow, SeriesStep } from '#contract/kpis';

/** One figure of a view: a KPI over a window. Its key in the frame is `figureKey(spec)`. */
export interface FigureSpec {
  readonly kpi: string;
  readonly window: KpiWindow;
}
/** Where the rows of a list come from: a dimension of the campaign, its services, or its hero items. */
export type RowSource = 'region' | 'channel' | 'category' | 'kind' | 'desk' | 'method' | 'services' | 'heroItems';
/** A list of the view: each row has these figures, labelled with the row's id. */
export interface RowsSpec {
  readonly name: string;
  readonly from: RowSource;
  /** Label that names the row to the KPI: `region`, `service`, `sku` … */
  readonly label: string;
  readonly figures: readonly FigureSpec[];
  /** Besides: each row's part of the sum of this KPI's column, as `<kpi>_share@<window>`. */
  readonly share?: FigureSpec;
}
/** The end of a chart line: cells added over consecutive steps. Named `<metric>@<step>`. */
export interface LineSpec {
  readonly metric: string;
  readonly step: Exclude<SeriesStep, '1h'>;
}
export interface ViewSpec {
  readonly figures: readonly FigureSpec[];
  readonly rows: readonly RowsSpec[];
  readonly lines: readonly LineSpec[];
  /** `health` adds the rows of sources, screens and nodes; `tech` what the console itself rests on, and capacity at the plan. */
  readonly facts: 'none' | 'health' | 'tech' | 'budget';
}

/** `gmv_paid@open`, `requests_error_rate@1m|service=payment`: labels sorted by name. */
export function figureKey({ kpi, window }: FigureSpec, labels: Readonly<Record<string, string>> = {}): string {
  const names = Object.keys(labels).sort();
  return [`${kpi}@${window}`, ...names.map((name) => `${name}=${labels[name]}`)].join('|');
}
export const lineKey = ({ metric, step }: LineSpec): string => `${metric}@${step}`;

const on = (window: KpiWindow, ...kpis: readonly string[]): FigureSpec[] => kpis.map((kpi) => ({ kpi, window }));
const SALES_LINES: readonly LineSpec[] = [
  { metric: 'gmv_paid_minor', step: '1s' },
  { metric: 'gmv_paid_minor', step: '1m' },
];
const NO_FACTS = { facts: 'none' } as const;

/** What every view shows, as data. A test holds each line against the catalogue: KPI, window and label exist. */
export const VIEW_SPECS: Readonly<Record<ViewId, ViewSpec>> = {
  'wall:overview': {
    figures: [
      ...on('open', 'gmv_paid', 'gmv_net', 'gmv_growth_rate', 'target_attainment', 'orders_paid', 'aov'),
      ...on('open', 'roas', 'roi', 'ad_spend', 'spend_pace', 'budget_utilisation', 'new_customer_share'),
      ...on('open', 'repurchase_rate', 'fault_rate', 'public_benefit', 'complaint_rate'),
      ...on('1m', 'gmv_paid', 'qps', 'capacity_headroom', 'orders_per_s', 'stockout_rate_sku', 'fault_rate'),
      ...on('5m', 'payment_success_rate', 'stockout_rate_demand', 'stock_minutes_left', 'stock_at_risk_count'),
      ...on('5m', 'complaint_rate', 'complaints_opened'),
      ...on('1h', 'complaint_rate', 'complaints_opened', 'roas', 'roi'),
    ],
    rows: [],
    lines: SALES_LINES,
    ...NO_FACTS,
  },
  'wall:regions': {
    figures: [...on('open', 'gmv_paid', 'orders_paid', 'target_attainment'), ...on('1m', 'gmv_paid', 'orders_per_s')],
    rows: [
      {
        name: 'regions',
        from: 'region',
        label: 'region',
        figures: [
          ...on('1m', 'gmv_paid'),
          ...on('open', 'gmv_paid', 'orders_paid', 'target_attainment', 'gmv_growth_rate', 'mobile_share'),
          ...on('1h', 'complaint_rate', 'payment_success_rate'),
        ],
        share: { kpi: 'gmv_paid', window: 'open' },
      },
    ],
    lines: SALES_LINES,
    ...NO_FACTS,
  },
  'wall:checkout': {
    figures: [
      ...on('1m', 'qps', 'fault_rate', 'page_latency_p99', 'capacity_headroom', 'orders_per_s'),
      ...on('1m', 'payment_success_rate', 'paid_not_updated', 'paid_not_updated_rate', 'orders_paid'),
      ...on('5m', 'payment_success_rate', 'paid_not_updated_rate', 'checkout_to_pay_rate', 'cart_to_checkout_rate'),
      ...on('1h', 'refund_hours_p90', 'risk_block_rate'),
    ],
    rows: [
      {
        name: 'services',
        from: 'services',
        label: 'service',
        figures: on('1m', 'qps', 'fault_rate', 'page_latency_p99', 'capacity_headroom'),
      },
    ],
    lines: [
      { metric: 'requests_count', step: '1s' },
      { metric: 'payments_attempted_count', step: '1s' },
      { metric: 'payments_failed_count', step: '1s' },
      { metric: 'requests_count', step: '1m' },
    ],
    ...NO_FACTS,
  },
  'wall:marketing': {
    figures: [
      ...on('open', 'ad_spend', 'roas', 'roi', 'cac', 'ctr', 'cpc', 'cpm', 'cvr_click', 'conversion_rate', 'uv'),
      ...on('open', 'spend_pace', 'budget_utilisation', 'ltv_cac', 'new_customer_share', 'organic_share'),
      ...on('1h', 'ad_spend', 'roas', 'conversion_rate', 'ctr'),
      ...on('5m', 'uv', 'add_to_cart_rate', 'cart_to_checkout_rate', 'checkout_to_pay_rate'),
    ],
    rows: [
      {
        name: 'channels',
        from: 'channel',
        label: 'channel',
        figures: [
          ...on('open', 'ad_spend', 'roas', 'roi', 'cac', 'ctr', 'conversion_rate', 'spend_pace', 'budget_utilisation'),
          ...on('1h', 'ad_spend', 'roas', 'conversion_rate'),
          ...on('open', 'gmv_paid', 'uv'),
        ],
        share: { kpi: 'ad_spend', window: 'open' },
      },
    ],
    lines: [
      { metric: 'visits_count', step: '1m' },
      { metric: 'gmv_paid_minor', step: '1m' },
    ],
    facts: 'budget',
  },
  'wall:supply': {
    figures: [
      ...on('5m', 'stock_minutes_left', 'stock_at_risk_count', 'stockout_rate_demand', 'complaints_opened'),
      ...on('1m', 'stockout_rate_sku'),
      ...on(
        '1h',
        'complaint_rate',
        'complaints_opened',
        'complaint_share',
        'complaint_resolution_rate',
        'ship_72h_rate',
      ),
      ...on('1h', 'on_time_delivery_rate', 'seller_cancel_rate', 'negative_mention_rate'),
      ...on('5m', 'cs_first_response_p90', 'cs_answer_rate', 'ai_containment'),
    ],
    rows: [
      { name: 'items', from: 'heroItems', label: 'sku', figures: on('5m', 'stock_minutes_left') },
      {
        name: 'categories',
        from: 'category',
        label: 'category',
        figures: [
          ...on('5m', 'stockout_rate_demand', 'stock_minutes_left', 'stock_at_risk_count'),
          ...on('1m', 'stockout_rate_sku'),
        ],
      },
      {
        name: 'complaints',
        from: 'kind',
        label: 'kind',
        figures: [
          ...on('1h', 'complaint_share', 'complaints_opened', 'complaint_resolution_rate'),
          ...on('open', 'complaint_share'),
        ],
      },
      { name: 'desks', from: 'desk', label: 'desk', figures: on('5m', 'cs_answer_rate', 'ai_containment') },
    ],
    lines: [
      { metric: 'complaints_opened_count', step: '1m' },
      { metric: 'stock_unmet_count', step: '1m' },
    ],
    ...NO_FACTS,
  },
  'wall:countdown': {
    figures: [
      ...on('open', 'gmv_paid', 'orders_paid', 'target_attainment', 'new_members'),
      ...on('1m', 'qps', 'capacity_headroom', 'uv', 'gmv_paid', 'orders_per_s'),
      ...on('5m', 'gmv_placed', 'new_members'),
    ],
    rows: [],
    lines: [{ metric: 'visits_count', step: '1s' }, ...SALES_LINES],
    ...NO_FACTS,
  },
  'wall:tech': {
    figures: [
      ...on('1m', 'qps', 'fault_rate', 'page_latency_p99', 'capacity_headroom', 'orders_per_s'),
      ...on('1m', 'payment_success_rate', 'paid_not_updated_rate'),
    ],
    rows: [
      {
        name: 'services',
        from: 'services',
        label: 'service',
        figures: on('1m', 'qps', 'fault_rate', 'page_latency_p99', 'capacity_headroom'),
      },
      { name: 'methods', from: 'method', label: 'method', figures: on('5m', 'payment_success_rate') },
    ],
    lines: [],
    facts: 'tech',
  },
  'desk:oncall': {
    figures: [
      ...on('1m', 'qps', 'orders_per_s', 'gmv_paid', 'fault_rate', 'payment_success_rate', 'capacity_headroom'),
      ...on('1m', 'page_latency_p99', 'paid_not_updated_rate'),
      ...on('5m', 'paid_not_updated_rate', 'stockout_rate_demand'),
    ],
    rows: [],
    lines: [{ metric: 'gmv_paid_minor', step: '1s' }],
    ...NO_FACTS,
  },
  'desk:marketing': {
    figures: [
      ...on('open', 'ad_spend', 'roas', 'roi', 'cac', 'spend_pace', 'budget_utilisation', 'new_customer_share'),
      ...on('1h', 'ad_spend', 'roas', 'cac'),
      ...on('5m', 'stock_minutes_left', 'stockout_rate_demand', 'payment_success_rate'),
    ],
    rows: [
      {
        name: 'channels',
        from: 'channel',
        label: 'channel',
        figures: [
          ...on('open', 'ad_spend', 'roas', 'roi', 'cac', 'spend_pace', 'budget_utilisation', 'gmv_paid'),
          ...on('1h', 'ad_spend', 'roas', 'cac', 'conversion_rate'),
        ],
      },
    ],
    lines: [{ metric: 'gmv_paid_minor', step: '1m' }],
    facts: 'budget',
  },
  'desk:health': { figures: on('1m', 'qps', 'orders_per_s'), rows: [], lines: [], facts: 'health' },
};
