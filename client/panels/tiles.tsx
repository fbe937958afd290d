import type { ReactElement, ReactNode } from 'react';
import type { Figure } from '#contract/kpis';
import { TIER_RANK, type Tier } from '#contract/tiers';
import { maybe, useT } from '../i18n/t.ts';
import { figureLine, levelLine, minutesLine } from '../numbers/format.ts';
import { sharedScale } from '../numbers/shared-scale.ts';
import { useConsole } from '../state/console-store.ts';
import { useFigure, useFormat } from '../state/use-figure.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { KpiTile, shownTier } from './KpiTile.tsx';

/** The more urgent of two tiers. */
const worse = (a: Tier | undefined, b: Tier | undefined): Tier | undefined =>
  a && b ? (TIER_RANK[a] >= TIER_RANK[b] ? a : b) : (a ?? b);

export function QpsTile(): ReactElement {
  const { t, lang } = useT();
  const format = useFormat();
  const figure = useFigure('qps@1m');
  const headroom = useFigure('capacity_headroom@1m');
  const freshness = useFreshness('qps@1m', 'capacity_headroom@1m');
  const tier = shownTier(freshness, figure, worse(figure?.tier, headroom?.tier));
  return (
    <KpiTile
      id="tile-qps"
      figureKey="qps@1m"
      label={t('tile.qps')}
      figure={figure}
      freshness={freshness}
      tier={tier}
      format={(value) => {
        const scale = sharedScale('qps', value, lang);
        return { ...format.text(value, 'per_second', { scale }), suffix: scale.suffix };
      }}
    >
      {headroom && headroom.value !== null
        ? t(tier ? 'tile.qps.short' : 'tile.qps.under', {
            value: figureLine(headroom.value, 'ratio', { ...format, decimals: 0 }),
          })
        : '—'}
    </KpiTile>
  );
}

export function PaymentTile(): ReactElement {
  const { t } = useT();
  const format = useFormat();
  const figure = useFigure('payment_success_rate@5m');
  const freshness = useFreshness('payment_success_rate@5m');
  const tier = shownTier(freshness, figure, figure?.tier);
  return (
    <KpiTile
      id="tile-pay"
      figureKey="payment_success_rate@5m"
      label={t('tile.pay')}
      figure={figure}
      freshness={freshness}
      tier={figure?.tier}
      format={(value) => format.text(value, 'ratio')}
    >
      <Against figure={figure} lowIsBad short={tier !== undefined} />
    </KpiTile>
  );
}

export function StockTile(): ReactElement {
  const { t, lang } = useT();
  const format = useFormat();
  const figure = useFigure('stockout_rate_demand@5m');
  const shortest = useFigure('stock_minutes_left@5m');
  const atRisk = useFigure('stock_at_risk_count@5m');
  const freshness = useFreshness('stockout_rate_demand@5m');
  const tier = shownTier(freshness, figure, worse(figure?.tier, shortest?.tier));
  return (
    <KpiTile
      id="tile-stock"
      figureKey="stockout_rate_demand@5m"
      label={t('tile.stockout')}
      figure={figure}
      freshness={freshness}
      tier={tier}
      format={(value) => format.text(value, 'ratio')}
    >
      {shortest && shortest.value !== null
        ? t(tier ? 'tile.stockout.short' : atRisk?.value ? 'tile.stockout.risk' : 'tile.stockout.under', {
            n: atRisk?.value ?? 0,
            value: minutesLine(shortest.value, lang),
          })
        : t('tile.stockout.none')}
    </KpiTile>
  );
}

export function ComplaintTile(): ReactElement {
  const { t, lang } = useT();
  const format = useFormat();
  const figure = useFigure('complaint_rate@1h');
  const freshness = useFreshness('complaint_rate@1h');
  const campaign = useConsole((state) => state.campaign);
  const kind = figure?.of;
  const named = campaign?.dimensions.kind?.find(({ id }) => id === kind);
  const cause = named ? named[lang] : kind ? maybe(lang, `kind.${kind}`) : null;
  const tier = shownTier(freshness, figure, figure?.tier);
  return (
    <KpiTile
      id="tile-complaints"
      figureKey="complaint_rate@1h"
      label={t('tile.complaints')}
      figure={figure}
      freshness={freshness}
      tier={figure?.tier}
      format={(value) => format.text(value, 'ratio', { parts: 'permille', decimals: 1 })}
    >
      {tier ? (
        <Against figure={figure} permille short />
      ) : kind ? (
        t('tile.complaints.under', { value: cause ?? kind })
      ) : (
        t('tile.complaints.none')
      )}
    </KpiTile>
  );
}

export function RoiTile(): ReactElement {
  const { t } = useT();
  const format = useFormat();
  const figure = useFigure('roas@open');
  const used = useFigure('budget_utilisation@open');
  const freshness = useFreshness('roas@open');
  const tier = shownTier(freshness, figure, worse(figure?.tier, used?.tier));
  const percent = (value: number): string => figureLine(value, 'ratio', { ...format, decimals: 0 });
  return (
    <KpiTile
      id="tile-roi"
      figureKey="roas@open"
      label={t('tile.roas')}
      figure={figure}
      freshness={freshness}
      tier={tier}
      format={(value) => ({ ...format.text(value, 'multiple'), suffix: '' })}
    >
      {used && used.value !== null
        ? typeof used.plan === 'number' && !tier
          ? t('tile.roas.underPlan', { value: percent(used.value), plan: percent(used.plan) })
          : t(tier ? 'tile.roas.short' : 'tile.roas.under', { value: percent(used.value) })
        : '—'}
    </KpiTile>
  );
}

interface AgainstProps {
  readonly figure: Figure | undefined;
  readonly lowIsBad?: boolean;
  readonly permille?: boolean;
  /** A tier's word stands before it: there is room for the broken level only. */
  readonly short?: boolean;
}
/** `< 98.5%` when the level is not held, else the target itself. */
function Against({ figure, lowIsBad = false, permille = false, short = false }: AgainstProps): ReactNode {
  const { t } = useT();
  const format = useFormat();
  if (!figure || figure.value === null || typeof figure.target !== 'number') return null;
  const value = levelLine(figure.target, { ...format, parts: permille ? 'permille' : 'percent' });
  const broken = lowIsBad ? figure.value < figure.target : figure.value > figure.target;
  if (broken) return <>{`${lowIsBad ? '<' : '>'} ${value}`}</>;
  return short ? null : t('tile.target', { value });
}
