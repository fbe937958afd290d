import { ATTRIBUTED, adsOf, attributed, overAds, perAd, returnSample, withOrders } from './ad-terms.ts';
import type { Kpi } from './types.ts';

const ENOUGH = 'Says something from minDenominator orders on, or from a hundredth of the budget spent.';
/** What came back for it. */
export const RETURNS: readonly Kpi[] = [
  overAds(
    {
      id: 'cvr_click',
      zh: '点击转化率',
      en: 'Click conversion',
      ...withOrders,
      needs: ['ad.reported.clicks', 'order.paid'],
      better: 'high',
      formula: 'attributed Σ orders_paid_count ÷ clicks',
      note: ATTRIBUTED,
    },
    'ratio',
    perAd('orders_paid_count', (orders, { clicks }) => [orders, clicks]),
    { minDenominator: 'campaign' },
  ),
  overAds(
    {
      id: 'cpa',
      zh: '单笔成本',
      en: 'Cost per order',
      ...withOrders,
      better: 'low',
      tierRule: 'rise',
      formula: 'ad_spend ÷ attributed Σ orders_paid_count',
      note: ATTRIBUTED,
    },
    'minor',
    perAd('orders_paid_count', (orders, { spendMinor }) => [spendMinor, orders]),
    { minDenominator: 'campaign' },
  ),
  overAds(
    {
      id: 'cac',
      zh: '获客成本',
      en: 'Acquisition cost',
      ...withOrders,
      needs: ['ad.reported', 'order.paid.newBuyer'],
      better: 'low',
      formula: 'ad_spend ÷ attributed Σ orders_new_buyer_count',
      note: `New buyers are orders marked newBuyer, a first order each. ${ATTRIBUTED}`,
    },
    'minor',
    perAd('orders_new_buyer_count', (buyers, { spendMinor }) => [spendMinor, buyers]),
    { minDenominator: 'campaign' },
  ),
  overAds(
    {
      id: 'roas',
      zh: '投放产出比 ROAS',
      en: 'Return on ad spend',
      ...withOrders,
      better: 'high',
      formula: 'attributed Σ gmv_paid_minor ÷ ad_spend',
      note: `${ATTRIBUTED} ${ENOUGH}`,
    },
    'multiple',
    perAd('gmv_paid_minor', (paid, { spendMinor }) => [paid, spendMinor]),
    { minDenominator: 'campaign' },
    returnSample,
  ),
  overAds(
    {
      id: 'roi',
      zh: '投放利润率 ROI',
      en: 'Return on investment',
      ...withOrders,
      better: 'high',
      formula: '(attributed Σ gmv_paid_minor × margin − ad_spend) ÷ ad_spend',
      note: `The margin is the campaign file’s marginRatio. ${ATTRIBUTED} ${ENOUGH}`,
    },
    'ratio',
    perAd('gmv_paid_minor', (paid, { spendMinor }, { campaign }) => [
      paid * campaign.file.marginRatio - spendMinor,
      spendMinor,
    ]),
    { minDenominator: 'campaign' },
    returnSample,
  ),
  overAds(
    {
      id: 'ltv_cac',
      zh: '用户价值比',
      en: 'Lifetime value to cost',
      ...withOrders,
      needs: ['ad.reported', 'order.paid.newBuyer'],
      better: 'high',
      formula: 'ltvMinor of the campaign file ÷ cac',
      note: ATTRIBUTED,
    },
    'multiple',
    (input) => {
      const { ltvMinor } = input.campaign.file;
      const { channel } = input.labels;
      const ltv =
        channel === undefined
          ? ltvMinor?.all
          : (input.campaign.budgets.channels[channel]?.ltvMinor ?? ltvMinor?.[channel]);
      if (ltv === undefined) return `ltvMinor.${channel ?? 'all'}`;
      const buyers = attributed(input, 'orders_new_buyer_count');
      return buyers.missing ?? [ltv * buyers.value, adsOf(input).spendMinor];
    },
  ),
];
