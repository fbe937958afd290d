import type { KpiWindow } from '#contract/kpis';
import type { Campaign } from '../campaign.ts';
import { floorTo } from '../resolutions.ts';
import type { Span } from './types.ts';

export const WINDOW_MS: Readonly<Record<Exclude<KpiWindow, 'open'>, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '1h': 3_600_000,
};

export interface Ends {
  /** Newest accepted event time; null before the first event. */
  readonly asOfMs: number | null;
  /** All earlier events are believed to be in; null when no source was heard. */
  readonly watermarkMs: number | null;
}

/**
 * The span a KPI covers. Totals end with the second that holds `asOf`, so an event shows at once; rates end at the
 * watermark, floored to the second, so an unfinished second never looks like a fall. `open` starts at the opening and is
 * empty before it. null: there is nothing to end at.
 */
export function kpiSpan(ends: 'asOf' | 'watermark', window: KpiWindow, campaign: Campaign, at: Ends): Span | null {
  const endMs = ends === 'asOf' ? at.asOfMs : at.watermarkMs;
  if (endMs === null) return null;
  const toMs = floorTo(endMs, 1_000) + (ends === 'asOf' ? 1_000 : 0);
  if (window !== 'open') return { fromMs: toMs - WINDOW_MS[window], toMs };
  return { fromMs: campaign.opensAtMs, toMs: Math.max(toMs, campaign.opensAtMs) };
}

export const secondsOf = (span: Span): number => (span.toMs - span.fromMs) / 1_000;
