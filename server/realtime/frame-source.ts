import type { Feed } from '#contract/events';
import type { FrameFeed } from '#contract/frames';
import type { Campaign } from '../domain/campaign.ts';
import type { WindowReader } from '../domain/kpis/types.ts';
import type { SourceState } from '../domain/sources.ts';

/**
 * What frames are built from. The node's mirror of the windows implements it; so does a replay, with another clock, which
 * is why nothing here is "now" but `redisNowMs`.
 */
export interface FrameSource {
  readonly campaign: Campaign;
  readonly reader: WindowReader;
  /** Newest accepted event time, never beyond Redis time; null before the first event. */
  readonly asOfMs: number | null;
  /** All earlier events are believed to be in; null when no source is heard. */
  readonly watermarkMs: number | null;
  /** Redis time by this node's offset, ms; goes on while Redis is away. */
  redisNowMs(): number;
  /** Every feed the campaign expects, also those that never reported. */
  feeds(): Readonly<Partial<Record<Feed, FrameFeed>>>;
  /** Watermark by feed, over its sources heard in the last 30 s. */
  feedWatermarksMs(): Readonly<Partial<Record<Feed, number | null>>>;
  sources(): readonly SourceState[];
  /** Events whose dimension value is not in the campaign file, last 5 min. */
  readonly unmappedCount: number;
  /** 0–1 while windows are loaded after a start; null when all is loaded. */
  readonly loadingRatio: number | null;
  /** The store does not answer: figures stand still and say so. */
  readonly degraded: boolean;
  /** Reads what changed since the last call; the tick awaits it before it builds. Absent: the source refreshes itself. */
  refresh?(): Promise<void>;
}
