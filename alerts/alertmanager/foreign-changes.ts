import { FOREIGN_ORIGIN } from '#contract/alertmanager';
import type { EscalationPolicy } from '#contract/alerts';
import type { Actor } from '#contract/permissions';
import { handlingChange, pagingDue, timelineEntry } from '../changes.ts';
import { alertId, fingerprint } from '../domain/fingerprint.ts';
import { countStart } from '../domain/flap.ts';
import { type GroupState, groupKey } from '../domain/group.ts';
import { type AlertRecord, type ForeignState, historyOf } from '../record.ts';
import type { AlertChange } from '../store.ts';
import type { Delivery } from './domain/delivery.ts';
import { tierOf } from './domain/severity.ts';

/** The rule of an alert that has no name of its own. */
const UNNAMED = 'unnamed';
/** Says that its own sender's alerting works; wakes nobody, as our own. */
const WATCHDOG = 'Watchdog';

export const ruleOf = ({ labels }: Pick<Delivery, 'labels'>): string => labels.alertname ?? UNNAMED;
/** Paged apart from ours of the same name: theirs must not keep our watchdog's group alive. */
export const groupOf = (delivery: Pick<Delivery, 'labels'>, groupBy: readonly string[]): string =>
  groupKey(`${FOREIGN_ORIGIN}:${ruleOf(delivery)}`, delivery.labels, groupBy);
/** Identity of a foreign alert: its labels. Never one of ours, even with the same name and labels. */
export const printOf = ({ labels }: Pick<Delivery, 'labels'>): string => fingerprint(`${FOREIGN_ORIGIN}/`, labels);

export interface ForeignContext {
  readonly policies: readonly EscalationPolicy[];
  readonly groupBy: readonly string[];
  readonly actor: Actor;
  readonly nowMs: number;
  readonly requestId?: string;
}

/** A new life: recorded, told and paged as an alert of our own rules, in one write. */
export function fired(
  delivery: Delivery,
  foreign: ForeignState,
  starts: readonly number[],
  group: GroupState,
  { policies, groupBy, actor, nowMs, requestId }: ForeignContext,
): AlertChange {
  const print = printOf(delivery);
  const rule = ruleOf(delivery);
  const { labels, annotations, startsAt, generatorUrl } = delivery;
  const { tier, doubt } = tierOf(labels);
  const counted = countStart(starts, nowMs);
  const record: AlertRecord = {
    id: alertId(print, nowMs),
    fingerprint: print,
    rule,
    origin: FOREIGN_ORIGIN,
    labels,
    annotations,
    tier,
    peakTier: tier,
    evaluation: 'firing',
    handling: 'open',
    suppressedBy: [],
    value: null,
    limit: null,
    unit: '',
    resolvedValue: null,
    startsAt,
    firedAt: nowMs,
    endsAt: null,
    updatedAt: nowMs,
    owner: null,
    acknowledgedAt: null,
    ackExpiresAt: null,
    group: groupOf(delivery, groupBy),
    policy: '',
    escalation: null,
    flapCount: counted.length,
    generatorUrl,
    version: 1,
    costMinor: null,
    costMinorPerMinute: null,
    engine: { sinceMs: nowMs, activeSinceMs: startsAt, starts: counted, handTier: null, foreign },
  };
  const paging = pagingDue(record, policies, group, 'first notification', nowMs);
  const due = rule === WATCHDOG ? paging.due.filter(({ queue }) => queue === 'notify') : paging.due;
  const whole = { ...record, policy: paging.policy, escalation: rule === WATCHDOG ? null : paging.escalation };
  return {
    record: whole,
    expected: 0,
    mode: 'open',
    history: [
      historyOf('alert_created', whole, actor, nowMs, doubt === null ? {} : { text: doubt }),
      historyOf('alert_fired', whole, actor, nowMs),
    ],
    timeline: timelineEntry('alert_fired', whole, actor, doubt ?? '', requestId),
    due,
  };
}

/** It still fires: what its senders said last, and its newest words. No history, no new version: nothing has happened. */
export function repeated(before: AlertRecord, delivery: Delivery, foreign: ForeignState): AlertChange {
  const { annotations, generatorUrl } = delivery;
  const record: AlertRecord = {
    ...before,
    annotations,
    generatorUrl: generatorUrl ?? before.generatorUrl,
    startsAt: Math.min(before.startsAt, delivery.startsAt),
    updatedAt: foreign.heardAtMs,
    engine: { ...before.engine, foreign },
  };
  return unchangedBut(record);
}
/** One of its senders says that it is over, another that it fires: it goes on. */
export const heardPartly = (before: AlertRecord, foreign: ForeignState): AlertChange =>
  unchangedBut({ ...before, engine: { ...before.engine, foreign } });

const unchangedBut = (record: AlertRecord): AlertChange => ({
  record,
  expected: record.version,
  mode: 'open',
  history: [],
  timeline: [],
  due: [],
});

/** Whether a repetition says anything new of the alert itself. */
export const tellsMore = (before: AlertRecord, { annotations, startsAt, generatorUrl }: Delivery): boolean =>
  startsAt < before.startsAt ||
  (generatorUrl !== null && generatorUrl !== before.generatorUrl) ||
  JSON.stringify(Object.entries(annotations).sort()) !== JSON.stringify(Object.entries(before.annotations).sort());

/**
 * It is over for all who sent it: its life ends. One that a person resolved before ends without another word.
 * @param text - why, for the history
 */
export function over(
  before: AlertRecord,
  text: string,
  group: GroupState,
  { policies, actor, nowMs, requestId }: ForeignContext,
): AlertChange {
  const silent = {
    evaluation: 'normal' as const,
    engine: { ...before.engine, foreign: { until: {}, heardAtMs: nowMs } },
  };
  if (before.handling === 'resolved') {
    const record = { ...before, ...silent, version: before.version + 1, updatedAt: nowMs };
    return { record, expected: before.version, mode: 'closed', history: [], timeline: [], due: [] };
  }
  const resolved = {
    type: 'alert_resolved' as const,
    patch: { handling: 'resolved' as const, endsAt: nowMs, ackExpiresAt: null },
    paging: 'stop' as const,
    text,
  };
  const context = { actor, policies, group, nowMs, ...(requestId === undefined ? {} : { requestId }) };
  const change = handlingChange(before, resolved, context);
  return { ...change, record: { ...change.record, ...silent }, mode: 'closed' };
}
