import type { KpiQuality, KpiRow, KpiWindow } from '#contract/kpis';
import type { Campaign } from '../campaign.ts';
import { sliceExpiresAtMs } from '../place-event.ts';
import { snapSpan } from '../resolutions.ts';
import { kpiSpan } from './span.ts';
import type { Kpi, Labels, Span, WindowReader } from './types.ts';

export interface KpiRequest {
  readonly campaign: Campaign;
  readonly read: WindowReader;
  readonly window: KpiWindow;
  /** Empty or absent for the total. */
  readonly labels?: Labels;
  /** Newest accepted event time; null before the first event. */
  readonly asOfMs: number | null;
  /** Used for feeds that `feedWatermarksMs` does not name; null when no source was heard. */
  readonly watermarkMs: number | null;
  /** Watermark by feed, over its sources heard in the last 30 s; a KPI ends at the smallest of its feeds'. */
  readonly feedWatermarksMs?: Readonly<Record<string, number | null>>;
  /** Feeds with a source that went silent: figures that need them are `partial`. */
  readonly silentFeeds?: ReadonlySet<string>;
  /** Redis time, for ages and for what is still kept; default `asOfMs`. */
  readonly nowMs?: number;
}

/** One row of `/kpis` for one KPI, window and set of labels. Pure: the same request gives the same row, live or replayed. */
export function evaluateKpi(kpi: Kpi, request: KpiRequest): KpiRow {
  const { campaign, read, window, labels = {} } = request;
  const wanted = kpiSpan(kpi.ends, window, campaign, {
    asOfMs: request.asOfMs,
    watermarkMs: watermarkOf(kpi, request),
  });
  const span = wanted ?? { fromMs: campaign.opensAtMs, toMs: campaign.opensAtMs };
  const nowMs = request.nowMs ?? request.asOfMs ?? span.toMs;
  const { resolutionMs, ...snapped } = snapSpan(
    span.fromMs,
    span.toMs,
    (resolution, startMs) =>
      read.isKept?.(resolution, startMs) ?? sliceExpiresAtMs(resolution, startMs, campaign.opensAtMs) > nowMs,
    read.emptyFromMs,
  );
  const row = {
    id: kpi.id,
    window,
    labels,
    unit: kpi.unit,
    ...snapped,
    resolutionMs,
    ...besides(kpi, campaign, snapped, labels),
  };
  const nothing = { value: null, numerator: null, denominator: null };

  const unmet = kpi.needs.find((need) => !need.split('|').some((field) => read.seen(field)));
  if (unmet !== undefined) return { ...row, ...nothing, quality: 'unavailable', missing: unmet };
  if (wanted === null) return { ...row, ...nothing, quality: qualityOf(kpi, request, null) };
  const { missing, sampleCount, ...result } = kpi.compute({ campaign, read, span: snapped, window, labels, nowMs });
  if (missing !== undefined) return { ...row, ...nothing, quality: 'unavailable', missing };
  return { ...row, ...result, quality: qualityOf(kpi, request, sampleCount ?? result.denominator) };
}

/** The smallest watermark of the KPI's feeds that were heard; a silent feed does not hold the others back. */
function watermarkOf(kpi: Kpi, { feedWatermarksMs, watermarkMs }: KpiRequest): number | null {
  const heard = kpi.feeds.map((feed) => feedWatermarksMs?.[feed]).filter((ms) => typeof ms === 'number');
  return heard.length === 0 ? watermarkMs : Math.min(...heard);
}

function qualityOf(kpi: Kpi, { campaign, silentFeeds }: KpiRequest, denominator: number | null): KpiQuality {
  const least = kpi.minDenominator === 'campaign' ? campaign.file.minDenominator : (kpi.minDenominator ?? 0);
  if (denominator !== null && denominator < least) return 'insufficient';
  return kpi.feeds.some((feed) => silentFeeds?.has(feed)) ? 'partial' : 'live';
}

/** What the number stands beside: only what the campaign really gives. */
function besides(
  kpi: Kpi,
  campaign: Campaign,
  span: Span,
  labels: Labels,
): Pick<KpiRow, 'plan' | 'lastYear' | 'target'> {
  const plan = kpi.plan?.(campaign, span, labels) ?? null;
  const lastYear = kpi.lastYear?.(campaign, span, labels) ?? null;
  const target = Object.keys(labels).length === 0 ? campaign.targets[kpi.id] : undefined;
  return {
    ...(plan === null ? {} : { plan }),
    ...(lastYear === null ? {} : { lastYear }),
    ...(target === undefined ? {} : { target }),
  };
}
