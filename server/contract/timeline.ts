import type { Actor } from './permissions.ts';

/** Where a reader stands in a stream: which life of it, and the last entry it has. A new epoch voids every seq. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/** Kinds of entries. The client turns code + params into words; the server never sends sentences. */
export const TIMELINE_KINDS = [
  'note',
  'campaign.opened',
  'campaign.phase',
  'change.recorded',
  'source.silent',
  'source.back',
  'node.started',
  'node.stopping',
  'user.created',
  'user.changed',
  'session.revoked',
  'key.created',
  'key.revoked',
  'kiosk.paired',
  'kiosk.revoked',
  'login.succeeded',
  'login.refused',
  'access.refused',
  'deadletters.replayed',
  'campaign.reloaded',
  'alert.fired',
  'alert.raised',
  'alert.lowered',
  'alert.resolved',
  'alert.nodata',
  'alert.error',
  'alert.acknowledged',
  'alert.unacknowledged',
  'alert.ack_expired',
  'alert.assigned',
  'alert.escalated',
  'alert.noted',
  'alert.storm',
  'silence.created',
  'silence.changed',
  'silence.ending',
  'silence.expired',
  'duty.changed',
  'rules.reloaded',
  'rules.refused',
  'receiver.failing',
  'receiver.disabled',
  'receiver.back',
  'receiver.enabled',
  'receiver.tested',
  'receiver.resent',
  'receivers.reloaded',
  'receivers.refused',
  'run.started',
  'run.step_claimed',
  'run.step_released',
  'run.step_done',
  'run.step_failed',
  'run.step_skipped',
  'run.action_requested',
  'run.action_approved',
  'run.action_cancelled',
  'run.action_expired',
  'run.action_sent',
  'run.action_failed',
  'run.verified',
  'run.ended',
  'budget.opened',
  'budget.requested',
  'budget.undo_requested',
  'budget.approved',
  'budget.rejected',
  'budget.cancelled',
  'budget.expired',
  'budget.stale',
  'budget.escalated',
  'budget.posted',
  'budget.settled',
  'budget.partially_settled',
  'budget.compensated',
  'budget.failed',
  'budget.reviewed',
  'budget.review_overdue',
  'budget.rails_changed',
  'budget.frozen',
  'budget.unfrozen',
  'budget.overspent',
  'budget.covered',
  'budget.forced',
  'budget.repaid',
  'budget.ledger_frozen',
  'budget.ledger_resumed',
  'advice.gained',
  'advice.lost',
  'advice.regime_changed',
  'platform.changed',
  'platform.clamped',
  'platform.refused',
  'platform.unknown',
  'platform.drift',
  'platform.agreed',
  'platform.adopted',
  'platform.reasserted',
  'incident.declared',
  'incident.mitigated',
  'incident.resolved',
  'incident.reopened',
  'incident.role',
  'incident.status',
  'incident.update_due',
  'incident.linked',
  'incident.unlinked',
  'incident.changed',
  'incident.noted',
  'sound.muted',
  'sound.unmuted',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** What logins, accounts and keys do is for roles with `timeline.security`; for others the entry keeps its place and nothing else. */
const SECURITY_KIND = /^(login|user|key)\.|^(access\.refused|session\.revoked)$/;
export const isSecurityKind = (kind: TimelineEntry['kind']): boolean => SECURITY_KIND.test(kind);

/** One line of what people and rules did. Append-only; `seq` has no gaps within its epoch. */
export interface TimelineEntry {
  readonly seq: number;
  /** Redis time, ms since the Unix epoch. */
  readonly atMs: number;
  /** `hidden` is never stored: it stands where the reader may not see what does, so that `seq` has no gap. Not shown. */
  readonly kind: TimelineKind | 'hidden';
  readonly actor: Actor;
  /** Parameters of the words: strings and numbers only, plain text, each ≤ 2,000 characters. */
  readonly params: Readonly<Record<string, string | number>>;
  readonly requestId?: string;
}

/** `GET /api/v1/timeline?after=&before=&epoch=&limit=&kinds=&actor=&tier=&text=&from=&to=` */
export interface TimelineReply {
  readonly position: Position;
  readonly entries: readonly TimelineEntry[];
  /** Ask with it as `before` for older entries; null when there are none. Absent on pages read with `after`. */
  readonly before?: number | null;
}
/** `GET /api/v1/timeline/export?format=` */
export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The entry as everybody may see it. */
export function publicEntry(entry: TimelineEntry): TimelineEntry {
  if (!isSecurityKind(entry.kind)) return entry;
  return { seq: entry.seq, atMs: entry.atMs, kind: 'hidden', actor: { kind: 'system', id: 'hidden' }, params: {} };
}
