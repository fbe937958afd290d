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
  kpi(
    {
      id: 'approval_lead_s',
      zh: '审批时长',
      en: 'Approval lead time',
      feeds: [],
      needs: ['budget.ledger'],
      windows: ['open'],
      better: 'low',
      formula: 'Σ (decided − asked for) ÷ requests that people decided',
      note: 'Mean of approved and rejected requests; what nobody is asked about (T0, T4), expired and withdrawn ones are not in it.',
    },
    {
      unit: 'seconds',
      ends: 'asOf',
      compute: ({ read }) => {
        const kept = read.budget?.() ?? null;
        return kept === null ? unknown : divide(kept.decidedMs / 1_000, kept.decidedCount, 'seconds');
      },
    },
  ),
  kpi(
    {
      id: 'live_regret',
      zh: '实时遗憾',
      en: 'Live regret',
      feeds: ['ads', 'orders'],
      needs: ['budget.curves'],
      windows: ['open'],
      better: 'low',
      formula: '1 − return as spent ÷ return of the best split of the same spend, both by the fitted curves',
      note: 'The best split is what the curves knew at each tick, within floors and caps and without step limits.',
    },
    {
      unit: 'ratio',
      ends: 'asOf',
      compute: ({ read }) => {
        const shadow = read.advice?.()?.shadow;
        if (shadow === undefined) return unknown;
        const { actualMinor, bestMinor } = shadow;
        return { ...divide(Math.max(0, bestMinor - actualMinor), bestMinor, 'ratio'), estimate: true };
      },
    },
  ),
];
