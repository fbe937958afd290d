import type { Alert, Matcher } from '#contract/alerts';
import { TIER_RANK } from '#contract/tiers';
import { matchesAll } from './matchers.ts';

/** A cause mutes its symptoms: while a source fires, targets with equal labels whose tier is not above its own page nobody. */
export interface InhibitRule {
  readonly name: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  /** Labels that must have one value on both sides; absent on both counts as equal. */
  readonly equal: readonly string[];
}
interface Cause {
  readonly id: string;
  readonly rank: number;
}
type Seen = Pick<Alert, 'id' | 'labels' | 'evaluation' | 'handling' | 'firedAt' | 'tier'>;

const isCause = ({ firedAt, handling }: Seen): boolean => firedAt !== null && handling !== 'resolved';
const equalKey = (equal: readonly string[], labels: Readonly<Record<string, string>>): string =>
  equal.map((name) => labels[name] ?? '').join('\u00ff');

/** What fires now as a cause, indexed once a pass so that 10,000 symptoms cost 10,000 look-ups. */
export function inhibitIndex(rules: readonly InhibitRule[], alerts: Iterable<Seen>): (alert: Seen) => string[] {
  const causes = rules.map(() => new Map<string, Cause[]>());
  for (const alert of alerts) {
    if (!isCause(alert)) continue;
    rules.forEach((rule, index) => {
      // matchers also see the tier, as the label `tier`
      if (!matchesAll(rule.source, alert.labels, alert.tier)) return;
      const key = equalKey(rule.equal, alert.labels);
      const list = causes[index]?.get(key);
      const cause = { id: alert.id, rank: TIER_RANK[alert.tier] };
      if (list === undefined) causes[index]?.set(key, [cause]);
      else {
        // the highest ones: they mute whatever a lower one would
        list.push(cause);
        list.sort((a, b) => b.rank - a.rank);
        if (list.length > 4) list.pop();
      }
    });
  }
  const live = rules
    .map((rule, index) => ({ rule, by: causes[index] ?? new Map<string, Cause[]>() }))
    .filter(({ by }) => by.size > 0);
  return (alert) => {
    const ids: string[] = [];
    for (const { rule, by } of live) {
      const { labels, tier } = alert;
      // an alert that is cause and symptom of the same rule does not mute itself
      if (!matchesAll(rule.target, labels, tier) || matchesAll(rule.source, labels, tier)) continue;
      const found = by
        .get(equalKey(rule.equal, labels))
        ?.find(({ id, rank }) => id !== alert.id && rank >= TIER_RANK[tier]);
      if (found !== undefined && !ids.includes(found.id)) ids.push(found.id);
    }
    return ids;
  };
}
