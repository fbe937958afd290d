import { type Static, Type } from 'typebox';
import type { Actor } from './permissions.ts';
import type { DeliveryFailure } from './receivers.ts';
import { TIERS, type Tier } from './tiers.ts';
import type { Position } from './timeline.ts';
import { PLAIN, WORDED } from './words.ts';

/**
 * Alerts as every part of the product and every client sees them. Times are ms of Redis time since the Unix epoch, money
 * integer minor units. Two state machines, kept apart: what the rule says (`evaluation`) and what people did (`handling`).
 * Suppression is derived from silences, inhibition and times; it is never stored.
 */
export const EVALUATIONS = ['normal', 'pending', 'firing', 'recovering', 'nodata', 'error'] as const;
export type Evaluation = (typeof EVALUATIONS)[number];
export const HANDLINGS = ['open', 'acknowledged', 'resolved'] as const;
export type Handling = (typeof HANDLINGS)[number];

export type AlertLabels = Readonly<Record<string, string>>;
/** `summary`, `description`, `runbook_url`, `dashboard_url`: never part of the identity. */
export type AlertAnnotations = Readonly<Record<string, string>>;

/** Why nobody is paged for an alert although it fires. Derived at every look. */
export interface Suppression {
  readonly kind: 'silence' | 'inhibition' | 'flapping' | 'storm';
  /** The silence's id, the causing alert's id, or the rule that flaps. */
  readonly id: string;
}
export interface AlertOwner {
  readonly id: string;
  readonly name: string;
}

/** The figure is back on the good side of the limit; what is shown is only held until that has lasted. */
export interface AlertRecovery {
  /** Since when it is back, ms. */
  readonly sinceMs: number;
  /** Good windows that are still missing until the tier falls; 0 once it has fallen. */
  readonly windowsLeftCount: number;
  /** When it is over if the figure stays good (`keep_firing_for`), ms; null while windows are counted. */
  readonly untilMs: number | null;
}

/** One life of one match of a rule: from the first time its condition held until it is resolved. */
export interface Alert {
  /** `<fingerprint>-<startsAt in base 36>`: a new life of the same match has a new id. */
  readonly id: string;
  /** Identity of the match: 16 hex digits over rule and labels. At most one alert of a fingerprint is not resolved. */
  readonly fingerprint: string;
  readonly rule: string;
  /** What raised it: a rule of ours, or a foreign sender (`alertmanager`). */
  readonly origin: string;
  /** With `alertname`, without the tier: a raised tier is the same alert. */
  readonly labels: AlertLabels;
  readonly annotations: AlertAnnotations;
  readonly tier: Tier;
  /** The highest tier of this life. */
  readonly peakTier: Tier;
  readonly evaluation: Evaluation;
  readonly handling: Handling;
  readonly suppressedBy: readonly Suppression[];
  /** What the rule measured last, in `unit`; null with nodata. */
  readonly value: number | null;
  /** The limit of the present tier, same unit; null when the rule has none. */
  readonly limit: number | null;
  /** Unit of `value`, as KpiUnit or a word of the system facts (`bytes`). */
  readonly unit: string;
  /** null or absent: it is beyond the limit, or the rule does not say. */
  readonly recovery?: AlertRecovery | null;
  /** The value with which it was resolved; null before. */
  readonly resolvedValue: number | null;
  /** Since when the condition has held. */
  readonly startsAt: number;
  /** Since when it fires; null while pending. */
  readonly firedAt: number | null;
  readonly endsAt: number | null;
  readonly updatedAt: number;
  readonly owner: AlertOwner | null;
  readonly acknowledgedAt: number | null;
  /** When the acknowledgement wears off; null when not acknowledged. */
  readonly ackExpiresAt: number | null;
  /** Key of the group it is paged with; see `GroupKey`. */
  readonly group: string;
  readonly policy: string;
  /** How often its policy has been gone through and the step that comes next; null when nothing is scheduled. */
  readonly escalation: { readonly cycle: number; readonly step: number; readonly dueAt: number } | null;
  /** Times it fired again within the flap window. */
  readonly flapCount: number;
  readonly generatorUrl: string | null;
  /** Rises by one with every change; commands may bind to it. */
  readonly version: number;
  /** What it has cost since it fired (plan − actual, floor 0); null when the rule measures no money. */
  readonly costMinor: number | null;
  readonly costMinorPerMinute: number | null;
}

/** One row of the wall's strip. */
export interface AlertRow {
  readonly id: string;
  readonly rule: string;
  readonly labels: AlertLabels;
  readonly summary: string;
  /** The same in Chinese, where the rule has it. */
  readonly summaryZh?: string;
  readonly tier: Tier;
  readonly evaluation: Evaluation;
  readonly handling: Handling;
  readonly owner: string | null;
  readonly startsAt: number;
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: string;
  /** See `Alert.recovery`. */
  readonly recovery?: AlertRecovery | null;
  readonly costMinorPerMinute: number | null;
}

/** Alertmanager's words, and ours (`severity raised`, `ack expired`, `ack withdrawn`, `escalated by hand`). */
export const NOTIFICATION_REASONS = [
  'first notification',
  'new alerts added',
  'some alerts resolved',
  'all alerts resolved',
  'repeat interval elapsed',
  'severity raised',
  'ack expired',
  'ack withdrawn',
  'escalation step',
  'escalated by hand',
] as const;
export type NotificationReason = (typeof NOTIFICATION_REASONS)[number];
export const SUPPRESSION_REASONS = [
  'silence',
  'inhibition',
  'mute_time_interval',
  'active_time_interval',
  'acknowledged',
  'resolved',
  'group_wait',
  'group_interval',
  'flapping',
  'storm',
  'not on duty',
  'not in the policy',
  'step not reached',
  'condition not met',
  'fatigue limit',
  'nobody on duty',
  'no receiver',
  /** No receiver wants alerts of so low a tier: they are shown, and nobody is meant to be paged. */
  'quiet tier',
] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export const HISTORY_TYPES = [
  'alert_created',
  'alert_fired',
  'alert_recovering',
  'alert_nodata',
  'alert_error',
  'alert_raised',
  'alert_lowered',
  'alert_resolved',
  'alert_acknowledged',
  'alert_unacknowledged',
  'alert_ack_reminded',
  'alert_ack_expired',
  'alert_assigned',
  'alert_escalated',
  'alert_noted',
  'notification',
  'no_notification',
] as const;
export type HistoryType = (typeof HISTORY_TYPES)[number];
/** One line of an alert's life; written in the same step as the change. */
export interface AlertHistoryEntry {
  readonly type: HistoryType;
  readonly at: number;
  /** Version of the alert after it. */
  readonly version: number;
  readonly actor: Actor;
  /** State and tier after it. */
  readonly evaluation: Evaluation;
  readonly handling: Handling;
  readonly tier: Tier;
  readonly value: number | null;
  /** Of `no_notification` also why a delivery was given up. */
  readonly reason?: NotificationReason | SuppressionReason | DeliveryFailure;
  /** Who had it before, when it was taken over, given on, or opened again. */
  readonly from?: string;
  /** A person's comment, an assignee, a receiver: plain text ≤ 2,000 characters. */
  readonly text?: string;
}

/** Whether one person is paged for an alert now, and why (not). */
export interface PageExplanation {
  readonly person: string;
  /** '' of somebody who was called and is off duty by now. */
  readonly post: string;
  readonly role: 'A' | 'B';
  /** Step of the policy that names this post, from 0; null when no step does. */
  readonly step: number | null;
  readonly paged: boolean;
  readonly reason: NotificationReason | SuppressionReason | DeliveryFailure;
  /** When the step is due, if it still is. */
  readonly dueAt: number | null;
}

// ---------------------------------------------------------------- rules
/** The rule as the rules page shows it. `expr` is CEL; `for` and the like in ms. */
export interface AlertRule {
  readonly id: string;
  readonly group: string;
  readonly expr: string;
  readonly intervalMs: number;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly raiseAfterCount: number;
  readonly lowerAfterCount: number;
  readonly labels: AlertLabels;
  readonly annotations: AlertAnnotations;
  /** Tier of a rule whose `expr` is true or false; null when `expr` gives the tier itself. */
  readonly tier: Tier | null;
  readonly forEach: Readonly<Record<string, readonly string[]>>;
  /** KPI whose shortfall against the plan is the cost; null: none. */
  readonly cost: string | null;
  /** Where it stands: file and line, for people. */
  readonly file: string;
  readonly line: number;
}
export interface RulesReply {
  readonly rules: readonly AlertRule[];
  readonly loadedAt: number;
  /** What is wrong with the newest files, when the last reload was refused and the old rules go on. */
  readonly refused: { readonly at: number; readonly problems: readonly string[] } | null;
}

/** `POST /api/v1/rules/backtest`: one rule file, or a rule that is loaded, over recorded windows. */
export const BacktestBody = Type.Object(
  {
    /** Rules as a file would have them; absent: the loaded ones. */
    yaml: Type.Optional(Type.String({ maxLength: 20_000 })),
    /** Only this rule. */
    rule: Type.Optional(Type.String({ maxLength: 64 })),
    /** ms; two hours before `to` when absent. */
    from: Type.Optional(Type.Integer({ minimum: 0 })),
    /** ms; now when absent. */
    to: Type.Optional(Type.Integer({ minimum: 0 })),
    /** ms between two looks, 1,000–60,000; 10,000 when absent. */
    stepMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 60_000 })),
  },
  { additionalProperties: false },
);
export type BacktestBody = Static<typeof BacktestBody>;
/** One time a rule would have fired. */
export interface BacktestFiring {
  readonly rule: string;
  readonly labels: AlertLabels;
  readonly firedAt: number;
  /** null: it would still fire at the end. */
  readonly endsAt: number | null;
  readonly peakTier: Tier;
  /** The value furthest beyond the limit of the peak tier, as first seen at that tier. */
  readonly peakValue: number | null;
  readonly unit: string;
  /** Posts and people, with the time each would have been paged if nobody had acknowledged. */
  readonly pages: readonly { readonly atMs: number; readonly post: string; readonly person: string }[];
}
/** One match of the rule over the span. */
export interface BacktestLine {
  readonly labels: AlertLabels;
  readonly unit: string;
  /** Limits by rank, blue first; empty when the rule has no ladder. */
  readonly limits: readonly (number | null)[];
  readonly points: readonly (readonly [ms: number, value: number | null])[];
}
export interface BacktestReply {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly firings: readonly BacktestFiring[];
  /** What a single rule measured at each look, for the matches that fire first; absent when several rules were asked for. */
  readonly lines?: readonly BacktestLine[];
  /** Rules that could not be judged there, and why: facts that are not recorded (`system`, silent feeds), no data. */
  readonly unjudged: readonly { readonly rule: string; readonly why: string }[];
}

// ---------------------------------------------------------------- silences
export const MATCHER_OPS = ['=', '!=', '=~', '!~'] as const;
export type MatcherOp = (typeof MATCHER_OPS)[number];
export const Matcher = Type.Object(
  {
    name: Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]{0,63}$' }),
    op: Type.Enum([...MATCHER_OPS]),
    /** With `=~` and `!~`: an RE2 expression that must match the whole value; look-around, `\\b`, `\\p` are 422 `unsafe_pattern`. */
    value: Type.String({ maxLength: 512, pattern: PLAIN }),
  },
  { additionalProperties: false },
);
export type Matcher = Static<typeof Matcher>;

export const SILENCE_STATES = ['pending', 'active', 'expired'] as const;
export type SilenceState = (typeof SILENCE_STATES)[number];
/** There is no "for ever": at most 24 h. */
export const SILENCE_MAX_MS = 24 * 3_600_000;
export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly updatedAt: number;
  /** Rises with every change. */
  readonly version: number;
}
/** As lists show it: the state is derived from the times at the moment of the answer. */
export interface SilenceView extends Silence {
  readonly state: SilenceState;
  /** Open alerts under it now. */
  readonly matchedCount: number;
}
export const SilenceBody = Type.Object(
  {
    matchers: Type.Array(Matcher, { minItems: 1, maxItems: 16 }),
    /** ms; now when absent. */
    startsAt: Type.Optional(Type.Integer({ minimum: 0 })),
    endsAt: Type.Integer({ minimum: 0 }),
    comment: Type.String({ minLength: 1, maxLength: 500, pattern: WORDED }),
  },
  { additionalProperties: false },
);
export type SilenceBody = Static<typeof SilenceBody>;

// ---------------------------------------------------------------- commands
const Text = Type.String({ maxLength: 2_000, pattern: PLAIN });
const Version = Type.Optional(
  Type.Integer({ minimum: 1, description: 'refused with 409 when the alert has moved on' }),
);
const closed = { additionalProperties: false } as const;
export const AcknowledgeBody = Type.Object(
  { comment: Type.Optional(Text), takeOver: Type.Optional(Type.Boolean()), version: Version },
  closed,
);
export const CommentBody = Type.Object({ comment: Type.Optional(Text), version: Version }, closed);
export const EscalateBody = Type.Object(
  { comment: Type.Optional(Text), tier: Type.Optional(Type.Enum([...TIERS])), version: Version },
  closed,
);
export const AssignBody = Type.Object(
  {
    owner: Type.Object(
      { id: Type.String({ minLength: 1, maxLength: 128 }), name: Type.String({ maxLength: 128 }) },
      closed,
    ),
    comment: Type.Optional(Text),
    version: Version,
  },
  closed,
);
export const NoteBody = Type.Object({ text: Type.String({ minLength: 1, maxLength: 2_000, pattern: WORDED }) }, closed);
export const BulkAcknowledgeBody = Type.Object(
  {
    ids: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 500, uniqueItems: true }),
    comment: Type.Optional(Text),
  },
  closed,
);
/** What a person (or an integration on its behalf) asks for. */
export type AlertCommand =
  | { readonly verb: 'acknowledge'; readonly comment?: string; readonly takeOver?: boolean }
  | { readonly verb: 'unacknowledge'; readonly comment?: string }
  | { readonly verb: 'assign'; readonly owner: AlertOwner; readonly comment?: string }
  /** Pages the next step now; with a higher `tier` it is raised to it first. */
  | { readonly verb: 'escalate'; readonly comment?: string; readonly tier?: Tier }
  | { readonly verb: 'resolve'; readonly comment?: string }
  | { readonly verb: 'note'; readonly text: string };
export type AlertVerb = AlertCommand['verb'];

export interface BulkResult {
  readonly id: string;
  /** `acknowledged` or `unacknowledged`, or the code of the refusal. */
  readonly code: string;
  readonly alert: Alert | null;
}

// ---------------------------------------------------------------- duty
export interface DutyPerson {
  readonly post: string;
  readonly role: 'A' | 'B';
  readonly person: string;
  /** Where it comes from: the roster, a shift, an override, the rotation. */
  readonly by: 'roster' | 'shift' | 'override' | 'rotation';
  /** Until when this holds; null: no end is planned. */
  readonly untilMs: number | null;
}
export interface Shift {
  readonly id?: string;
  readonly post: string;
  readonly role: 'A' | 'B';
  readonly person: string;
  readonly startsAt: number;
  readonly endsAt: number;
}
/** Replaces whoever would be on; the newest one wins. */
export interface DutyOverride extends Shift {
  readonly id: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly comment: string;
}
export const DutyOverrideBody = Type.Object(
  {
    post: Type.String({ minLength: 1, maxLength: 64, pattern: PLAIN }),
    role: Type.Enum(['A', 'B']),
    person: Type.String({ minLength: 1, maxLength: 128, pattern: WORDED }),
    /** ms; now when absent. */
    startsAt: Type.Optional(Type.Integer({ minimum: 0 })),
    endsAt: Type.Integer({ minimum: 0 }),
    comment: Type.String({ minLength: 1, maxLength: 500, pattern: WORDED }),
    /** The person has no account, no contact and no place on the roster, and that is meant; else 422 `validation` on `/person`. */
    unknown: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type DutyOverrideBody = Static<typeof DutyOverrideBody>;
export interface Roster {
  readonly posts: readonly { readonly post: string; readonly a: string; readonly b: string }[];
  readonly shifts: readonly Shift[];
  readonly overrides: readonly DutyOverride[];
  /** One post whose holder changes each `everyMs` from `fromMs` on, in this order. */
  readonly rotation: {
    readonly post: string;
    readonly people: readonly string[];
    readonly fromMs: number;
    readonly everyMs: number;
  } | null;
}
export interface DutyReply {
  readonly at: number;
  readonly people: readonly DutyPerson[];
  /** Those that hold now or later. */
  readonly overrides: readonly DutyOverride[];
}

/** What a step waits for before it pages; conditions are looked at when it is due. */
export interface EscalationStep {
  /** ms after the step before (the first: after the alert fired). */
  readonly waitMs: number;
  /** Posts whose holder on duty is paged. */
  readonly posts: readonly string[];
  readonly role: 'A' | 'B' | 'both';
  /** Pages only when at least this many alerts of the group are open. */
  readonly minOpenCount?: number;
}
export interface EscalationPolicy {
  readonly id: string;
  readonly tiers: readonly Tier[];
  readonly steps: readonly EscalationStep[];
  /** Times the whole chain is gone through again; at most 5. */
  readonly repeatCount: number;
  readonly repeatWaitMs: number;
}

// ---------------------------------------------------------------- due work (for the part that delivers)
/**
 * Kinds of due items the engine writes in the same step as the change (server/room/due.ts). Whoever delivers registers a
 * handler; a payload is one of the types below, as JSON. An acknowledgement, a resolve and a new life cancel the items of
 * the alert in their own step, so nothing is claimed after them.
 */
export const DUE_KINDS = {
  /** id: group key. Flush the group: page what changed since its last flush. */
  notify: 'alert.notify',
  /** id: alert id. Page the step's people, then go on. */
  escalate: 'alert.escalate',
  /** id: alert id. First the soft reminder, then the acknowledgement wears off. */
  ackExpiry: 'alert.ack_expiry',
  /** id: alert id. Tell the receivers that were paged what became of it. */
  tell: 'alert.tell',
  /** id: silence id. Announce that it ends in 5 min. */
  silenceEnding: 'silence.ending',
} as const;
export interface NotifyPayload {
  readonly group: string;
  readonly tier: Tier;
  readonly reason: NotificationReason;
}
export interface EscalatePayload {
  readonly alertId: string;
  readonly policy: string;
  readonly cycle: number;
  readonly step: number;
  /** Version of the alert with which this round of the chain began: what is paged again after an acknowledgement is a new page. */
  readonly round?: number;
  /** Why this round of the chain began; absent: the alert fired. */
  readonly reason?: NotificationReason;
  /** A person asked for this step: it is its people who are called, whatever the step's condition. */
  readonly byHand?: boolean;
}
export interface TellPayload {
  readonly alertId: string;
  readonly what: 'acknowledged' | 'reopened' | 'resolved';
  /** Name of the person; '' when the condition ended or the acknowledgement wore off by itself. */
  readonly by: string;
  /** Version of the alert after it. */
  readonly version: number;
}
export interface AckExpiryPayload {
  readonly alertId: string;
  readonly stage: 'remind' | 'expire';
  /** Version of the alert with which the acknowledgement came. */
  readonly version: number;
}

// ---------------------------------------------------------------- replies
/** `GET /api/v1/alerts?tier=&evaluation=&handling=&rule=&suppressed=&filter=&limit=&offset=`, most urgent first; pending ones only when asked for */
export interface AlertsReply {
  readonly alerts: readonly Alert[];
  /** Where the socket's alert stream goes on from. */
  readonly position: Position;
  readonly totalCount: number;
  /** Of all that are listed, whatever was asked for: see `tallyOf`. */
  readonly openCount: Readonly<Partial<Record<Tier, number>>>;
  readonly silencedCount: number;
  readonly suppressedCount: number;
}
/** `GET /api/v1/alerts/{id}` */
export interface AlertReply {
  readonly alert: Alert;
  readonly history: readonly AlertHistoryEntry[];
  readonly explanation: readonly PageExplanation[];
  readonly rule: AlertRule | null;
}
/** Why a line cannot be drawn: nobody records what the rule reads, or the rule is not (or no more) one of ours. */
export const NO_LINE_REASONS = ['not_recorded', 'no_rule'] as const;
export type NoLineReason = (typeof NO_LINE_REASONS)[number];
/** `GET /api/v1/alerts/{id}/line`: what the rule measures for this alert, looked at anew over the last half hour. */
export interface AlertLineReply {
  readonly stepMs: number;
  /** Unit of the points and of the alert's `limit`. */
  readonly unit: string;
  /** Oldest first; null where there was nothing to measure. */
  readonly points: readonly (readonly [ms: number, value: number | null])[];
  readonly why: NoLineReason | null;
}
export interface AlertPage {
  readonly position: Position;
  /** Alerts as they are after their change, each whole; a resolved one is sent once more and then forgotten. */
  readonly alerts: readonly Alert[];
  /** Voids what the client holds: these are all that are open. A long list comes in several pages, the first says `reset`. */
  readonly reset: boolean;
  /** More pages of the same list follow; the list is whole when it is false. */
  readonly more: boolean;
}
