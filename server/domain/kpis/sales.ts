import { curveTerms, sumTerms } from './cells.ts';
import { divide, kpi, missing, perSecond, quotient, ratio, total } from './define.ts';
import type { Kpi, KpiInput, KpiResult } from './types.ts';

const PAID = ['gmv_paid_minor'];
const BY_ORDER = ['category', 'region', 'channel', 'platform'];
const orders = { feeds: ['orders'], needs: ['order.paid'], dimensions: BY_ORDER } as const;

/** Paid value against one of the campaign's curves over the same span. */
const against =
  (set: 'plans' | 'lastYear', less: 0 | 1) =>
  (input: KpiInput): KpiResult => {
    const paid = sumTerms(input, PAID, input.span);
    if (paid.missing) return missing(paid.missing);
    const curve = curveTerms(input.campaign, set, PAID, input.labels, input.span);
    const value = quotient(paid.value, curve);
    return { value: value === null ? null : value - less, numerator: paid.value, denominator: curve };
  };

export const SALES: readonly Kpi[] = [
  total(
    {
      id: 'gmv_paid',
      zh: '支付成交额',
      en: 'Paid sales value',
      ...orders,
      better: 'high',
      tierRule: 'pace',
      formula: 'Σ gmv_paid_minor',
      note: 'payment_succeeded.amount is the amount of order.paid: each order counts once, when its (last) payment is in; refunds are not taken off.',
    },
    'minor',
    PAID,
  ),
  total(
    {
      id: 'gmv_placed',
      zh: '下单金额',
      en: 'Placed sales value',
      ...orders,
      needs: ['order.created'],
      formula: 'Σ gmv_placed_minor, unpaid orders included',
      note: 'Only ever shown beside gmv_paid.',
    },
    'minor',
    ['gmv_placed_minor'],
  ),
  total(
    {
      id: 'gmv_net',
      zh: '净成交额',
      en: 'Net sales value',
      ...orders,
      needs: ['order.paid', 'order.refunded'],
      better: 'high',
      tierRule: 'pace',
      formula: 'Σ gmv_paid_minor − Σ refunds_cohort_minor (refunds of the orders paid in the window)',
      note: 'A refund is taken off in the second its order was paid (paidAt), or in its own second when paidAt is not sent.',
    },
    'minor',
    ['gmv_paid_minor', '-refunds_cohort_minor'],
  ),
  kpi(
    {
      id: 'gmv_growth_rate',
      zh: '成交额同比',
      en: 'Sales growth on last year',
      ...orders,
      better: 'high',
      formula: 'gmv_paid ÷ last year at the same elapsed time − 1',
      note: 'By category where the campaign file gives last year by category.',
    },
    { unit: 'ratio', ends: 'asOf', compute: against('lastYear', 1) },
  ),
  kpi(
    {
      id: 'target_attainment',
      zh: '目标达成率',
      en: 'Target attainment',
      ...orders,
      better: 'high',
      formula: 'gmv_paid ÷ target(t), t on the planned curve',
    },
    { unit: 'ratio', ends: 'asOf', compute: against('plans', 0) },
  ),
  total(
    {
      id: 'orders_paid',
      zh: '支付订单数',
      en: 'Paid orders',
      ...orders,
      better: 'high',
      tierRule: 'pace',
      formula: 'Σ orders_paid_count',
      note: 'Distinct order ids by the producers: an order sends order.paid once; a repeated event id is counted once.',
    },
    'count',
    ['orders_paid_count'],
  ),
  perSecond(
    {
      id: 'orders_per_s',
      zh: '每秒支付订单',
      en: 'Paid orders per second',
      ...orders,
      better: 'high',
      tierRule: 'pace',
      formula: 'Σ orders_paid_count ÷ seconds',
    },
    ['orders_paid_count'],
  ),
  ratio(
    {
      id: 'aov',
      zh: '笔单价',
      en: 'Average order value',
      ...orders,
      better: 'high',
      tierRule: 'drop',
      formula: 'Σ gmv_paid_minor ÷ Σ orders_paid_count, rounded to the minor unit',
      note: 'Per order. Chinese tools mean value per buyer by 客单价: see spend_per_buyer.',
    },
    { over: PAID, under: ['orders_paid_count'], unit: 'minor' },
  ),
  ratio(
    {
      id: 'mobile_share',
      zh: '移动端占比',
      en: 'Mobile share',
      ...orders,
      dimensions: ['region'],
      better: 'high',
      tierRule: 'drop',
      formula: 'Σ gmv_paid_minor|platform=mobile ÷ Σ gmv_paid_minor',
    },
    { over: ['gmv_paid_minor|platform=mobile'], under: PAID },
  ),
  kpi(
    {
      id: 'spend_per_buyer',
      zh: '客单价(每位买家)',
      en: 'Spend per buyer',
      ...orders,
      dimensions: [],
      needs: ['order.paid.buyerId'],
      better: 'high',
      tierRule: 'drop',
      formula: 'Σ gmv_paid_minor ÷ distinct buyers',
      note: 'Buyers are a HyperLogLog estimate (0.81 %).',
    },
    {
      unit: 'minor',
      minDenominator: 'campaign',
      compute: (input) => {
        const buyers = input.read.distinctBuyers('all', input.window);
        if (buyers === null) return { value: null, numerator: null, denominator: null };
        return { ...divide(sumTerms(input, PAID, input.span).value, buyers, 'minor'), estimate: true };
      },
    },
  ),
  ratio(
    {
      id: 'presale_balance_rate',
      zh: '预售尾款支付率',
      en: 'Presale balance rate',
      ...orders,
      needs: ['order.deposited', 'order.paid.stage'],
      better: 'high',
      formula: 'Σ orders_balance_count ÷ Σ orders_deposited_count',
      note: 'Balance payments of the window over deposits of the window; since opening it understates, because deposits are taken earlier.',
    },
    { over: ['orders_balance_count'], under: ['orders_deposited_count'] },
  ),
];
