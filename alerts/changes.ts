import type { Alert, AlertHistoryEntry, EscalationPolicy, NotificationReason, TellPayload } from '#contract/alerts';
import type { Actor } from '#contract/permissions';
import type { TimelineKind } from '#contract/timeline';
import type { NewTimelineEntry } from '../server/store/timeline.ts';
import { ackReminderAtMs } from './domain/ack-expiry.ts';
import { firstStep, policyFor } from './domain/escalation.ts';
import { flushAtMs, type GroupState } from './domain/group.ts';
import type { HandlingChange } from './domain/handling.ts';
import { type AlertRecord, historyOf } from './record.ts';
import type { AlertChange, DueChange } from './store.ts';

/** Timeline words of what people and rules did. */
const KIND_OF: Partial<Record<AlertHistoryEntry['type'], TimelineKind>> = {
  alert_fired: 'alert.fired',
  alert_raised: 'alert.raised',
  alert_lowered: 'alert.lowered',
  alert_resolved: 'alert.resolved',
  alert_nodata: 'alert.nodata',
  alert_error: 'alert.error',
  alert_acknowledged: 'alert.acknowledged',
  alert_unacknowledged: 'alert.unacknowledged',
  alert_ack_expired: 'alert.ack_expired',
  alert_assigned: 'alert.assigned',
  alert_escalated: 'alert.escalated',
  alert_noted: 'alert.noted',
};
const REASON_OF: Partial<Record<AlertHistoryEntry['type'], NotificationReason>> = {
  alert_raised: 'severity raised',
  alert_ack_expired: 'ack expired',
  alert_unacknowledged: 'ack withdrawn',
  alert_escalated: 'escalated by hand',
};

export const timelineEntry = (
  type: AlertHistoryEntry['type'],
  alert: Alert,
  actor: Actor,
  text = '',
  requestId?: string,
  from?: string,
): NewTimelineEntry[] => {
  const kind = KIND_OF[type];
  if (kind === undefined) return [];
  const labels = Object.entries(alert.labels).filter(([name]) => name !== 'alertname' && name !== 'domain');
  const params = {
    alert: alert.id,
    rule: alert.rule,
    tier: alert.tier,
    summary: alert.annotations.summary ?? alert.rule,
    ...(alert.annotations.summary_zh === undefined ? {} : { summaryZh: alert.annotations.summary_zh }),
    labels: labels.map(([name, value]) => `${name}=${value}`).join(' '),
    value: alert.value ?? '',
    owner: alert.owner?.name ?? '',
    ...(from === undefined ? {} : { from }),
    text,
  };
  return [{ kind, actor, params, ...(requestId === undefined ? {} : { requestId }) }];
};

/** Due work that paging an alert (again) needs: its group's flush and the first step of its policy. */
export function pagingDue(
  record: AlertRecord,
  policies: readonly EscalationPolicy[],
  group: GroupState,
  reason: NotificationReason,
  nowMs: number,
): { readonly due: DueChange[]; readonly escalation: Alert['escalation']; readonly policy: string } {
  const policy = policyFor(policies, record.tier);
  const next = policy === null ? null : firstStep(policy, nowMs);
  const due: DueChange[] = [
    {
      queue: 'notify',
      op: 'earliest',
      id: record.group,
      atMs: reason === 'escalated by hand' ? nowMs : flushAtMs(group, record.tier, nowMs),
      payload: { group: record.group, tier: record.tier, reason },
    },
  ];
  if (policy !== null && next !== null) {
    const round = record.version;
    const why = reason === 'first notification' ? {} : { reason };
    const payload = { alertId: record.id, policy: policy.id, cycle: next.cycle, step: next.step, round, ...why };
    due.push({ queue: 'escalate', op: 'set', id: record.id, atMs: next.dueAtMs, payload });
  }
  return {
    due,
    policy: policy?.id ?? '',
    escalation: next === null ? null : { cycle: next.cycle, step: next.step, dueAt: next.dueAtMs },
  };
}

/** What those who were paged hear of. */
const TOLD: Partial<Record<AlertHistoryEntry['type'], TellPayload['what']>> = {
  alert_acknowledged: 'acknowledged',
  alert_assigned: 'acknowledged',
  alert_unacknowledged: 'reopened',
  alert_ack_expired: 'reopened',
  alert_resolved: 'resolved',
};
const STOP = (id: string): DueChange[] => [
  { queue: 'escalate', op: 'cancel', id },
  { queue: 'ack', op: 'cancel', id },
];

export interface HandlingContext {
  readonly actor: Actor;
  readonly policies: readonly EscalationPolicy[];
  readonly group: GroupState;
  readonly nowMs: number;
  readonly requestId?: string;
}

/** Turns what the handling rules decided into one write: record, history, timeline and due work together. */
export function handlingChange(before: AlertRecord, change: HandlingChange, context: HandlingContext): AlertChange {
  const { actor, policies, group, nowMs } = context;
  const expected = before.version;
  if (change.type === 'alert_noted') {
    const entry = historyOf(change.type, before, actor, nowMs, { text: change.text ?? '' });
    const timeline = timelineEntry(change.type, before, actor, change.text, context.requestId);
    return { record: before, expected, mode: 'note', history: [entry], timeline, due: [] };
  }
  let record: AlertRecord = { ...before, ...change.patch, version: before.version + 1, updatedAt: nowMs };
  let due: DueChange[] = [];
  switch (change.paging) {
    case 'stop':
      due = STOP(record.id);
      if (record.firedAt !== null)
        due.push({
          queue: 'notify',
          op: 'earliest',
          id: record.group,
          atMs: flushAtMs(group, record.tier, nowMs),
          payload: { group: record.group, tier: record.tier, reason: 'some alerts resolved' },
        });
      record = { ...record, escalation: null };
      break;
    case 'ack':
      due = [
        { queue: 'escalate', op: 'cancel', id: record.id },
        {
          queue: 'ack',
          op: 'set',
          id: record.id,
          atMs: ackReminderAtMs(record.tier, nowMs),
          payload: { alertId: record.id, stage: 'remind', version: record.version },
        },
      ];
      record = { ...record, escalation: null };
      break;
    case 'start':
    case 'now': {
      const reason = REASON_OF[change.type] ?? 'first notification';
      const paging = pagingDue(record, policies, group, reason, nowMs);
      due = [{ queue: 'ack', op: 'cancel', id: record.id }, ...paging.due];
      record = { ...record, policy: paging.policy, escalation: paging.escalation };
      if (change.paging === 'now' && paging.escalation !== null) {
        // by hand: the step that would come next, at once
        const next = { cycle: before.escalation?.cycle ?? 0, step: before.escalation?.step ?? 0, dueAt: nowMs };
        const round = record.version;
        const { cycle, step } = next;
        const payload = { alertId: record.id, policy: paging.policy, cycle, step, round, byHand: true };
        due.push({ queue: 'escalate', op: 'set', id: record.id, atMs: nowMs, payload });
        record = { ...record, escalation: next };
      }
      break;
    }
    case 'keep':
      break;
  }
  // a raised tier, or a person who escalates, takes it from whoever had it
  const reopened = before.handling === 'acknowledged' && record.handling === 'open';
  const what = TOLD[change.type] ?? (reopened ? 'reopened' : undefined);
  if (what !== undefined && record.firedAt !== null) {
    const by = actor.kind === 'user' ? actor.name : '';
    const payload = { alertId: record.id, what, by, version: record.version };
    due = [...due, { queue: 'tell', op: 'set', id: record.id, atMs: nowMs, payload }];
  }
  const more = {
    ...(change.text === undefined ? {} : { text: change.text }),
    ...(change.from === undefined ? {} : { from: change.from }),
    ...reasonOf(change.type),
  };
  return {
    record,
    expected,
    mode: 'open',
    history: [historyOf(change.type, record, actor, nowMs, more)],
    timeline: timelineEntry(change.type, record, actor, change.text, context.requestId, change.from),
    due,
  };
}
const reasonOf = (type: AlertHistoryEntry['type']): Pick<AlertHistoryEntry, 'reason'> => {
  const reason = REASON_OF[type];
  return reason === undefined ? {} : { reason };
};
