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
import { mayPage } from './escalation.ts';
import { whoIsOn } from './roster.ts';

export interface ExplainInput {
  readonly alert: Alert;
  readonly history: readonly AlertHistoryEntry[];
  readonly policy: EscalationPolicy | null;
  readonly roster: Roster;
  readonly openInGroupCount: number;
  readonly nowMs: number;
}

/** The step that pages this person's post in this role; null when none does. */
function stepOf(policy: EscalationPolicy | null, { post, role }: Pick<DutyPerson, 'post' | 'role'>): number | null {
  const index =
    policy?.steps.findIndex((step) => step.posts.includes(post) && (step.role === 'both' || step.role === role)) ?? -1;
  return index === -1 ? null : index;
}

/**
 * Why each person on duty is (not) paged for an alert. Pages that went out are read from the history; for the rest the reason
 * that holds now, in Alertmanager's words.
 */
export function explain({ alert, history, policy, roster, openInGroupCount, nowMs }: ExplainInput): PageExplanation[] {
  return whoIsOn(roster, nowMs).map((person): PageExplanation => {
    const step = stepOf(policy, person);
    const base = { person: person.person, post: person.post, role: person.role, step };
    const about = ({ type, text }: AlertHistoryEntry): boolean =>
      (type === 'notification' || type === 'no_notification') && text === person.person;
    const sent = history.findLast(about);
    if (sent?.type === 'no_notification' && sent.reason !== undefined)
      return { ...base, paged: false, reason: sent.reason, dueAt: null };
    if (sent !== undefined) {
      const reason = (sent.reason ?? 'first notification') as NotificationReason;
      return { ...base, paged: true, reason, dueAt: null };
    }
    const not = (reason: SuppressionReason, dueAt: number | null = null): PageExplanation => ({
      ...base,
      paged: false,
      reason,
      dueAt,
    });
    if (step === null || policy === null) return not('not in the policy');
    const definition = policy.steps[step];
    if (definition === undefined) return not('not in the policy');
    const may = mayPage(alert, definition, openInGroupCount);
    if (!may.ok) return not(may.reason);
    const { escalation } = alert;
    if (escalation === null) return not('group_wait');
    if (escalation.cycle === 0 && escalation.step <= step) {
      return not('step not reached', escalation.step === step ? escalation.dueAt : null);
    }
    return not('fatigue limit');
  });
}
