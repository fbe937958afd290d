import { type EventType, FEED_OF } from '#contract/events';
import type { KpiMeta, KpiRow, KpiSourceProof, KpisReply } from '#contract/kpis';
import type { Campaign } from '../domain/campaign.ts';
import { evaluateKpi, KPIS } from '../domain/kpis/index.ts';
import type { Kpi } from '../domain/kpis/types.ts';
import type { Mirror } from './mirror.ts';

export interface KpiQuery {
  /** Ids asked for; null = all. */
  readonly ids: readonly string[] | null;
  /** As known now about this instant; null = now. */
  readonly atMs: number | null;
  readonly proof: boolean;
  /** Labels of one breakdown value, such as `{category: 'beauty'}`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Rows of `/kpis`: the same pure functions as the wall, from the same windows. */
export function readKpis(campaign: Campaign, mirror: Mirror, nowMs: number, query: KpiQuery): KpisReply {
  const asOfMs = query.atMs === null ? mirror.asOfMs : Math.min(query.atMs, mirror.asOfMs ?? 0);
  const watermarkMs = query.atMs === null ? mirror.watermarkMs : Math.min(query.atMs, mirror.watermarkMs ?? 0);
  const feedWatermarksMs = query.atMs === null ? mirror.feedWatermarks() : {};
  const silentFeeds = query.atMs === null ? mirror.silentFeeds() : new Set<string>();
  const kpis = query.ids === null ? [...KPIS.values()] : query.ids.flatMap((id) => KPIS.get(id) ?? []);
  const rows = kpis.flatMap((kpi) =>
    kpi.windows.map((window): KpiRow & { meta?: KpiMeta; sources?: readonly KpiSourceProof[] } => {
      const row = evaluateKpi(kpi, {
        campaign,
        read: mirror,
        window,
        labels: query.labels,
        asOfMs,
        watermarkMs,
        feedWatermarksMs,
        silentFeeds,
        nowMs,
      });
      return query.proof ? { ...row, meta: metaOf(kpi), sources: sourcesOf(kpi, mirror, asOfMs ?? nowMs) } : row;
    }),
  );
  return { asOf: asOfMs ?? 0, watermark: watermarkMs ?? 0, kpis: rows };
}

function metaOf({ id, unit, zh, en, formula, dimensions, feeds, ends, better, note }: Kpi): KpiMeta {
  return { id, unit, zh, en, formula, dimensions, feeds, ends, better, ...(note === undefined ? {} : { note }) };
}

function sourcesOf(kpi: Kpi, mirror: Mirror, asOfMs: number): KpiSourceProof[] {
  const feeds = new Set(kpi.feeds);
  const feedOf = (type: EventType): string => (type === 'source.heartbeat' ? '' : FEED_OF[type]);
  return mirror.sources
    .filter(({ types }) => types.some((type) => feeds.has(feedOf(type))))
    .map(({ source, newestMs, acceptedCount, lateCount, duplicateCount, rejectedCount }) => ({
      source,
      ageMs: Math.max(0, asOfMs - newestMs),
      acceptedCount,
      lateCount,
      duplicateCount,
      rejectedCount,
    }));
}
