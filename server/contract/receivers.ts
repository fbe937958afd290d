import type { Tier } from './tiers.ts';

/**
 * Receivers: where pages and notifications go, and how each of them does. Times are ms of Redis time since the Unix epoch.
 * Nothing here carries an address's path, a token or a secret.
 */
export const RECEIVER_KINDS = [
  'webhook',
  'dingtalk',
  'wecom',
  'feishu',
  'pagerduty',
  'template',
  'email',
  'sound',
] as const;
export type ReceiverKind = (typeof RECEIVER_KINDS)[number];

/** What a receiver is sent: groups of alerts, pages to people, what became of an alert it was paged about. */
export const RECEIVER_SENDS = ['groups', 'pages', 'handling'] as const;
export type ReceiverSends = (typeof RECEIVER_SENDS)[number];

/**
 * `failing`: several tries in a row failed; it is tried on. `disabled`: it said 410, or message after message had to be given
 * up; nothing is sent until a person enables it, and what is for it waits.
 */
export const RECEIVER_STATES = ['ok', 'failing', 'disabled'] as const;
export type ReceiverState = (typeof RECEIVER_STATES)[number];

/** Why a delivery failed, Alertmanager's words first. */
export const DELIVERY_FAILURES = [
  'clientError',
  'serverError',
  'authError',
  'rateLimited',
  'contextDeadlineExceeded',
  'redirected',
  'refusedAddress',
  'expired',
  'queue full',
  'other',
] as const;
export type DeliveryFailure = (typeof DELIVERY_FAILURES)[number];

export interface ReceiverError {
  readonly at: number;
  readonly reason: DeliveryFailure;
  /** What the sink answered: an HTTP or SMTP status; null without an answer. */
  readonly status: number | null;
  readonly message: string;
}
export interface ReceiverView {
  readonly id: string;
  readonly kind: ReceiverKind;
  readonly state: ReceiverState;
  /** Since when it is in that state; null: since ever. */
  readonly since: number | null;
  /** Host and port it calls; null for what stays in the console. */
  readonly target: string | null;
  readonly sends: readonly ReceiverSends[];
  /** The least tier it is sent. */
  readonly leastTier: Tier;
  readonly language: 'zh' | 'en' | 'both';
  readonly queueCount: number;
  /** When the oldest waiting message came; null when none waits. */
  readonly oldestAt: number | null;
  readonly deliveredCount: number;
  readonly failedTriesCount: number;
  readonly lastDeliveredAt: number | null;
  readonly lastError: ReceiverError | null;
  /** Messages a minute the product behind it takes; beyond, they are folded into a summary. null: no limit. */
  readonly limitPerMinute: number | null;
}
/** `GET /api/v1/receivers` */
export interface ReceiversReply {
  readonly receivers: readonly ReceiverView[];
  readonly loadedAt: number;
  /** What is wrong with the newest file, when the last reload was refused and the old receivers go on. */
  readonly refused: { readonly at: number; readonly problems: readonly string[] } | null;
  readonly deadCount: number;
}
/** `POST /api/v1/receivers/{id}/test`: what the sink answered. */
export interface ReceiverTestReply {
  readonly receiver: string;
  /** The message's id, as `webhook-id` has it. */
  readonly id: string;
  readonly ok: boolean;
  readonly status: number | null;
  readonly reason: DeliveryFailure | null;
  readonly message: string;
  /** The first 500 characters of the answer. */
  readonly answer: string;
  readonly tookMs: number;
}
/** One message that was given up. */
export interface DeliveryDeadLetter {
  /** `<receiver>|<message id>` */
  readonly id: string;
  readonly receiver: string;
  readonly topic: string;
  readonly title: string;
  readonly createdAt: number;
  readonly givenUpAt: number;
  readonly tries: number;
  readonly error: ReceiverError;
}
/** `GET /api/v1/receivers/deadletters`, newest first */
export interface DeliveryDeadLettersReply {
  readonly letters: readonly DeliveryDeadLetter[];
  readonly totalCount: number;
  /** The oldest ones that had to go. */
  readonly droppedCount: number;
}

/** Receivers in trouble, for the walls; absent when all are well. */
export interface ReceiverTrouble {
  readonly failing: readonly string[];
  readonly disabled: readonly string[];
}
/** The newest page of the in-console sound receiver: a screen rings when `id` is one it has not heard. */
export interface SoundMark {
  readonly id: string;
  readonly tier: Tier;
  readonly at: number;
  readonly alert: string;
  readonly people: readonly string[];
}
