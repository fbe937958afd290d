import { ads, adsOf, adTotal, allocatedMinor, noPlan, overAds, plannedSpend } from './ad-terms.ts';
import type { Kpi, KpiInput } from './types.ts';

/** Allocated by the ledger, which moves it; by the campaign file where there is none. */
function allocatedNow({ campaign, read, labels }: KpiInput): number | null {
  const kept = read.budget?.() ?? null;
  if (kept === null) return allocatedMinor(campaign, labels);
  if (labels.channel !== undefined) return kept.allocatedMinor[labels.channel] ?? null;
  return Object.values(kept.allocatedMinor).reduce((sum, minor) => sum + minor, 0);
}

/** Channels report now and then: of a shorter span nobody can say that too little was spent, s. */
const PACE_FROM_S = 60;

/** What was bought, at what price, and how it keeps to its budget. */
export const ADS: readonly Kpi[] = [
  adTotal(
    {
      id: 'ad_spend',
      zh: '投放消耗',
      en: 'Ad spend',
      ...ads,
      formula: 'Σ over channels and days of the last revision of spendMinor, differenced',
      note: 'ad_spend{cumulative,revision} is ad.reported; the plan is the campaign file’s spend curve, by share for a channel.',
    },
    'minor',
    'spendMinor',
    { plan: plannedSpend },
  ),
  adTotal(
    {
      id: 'impressions',
      zh: '广告曝光',
      en: 'Ad impressions',
      ...ads,
      needs: ['ad.reported.impressions'],
      tierRule: 'drop',
      better: 'high',
      formula: 'Σ impressions of ad.reported, differenced',
    },
    'count',
    'impressions',
  ),
  adTotal(
    {
      id: 'clicks',
      zh: '广告点击',
      en: 'Ad clicks',
      ...ads,
      needs: ['ad.reported.clicks'],
      tierRule: 'drop',
      better: 'high',
      formula: 'Σ clicks of ad.reported, differenced',
    },
    'count',
    'clicks',
  ),
  overAds(
    {
      id: 'ctr',
      zh: '点击率',
      en: 'Click-through rate',
      ...ads,
      needs: ['ad.reported.impressions', 'ad.reported.clicks'],
      tierRule: 'drop',
      better: 'high',
      formula: 'clicks ÷ impressions',
    },
    'ratio',
    (input) => [adsOf(input).clicks, adsOf(input).impressions],
    { minDenominator: 'campaign' },
  ),
  overAds(
    {
      id: 'cpc',
      zh: '点击成本',
      en: 'Cost per click',
      ...ads,
      needs: ['ad.reported.clicks'],
      better: 'low',
      tierRule: 'rise',
      formula: 'ad_spend ÷ clicks',
    },
    'minor',
    (input) => [adsOf(input).spendMinor, adsOf(input).clicks],
    { minDenominator: 'campaign' },
  ),
  overAds(
    {
      id: 'cpm',
      zh: '千次曝光成本',
      en: 'Cost per 1,000 impressions',
      ...ads,
      needs: ['ad.reported.impressions'],
      better: 'low',
      tierRule: 'rise',
      formula: '1,000 × ad_spend ÷ impressions',
    },
    'minor',
    (input) => [1_000 * adsOf(input).spendMinor, adsOf(input).impressions],
    { minDenominator: 'campaign' },
  ),
  overAds(
    {
      id: 'spend_pace',
      zh: '消耗进度',
      en: 'Spend pace',
      ...ads,
      tierRule: 'off',
      formula: 'ad_spend ÷ planned spend of the same span',
    },
    'multiple',
    (input) => {
      const planned = plannedSpend(input.campaign, input.span, input.labels);
      return planned === null ? noPlan(input) : [adsOf(input).spendMinor, planned];
    },
    { ends: 'asOf', minDenominator: PACE_FROM_S },
    ({ span }) => Math.floor((span.toMs - span.fromMs) / 1_000),
  ),
  overAds(
    {
      id: 'budget_utilisation',
      zh: '预算使用率',
      en: 'Budget used',
      ...ads,
      windows: ['open'],
      better: 'low',
      formula: 'ad_spend since opening ÷ allocated',
      note: 'Allocated by the ledger now; by the campaign file where there is no ledger.',
    },
    'ratio',
    (input) => {
      const allocated = allocatedNow(input);
      return allocated === null ? null : [adsOf(input).spendMinor, allocated];
    },
    { ends: 'asOf' },
  ),
  overAds(
    {
      id: 'budget_deviation',
      zh: '预算偏差',
      en: 'Budget deviation',
      ...ads,
      windows: ['open'],
      better: 'low',
      formula: '|ad_spend − planned spend| ÷ planned spend, to date',
    },
    'ratio',
    (input) => {
      const planned = plannedSpend(input.campaign, input.span, input.labels);
      return planned === null ? noPlan(input) : [Math.abs(adsOf(input).spendMinor - planned), planned];
    },
    { ends: 'asOf' },
  ),
];
