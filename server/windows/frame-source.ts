import { FEEDS, type Feed } from '#contract/events';
import type { FrameFeed } from '#contract/frames';
import type { Campaign } from '../domain/campaign.ts';
import { UNMAPPED_METRIC } from '../domain/metrics.ts';
import type { FrameSource } from '../realtime/frame-source.ts';
import type { RedisClock } from '../store/redis-clock.ts';
import type { Mirror } from './mirror.ts';

/** A store that was not read for longer makes frames `degraded`: the figures stand still. */
const DEGRADED_AFTER_MS = 1_500;
const UNMAPPED_WINDOW_MS = 300_000;

/**
 * The live head of the windows, as frames are built from it.
 * @param onError - told when the store cannot be read
 * @param onRefreshed - told after each refresh: rules look at the same figures as the frame that follows
 */
export function mirrorSource(
  mirror: Mirror,
  campaign: Campaign,
  clock: RedisClock,
  onError: (error: unknown) => void,
  onRefreshed: () => void = () => undefined,
): FrameSource {
  return {
    campaign,
    reader: mirror,
    get asOfMs() {
      return mirror.asOfMs;
    },
    get watermarkMs() {
      return mirror.watermarkMs;
    },
    redisNowMs: () => clock.nowMs(),
    feeds: () => {
      const feeds: Partial<Record<Feed, FrameFeed>> = {};
      for (const feed of FEEDS) {
        const spec = campaign.file.feeds[feed];
        if (spec === undefined) continue;
        const { newestMs, heardCount, silentCount } = mirror.feedState(feed);
        feeds[feed] = { newestMs, intervalMs: spec.intervalMs, heardCount, silentCount };
      }
      return feeds;
    },
    feedWatermarksMs: () => mirror.feedWatermarks(),
    sources: () => mirror.sources,
    get unmappedCount() {
      const toMs = (mirror.asOfMs ?? 0) + 1_000;
      return mirror.sum(UNMAPPED_METRIC, { fromMs: toMs - UNMAPPED_WINDOW_MS, toMs });
    },
    get loadingRatio() {
      return mirror.loadingRatio < 1 ? mirror.loadingRatio : null;
    },
    get degraded() {
      return mirror.loadingRatio === 1 && mirror.readAgeMs() > DEGRADED_AFTER_MS;
    },
    refresh: async () => {
      try {
        await mirror.refresh();
        onRefreshed();
      } catch (error) {
        onError(error);
      }
    },
  };
}
