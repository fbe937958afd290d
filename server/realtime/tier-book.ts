import type { Tier } from '#contract/tiers';
import type { KpiRequest } from '../domain/kpis/index.ts';
import type { Kpi } from '../domain/kpis/types.ts';
import { shownTier, tierEndMs } from '../domain/shown-tier.ts';

/** Tiers of a tick's figures. */
export interface TierReader {
  /** @param key - the figure's key in the frame */
  tierOf(key: string, kpi: Kpi, request: KpiRequest): Tier | null;
}

/** Tiers looked up anew in one tick: each takes ten windows, and they all end with the same minute. */
const FRESH_PER_TICK = 25;

/** What alerts say of figures at this instant, by key; undefined: no rule is about it, or nobody evaluates rules. */
export type FigureTiers = () => (key: string) => Tier | null | undefined;

/**
 * A figure has the tier of the alerts about it. Where no rule is, its tier is decided once a minute from the windows alone
 * (domain/shown-tier.ts) and kept here until the minute moves. When it does, and after a start, the new ones are worked out over
 * a few ticks, so that no tick is long.
 */
export class TierBook implements TierReader {
  private readonly kept = new Map<string, { readonly endMs: number | null; readonly tier: Tier | null }>();
  private left = Number.POSITIVE_INFINITY;
  private readonly said: FigureTiers;
  private saidOf: ReturnType<FigureTiers> = () => undefined;
  constructor(said: FigureTiers = () => () => undefined) {
    this.said = said;
  }

  /** Together with what the frame tells of alerts, so that both are of one state. */
  beginTick(): void {
    this.saidOf = this.said();
    this.left = FRESH_PER_TICK;
  }

  tierOf(key: string, kpi: Kpi, request: KpiRequest): Tier | null {
    const said = this.saidOf(key);
    if (said !== undefined) return said;
    if (request.campaign.file.tiers[kpi.id] === undefined) return null;
    const endMs = tierEndMs(request);
    const kept = this.kept.get(key);
    if (kept?.endMs === endMs) return kept.tier;
    if (this.left <= 0) return kept?.tier ?? null;
    this.left -= 1;
    const tier = shownTier(kpi, request);
    this.kept.set(key, { endMs, tier });
    return tier;
  }
}
