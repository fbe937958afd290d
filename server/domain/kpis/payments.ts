import { sumTerms } from './cells.ts';
import { divide, kpi, missing, ratio } from './define.ts';
import { quantile } from './quantile.ts';
import type { Kpi, KpiInput, KpiResult } from './types.ts';

const payments = { feeds: ['payments'], needs: ['payment.attempted'], dimensions: ['method', 'region'] } as const;
const both = { feeds: ['payments', 'orders'], needs: ['payment.attempted', 'order.paid'] } as const;
const cohort = {
  feeds: ['orders'],
  needs: ['order.paid', 'order.refunded'],
  dimensions: ['category', 'channel'],
  better: 'low',
  tierRule: 'rise',
} as const;
const COHORT_NOTE = 'By the second the order was paid (paidAt), so a window keeps growing while its refunds come in.';

/** How long an order may take to learn of its payment. */
const GRACE_MS = 60_000;

/** Payments that succeeded and orders that did not become paid, over the window moved back by the grace. */
function notUpdated(input: KpiInput): KpiResult {
  const fromMs = input.window === 'open' ? input.span.fromMs : input.span.fromMs - GRACE_MS;
  const span = { fromMs, toMs: Math.max(fromMs, input.span.toMs - GRACE_MS) };
  const succeeded = sumTerms(input, ['payments_succeeded_count'], span);
  const paid = sumTerms(input, ['orders_paid_count'], span);
  const lack = succeeded.missing ?? paid.missing;
  return lack ? missing(lack) : divide(Math.max(0, succeeded.value - paid.value), succeeded.value);
}

export const PAYMENTS: readonly Kpi[] = [
  ratio(
    {
      id: 'payment_success_rate',
      zh: '支付成功率',
      en: 'Payment success',
      ...payments,
      better: 'high',
      formula: 'Σ payments_succeeded_count ÷ Σ payments_attempted_count',
      note: 'Per attempt (succeeded ÷ succeeded + failed): payment.attempted carries one result an attempt, and cells do not join attempts of one order.',
    },
    { over: ['payments_succeeded_count'], under: ['payments_attempted_count'] },
  ),
  kpi(
    {
      id: 'paid_not_updated',
      zh: '已付款未更新订单',
      en: 'Paid but not updated',
      ...both,
      better: 'low',
      formula: 'max(0, Σ payments_succeeded_count − Σ orders_paid_count) over [t−w−60 s, t−60 s)',
      note: 'A difference of sums, not a join: a deposit that is paid by itself counts as not updated.',
    },
    {
      unit: 'count',
      compute: (input) => {
        const { numerator, ...rest } = notUpdated(input);
        return { ...rest, value: numerator, numerator, denominator: null };
      },
    },
  ),
  kpi(
    {
      id: 'paid_not_updated_rate',
      zh: '已付款未更新率',
      en: 'Paid but not updated, share',
      ...both,
      better: 'low',
      formula: 'paid_not_updated ÷ Σ payments_succeeded_count over [t−w−60 s, t−60 s)',
    },
    { unit: 'ratio', minDenominator: 'campaign', compute: notUpdated },
  ),
  ratio(
    {
      id: 'refund_rate_orders',
      zh: '退款率(单数)',
      en: 'Refund rate, orders',
      ...cohort,
      formula: 'Σ orders_refunded_cohort_count ÷ Σ orders_paid_count',
      note: COHORT_NOTE,
    },
    { over: ['orders_refunded_cohort_count'], under: ['orders_paid_count'] },
  ),
  ratio(
    {
      id: 'refund_rate_amount',
      zh: '退款率(金额)',
      en: 'Refund rate, value',
      ...cohort,
      formula: 'Σ refunds_cohort_minor ÷ Σ gmv_paid_minor',
      note: COHORT_NOTE,
    },
    { over: ['refunds_cohort_minor'], under: ['gmv_paid_minor'] },
  ),
  kpi(
    {
      id: 'refund_hours_p90',
      zh: '退款时长 P90',
      en: 'Refund time p90',
      feeds: ['orders'],
      needs: ['order.refunded.requestedAt'],
      better: 'low',
      formula: 'p90 of refund_hours_count by its bins (hours, edges as published)',
      note: 'From the request to the refund, not from the approval, which no event carries; interpolated linearly inside the bin.',
    },
    { unit: 'hours', minDenominator: 20, compute: (input) => quantile(input, 'refund_hours_count', 0.9) },
  ),
];
