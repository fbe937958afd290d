import type { Alert, AlertCommand, AlertHistoryEntry, AlertOwner, Handling, HistoryType } from '#contract/alerts';
import { AppError } from '#contract/errors';
import { TIER_RANK, type Tier } from '#contract/tiers';
import { ackExpiresAtMs } from './ack-expiry.ts';

/** Which handling may follow which. `resolved` is the end of a life: what comes after is a new alert. */
export const HANDLING_NEXT: Readonly<Record<Handling, readonly Handling[]>> = {
  open: ['acknowledged', 'resolved'],
  acknowledged: ['open', 'resolved'],
  resolved: [],
};
export const mayHandle = (from: Handling, to: Handling): boolean => from === to || HANDLING_NEXT[from].includes(to);

/** Our own alert that always fires. It is nobody's to handle, and nothing mutes it. */
export const isWatchdog = ({ rule, origin }: Pick<Alert, 'rule' | 'origin'>): boolean =>
  rule === 'Watchdog' && origin === 'rule';

/** What a command changes, and how it is remembered. */
export interface HandlingChange {
  readonly type: HistoryType;
  readonly patch: Partial<Alert>;
  /** Escalation and reminders: `stop` on ack and resolve, `start` when it is open again, `now` pages the next step, `ack` starts the expiry. */
  readonly paging: 'stop' | 'ack' | 'start' | 'now' | 'keep';
  readonly text?: string;
  /** Whose it was, when somebody else has it now. */
  readonly from?: string;
}

/** What changes who has an alert, or calls people for it. A resolve has a refusal of its own. */
const HANDLES: ReadonlySet<HistoryType> = new Set<HistoryType>([
  'alert_acknowledged',
  'alert_unacknowledged',
  'alert_assigned',
  'alert_escalated',
  'alert_ack_expired',
]);
/** The last line since `version` with which an alert's handling changed; null when only its rule, its pages or notes went on. */
export function handledSince(history: readonly AlertHistoryEntry[], version: number): AlertHistoryEntry | null {
  const handled = history.findLast(
    ({ type, version: at, handling }, index) =>
      at > version &&
      (HANDLES.has(type) ||
        // a raise that takes it from its owner
        (type === 'alert_raised' && handling === 'open' && history[index - 1]?.handling === 'acknowledged')),
  );
  return handled ?? null;
}

const NOT_OWNED = { owner: null, acknowledgedAt: null, ackExpiresAt: null } as const;
const worded = (text: string | undefined): { text?: string } => (text === undefined || text === '' ? {} : { text });

/**
 * Applies a person's command.
 * @throws {AppError} `validation` for a lower tier, `conflict` for the watchdog, `already_resolved` (resolve wins over whatever comes late), `not_firing`, `already_acknowledged` with the
 *   owner, `not_acknowledged`
 */
export function applyCommand(alert: Alert, command: AlertCommand, by: AlertOwner, nowMs: number): HandlingChange {
  if (isWatchdog(alert) && command.verb !== 'note')
    throw new AppError('conflict', 'the watchdog always fires, so that its silence is heard: nobody takes or ends it');
  if (command.verb === 'note') return { type: 'alert_noted', patch: {}, paging: 'keep', text: command.text };
  if (alert.handling === 'resolved') {
    throw new AppError('already_resolved', 'this alert is resolved; if it comes back, it is a new alert', {
      extra: { endsAt: alert.endsAt },
    });
  }
  if (alert.firedAt === null) {
    throw new AppError('not_firing', 'this alert is pending: its condition has not held long enough yet; wait for it');
  }
  switch (command.verb) {
    case 'acknowledge': {
      const { owner, handling } = alert;
      if (handling === 'acknowledged' && owner !== null && owner.id !== by.id && command.takeOver !== true) {
        throw new AppError('already_acknowledged', `${owner.name} has it; take it over if that is agreed`, {
          extra: { owner, acknowledgedAt: alert.acknowledgedAt },
        });
      }
      return { ...taken(alert, by, nowMs), type: 'alert_acknowledged', ...worded(command.comment) };
    }
    case 'assign':
      return {
        ...taken(alert, command.owner, nowMs),
        type: 'alert_assigned',
        text: command.comment ?? command.owner.name,
      };
    case 'unacknowledge':
      if (alert.handling !== 'acknowledged') {
        throw new AppError('not_acknowledged', 'nobody has acknowledged this alert, so there is nothing to give back');
      }
      return {
        ...takenFrom(alert, by),
        type: 'alert_unacknowledged',
        patch: { handling: 'open', ...NOT_OWNED },
        paging: 'start',
        ...worded(command.comment),
      };
    case 'escalate': {
      const { tier: raised = alert.tier } = command;
      if (TIER_RANK[raised] < TIER_RANK[alert.tier])
        throw new AppError(
          'validation',
          `this alert is ${alert.tier}; escalating keeps its tier or names a higher one`,
          {
            field: '/tier',
            extra: { tier: alert.tier },
          },
        );
      return {
        ...takenFrom(alert, by),
        type: 'alert_escalated',
        patch: { handling: 'open', ...NOT_OWNED, tier: raised, peakTier: higher(raised, alert.peakTier) },
        paging: 'now',
        ...worded(command.comment),
      };
    }
    case 'resolve':
      return {
        type: 'alert_resolved',
        patch: { handling: 'resolved', endsAt: nowMs, ackExpiresAt: null, resolvedValue: alert.value },
        paging: 'stop',
        ...worded(command.comment),
      };
  }
}

/** From whom it is taken; nothing when it was nobody's, or is the same person's. */
const takenFrom = ({ owner }: Alert, by: AlertOwner | null): Pick<HandlingChange, 'from'> =>
  owner === null || owner.id === by?.id ? {} : { from: owner.name };

function taken(alert: Alert, owner: AlertOwner, nowMs: number): Pick<HandlingChange, 'patch' | 'paging' | 'from'> {
  const expires = ackExpiresAtMs(alert.tier, nowMs);
  return {
    ...takenFrom(alert, owner),
    patch: { handling: 'acknowledged', owner, acknowledgedAt: nowMs, ackExpiresAt: expires },
    paging: 'ack',
  };
}

const higher = (a: Tier, b: Tier): Tier => (TIER_RANK[a] >= TIER_RANK[b] ? a : b);

/**
 * The rule raised or lowered the tier. A raise breaks through timers and re-opens what was acknowledged, and says from whom.
 * @param swings - it only swings back to a tier that people were called for a moment ago: it is shown, and nobody is called anew;
 *   an acknowledgement stays, and wears off no later than one of that tier would
 */
export function changeTier(alert: Alert, tier: Tier, nowMs: number, swings = false): HandlingChange | null {
  if (tier === alert.tier) return null;
  if (TIER_RANK[tier] < TIER_RANK[alert.tier]) return { type: 'alert_lowered', patch: { tier }, paging: 'keep' };
  const peakTier = higher(tier, alert.peakTier);
  const isTaken = alert.handling === 'acknowledged';
  if (swings) {
    const ackExpiresAt = ackExpiresAtMs(tier, nowMs);
    return isTaken && ackExpiresAt < (alert.ackExpiresAt ?? 0)
      ? { type: 'alert_raised', patch: { tier, peakTier, ackExpiresAt }, paging: 'ack' }
      : { type: 'alert_raised', patch: { tier, peakTier }, paging: 'keep' };
  }
  const reopened = isTaken ? { handling: 'open' as const, ...NOT_OWNED } : {};
  return {
    ...takenFrom(alert, null),
    type: 'alert_raised',
    patch: { tier, peakTier, ...reopened },
    paging: 'start',
  };
}

/** The acknowledgement wore off: pages again. null when it no longer applies (given back, resolved, renewed). */
export function expireAck(alert: Alert, nowMs: number): HandlingChange | null {
  if (alert.handling !== 'acknowledged' || alert.ackExpiresAt === null || nowMs < alert.ackExpiresAt) return null;
  return {
    ...takenFrom(alert, null),
    type: 'alert_ack_expired',
    patch: { handling: 'open', ...NOT_OWNED },
    paging: 'start',
  };
}
