import type { Alert, DutyPerson, NotificationReason, Silence } from '#contract/alerts';
import type { Tier } from '#contract/tiers';
import type { Contact } from './receiver.ts';

/** What a message keeps of an alert. */
export type MessageAlert = Pick<
  Alert,
  | 'id'
  | 'fingerprint'
  | 'rule'
  | 'labels'
  | 'annotations'
  | 'tier'
  | 'evaluation'
  | 'handling'
  | 'value'
  | 'limit'
  | 'unit'
  | 'recovery'
  | 'resolvedValue'
  | 'startsAt'
  | 'firedAt'
  | 'endsAt'
  | 'group'
> & { readonly owner: string | null; readonly generatorUrl: string | null };

export interface Addressee extends Pick<DutyPerson, 'person' | 'post' | 'role'> {
  readonly contact: Contact;
}
export type Handled = 'acknowledged' | 'reopened' | 'resolved';
export type Message =
  | {
      readonly topic: 'group';
      readonly reason: NotificationReason;
      readonly tier: Tier;
      readonly group: string;
      readonly firing: readonly MessageAlert[];
      readonly resolved: readonly MessageAlert[];
      /** All that fire and all that ended, also those that are not listed here. */
      readonly firingCount: number;
      readonly resolvedCount: number;
    }
  | {
      readonly topic: 'page';
      readonly reason: NotificationReason;
      readonly alert: MessageAlert;
      readonly people: readonly Addressee[];
      readonly cycle: number;
      readonly step: number;
      readonly openInGroupCount: number;
    }
  | {
      readonly topic: 'handling';
      readonly what: Handled;
      readonly alert: MessageAlert;
      /** Who did it; '' when the condition ended by itself. */
      readonly by: string;
      readonly people: readonly Addressee[];
    }
  | {
      readonly topic: 'reminder';
      readonly alert: MessageAlert;
      readonly expiresAt: number;
      readonly people: readonly Addressee[];
    }
  | {
      readonly topic: 'silence';
      readonly silence: Pick<Silence, 'id' | 'matchers' | 'endsAt' | 'createdBy' | 'comment'>;
      readonly matchedCount: number;
      readonly people: readonly Addressee[];
    }
  | {
      readonly topic: 'test';
      readonly alert: MessageAlert;
      readonly by: string;
      readonly people: readonly Addressee[];
    };

/** One message on its way to one receiver; kept until it is delivered or given up. */
export interface Delivery {
  /** The same over all tries, nodes and restarts. */
  readonly id: string;
  readonly receiver: string;
  /** Messages of one key reach a receiver in order: an alert's id, or its group. */
  readonly orderKey: string;
  readonly createdAtMs: number;
  /** Alert that must still be open when the message is claimed; null: sent whatever became of it. */
  readonly whileOpen: string | null;
  readonly message: Message;
}

/** Alerts a message lists; the counts tell of the rest. */
export const LISTED_MOST = 30;
const TEXT_MOST = 1_000;

const cut = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.slice(0, TEXT_MOST)]));

export function messageAlert(alert: Alert): MessageAlert {
  const { id, fingerprint, rule, tier, evaluation, handling, value, limit, unit, resolvedValue } = alert;
  const { startsAt, firedAt, endsAt, group, generatorUrl } = alert;
  return {
    id,
    fingerprint,
    rule,
    labels: cut(alert.labels),
    annotations: cut(alert.annotations),
    tier,
    evaluation,
    handling,
    value,
    limit,
    unit,
    ...(alert.recovery ? { recovery: alert.recovery } : {}),
    resolvedValue,
    startsAt,
    firedAt,
    endsAt,
    group,
    owner: alert.owner?.name ?? null,
    generatorUrl,
  };
}

export const tierOf = (message: Message): Tier =>
  message.topic === 'group' ? message.tier : message.topic === 'silence' ? 'blue' : message.alert.tier;
export const peopleOf = (message: Message): readonly Addressee[] => (message.topic === 'group' ? [] : message.people);
