import type { KpiUnit } from '#contract/kpis';
import { divide, kpi, ratio, total, unknown } from './define.ts';
import type { Kpi } from './types.ts';

const buyers = { feeds: ['orders'], needs: ['order.paid.buyerId'], better: 'high' } as const;
const SKETCH = 'HyperLogLog estimate, 0.81 % standard error.';

/** A KPI of the catalogue that no event of this product feeds yet: always `unavailable`, and says what is missing. */
const notFed = (words: Pick<Kpi, 'id' | 'zh' | 'en' | 'formula' | 'better'>, unit: KpiUnit, lacks: string): Kpi =>
  kpi({ ...words, feeds: [], needs: [lacks] }, { unit, compute: () => unknown });

export const GROWTH: readonly Kpi[] = [
  kpi(
    {
      id: 'buyers_paid',
      zh: '支付买家数',
      en: 'Buyers',
      ...buyers,
      dimensions: ['channel'],
      tierRule: 'pace',
      formula: 'distinct buyerId of order.paid',
      note: SKETCH,
    },
    {
      unit: 'count',
      ends: 'asOf',
      scales: true,
      compute: ({ read, labels, window }) => {
        const value = read.distinctBuyers(labels.channel === undefined ? 'all' : `channel=${labels.channel}`, window);
        return { value, numerator: value, denominator: null, estimate: true };
      },
    },
  ),
  kpi(
    {
      id: 'new_customer_share',
      zh: '新客占比',
      en: 'New customer share',
      ...buyers,
      needs: ['order.paid.buyerId', 'order.paid.newBuyer'],
      formula: 'distinct new buyers ÷ distinct buyers',
      note: `New is order.paid newBuyer. ${SKETCH}`,
    },
    {
      unit: 'ratio',
      minDenominator: 'campaign',
      compute: ({ read, window }) => {
        const fresh = read.distinctBuyers('new', window);
        const all = read.distinctBuyers('all', window);
        return fresh === null || all === null ? unknown : { ...divide(Math.min(fresh, all), all), estimate: true };
      },
    },
  ),
  total(
    {
      id: 'new_members',
      zh: '新增会员',
      en: 'New members',
      feeds: ['members'],
      needs: ['member.joined'],
      dimensions: ['channel', 'region'],
      better: 'high',
      tierRule: 'pace',
      formula: 'Σ members_joined_count',
    },
    'count',
    ['members_joined_count'],
  ),
  ratio(
    {
      id: 'repurchase_rate',
      zh: '复购率',
      en: 'Repurchase rate',
      feeds: ['orders'],
      needs: ['order.paid.buyerOrders365d'],
      dimensions: ['category'],
      better: 'high',
      formula: 'Σ orders_repeat_count ÷ Σ orders_history_count',
      note: 'Per order: orders whose buyer has paid at least 2 in 365 days (buyerOrders365d, this one included) ÷ orders that say so.',
    },
    { over: ['orders_repeat_count'], under: ['orders_history_count'] },
  ),
  kpi(
    {
      id: 'nps',
      zh: '净推荐值',
      en: 'Net promoter score',
      feeds: ['app'],
      needs: ['rating.given'],
      better: 'high',
      formula: '100 × (ratings 9–10 − ratings 0–6) ÷ ratings',
    },
    {
      unit: 'points',
      minDenominator: 20,
      compute: ({ read, span }) => {
        const swing = 100 * (read.sum('ratings_promoter_count', span) - read.sum('ratings_detractor_count', span));
        return divide(swing, read.sum('ratings_count', span));
      },
    },
  ),
  total(
    {
      id: 'public_benefit',
      zh: '公益金额',
      en: 'Public benefit',
      feeds: ['members'],
      needs: ['charity.recorded'],
      better: 'high',
      formula: 'Σ charity_minor',
    },
    'minor',
    ['charity_minor'],
  ),
  total(
    {
      id: 'public_benefit_co2',
      zh: '减排量',
      en: 'CO₂ saved',
      feeds: ['members'],
      needs: ['charity.recorded.kgCo2'],
      better: 'high',
      formula: 'Σ charity_co2_grams',
    },
    'grams',
    ['charity_co2_grams'],
  ),
];

/** Named by the catalogue, fed by nothing yet. */
export const NOT_FED: readonly Kpi[] = [
  notFed(
    {
      id: 'not_as_described_rate',
      zh: '描述不符率',
      en: 'Not as described',
      formula: 'mismatch claims ÷ (confirmed + timed-out + claimed)',
      better: 'low',
    },
    'ratio',
    'order.claimed',
  ),
  notFed(
    { id: 'availability', zh: '可用性', en: 'Availability', formula: '1 − downtime ÷ elapsed', better: 'high' },
    'ratio',
    'incident.opened',
  ),
  notFed(
    {
      id: 'mttr_minutes',
      zh: '平均恢复时间',
      en: 'Mean time to restore',
      formula: 'mean(resolved − opened)',
      better: 'low',
    },
    'minutes',
    'incident.resolved',
  ),
  notFed(
    {
      id: 'data_accuracy',
      zh: '数据准确率',
      en: 'Data accuracy',
      formula: 'rows agreeing with the ledger replay ÷ rows',
      better: 'high',
    },
    'ratio',
    'budget.replay',
  ),
];
