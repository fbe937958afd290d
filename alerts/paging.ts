import { createHash } from 'node:crypto';
import type {
  Alert,
  DutyPerson,
  EscalatePayload,
  EscalationPolicy,
  NotificationReason,
  NotifyPayload,
  Roster,
  SuppressionReason,
} from '#contract/alerts';
import { AppError } from '#contract/errors';
import { TIER_RANK, type Tier } from '#contract/tiers';
import type { DueOutcome } from '../server/room/due.ts';
import type { AlertBook } from './book.ts';
import { isLastHope, isTired, type SparedNow } from './domain/called-next.ts';
import { mayPage, nextStep, pagedBy, policyFor } from './domain/escalation.ts';
import { decideFlush, type GroupState, NEW_GROUP } from './domain/group.ts';
import { isOpen } from './domain/order.ts';
import { type AlertRecord, historyOf } from './record.ts';
import type { AlertChange, AlertStore } from './store.ts';

/**
 * What whoever delivers pages needs of the alert core. Order of work, for both kinds of due items: claim the item → `plan…` →
 * send (same `notificationId` on every try) → `…Done` (history, next step, one atomic write) → settle with the outcome.
 * A crash between send and done sends again with the same id: at least once, nameable. An acknowledgement or a resolve cancels
 * the alert's items in its own step, so nothing of it is claimed after that.
 */
export interface PagingDeps {
  readonly store: AlertStore;
  readonly book: AlertBook;
  readonly policies: () => readonly EscalationPolicy[];
  readonly roster: () => Roster;
  readonly nowMs: () => number;
  /** Why this person is not to be disturbed now (nights, too many pages, nobody who could tell them); null: page. */
  readonly spare?: (alert: Alert, page: Page) => Promise<SuppressionReason | null>;
}
export interface Page {
  /** One a (alert or group, step, person): the same over all tries, sent as the delivery's id. */
  readonly notificationId: string;
  readonly to: DutyPerson;
}
export interface Spared {
  readonly to: DutyPerson;
  readonly reason: SuppressionReason;
}
export type StepPlan =
  | {
      readonly kind: 'page';
      readonly alert: Alert;
      readonly reason: NotificationReason;
      readonly pages: readonly Page[];
      /** People of the step who are not paged, and why. */
      readonly spared: readonly Spared[];
      readonly openInGroupCount: number;
    }
  /** Nobody is paged now, with the reason; `stepDone` says when to look again. */
  | {
      readonly kind: 'hold';
      readonly alert: Alert;
      readonly reason: SuppressionReason;
      readonly spared: readonly Spared[];
    }
  /** The alert is over, taken, or has moved on to another step: settle with `done`. */
  | { readonly kind: 'over' };
export type FlushPlan =
  | {
      readonly kind: 'send';
      readonly reason: NotificationReason;
      readonly notificationId: string;
      readonly tier: Tier;
      readonly firing: readonly Alert[];
      /** Alerts of the last page that are over now. */
      readonly resolved: readonly Alert[];
      readonly before: GroupState;
    }
  | { readonly kind: 'hold'; readonly reason: SuppressionReason; readonly outcome: DueOutcome };

const SYSTEM = { kind: 'system', id: 'paging' } as const;
/** Nobody is paged at this step, and the chain goes on to the next one. */
const GOES_ON: ReadonlySet<SuppressionReason> = new Set<SuppressionReason>(['nobody on duty', 'condition not met']);
/** A suppressed alert is looked at again this often: silences end by themselves. */
const HOLD_MS = 15_000;
const TRIES = 5;
const areTired = (spared: readonly Spared[]): boolean => isTired(spared.map(({ reason }) => reason));

/** `notificationId = hash(what, step, target)`: the same over tries, nodes and restarts. */
export const notificationId = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

export function createPaging({ store, book, policies, roster, nowMs, spare }: PagingDeps) {
  /** The policy of an alert; one that a changed file no longer has is followed by the one for its tier, so that no chain ends unseen. */
  const policyOf = (id: string, tier: Tier): EscalationPolicy | null =>
    policies().find((policy) => policy.id === id) ?? policyFor(policies(), tier);

  /** What a claimed `alert.escalate` item does now. */
  async function planStep(payload: EscalatePayload): Promise<StepPlan> {
    const found = await store.read(payload.alertId);
    if (found === null || found.closed) return { kind: 'over' };
    // a chain that has become shorter goes on at its end
    const steps = policyOf(payload.policy, found.record.tier)?.steps ?? [];
    const step = steps[payload.step] ?? steps.at(-1);
    if (step === undefined) return { kind: 'over' };
    const { escalation } = found.record;
    if (escalation === null || escalation.step !== payload.step || escalation.cycle !== payload.cycle)
      return { kind: 'over' };
    const alert = book.show(found.record);
    const openInGroupCount = book.openInGroup(alert.group);
    const { byHand = false } = payload;
    const may = mayPage(alert, byHand ? { ...step, minOpenCount: 0 } : step, openInGroupCount);
    if (!may.ok)
      return may.reason === 'resolved' || may.reason === 'acknowledged'
        ? { kind: 'over' }
        : { kind: 'hold', alert, reason: may.reason, spared: [] };
    const people = pagedBy(step, roster(), nowMs());
    if (people.length === 0) return { kind: 'hold', alert, reason: 'nobody on duty', spared: [] };
    const first = payload.step === 0 && payload.cycle === 0;
    const reason = byHand ? 'escalated by hand' : first ? (payload.reason ?? 'first notification') : 'escalation step';
    const { cycle, round = 0 } = payload;
    const pages: Page[] = [];
    const spared: (Spared & { readonly page: Page })[] = [];
    for (const to of people) {
      const page = { notificationId: notificationId(alert.id, round, cycle, payload.step, to.person), to };
      const why = (await spare?.(alert, page)) ?? null;
      if (why === null) pages.push(page);
      else spared.push({ to, reason: why, page });
    }
    // the limits spread the load; at the end of a chain they must not leave a Major alert with nobody at all
    if (pages.length === 0 && areTired(spared) && isLastHope(alert, payload.step, steps))
      return {
        kind: 'page',
        alert,
        reason,
        pages: spared.map(({ page }) => page),
        spared: [],
        openInGroupCount,
      };
    const [one] = spared;
    if (pages.length === 0 && one !== undefined) return { kind: 'hold', alert, reason: one.reason, spared };
    return { kind: 'page', alert, reason, pages, spared, openInGroupCount };
  }

  /**
   * Writes what became of a step: a line of history a person (or one that says why nobody), and the step that comes next.
   * @returns how to settle the item
   */
  async function stepDone(payload: EscalatePayload, plan: StepPlan): Promise<DueOutcome> {
    if (plan.kind === 'over') return { kind: 'done' };
    const policy = policyOf(payload.policy, plan.alert.tier);
    if (policy === null) return { kind: 'done' };
    const suppressed = plan.kind === 'hold' && plan.spared.length === 0 && !GOES_ON.has(plan.reason);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const found = await store.read(payload.alertId);
      if (found === null || found.closed || found.record.handling !== 'open') return { kind: 'done' };
      const { record } = found;
      if (record.escalation?.step !== payload.step || record.escalation.cycle !== payload.cycle)
        return { kind: 'done' };
      const atMs = nowMs();
      // a muted alert waits at its step; otherwise the chain goes on, whether or not somebody could be paged
      const usual = suppressed ? { ...payload, dueAtMs: atMs + HOLD_MS } : nextStep(policy, payload, atMs);
      // nobody was called, so nobody is waited for
      const hurries = plan.kind === 'hold' && areTired(plan.spared) && usual?.cycle === payload.cycle;
      const next = usual !== null && hurries ? { ...usual, dueAtMs: atMs } : usual;
      const escalation = next === null ? null : { cycle: next.cycle, step: next.step, dueAt: next.dueAtMs };
      const after: AlertRecord = { ...record, escalation, version: record.version + 1, updatedAt: atMs };
      const spared = plan.spared.map(({ to, reason }) =>
        historyOf('no_notification', after, SYSTEM, atMs, { reason, text: to.person }),
      );
      const history =
        plan.kind === 'page'
          ? plan.pages.map(({ to }) =>
              historyOf('notification', after, SYSTEM, atMs, { reason: plan.reason, text: to.person }),
            )
          : spared.length > 0 || (await alreadySaid(record.id, plan.reason))
            ? []
            : [historyOf('no_notification', after, SYSTEM, atMs, { reason: plan.reason })];
      const change: AlertChange = {
        record: after,
        expected: record.version,
        mode: 'open',
        history: [...history, ...spared],
        timeline: [],
        due: [],
      };
      const { written } = await store.write([change], { kind: 'command', command: null });
      if (written[0]?.ok !== true) continue;
      if (next === null) return { kind: 'done' };
      const { byHand, ...rest } = payload;
      const held = byHand === true && suppressed ? { byHand } : {};
      const following: EscalatePayload = { ...rest, ...held, cycle: next.cycle, step: next.step };
      return { kind: 'again', inMs: Math.max(0, next.dueAtMs - atMs), payload: JSON.stringify(following) };
    }
    throw new AppError('version_conflict', 'the alert changes too fast; the step comes back by itself');
  }
  /** A muted alert says so once, not every 15 s. */
  async function alreadySaid(id: string, reason: SuppressionReason): Promise<boolean> {
    const last = (await store.history(id)).at(-1);
    return last?.type === 'no_notification' && last.reason === reason;
  }

  /** What a claimed `alert.notify` item (id: the group) does now. @param repeatMs - instead of the tier's repeat_interval */
  async function planFlush(payload: NotifyPayload, repeatMs?: number): Promise<FlushPlan> {
    // a group tells of all its alerts, also of those this node has not heard of yet
    const [[before = NEW_GROUP]] = await Promise.all([store.groups([payload.group]), book.poll(true)]);
    const firing: Alert[] = [];
    let muted: SuppressionReason | null = null;
    for (const record of book.allRecords()) {
      if (record.group !== payload.group || !isOpen(record)) continue;
      const [by] = book.suppressedNow(record);
      if (by === undefined || by.kind === 'storm') firing.push(book.show(record));
      else muted = by.kind;
    }
    const tier = firing.reduce<Tier | null>(
      (highest, alert) => (highest === null || TIER_RANK[alert.tier] > TIER_RANK[highest] ? alert.tier : highest),
      null,
    );
    const now = new Set(firing.map(({ id }) => id));
    const over = before.firingIds.filter((id) => !now.has(id));
    const resolved = (await Promise.all(over.map((id) => store.read(id)))).flatMap((found) =>
      found !== null && found.record.handling === 'resolved' ? [book.show(found.record)] : [],
    );
    const decision = decideFlush(
      before,
      firing.map(({ id }) => id),
      resolved.length,
      tier,
      nowMs(),
      repeatMs,
    );
    if (decision.kind === 'send') {
      // what it tells is part of it: a node that takes over later may have more to tell
      const told = [...firing, ...resolved].map((alert) => alert.id).sort();
      const id = notificationId(payload.group, before.notifiedAtMs ?? 0, decision.reason, ...told);
      return {
        kind: 'send',
        reason: decision.reason,
        notificationId: id,
        tier: tier ?? before.tier ?? payload.tier,
        firing,
        resolved,
        before,
      };
    }
    const inMs =
      muted !== null ? HOLD_MS : decision.untilMs === null ? null : Math.max(1_000, decision.untilMs - nowMs());
    return {
      kind: 'hold',
      reason: muted ?? decision.reason,
      outcome: inMs === null ? { kind: 'done' } : { kind: 'again', inMs },
    };
  }
  /** Remembers what the group was paged with. @returns how to settle the item: again when it is to be repeated */
  async function flushDone(
    payload: NotifyPayload,
    plan: Extract<FlushPlan, { kind: 'send' }>,
    repeatInMs: number,
  ): Promise<DueOutcome> {
    const firingIds = plan.firing.map(({ id }) => id);
    await store.writeGroup(payload.group, {
      notifiedAtMs: nowMs(),
      firingIds,
      tier: firingIds.length === 0 ? null : plan.tier,
    });
    return firingIds.length === 0 ? { kind: 'done' } : { kind: 'again', inMs: repeatInMs };
  }
  /** Whom a page of this alert would spare now, of everybody whom its chain may call; for what is told of it beforehand. */
  async function sparedNow(alert: Alert): Promise<SparedNow> {
    if (spare === undefined || alert.escalation === null) return new Map();
    const steps = policyOf(alert.policy, alert.tier)?.steps ?? [];
    const people = new Map(steps.flatMap((step) => pagedBy(step, roster(), nowMs())).map((to) => [to.person, to]));
    // of no page yet: all that were count; asked together, as somebody waits for the answer
    const found = await Promise.all(
      [...people.values()].map(async (to) => [to.person, await spare(alert, { notificationId: '', to })] as const),
    );
    return new Map(found.flatMap(([person, why]) => (why === null ? [] : [[person, why] as const])));
  }
  return { planStep, stepDone, planFlush, flushDone, sparedNow };
}
export type Paging = ReturnType<typeof createPaging>;
