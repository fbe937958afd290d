import { TIERS } from '#contract/tiers';
import { isSecurityKind, TIMELINE_KINDS, type TimelineEntry, type TimelineKind } from '#contract/timeline';
import type { TimelineFilter } from '#contract/timeline-filter';

/** Kinds as people ask for them. What a later kind belongs to follows from its name; what fits nowhere is the system's. */
export const GROUPS = [
  'alerts',
  'runs',
  'duty',
  'money',
  'incidents',
  'changes',
  'notes',
  'system',
  'security',
] as const;
export type Group = (typeof GROUPS)[number];
const BY_PREFIX: Readonly<Record<string, Group>> = {
  alert: 'alerts',
  receiver: 'alerts',
  run: 'runs',
  silence: 'duty',
  duty: 'duty',
  budget: 'money',
  transfer: 'money',
  ledger: 'money',
  platform: 'money',
  advice: 'money',
  incident: 'incidents',
  change: 'changes',
  rules: 'changes',
  receivers: 'changes',
  note: 'notes',
};
export function groupOf(kind: TimelineEntry['kind']): Group {
  if (kind === 'campaign.reloaded') return 'changes';
  if (isSecurityKind(kind)) return 'security';
  return BY_PREFIX[kind.split('.')[0] ?? ''] ?? 'system';
}
export const kindsOf = (groups: readonly Group[]): TimelineKind[] =>
  TIMELINE_KINDS.filter((kind) => groups.includes(groupOf(kind)));
/** Groups of which there are kinds in this build. */
export const KNOWN_GROUPS: readonly Group[] = GROUPS.filter((group) => kindsOf([group]).length > 0);

/** The filter as it stands in the address: all of it, so that a link shows the same. */
export interface PageFilter {
  readonly groups: readonly Group[];
  readonly who: string;
  readonly tier: string;
  readonly text: string;
  readonly fromMs: number | null;
  readonly toMs: number | null;
}
const time = (text: string | null): number | null => (text !== null && /^\d{13}$/.test(text) ? Number(text) : null);

export function readFilter(query: URLSearchParams): PageFilter {
  const asked = (query.get('kinds') ?? '').split(',');
  const tier = query.get('tier') ?? '';
  return {
    groups: KNOWN_GROUPS.filter((group) => asked.includes(group)),
    who: (query.get('who') ?? '').slice(0, 128),
    tier: (TIERS as readonly string[]).includes(tier) ? tier : '',
    text: (query.get('q') ?? '').slice(0, 200),
    fromMs: time(query.get('from')),
    toMs: time(query.get('to')),
  };
}
/** The same as changes of the address; null takes a part out. */
export const writeFilter = ({ groups, who, tier, text, fromMs, toMs }: PageFilter): Record<string, string | null> => ({
  kinds: groups.length === 0 ? null : groups.join(','),
  who: who || null,
  tier: tier || null,
  q: text || null,
  from: fromMs === null ? null : String(fromMs),
  to: toMs === null ? null : String(toMs),
});
export const NO_FILTER: PageFilter = { groups: [], who: '', tier: '', text: '', fromMs: null, toMs: null };
export const isEmpty = (filter: PageFilter): boolean =>
  Object.values(writeFilter(filter)).every((value) => value === null);

/** As the server's page takes it. */
export function serverQuery({ groups, who, tier, text, fromMs, toMs }: PageFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (groups.length > 0) query.set('kinds', kindsOf(groups).join(','));
  if (who !== '') query.set('actor', who);
  if (tier !== '') query.set('tier', tier);
  if (text !== '') query.set('text', text);
  if (fromMs !== null) query.set('from', String(fromMs));
  if (toMs !== null) query.set('to', String(toMs));
  return query;
}
/** As it is held against entries that come live: the server's own function is asked with it. */
export const liveFilter = ({ groups, who, tier, text, fromMs, toMs }: PageFilter): TimelineFilter => ({
  ...(groups.length === 0 ? {} : { kinds: kindsOf(groups) }),
  ...(who === '' ? {} : { actorId: who }),
  ...(tier === '' ? {} : { tier: tier as (typeof TIERS)[number] }),
  ...(text === '' ? {} : { text }),
  ...(fromMs === null ? {} : { fromMs }),
  ...(toMs === null ? {} : { toMs }),
});
