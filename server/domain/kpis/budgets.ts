import { divide, kpi, unknown } from './define.ts';
import type { Kpi } from './types.ts';

/** Figures of the marketing desk itself: its ledger, its fitted curves, its judged advice. All are of now. */
export const BUDGETS: readonly Kpi[] = [
  kpi(
    {
      id: 'mroas',
      zh: '边际 ROAS',
      en: 'Marginal return on ad spend',
      feeds: ['ads', 'orders'],
      needs: ['budget.curves'],
      windows: ['1h'],
      dimensions: ['channel'],
      better: 'high',
      formula: 'slope of the fitted response curve where the channel stands; all channels: mean weighted by spend',
      note: 'Of the next hour at the demand that is foreseen for it.',
    },
    {
      unit: 'multiple',
      ends: 'asOf',
      compute: ({ read, labels }) => {
        const channels = read.advice?.()?.channels ?? {};
        const asked = labels.channel === undefined ? Object.values(channels) : [channels[labels.channel]];
        let returns = 0;
        let spend = 0;
        for (const channel of asked) {
          returns += (channel?.marginal ?? 0) * (channel?.spendMinor ?? 0);
          spend += channel?.spendMinor ?? 0;
        }
        return spend === 0 ? unknown : { ...divide(returns, spend), estimate: true };
      },
    },
  ),
  kpi(
    {
      id: 'reserve_ratio',
      zh: '备用金占比',
      en: 'Reserve ratio',
      feeds: [],
      needs: ['budget.ledger'],
      windows: ['open'],
      better: 'high',
      formula: 'reserve balance ÷ funded',
      note: 'Of the ledger now; what the reserve paid for overspend has left it.',
    },
    {
      unit: 'ratio',
      ends: 'asOf',
      compute: ({ read }) => {
        const kept = read.budget?.() ?? null;
        return kept === null ? unknown : divide(kept.reserveMinor, kept.fundedMinor, 'ratio');
      },
    },
  ),
  kpi(
    {
      id: 'move_precision',
      zh: '调拨命中率',
      en: 'Move precision',
      feeds: [],
      needs: ['budget.curves'],
      windows: ['open'],
      better: 'high',
      formula: 'carried-out cards with realised uplift > 0 ÷ judged cards',
    },
    {
      unit: 'ratio',
      ends: 'asOf',
      compute: ({ read }) => {
        const advice = read.advice?.() ?? null;
        return advice === null ? unknown : divide(advice.gainedCount, advice.judgedCount, 'ratio');
      },
    },
  ),
];
