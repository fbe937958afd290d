import { TIER_RANK, TIERS, type Tier } from '#contract/tiers';
import type { TimelineEntry } from '#contract/timeline';
import { type Group, groupOf } from './filter.ts';

/** Columns of the axis: each is a mark at most, however many entries there are. */
export const BINS = 160;
export interface Mark {
  readonly bin: number;
  readonly count: number;
  /** The newest entry in it: what a click leads to. */
  readonly seq: number;
  readonly tier: Tier | null;
}
/**
 * The part of `[fromMs, toMs)`, 0..1 from its beginning, of which nothing has been read yet: before the oldest row where
 * there are older ones, all of it while there is no row. What is not read must not look quiet. Pure.
 */
export function unreadRatio(oldestMs: number | null, hasOlder: boolean, fromMs: number, toMs: number): number {
  if (!hasOlder) return 0;
  if (oldestMs === null) return 1;
  return Math.min(1, Math.max(0, (oldestMs - fromMs) / Math.max(1, toMs - fromMs)));
}
const tierOf = ({ params }: TimelineEntry): Tier | null => TIERS.find((tier) => tier === params.tier) ?? null;

/** Entries by group along one axis of `[fromMs, toMs)`; groups without entries are left out. Pure. */
export function axisLanes(
  entries: readonly TimelineEntry[],
  groups: readonly Group[],
  fromMs: number,
  toMs: number,
): readonly { readonly group: Group; readonly marks: readonly Mark[] }[] {
  const span = Math.max(1, toMs - fromMs);
  const lanes = new Map<Group, Map<number, Mark>>();
  for (const entry of entries) {
    if (entry.atMs < fromMs || entry.atMs >= toMs) continue;
    const group = groupOf(entry.kind);
    const bin = Math.min(BINS - 1, Math.floor(((entry.atMs - fromMs) / span) * BINS));
    const lane = lanes.get(group) ?? new Map<number, Mark>();
    lanes.set(group, lane);
    const had = lane.get(bin);
    const tier = group === 'alerts' ? tierOf(entry) : null;
    const higher = had?.tier && (!tier || TIER_RANK[had.tier] > TIER_RANK[tier]) ? had.tier : tier;
    lane.set(bin, { bin, count: (had?.count ?? 0) + 1, seq: Math.max(had?.seq ?? 0, entry.seq), tier: higher });
  }
  return groups.flatMap((group) => {
    const lane = lanes.get(group);
    return lane === undefined ? [] : [{ group, marks: [...lane.values()].sort((a, b) => a.bin - b.bin) }];
  });
}
