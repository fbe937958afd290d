import type { Tier } from '#contract/tiers';
import { evaluateKpi, type KpiRequest } from './kpis/index.ts';
import type { Kpi } from './kpis/types.ts';
import { floorTo } from './resolutions.ts';
import { foldTier, NO_TIER, windowTier } from './tier.ts';

/** A tier is decided once a minute, over the KPI's window that ends with it. */
export const TIER_STEP_MS = 60_000;
/** Minutes looked back: enough for 2 to raise, 3 to lower and some chatter in between. */
const LOOK_BACK_COUNT = 10;

/** End of the newest whole minute that all sources have passed, ms; null before that. A caller may keep `shownTier` until it moves. */
export function tierEndMs({ asOfMs, watermarkMs }: Pick<KpiRequest, 'asOfMs' | 'watermarkMs'>): number | null {
  return asOfMs === null || watermarkMs === null ? null : floorTo(Math.min(asOfMs, watermarkMs), TIER_STEP_MS);
}

/**
 * The tier a figure shows, after hysteresis. It is folded from the windows themselves and kept nowhere, so every node,
 * a restarted one and a replay at any t show the same.
 */
export function shownTier(kpi: Kpi, request: KpiRequest): Tier | null {
  const thresholds = request.campaign.file.tiers[kpi.id];
  const endMs = tierEndMs(request);
  if (thresholds === undefined || endMs === null) return null;
  const past = { ...request, feedWatermarksMs: {}, nowMs: request.nowMs ?? endMs };
  let state = NO_TIER;
  for (let back = LOOK_BACK_COUNT - 1; back >= 0; back -= 1) {
    const toMs = endMs - back * TIER_STEP_MS;
    if (toMs < request.campaign.opensAtMs) continue;
    const row = evaluateKpi(kpi, { ...past, asOfMs: toMs - 1, watermarkMs: toMs });
    state = foldTier(state, toMs, windowTier(kpi, thresholds, row));
  }
  return state.tier;
}
