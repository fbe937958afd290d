import { ratio, total } from './define.ts';
import type { Kpi } from './types.ts';

const BY_VISIT = ['channel', 'region', 'platform'] as const;
const visits = { feeds: ['visits'], needs: ['visit.sampled'], dimensions: BY_VISIT } as const;
const step = (...fields: string[]) =>
  ({
    feeds: ['visits'],
    needs: fields.map((field) => `visit.sampled.${field}`),
    dimensions: BY_VISIT,
    better: 'high',
  }) as const;
const paid = (...fields: string[]) =>
  ({ ...step(...fields), feeds: ['visits', 'orders'], needs: [...step(...fields).needs, 'order.paid'] }) as const;
const LAST_STEP =
  'buyers_paid is Σ orders_paid_count: visits and their steps are counted per visit, so the last step is an order, not a person.';

export const TRAFFIC: readonly Kpi[] = [
  total(
    {
      id: 'uv',
      zh: '访问次数',
      en: 'Visits',
      ...visits,
      better: 'high',
      tierRule: 'pace',
      formula: 'Σ visits_count',
      note: 'uv with session_start is Σ visits of visit.sampled: visits, not people, and labelled so.',
    },
    'count',
    ['visits_count'],
  ),
  ratio(
    {
      id: 'uv_value',
      zh: '单次访问价值',
      en: 'Value per visit',
      ...visits,
      feeds: ['visits', 'orders'],
      needs: ['visit.sampled', 'order.paid'],
      better: 'high',
      tierRule: 'drop',
      formula: 'Σ gmv_paid_minor ÷ Σ visits_count, rounded to the minor unit',
    },
    { over: ['gmv_paid_minor'], under: ['visits_count'], unit: 'minor' },
  ),
  ratio(
    {
      id: 'product_view_rate',
      zh: '商品浏览率',
      en: 'Product view rate',
      ...step('productViews'),
      tierRule: 'drop',
      formula: 'Σ product_views_count ÷ Σ visits_count',
    },
    { over: ['product_views_count'], under: ['visits_count'] },
  ),
  ratio(
    {
      id: 'add_to_cart_rate',
      zh: '加购率',
      en: 'Add-to-cart rate',
      ...step('carts', 'productViews'),
      formula: 'Σ carts_count ÷ Σ product_views_count',
    },
    { over: ['carts_count'], under: ['product_views_count'] },
  ),
  ratio(
    {
      id: 'cart_to_checkout_rate',
      zh: '加购→结算率',
      en: 'Cart to checkout',
      ...step('checkouts', 'carts'),
      formula: 'Σ checkouts_count ÷ Σ carts_count',
    },
    { over: ['checkouts_count'], under: ['carts_count'] },
  ),
  ratio(
    {
      id: 'cart_abandon_rate',
      zh: '弃购率',
      en: 'Cart abandonment',
      ...step('checkouts', 'carts'),
      better: 'low',
      formula: '(Σ carts_count − Σ checkouts_count) ÷ Σ carts_count',
    },
    { over: ['carts_count', '-checkouts_count'], under: ['carts_count'] },
  ),
  ratio(
    {
      id: 'checkout_to_pay_rate',
      zh: '结算→支付率',
      en: 'Checkout to payment',
      ...paid('checkouts'),
      formula: 'Σ orders_paid_count ÷ Σ checkouts_count',
      note: LAST_STEP,
    },
    { over: ['orders_paid_count'], under: ['checkouts_count'] },
  ),
  ratio(
    {
      id: 'view_to_pay_rate',
      zh: '浏览→支付率',
      en: 'View to payment',
      ...paid('productViews'),
      formula: 'Σ orders_paid_count ÷ Σ product_views_count',
      note: LAST_STEP,
    },
    { over: ['orders_paid_count'], under: ['product_views_count'] },
  ),
  ratio(
    {
      id: 'conversion_rate',
      zh: '支付转化率',
      en: 'Conversion',
      ...paid('visits'),
      needs: ['visit.sampled', 'order.paid'],
      formula: 'Σ orders_paid_count ÷ Σ visits_count',
      note: LAST_STEP,
    },
    { over: ['orders_paid_count'], under: ['visits_count'] },
  ),
  ratio(
    {
      id: 'organic_share',
      zh: '自然流量占比',
      en: 'Organic share',
      ...visits,
      needs: ['visit.sampled.organic'],
      dimensions: [],
      formula: 'Σ visits_count|organic=yes ÷ Σ visits_count',
    },
    { over: ['visits_count|organic=yes'], under: ['visits_count'] },
  ),
];
