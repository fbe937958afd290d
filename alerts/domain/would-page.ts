import type { AlertLabels, BacktestFiring, EscalationPolicy, Roster } from '#contract/alerts';
import type { Tier } from '#contract/tiers';
import { firstStep, type NextStep, nextStep, pagedBy, policyFor } from './escalation.ts';
import { type CameDown, cameDown, countStart, isFlapping, swingsTo } from './flap.ts';
import { groupKey } from './group.ts';
import { rankOf } from './hysteresis.ts';
import { STORM_COUNT } from './storm.ts';

/** One time a rule would have fired, with the tiers it was shown with. */
export interface TieredFiring {
  readonly rule: string;
  readonly labels: AlertLabels;
  readonly firedAt: number;
  /** null: it would still fire at the end. */
  readonly endsAt: number | null;
  /** Each change of its tier, the first at `firedAt`. */
  readonly tiers: readonly { readonly tier: Tier; readonly atMs: number }[];
}
export interface PagingRules {
  readonly policies: readonly EscalationPolicy[];
  readonly roster: Roster;
  readonly groupBy: readonly string[];
}
type Pages = BacktestFiring['pages'];

const isOpen = ({ firedAt, endsAt }: TieredFiring, atMs: number): boolean =>
  firedAt <= atMs && (endsAt === null || endsAt > atMs);

/**
 * Whom these would have paged had nobody acknowledged, by what the engine does: the chain of the tier, begun anew by a raise, with its
 * conditions; nobody for what flaps or is the tail of a storm. What other rules would have muted or used up (inhibition, silences,
 * limits of fatigue) is not in it.
 * @param toMs - end of the span: what still fires is followed so far
 */
export function wouldPage(
  firings: readonly TieredFiring[],
  { policies, roster, groupBy }: PagingRules,
  toMs: number,
): ReadonlyMap<TieredFiring, Pages> {
  const inOrder = [...firings].sort((a, b) => a.firedAt - b.firedAt);
  const starts = new Map<string, readonly number[]>();
  const open = new Map<string, TieredFiring[]>();
  const inLook = new Map<string, number>();
  const lookOf = ({ rule, firedAt }: TieredFiring): string => `${rule}|${firedAt}`;
  for (const one of inOrder) inLook.set(lookOf(one), (inLook.get(lookOf(one)) ?? 0) + 1);

  const told = new Set<string>();
  return new Map<TieredFiring, Pages>(
    inOrder.map((one) => {
      const { rule, labels, firedAt } = one;
      const match = `${rule}|${JSON.stringify(labels)}`;
      const counted = countStart(starts.get(match) ?? [], firedAt);
      starts.set(match, counted);
      const before = (open.get(rule) ?? []).filter((other) => isOpen(other, firedAt));
      open.set(rule, [...before, one]);
      // of more than a storm in one look, one is escalated for all
      const isTail = (inLook.get(lookOf(one)) ?? 0) > STORM_COUNT && told.has(lookOf(one));
      told.add(lookOf(one));
      const isMuted = (atMs: number): boolean =>
        isTail ||
        isFlapping(counted, atMs) ||
        (before.length >= STORM_COUNT && before.filter((other) => isOpen(other, atMs)).length >= STORM_COUNT);
      return [one, chainOf(one, isMuted)];
    }),
  );

  function openInGroup({ rule, labels }: TieredFiring, atMs: number): number {
    const group = groupKey(rule, labels, groupBy);
    return firings.filter((other) => isOpen(other, atMs) && groupKey(other.rule, other.labels, groupBy) === group)
      .length;
  }
  function chainOf(one: TieredFiring, isMuted: (atMs: number) => boolean): Pages {
    const { tiers, endsAt } = one;
    const pages: { atMs: number; post: string; person: string }[] = [];
    let policy: EscalationPolicy | null = null;
    let next: NextStep | null = null;
    let down: CameDown | undefined;
    const follow = (untilMs: number): void => {
      for (; policy !== null && next !== null && next.dueAtMs <= untilMs; next = nextStep(policy, next, next.dueAtMs)) {
        const { dueAtMs: atMs, step: at } = next;
        const step = policy.steps[at];
        if (step === undefined || isMuted(atMs)) continue;
        if (step.minOpenCount !== undefined && openInGroup(one, atMs) < step.minOpenCount) continue;
        pages.push(...pagedBy(step, roster, atMs).map(({ post, person }) => ({ atMs, post, person })));
      }
    };
    tiers.forEach(({ tier, atMs }, index) => {
      const before = tiers[index - 1]?.tier;
      follow(atMs - 1);
      if (before !== undefined && rankOf(tier) < rankOf(before)) {
        down = cameDown(down, before, atMs);
        return;
      }
      const own = policyFor(policies, tier);
      if (before !== undefined && swingsTo(down, tier, atMs) && own?.id === policy?.id) return;
      policy = own;
      next = own === null ? null : firstStep(own, atMs);
    });
    follow(endsAt ?? toMs);
    return pages;
  }
}
