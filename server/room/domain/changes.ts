import type { Feed } from '#contract/events';
import { staleAfterMs } from '#contract/freshness';
import type { TimelineKind } from '#contract/timeline';

/** A source of events, as far as its silence matters. */
export interface HeardSource {
  readonly source: string;
  /** Redis time when it last sent anything good, ms. */
  readonly heardMs: number;
  readonly feeds: readonly Feed[];
}
export interface CampaignTimes {
  readonly opensAtMs: number;
  readonly phases: readonly { readonly id: string; readonly fromSeconds: number }[];
  readonly feeds: Readonly<Partial<Record<Feed, { readonly intervalMs: number }>>>;
}
/**
 * Something that every node sees for itself and one of them tells. Ranks of a subject rise with each change, so the second
 * to see it finds it told. `afterOdd`: an end that is told only when its beginning (an odd rank) was.
 */
export interface Change {
  readonly subject: string;
  readonly rank: number;
  readonly afterOdd: boolean;
  readonly kind: TimelineKind;
  readonly params: Readonly<Record<string, string | number>>;
}

/** A source is told to be silent after this, ms: five times its quickest feed's interval, at least 30 s. */
export function silentAfterMs(feeds: readonly Feed[], intervals: CampaignTimes['feeds']): number {
  const known = feeds.map((feed) => intervals[feed]?.intervalMs).filter((ms) => ms !== undefined);
  return Math.max(30_000, known.length === 0 ? 0 : staleAfterMs(Math.min(...known)));
}

/** Everything that holds at `tMs` and may be told, if nobody has. Pure: the same in every node. */
export function changesAt(campaign: CampaignTimes, sources: readonly HeardSource[], tMs: number): readonly Change[] {
  const changes: Change[] = [];
  if (tMs >= campaign.opensAtMs) {
    changes.push({ subject: 'opened', rank: 1, afterOdd: false, kind: 'campaign.opened', params: {} });
  }
  const phase = campaign.phases.findLastIndex(({ fromSeconds }) => campaign.opensAtMs + fromSeconds * 1_000 <= tMs);
  const { id } = campaign.phases[phase] ?? {};
  if (id !== undefined) {
    changes.push({ subject: 'phase', rank: phase + 1, afterOdd: false, kind: 'campaign.phase', params: { phase: id } });
  }
  for (const { source, heardMs, feeds } of sources) {
    const silent = tMs - heardMs > silentAfterMs(feeds, campaign.feeds);
    changes.push({
      subject: `source:${source}`,
      rank: heardMs * 2 + (silent ? 1 : 0),
      afterOdd: !silent,
      kind: silent ? 'source.silent' : 'source.back',
      params: { source },
    });
  }
  return changes;
}
