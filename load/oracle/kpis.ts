import type { CampaignReply } from '#contract/campaign';
import type { KpiRow, KpisReply } from '#contract/kpis';
import type { HttpClient } from '../http.ts';
import type { ExpectedCells } from './cells.ts';
import type { ExpectedRegisters } from './registers.ts';

/** What a KPI is made of, in cells; `-` takes a cell off. Written from the catalogue, not from the server's code. */
interface KpiParts {
  readonly over: readonly string[];
  /** Absent: a plain sum. `seconds`: the length of its window. */
  readonly under?: readonly string[] | 'seconds';
}
const PARTS: Readonly<Record<string, KpiParts>> = {
  gmv_paid: { over: ['gmv_paid_minor'] },
  gmv_placed: { over: ['gmv_placed_minor'] },
  gmv_net: { over: ['gmv_paid_minor', '-refunds_cohort_minor'] },
  orders_paid: { over: ['orders_paid_count'] },
  orders_per_s: { over: ['orders_paid_count'], under: 'seconds' },
  aov: { over: ['gmv_paid_minor'], under: ['orders_paid_count'] },
  items_paid: { over: ['items_paid_count'] },
  qps: { over: ['requests_count'], under: 'seconds' },
  fault_rate: { over: ['request_errors_count'], under: ['requests_count'] },
  uv: { over: ['visits_count'] },
  product_view_rate: { over: ['product_views_count'], under: ['visits_count'] },
  add_to_cart_rate: { over: ['carts_count'], under: ['product_views_count'] },
  cart_to_checkout_rate: { over: ['checkouts_count'], under: ['carts_count'] },
  conversion_rate: { over: ['orders_paid_count'], under: ['visits_count'] },
  payment_success_rate: { over: ['payments_succeeded_count'], under: ['payments_attempted_count'] },
  refund_rate_amount: { over: ['refunds_cohort_minor'], under: ['gmv_paid_minor'] },
  refund_rate_orders: { over: ['orders_refunded_cohort_count'], under: ['orders_paid_count'] },
  stockout_rate_demand: { over: ['stock_unmet_count'], under: ['stock_requested_count'] },
  complaints_opened: { over: ['complaints_opened_count'] },
  complaint_resolution_rate: { over: ['complaints_satisfied_count'], under: ['complaints_closed_count'] },
  cs_answer_rate: { over: ['contacts_answered_count'], under: ['contacts_offered_count'] },
  ai_containment: { over: ['contacts_by_ai_count'], under: ['contacts_answered_count'] },
  on_time_delivery_rate: { over: ['orders_on_time_count'], under: ['orders_promised_count'] },
  crash_rate: { over: ['app_crashed_count'], under: ['app_sessions_count'] },
  risk_block_rate: { over: ['orders_stopped_count'], under: ['orders_flagged_count'] },
  new_members: { over: ['members_joined_count'] },
};

export interface KpiCheck {
  readonly comparedCount: number;
  readonly faults: readonly string[];
}

/**
 * Compares numerators and denominators of `/api/v1/kpis` with the expected cells over the very span each row names. Only for
 * a server that holds nothing but this run.
 */
export async function checkKpis(
  client: HttpClient,
  campaign: CampaignReply,
  cells: ExpectedCells,
  registers: ExpectedRegisters,
): Promise<KpiCheck> {
  const faults: string[] = [];
  let comparedCount = 0;
  const compare = (row: KpiRow, what: string, shown: number | null, expected: number | null): void => {
    comparedCount += 1;
    if (shown === expected) return;
    const span = `${new Date(row.fromMs).toISOString()} + ${(row.toMs - row.fromMs) / 1_000} s`;
    const labels = Object.entries(row.labels).map(([name, value]) => `|${name}=${value}`);
    faults.push(`${row.id}@${row.window}${labels.join('')} ${what}: shown ${shown}, expected ${expected} (${span})`);
  };
  const { kpis } = await client.getJson<KpisReply>(`/api/v1/kpis?ids=${Object.keys(PARTS).join(',')}`);
  for (const row of kpis) {
    const { over, under } = PARTS[row.id] as KpiParts;
    if (row.quality === 'unavailable') continue;
    compare(row, 'numerator', row.numerator, sumOf(cells, over, row));
    if (under === 'seconds') compare(row, 'denominator', row.denominator, (row.toMs - row.fromMs) / 1_000);
    else if (under !== undefined) compare(row, 'denominator', row.denominator, sumOf(cells, under, row));
  }
  for (const { sku } of campaign.items) {
    for (const row of await rows(client, 'stock_minutes_left', `sku=${sku}`)) {
      if (row.numerator !== null) compare(row, 'on hand', row.numerator, registers.onHand(sku, row.toMs));
    }
  }
  for (const channel of campaign.dimensions.channel ?? []) {
    for (const row of await rows(client, 'ad_spend', `channel=${channel.id}`)) {
      if (row.quality === 'unavailable') continue;
      const spent = registers.spend(channel.id, row.fromMs, row.toMs);
      const isBought = Object.hasOwn(campaign.budgets.channels, channel.id);
      compare(row, 'spend', row.numerator, spent === 0 && !isBought ? null : spent); // KPI15
    }
  }
  return { comparedCount, faults };
}

async function rows(client: HttpClient, id: string, labels: string): Promise<readonly KpiRow[]> {
  const query = new URLSearchParams({ ids: id, labels });
  return (await client.getJson<KpisReply>(`/api/v1/kpis?${query}`)).kpis;
}

function sumOf(cells: ExpectedCells, terms: readonly string[], { fromMs, toMs }: KpiRow): number {
  let sum = 0;
  for (const term of terms) {
    const minus = term.startsWith('-');
    for (const [atMs, value] of cells.seconds.get(minus ? term.slice(1) : term) ?? []) {
      if (atMs >= fromMs && atMs < toMs) sum += minus ? -value : value;
    }
  }
  return sum;
}
