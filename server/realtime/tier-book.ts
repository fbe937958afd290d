import type { Tier } from '#contract/tiers';
import type { Campaign } from '../domain/campaign.ts';
import type { FigureReader } from './figures.ts';

/** Tiers of this node's figures: folded once a second, because raising and lowering them takes several looks. */
export interface TierBook {
  fold(figures: FigureReader, campaign: Campaign, tMs: number): void;
  /** By figure key; only figures that have a tier. */
  current(): ReadonlyMap<string, Tier>;
}
