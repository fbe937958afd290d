import type { ReactElement } from 'react';
import type { Frame } from '#contract/frames';
import type { Freshness } from '#contract/freshness';
import type { Figure } from '#contract/kpis';
import { TIER_RANK, type Tier } from '#contract/tiers';
import { maybe, useT } from '../i18n/t.ts';
import { elide, type FormatOptions } from '../numbers/format.ts';
import { kpiLevel, kpiLine } from '../numbers/kpi-text.ts';
import { useConsole } from '../state/console-store.ts';
import { factsOf, kpiOfKey } from '../state/kpi-table.ts';
import { useFormat } from '../state/use-figure.ts';
import { useFeedFreshness, useFreshness } from '../state/use-freshness.ts';
import { PACE_MS, usePaced } from '../state/use-paced.ts';
import { Panel } from './Panel.tsx';
import { useStripWords } from './strip-words.ts';
import { TierMark } from './TierMark.tsx';

/** Widest name that leaves room for the value, in Latin letters; Han count twice. */
const NAME_LETTERS = 18;

/** Figures of the frame that broke a limit of the campaign, most urgent first. Pure. */
export function brokenLimits(figures: Readonly<Record<string, Figure>>): readonly (readonly [string, Figure, Tier])[] {
  const found: (readonly [string, Figure, Tier])[] = [];
  for (const [key, figure] of Object.entries(figures)) {
    if (!figure.tier || figure.value === null || figure.quality === 'insufficient') continue;
    // One KPI in two windows is one trouble, not two.
    const kpi = kpiOfKey(key);
    const at = found.findIndex(([other]) => kpiOfKey(other) === kpi);
    const rival = found[at];
    if (!rival) found.push([key, figure, figure.tier]);
    else if (TIER_RANK[figure.tier] > TIER_RANK[rival[2]]) found[at] = [key, figure, figure.tier];
  }
  return found.sort((a, b) => TIER_RANK[b[2]] - TIER_RANK[a[2]]);
}

/** No rules run, or nothing was heard yet: the broken limits of what is on this screen. */
export function LimitStrip({ rows, known }: { rows: number; known: boolean }): ReactElement {
  const { t } = useT();
  const { say } = useStripWords();
  const frame = usePaced((state) => state.frame, PACE_MS.chart);
  const freshness = useFeedFreshness([]);
  const reporting = reportingFeeds(frame);
  const all = useFeedFreshness(reporting);
  const broken = brokenLimits(frame?.figures ?? {});
  return (
    <Panel
      id="alerts"
      className="strip"
      title={say('off.title')}
      freshness={freshness}
      aside={
        <>
          {broken.length > rows ? <span className="fact">+{broken.length - rows} </span> : null}
          {known ? <span data-testid="strip-off">{say('off')}</span> : null}
        </>
      }
    >
      <ul className="strip-list">
        {broken.slice(0, rows).map(([key, figure, tier]) => (
          <BrokenLimit key={key} figureKey={key} figure={figure} tier={tier} />
        ))}
        {broken.length === 0 ? (
          <li className="strip-empty" data-testid="strip-empty">
            {reporting.length === 0 || all.state === 'empty' ? t('fresh.empty') : say(emptyWords(all.state))}
          </li>
        ) : null}
      </ul>
    </Panel>
  );
}

/** Feeds that the frame's figures need and that have ever reported; one that never did says so on its own tile. */
const reportingFeeds = (frame: Frame | null): readonly string[] =>
  frame === null
    ? []
    : [...new Set(Object.keys(frame.figures).flatMap((key) => factsOf(kpiOfKey(key)).feeds))].filter(
        (feed) => (frame.feeds[feed]?.newestMs ?? null) !== null,
      );

const emptyWords = (state: Freshness): 'unknown' | 'noBreach' =>
  state === 'live' || state === 'late' ? 'noBreach' : 'unknown';

function limitLine(figure: Figure, key: string, format: FormatOptions): string {
  const kpi = kpiOfKey(key);
  const facts = factsOf(kpi);
  const value = figure.value === null ? '—' : kpiLine(kpi, facts, figure.value, format);
  // Targets of the whole campaign are no limit of the moment.
  if (typeof figure.target !== 'number' || facts.unit === 'minor' || facts.unit === 'count') return value;
  return `${value} ${facts.better === 'low' ? '>' : '<'} ${kpiLevel(kpi, facts, figure.target, format)}`;
}

function BrokenLimit({ figureKey, figure, tier }: { figureKey: string; figure: Figure; tier: Tier }): ReactElement {
  const { lang } = useT();
  const format = useFormat();
  const freshness = useFreshness(figureKey);
  const items = useConsole((state) => state.campaign?.items);
  const item = items?.find(({ sku }) => sku === figure.of);
  const of = item ? item[lang] : figure.of ? maybe(lang, `kind.${figure.of}`) : null;
  return (
    <li className="strip-row" data-trusted={freshness.trusted} data-testid={`broken-${figureKey}`}>
      {freshness.trusted ? <TierMark tier={tier} /> : <span className="tier-none" />}
      <span className="strip-name">
        {elide(`${factsOf(kpiOfKey(figureKey))[lang]}${of ? ` · ${of}` : ''}`, NAME_LETTERS)}
      </span>
      <span className="strip-value">{limitLine(figure, figureKey, format)}</span>
    </li>
  );
}
