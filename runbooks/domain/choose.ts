import type { Runbook } from '#contract/runbooks';
import { TIER_RANK, type Tier } from '#contract/tiers';

/** What an alert, or a person, says about the trouble. */
export interface Condition {
  readonly rule: string | null;
  readonly tier: Tier | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Phase of the campaign now. */
  readonly phase: string | null;
  /** `runbook_url` of the alert's rule. */
  readonly link: string | null;
}
export type Match = 'link' | 'rule' | 'label';
const RANK: Readonly<Record<Match, number>> = { link: 0, rule: 1, label: 2 };

const names = (pattern: string, rule: string): boolean =>
  pattern.endsWith('*') ? rule.startsWith(pattern.slice(0, -1)) : pattern === rule;

/**
 * How a plan fits. The rule's own link always does; otherwise tier and phase must fit, and the rule or one label. A tier
 * above the listed ones fits, too: a worse trouble never loses its plan.
 */
export function matchOf({ id, chosenBy }: Runbook, { rule, tier, labels, phase, link }: Condition): Match | null {
  if (link !== null && (link === `/runbooks/${id}` || link.endsWith(`/runbooks/${id}`))) return 'link';
  if (tier !== null && TIER_RANK[tier] < Math.min(...chosenBy.tiers.map((one) => TIER_RANK[one]))) return null;
  if (phase !== null && chosenBy.phases.length > 0 && !chosenBy.phases.includes(phase)) return null;
  if (rule !== null && chosenBy.rules.some((pattern) => names(pattern, rule))) return 'rule';
  const labelled = Object.entries(chosenBy.labels).some(([name, values]) => values.includes(labels[name] ?? ''));
  return labelled ? 'label' : null;
}

/** The plans that fit, best first: by the link, then by rule, then by label; within one by id, so that all nodes agree. */
export function chooseRunbooks(
  runbooks: Iterable<Runbook>,
  condition: Condition,
): readonly { readonly runbook: Runbook; readonly matched: Match }[] {
  return [...runbooks]
    .flatMap((runbook) => {
      const matched = matchOf(runbook, condition);
      return matched === null ? [] : [{ runbook, matched }];
    })
    .sort((a, b) => RANK[a.matched] - RANK[b.matched] || (a.runbook.id < b.runbook.id ? -1 : 1));
}
