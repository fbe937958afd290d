import type { CampaignFile } from '#contract/campaign';
import type { Campaign } from '../campaign.ts';
import { curveOver } from '../curve.ts';
import { HISTOGRAMS, METRICS } from '../metrics.ts';
import { cellName, type KpiInput, type Labels, type Span } from './types.ts';

const DIMENSIONS_OF: ReadonlyMap<string, readonly string[]> = new Map(
  [...METRICS, ...HISTOGRAMS].map(({ metric, dimensions }) => [metric, dimensions]),
);

/**
 * A term of a sum: a metric, `-` before it to subtract, `|platform=mobile` after it to fix a label. Labels that the
 * metric cannot be broken down by are left out: complaints of one kind are divided by all orders.
 */
interface Term {
  readonly sign: 1 | -1;
  readonly metric: string;
  readonly fixed: Labels;
}
const parsed = new Map<string, Term>();
function termOf(text: string): Term {
  let term = parsed.get(text);
  if (term === undefined) {
    const [metric = '', ...pairs] = text.replace(/^-/, '').split('|');
    if (!DIMENSIONS_OF.has(metric)) throw new RangeError(`no such metric: ${metric}`);
    const fixed = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
    term = { sign: text.startsWith('-') ? -1 : 1, metric, fixed };
    parsed.set(text, term);
  }
  return term;
}

/** The stored cell of a metric, with labels in its breakdown's own order; null when the campaign keeps no such breakdown. */
export function storedCell(file: Pick<CampaignFile, 'breakdowns'>, metric: string, labels: Labels): string | null {
  const names = Object.keys(labels);
  if (names.length === 0) return metric;
  const breakdown = file.breakdowns[metric]?.find(
    (candidate) => candidate.length === names.length && candidate.every((name) => name in labels),
  );
  if (breakdown === undefined) return null;
  return cellName(
    metric,
    breakdown.map((name) => [name, labels[name] ?? ''] as const),
  );
}

function termLabels({ metric, fixed }: Term, labels: Labels): Labels {
  const own = Object.entries(labels).filter(([name]) => DIMENSIONS_OF.get(metric)?.includes(name));
  return { ...Object.fromEntries(own), ...fixed };
}

export interface Summed {
  readonly value: number;
  /** A breakdown that is not stored, as `gmv_paid_minor by channel`. */
  readonly missing?: string;
}
/** Adds the terms' cells over the span. */
export function sumTerms({ campaign, read, labels }: KpiInput, terms: readonly string[], span: Span): Summed {
  let value = 0;
  for (const text of terms) {
    const term = termOf(text);
    const cell = storedCell(campaign.file, term.metric, termLabels(term, labels));
    if (cell === null) {
      return { value: 0, missing: `${term.metric} by ${Object.keys({ ...labels, ...term.fixed }).join(', ')}` };
    }
    value += term.sign * read.sum(cell, span);
  }
  return { value };
}

export type CurveSet = 'plans' | 'lastYear';
/** The same terms over the campaign's curves; null when one of them has no curve. */
export function curveTerms(
  campaign: Campaign,
  set: CurveSet,
  terms: readonly string[],
  labels: Labels,
  span: Span,
): number | null {
  let value = 0;
  for (const text of terms) {
    const term = termOf(text);
    const held = curveCell(campaign, set, term, labels, span);
    if (held === null) return null;
    value += term.sign * held;
  }
  return value;
}

/** A cell's own curve, else its share of its metric's curve. */
function curveCell(campaign: Campaign, set: CurveSet, term: Term, labels: Labels, span: Span): number | null {
  const all = termLabels(term, labels);
  const names = Object.keys(all);
  const own = campaign[set][cellName(term.metric, all)];
  if (own !== undefined) return curveOver(own, campaign.opensAtMs, span);
  const curve = campaign[set][term.metric];
  const [name = ''] = names;
  const share = names.length === 1 ? curve?.shares?.[name]?.[all[name] ?? ''] : undefined;
  return curve === undefined || share === undefined ? null : share * curveOver(curve, campaign.opensAtMs, span);
}
