import {
  type AlertHistoryEntry,
  DUE_KINDS,
  type EscalatePayload,
  type NotifyPayload,
  type TellPayload,
} from '#contract/alerts';
import type { DueWork } from '../../server/room/due.ts';
import type { Timeline } from '../../server/room/timeline.ts';
import { EVALUATED_MOST_MS } from '../../server/room/watchdog.ts';
import type { AlertBook } from '../book.ts';
import { GROUP_TIMERS } from '../domain/group.ts';
import { silenceState } from '../domain/silence.ts';
import type { Paging } from '../paging.ts';
import type { AlertRecord } from '../record.ts';
import { silenceEntry } from '../silences.ts';
import type { AlertStore } from '../store.ts';
import type { Addressee } from './domain/message.ts';
import {
  addressee,
  type PlanContext,
  planGroup,
  planPages,
  planReminder,
  planSilence,
  planTell,
  WATCHDOG,
} from './plan.ts';
import type { NewDelivery } from './queue-types.ts';

/** The watchdog is repeated this often, ms: what is outside screams when three are missing. */
const WATCHDOG_EVERY_MS = 60_000;
/** While it is held back it is looked at again this often, ms. */
const WATCHDOG_AGAIN_MS = 10_000;

export interface WorkDeps {
  readonly store: AlertStore;
  readonly book: AlertBook;
  readonly paging: Paging;
  readonly context: () => PlanContext;
  readonly enqueue: (all: readonly NewDelivery[]) => Promise<void>;
  readonly timeline: Pick<Timeline, 'append'>;
  /** Remembers who was paged, for the limits of fatigue. */
  readonly paged: (pages: readonly { readonly person: string; readonly notificationId: string }[]) => Promise<void>;
}

/** People of the history who were told, for what is told to them later. */
function toldPeople(history: readonly AlertHistoryEntry[], { contacts }: PlanContext): Addressee[] {
  const names = new Set(
    history.flatMap(({ type, text }) => (type === 'notification' && text !== undefined ? [text] : [])),
  );
  return [...names].map((person) => addressee({ person, post: '', role: 'A' }, contacts));
}

/**
 * Turns due work into messages on queues, each id the same whoever does it again: enqueue, then write what was done, then settle.
 * A crash in between finds its messages known and sends nothing twice. The sending itself is the pump's.
 */
export function registerDeliveryWork(due: Pick<DueWork, 'register'>, deps: WorkDeps) {
  const { store, book, paging, context, enqueue, paged, timeline } = deps;

  due.register(DUE_KINDS.escalate, async (item) => {
    const payload = JSON.parse(item.payload) as EscalatePayload;
    await book.poll(true); // what mutes it may have come with it
    const plan = await paging.planStep(payload);
    if (plan.kind === 'page') {
      await enqueue(planPages(payload, plan, context()));
      await paged(plan.pages.map(({ to, notificationId }) => ({ person: to.person, notificationId })));
    }
    return paging.stepDone(payload, plan);
  });

  due.register(DUE_KINDS.notify, async (item) => {
    const payload = JSON.parse(item.payload) as NotifyPayload;
    const watchdog = payload.group === WATCHDOG || payload.group.startsWith(`${WATCHDOG}/`);
    const repeatMs = watchdog ? WATCHDOG_EVERY_MS : undefined;
    const plan = await paging.planFlush(payload, repeatMs);
    if (plan.kind === 'hold') return plan.outcome;
    // it stands and fires in the store whether or not anybody evaluates rules: its silence is what says so outside
    if (watchdog && (book.frame().evaluatedAgoMs ?? Number.POSITIVE_INFINITY) > EVALUATED_MOST_MS)
      return { kind: 'again', inMs: WATCHDOG_AGAIN_MS };
    await enqueue(planGroup(payload.group, plan, context()));
    return paging.flushDone(payload, plan, repeatMs ?? GROUP_TIMERS[plan.tier].repeatIntervalMs);
  });

  due.register(DUE_KINDS.tell, async (item) => {
    const payload = JSON.parse(item.payload) as TellPayload;
    const found = await store.read(payload.alertId);
    if (found === null) return { kind: 'done' };
    const people = toldPeople(await store.history(payload.alertId), context());
    await enqueue(planTell(payload, book.show(found.record), people, context()));
    return { kind: 'done' };
  });

  due.register(DUE_KINDS.silenceEnding, async (item) => {
    const silence = await store.silence(item.id);
    const { nowMs } = context();
    if (silence === null || silenceState(silence, nowMs) !== 'active') return { kind: 'done' };
    await enqueue(planSilence(silence, book.silenceView(silence).matchedCount, context()));
    await timeline.append(silenceEntry('silence.ending', silence, { kind: 'system', id: 'silences' }));
    return { kind: 'done' };
  });

  return {
    /** The owner of an alert hears that the acknowledgement wears off. */
    remind: (record: AlertRecord): Promise<void> => enqueue(planReminder(record, book.show(record), context())),
  };
}
