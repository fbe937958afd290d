import type {
  Alert,
  AlertHistoryEntry,
  DutyPerson,
  EscalationPolicy,
  NotificationReason,
  PageExplanation,
  Roster,
  SuppressionReason,
} from '#contract/alerts';
import { calledNext, type SparedNow } from './called-next.ts';
import { mayPage } from './escalation.ts';
import { whoIsOn } from './roster.ts';

export interface ExplainInput {
  readonly alert: Alert;
  readonly history: readonly AlertHistoryEntry[];
  readonly policy: EscalationPolicy | null;
  readonly roster: Roster;
  readonly openInGroupCount: number;
  /** Who would be spared a page of this alert now, and why; none when absent. */
  readonly spared?: SparedNow;
  readonly nowMs: number;
}

/** The step that pages this person's post in this role; null when none does. */
function stepOf(policy: EscalationPolicy | null, { post, role }: Pick<DutyPerson, 'post' | 'role'>): number | null {
  const index =
    policy?.steps.findIndex((step) => step.posts.includes(post) && (step.role === 'both' || step.role === role)) ?? -1;
  return index === -1 ? null : index;
}

/**
 * Why each person on duty is (not) paged for an alert, and what became of those who were on duty then. Pages that went out are read from the history; for the rest the reason
 * that holds now, in Alertmanager's words.
 */
export function explain(input: ExplainInput): PageExplanation[] {
  const { alert, history, policy, roster, openInGroupCount, spared = new Map(), nowMs } = input;
  const { escalation } = alert;
  // in any round and in any of a person's steps: who was called before is called again
  const next = calledNext(alert, policy, roster, openInGroupCount, spared, nowMs);
  const called = new Set(next?.people.map(({ person, post }) => `${person}\n${post}`));
  const on = whoIsOn(roster, nowMs);
  const explained = on.map((person): PageExplanation => {
    const step = stepOf(policy, person);
    const base = { person: person.person, post: person.post, role: person.role, step };
    const not = (reason: SuppressionReason, dueAt: number | null = null): PageExplanation => ({
      ...base,
      paged: false,
      reason,
      dueAt,
    });
    const definition = step === null ? undefined : policy?.steps[step];
    const sent = history.findLast(
      ({ type, text }) => (type === 'notification' || type === 'no_notification') && text === person.person,
    );
    // who was paged for a tier that had another policy stays told of it; who was spared then has no such reason now
    if (definition === undefined && sent?.type !== 'notification') return not('not in the policy');
    const may = definition === undefined ? null : mayPage(alert, definition, openInGroupCount);
    const dueAt = called.has(`${person.person}\n${person.post}`) ? (next?.dueAtMs ?? null) : null;
    if (sent?.type === 'notification')
      return { ...base, paged: true, reason: (sent.reason ?? 'first notification') as NotificationReason, dueAt };
    if (sent?.reason !== undefined) return not(sent.reason as SuppressionReason, dueAt);
    if (may?.ok === false) return not(may.reason);
    return escalation === null ? not('group_wait') : not('step not reached', dueAt);
  });
  // who was called, or spared, and has gone off duty since
  const left = new Map<string, AlertHistoryEntry>();
  for (const entry of history)
    if ((entry.type === 'notification' || entry.type === 'no_notification') && entry.text !== undefined)
      left.set(entry.text, entry);
  for (const { person } of on) left.delete(person);
  const gone = [...left].map(([person, { type, reason = 'not on duty' }]): PageExplanation => {
    const paged = type === 'notification';
    return { person, post: '', role: 'A', step: null, paged, reason: paged ? reason : 'not on duty', dueAt: null };
  });
  return [...explained, ...gone];
}
