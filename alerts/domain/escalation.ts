import type { Alert, DutyPerson, EscalatePayload, EscalationPolicy, EscalationStep, Roster } from '#contract/alerts';
import type { Tier } from '#contract/tiers';
import { onDuty } from './roster.ts';

/** A chain is gone through again at most this often (every tool that had no limit got a complaint). */
export const REPEAT_MAX = 5;

/** The first policy for the tier; the last one when none names it, so that no alert is without a chain. */
export const policyFor = (policies: readonly EscalationPolicy[], tier: Tier): EscalationPolicy | null =>
  policies.find(({ tiers }) => tiers.includes(tier)) ?? policies.at(-1) ?? null;

export interface NextStep {
  readonly cycle: number;
  readonly step: number;
  readonly dueAtMs: number;
}
/** The first step of an alert that fired (or was opened again) at `atMs`; null when the policy has none. */
export const firstStep = (policy: EscalationPolicy, atMs: number): NextStep | null => {
  const [first] = policy.steps;
  return first === undefined ? null : { cycle: 0, step: 0, dueAtMs: atMs + first.waitMs };
};
/** What follows a step done at `atMs`; null after the last repeat: everybody has been told, nobody came. */
export function nextStep(
  policy: EscalationPolicy,
  done: Pick<EscalatePayload, 'cycle' | 'step'>,
  atMs: number,
): NextStep | null {
  const following = policy.steps[done.step + 1];
  if (following !== undefined) return { cycle: done.cycle, step: done.step + 1, dueAtMs: atMs + following.waitMs };
  if (done.cycle >= Math.min(policy.repeatCount, REPEAT_MAX)) return null;
  return { cycle: done.cycle + 1, step: 0, dueAtMs: atMs + policy.repeatWaitMs };
}

/** People a step pages, without doubles. B stands in when a post has no A on duty. */
export function pagedBy(step: EscalationStep, roster: Roster, nowMs: number): DutyPerson[] {
  const people = new Map<string, DutyPerson>();
  for (const post of step.posts) {
    const roles = step.role === 'both' ? (['A', 'B'] as const) : [step.role];
    const found = roles.flatMap((role) => onDuty(roster, post, role, nowMs) ?? []);
    const standIn = found.length === 0 ? onDuty(roster, post, step.role === 'B' ? 'A' : 'B', nowMs) : null;
    for (const person of standIn === null ? found : [standIn])
      if (!people.has(person.person)) people.set(person.person, person);
  }
  return [...people.values()];
}

/** Whether a due step pages now, with Alertmanager's word for why not. */
export function mayPage(
  alert: Pick<Alert, 'handling' | 'suppressedBy'>,
  step: EscalationStep,
  openInGroupCount: number,
):
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason:
        | 'resolved'
        | 'acknowledged'
        | 'silence'
        | 'inhibition'
        | 'flapping'
        | 'storm'
        | 'condition not met';
    } {
  if (alert.handling === 'resolved') return { ok: false, reason: 'resolved' };
  if (alert.handling === 'acknowledged') return { ok: false, reason: 'acknowledged' };
  const [by] = alert.suppressedBy;
  if (by !== undefined) return { ok: false, reason: by.kind };
  if (step.minOpenCount !== undefined && openInGroupCount < step.minOpenCount)
    return { ok: false, reason: 'condition not met' };
  return { ok: true };
}

/** What is wrong with a policy, in words. */
export function policyProblems(policy: EscalationPolicy, posts: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  if (policy.steps.length === 0) problems.push('has no step');
  if (policy.repeatCount > REPEAT_MAX) problems.push(`repeats ${policy.repeatCount} times; ${REPEAT_MAX} is the most`);
  policy.steps.forEach((step, index) => {
    if (step.waitMs < 0) problems.push(`step ${index}: the wait is negative`);
    for (const post of step.posts) if (!posts.has(post)) problems.push(`step ${index}: there is no post ${post}`);
  });
  return problems;
}
