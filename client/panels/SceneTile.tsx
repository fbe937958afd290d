import type { ReactElement } from 'react';
import type { Figure } from '#contract/kpis';
import { maybe, useT } from '../i18n/t.ts';
import { kpiLevel, kpiText } from '../numbers/kpi-text.ts';
import { sharedScale } from '../numbers/shared-scale.ts';
import { useConsole } from '../state/console-store.ts';
import { factsOf, kpiOfKey } from '../state/kpi-table.ts';
import { useFigure, useFormat } from '../state/use-figure.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { useRowName } from '../state/use-rows.ts';
import { KpiTile, shownTier } from './KpiTile.tsx';

/**
 * Any KPI as a tile: its short name, its value, and what it stands beside (target, plan, or what it is of).
 * @param held - drawn in place of the newest value, where a list beside it has the same number
 */
export function SceneTile({ figureKey, held }: { figureKey: string; held?: Figure | undefined }): ReactElement {
  const { lang } = useT();
  const kpi = kpiOfKey(figureKey);
  const facts = factsOf(kpi);
  const format = useFormat();
  const newest = useFigure(figureKey);
  const figure = held ?? newest;
  const freshness = useFreshness(figureKey);
  const tier = shownTier(freshness, figure, figure?.tier);
  const minorPerMajor = useConsole((state) => state.campaign?.minorPerMajor ?? 100);
  const scaled = (value: number) => {
    if (facts.unit !== 'minor' && facts.unit !== 'count' && facts.unit !== 'per_second') return format;
    const major = facts.unit === 'minor' ? value / minorPerMajor : value;
    return { ...format, scale: sharedScale(figureKey, major, lang) };
  };
  return (
    <KpiTile
      id={`tile-${kpi}`}
      figureKey={figureKey}
      label={maybe(lang, `short.${kpi}`) ?? facts[lang]}
      figure={figure}
      freshness={freshness}
      tier={tier}
      format={(value) => {
        const text = kpiText(kpi, facts, value, scaled(value));
        return facts.unit === 'per_second' ? { ...text, suffix: text.suffix.replace(/\/.*$/, '') } : text;
      }}
    >
      <Beside kpi={kpi} figure={figure} short={tier !== undefined} window={figureKey.split(/[@|]/)[1] ?? ''} />
    </KpiTile>
  );
}

interface BesideProps {
  readonly kpi: string;
  readonly figure: Figure | undefined;
  readonly short: boolean;
  readonly window: string;
}
function Beside({ kpi, figure, short, window }: BesideProps): string {
  const { t, lang } = useT();
  const format = useFormat();
  const nameOf = useRowName('sku');
  const facts = factsOf(kpi);
  const name = figure?.of === undefined ? undefined : nameOf(figure.of);
  if (kpi === 'stock_minutes_left' && name !== undefined && !short) return name;
  // A target of the whole campaign says nothing about this minute.
  const target = facts.unit === 'minor' || facts.unit === 'count' ? null : (figure?.target ?? null);
  if (typeof target === 'number' && figure?.value !== null && figure?.value !== undefined) {
    const value = kpiLevel(kpi, facts, target, format);
    if (facts.better === 'high' && figure.value < target) return `< ${value}`;
    if (facts.better === 'low' && figure.value > target) return `> ${value}`;
    return short ? '' : t('tile.target', { value });
  }
  if (typeof figure?.plan === 'number' && figure.plan > 0) {
    const value = kpiLevel(kpi, facts, figure.plan, format);
    if (!short) return t('note.plan', { value });
    if (figure.value !== null) return `${figure.value < figure.plan ? '<' : '>'} ${value}`;
  }
  return short ? '' : (maybe(lang, `window.${window}`) ?? '');
}
