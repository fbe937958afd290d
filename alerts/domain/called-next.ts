import type { Alert, DutyPerson, EscalationPolicy, Roster, SuppressionReason } from '#contract/alerts';
import { mayPage, nextStep, pagedBy } from './escalation.ts';

/** Why people would be spared a page now, by name; who is not in it would be paged. */
export type SparedNow = ReadonlyMap<string, SuppressionReason>;

/** Everybody of a step has had enough pages for this hour. */
export const isTired = (reasons: readonly SuppressionReason[]): boolean =>
  reasons.length > 0 && reasons.every((reason) => reason === 'fatigue limit');

/** Tired people are called all the same where the limits would leave a Major alert with nobody: at the end of its chain. */
export const isLastHope = (alert: Pick<Alert, 'tier'>, step: number, steps: readonly unknown[]): boolean =>
  alert.tier === 'orange' && step >= steps.length - 1;

export interface CalledNext {
  readonly people: readonly DutyPerson[];
  /** ms since the epoch. */
  readonly dueAtMs: number;
}
/**
 * Whom the chain calls next, and when, as things stand: steps at which everybody is spared are passed as paging passes them.
 * null: nobody, in this round.
 */
export function calledNext(
  alert: Pick<Alert, 'escalation' | 'handling' | 'suppressedBy' | 'tier'>,
  policy: EscalationPolicy | null,
  roster: Roster,
  openInGroupCount: number,
  spared: SparedNow,
  nowMs: number,
): CalledNext | null {
  const { escalation } = alert;
  if (escalation === null || policy === null) return null;
  const { cycle } = escalation;
  let at = { cycle, step: escalation.step, dueAtMs: escalation.dueAt };
  for (;;) {
    const step = policy.steps[at.step] ?? policy.steps.at(-1);
    if (step === undefined || !mayPage(alert, step, openInGroupCount).ok) return null;
    const all = pagedBy(step, roster, nowMs);
    const people = all.filter(({ person }) => !spared.has(person));
    if (people.length > 0) return { people, dueAtMs: at.dueAtMs };
    const tired = isTired(all.flatMap(({ person }) => spared.get(person) ?? []));
    if (tired && isLastHope(alert, at.step, policy.steps)) return { people: all, dueAtMs: at.dueAtMs };
    const next = nextStep(policy, at, at.dueAtMs);
    if (all.length === 0 || next === null || next.cycle !== cycle) return null;
    at = tired ? { ...next, dueAtMs: at.dueAtMs } : next;
  }
}
