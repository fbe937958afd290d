import type { Alert, DutyPerson, EscalatePayload, Silence, TellPayload } from '#contract/alerts';
import { TIER_RANK } from '#contract/tiers';
import { type FlushPlan, notificationId, type StepPlan } from '../paging.ts';
import type { AlertRecord } from '../record.ts';
import { type Addressee, type Delivery, LISTED_MOST, type Message, messageAlert } from './domain/message.ts';
import { type Contacts, type Receiver, reaches } from './domain/receiver.ts';
import type { NewDelivery } from './queue-types.ts';
import { sends, wants } from './route.ts';

/** Our own always-firing alert: only receivers that ask for it hear of it, each minute. */
export const WATCHDOG = 'Watchdog';
export interface PlanContext {
  readonly receivers: readonly Receiver[];
  readonly contacts: Contacts;
  readonly nowMs: number;
}

export const addressee = (
  { person, post, role }: Pick<DutyPerson, 'person' | 'post' | 'role'>,
  contacts: Contacts,
): Addressee => ({
  person,
  post,
  role,
  contact: contacts[person] ?? {},
});
const delivery = (
  receiver: Receiver,
  id: string,
  orderKey: string,
  message: Message,
  nowMs: number,
  whileOpen: string | null = null,
): Delivery => ({ id, receiver: receiver.id, orderKey, createdAtMs: nowMs, whileOpen, message });

/** Receivers that can page this person about this alert. */
export const pagers = (alert: Alert, person: string, { receivers, contacts }: PlanContext): Receiver[] =>
  receivers.filter(
    (receiver) => sends(receiver, 'pages') && wants(receiver, alert) && reaches(receiver, contacts[person]),
  );

/** Whether pages go out, but for higher tiers only: nobody is meant to be paged for this one. */
export const isQuiet = (alert: Pick<Alert, 'tier'>, receivers: readonly Receiver[]): boolean => {
  const pages = receivers.filter((receiver) => sends(receiver, 'pages'));
  return pages.length > 0 && pages.every(({ leastTier }) => TIER_RANK[alert.tier] < TIER_RANK[leastTier]);
};

/** Each person gets an e-mail of their own, so that an address that is refused or slow holds up no other; rooms are told once. */
const asOne = (receiver: Receiver, people: readonly Addressee[]): readonly (readonly Addressee[])[] =>
  receiver.kind === 'email' ? people.map((person) => [person]) : [people];

/** A step of a chain: one page a receiver, to all of its people that it reaches. */
export function planPages(
  payload: EscalatePayload,
  plan: Extract<StepPlan, { kind: 'page' }>,
  context: PlanContext,
): NewDelivery[] {
  const { alert, reason, pages, openInGroupCount } = plan;
  const { cycle, step, round = 0 } = payload;
  return context.receivers.flatMap((receiver) => {
    const people = pages
      .filter(({ to }) => pagers(alert, to.person, context).includes(receiver))
      .map(({ to }) => addressee(to, context.contacts));
    if (people.length === 0) return [];
    const told = sends(receiver, 'handling') ? ({ as: 'open', onlyIfTold: false } as const) : null;
    return asOne(receiver, people).map((some) => {
      const whom = receiver.kind === 'email' ? some.map(({ person }) => person) : [];
      const id = notificationId(alert.id, round, cycle, step, receiver.id, ...whom);
      const shown = messageAlert(alert);
      const message = { topic: 'page', reason, alert: shown, people: some, cycle, step, openInGroupCount } as const;
      return { delivery: delivery(receiver, id, alert.id, message, context.nowMs, alert.id), told };
    });
  });
}

/** A group's flush: one message a receiver, with those of its alerts that it wants. */
export function planGroup(
  group: string,
  plan: Extract<FlushPlan, { kind: 'send' }>,
  context: PlanContext,
): NewDelivery[] {
  return context.receivers.flatMap((receiver) => {
    const watchdog = [...plan.firing, ...plan.resolved].some(({ rule }) => rule === WATCHDOG);
    if (watchdog ? !receiver.watchdog : !sends(receiver, 'groups')) return [];
    const wanted = (all: readonly Alert[]): Alert[] =>
      watchdog ? [...all] : all.filter((alert) => wants(receiver, alert, alert.peakTier));
    const firing = wanted(plan.firing);
    const resolved = wanted(plan.resolved);
    if (firing.length + resolved.length === 0) return [];
    const message: Message = {
      topic: 'group',
      reason: plan.reason,
      tier: plan.tier,
      group,
      firing: firing.slice(0, LISTED_MOST).map(messageAlert),
      resolved: resolved.slice(0, Math.max(5, LISTED_MOST - firing.length)).map(messageAlert),
      firingCount: firing.length,
      resolvedCount: resolved.length,
    };
    const id = notificationId(plan.notificationId, receiver.id);
    return [{ delivery: delivery(receiver, id, group, message, context.nowMs), told: null }];
  });
}

const TELLS = { acknowledged: 'acknowledged', reopened: 'open', resolved: 'resolved' } as const;
/** What became of an alert, for the receivers that were paged about it. @param people - who was paged */
export function planTell(
  { what, by, version }: TellPayload,
  alert: Alert,
  people: readonly Addressee[],
  { receivers, nowMs }: PlanContext,
): NewDelivery[] {
  return receivers
    .filter((receiver) => sends(receiver, 'handling'))
    .map((receiver) => {
      const message = { topic: 'handling', what, alert: messageAlert(alert), by, people } as const;
      const id = notificationId(alert.id, 'tell', what, version, receiver.id);
      return {
        delivery: delivery(receiver, id, alert.id, message, nowMs),
        told: { as: TELLS[what], onlyIfTold: true },
      };
    });
}

/** The owner hears that the acknowledgement wears off soon. */
export function planReminder(record: AlertRecord, shown: Alert, context: PlanContext): NewDelivery[] {
  const { owner, ackExpiresAt, acknowledgedAt } = record;
  if (owner === null || ackExpiresAt === null) return [];
  const people = [{ person: owner.name, post: '', role: 'A' as const, contact: context.contacts[owner.name] ?? {} }];
  return pagers(shown, owner.name, context).map((receiver) => {
    const message = { topic: 'reminder', alert: messageAlert(shown), expiresAt: ackExpiresAt, people } as const;
    const id = notificationId(record.id, 'remind', acknowledgedAt ?? 0, receiver.id);
    return { delivery: delivery(receiver, id, record.id, message, context.nowMs), told: null };
  });
}

/** A silence ends in 5 min: rooms and whoever made it hear of it. */
export function planSilence(silence: Silence, matchedCount: number, context: PlanContext): NewDelivery[] {
  const { id, matchers, endsAt, createdBy, comment } = silence;
  const people = [{ person: createdBy, post: '', role: 'A' as const, contact: context.contacts[createdBy] ?? {} }];
  return context.receivers
    .filter(
      (receiver) =>
        TELL_SILENCES.has(receiver.kind) && sends(receiver, 'pages') && reaches(receiver, people[0]?.contact),
    )
    .map((receiver) => {
      const message = {
        topic: 'silence',
        silence: { id, matchers, endsAt, createdBy, comment },
        matchedCount,
        people,
      } as const;
      const own = notificationId(id, 'silence', endsAt, receiver.id);
      return { delivery: delivery(receiver, own, `silence ${id}`, message, context.nowMs), told: null };
    });
}
const TELL_SILENCES: ReadonlySet<Receiver['kind']> = new Set<Receiver['kind']>([
  'dingtalk',
  'wecom',
  'feishu',
  'email',
  'webhook',
]);
