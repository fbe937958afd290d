import { ADS } from './ads.ts';
import { BUDGETS } from './budgets.ts';
import { GROWTH, NOT_FED } from './growth.ts';
import { PAYMENTS } from './payments.ts';
import { RETURNS } from './returns.ts';
import { SALES } from './sales.ts';
import { SERVICE } from './service.ts';
import { STOCK } from './stock.ts';
import { TECH } from './tech.ts';
import { TRAFFIC } from './traffic.ts';
import type { Kpi } from './types.ts';

export { evaluateKpi, type KpiRequest } from './evaluate.ts';
export { kpiSpan, WINDOW_MS } from './span.ts';

/** The catalogue: one definition of each number. The order is the order of `/kpis` and of the README's table. */
export const KPIS: ReadonlyMap<string, Kpi> = new Map(
  [
    ...SALES,
    ...TRAFFIC,
    ...ADS,
    ...RETURNS,
    ...PAYMENTS,
    ...STOCK,
    ...SERVICE,
    ...TECH,
    ...GROWTH,
    ...BUDGETS,
    ...NOT_FED,
  ].map((kpi) => [kpi.id, kpi]),
);

/** The eight of the executive screen. */
export const EXECUTIVE_KPIS: readonly string[] = [
  'gmv_growth_rate',
  'roi',
  'new_customer_share',
  'repurchase_rate',
  'aov',
  'complaint_rate',
  'fault_rate',
  'public_benefit',
];
/** The twenty-three of the operations screen. */
export const OPERATIONS_KPIS: readonly string[] = [
  'gmv_paid',
  'target_attainment',
  'orders_paid',
  'aov',
  'uv',
  'add_to_cart_rate',
  'cart_to_checkout_rate',
  'checkout_to_pay_rate',
  'conversion_rate',
  'ad_spend',
  'ctr',
  'cpc',
  'cvr_click',
  'cac',
  'roas',
  'mroas',
  'spend_pace',
  'reserve_ratio',
  'payment_success_rate',
  'refund_rate_amount',
  'stockout_rate_demand',
  'complaint_rate',
  'fault_rate',
];
