import type { Alert, SuppressionReason } from '#contract/alerts';
import { type Actor, actorOf } from '#contract/permissions';
import type { NameSource } from '#contract/place-names';
import type { DeliveryDeadLettersReply, ReceiverTestReply, ReceiverView } from '#contract/receivers';
import type { Banner } from '#contract/runbooks';
import type { HostResolver } from '../../server/outbound/resolve.ts';
import type { Outbound } from '../../server/outbound/send.ts';
import type { DueWork } from '../../server/room/due.ts';
import type { Log } from '../../server/room/log.ts';
import type { Timeline } from '../../server/room/timeline.ts';
import { command as idempotencyOf } from '../../server/store/idempotency.ts';
import type { Alerts } from '../alerts.ts';
import type { AskedBy } from '../commands.ts';
import type { Page } from '../paging.ts';
import type { AlertRecord } from '../record.ts';
import type { Links } from './domain/words.ts';
import { createPageLimits } from './page-limits.ts';
import { isQuiet, type PlanContext, pagers } from './plan.ts';
import { createPump } from './pump.ts';
import { createDeliveryQueue } from './queue.ts';
import type { DeliveryRedis, NewDelivery } from './queue-types.ts';
import { createReached } from './reached.ts';
import type { Environment } from './read-receivers.ts';
import { createReceiverBook } from './receiver-book.ts';
import { createSender } from './send.ts';
import { createDeliveryTally } from './tally.ts';
import { createTryOut } from './try-out.ts';
import { registerDeliveryWork } from './work.ts';

/** How often a node looks how all receivers do, ms. */
const LOOK_MS = 1_000;
const LETTERS_SHOWN = 200;
const BANNER = 'receivers';
/** It stands until a person has looked after the receiver, ms. */
const BANNER_MS = 365 * 24 * 3_600_000;
const SYSTEM = { kind: 'system', id: 'delivery' } as const;

export interface DeliveryOptions {
  readonly redis: DeliveryRedis;
  readonly prefix: string;
  readonly instance: string;
  readonly log: Log;
  readonly alerts: Pick<Alerts, 'store' | 'book' | 'paging' | 'dutyConfig' | 'names'>;
  /** Not started yet: handlers are registered here. */
  readonly due: Pick<DueWork, 'register'>;
  readonly timeline: Pick<Timeline, 'append'>;
  readonly outbound: Outbound;
  readonly resolve: HostResolver;
  readonly banners: { show(banner: Banner): Promise<void>; clear(id: string): Promise<void> };
  /** Redis time, ms. */
  readonly nowMs: () => number;
  readonly timeZone: string;
  /** How people reach this console, for links. */
  readonly baseUrl: () => string;
  readonly receiversFile: string;
  /** Where secrets come from. */
  readonly env: Environment;
  /** 0 ≤ chance < 1; for tests. */
  readonly chance?: () => number;
}

function linksOf(baseUrl: () => string, timeZone: string, names: NameSource): Links {
  return {
    timeZone,
    names,
    alert: (id) => `${baseUrl()}/desk${id === '' ? '' : `?alert=${encodeURIComponent(id)}`}`,
    silences: () => `${baseUrl()}/silences`,
    runbook: ({ annotations: { runbook_url: link } }) => {
      if (link === undefined) return null;
      try {
        return new URL(link, `${baseUrl()}/`).href;
      } catch {
        return null; // a foreign alert may say anything
      }
    },
  };
}

/** Receivers, their queues, and what turns due pages into messages on them; of one node. */
export function createDelivery(options: DeliveryOptions) {
  const { redis, prefix, instance, log, alerts, timeline, outbound, nowMs, timeZone } = options;
  const { store, book, paging } = alerts;
  const contacts = () => alerts.dutyConfig().contacts;
  const queue = createDeliveryQueue(redis, prefix, instance, store.keys.records, nowMs);
  const { receiversFile, env } = options;
  const receivers = createReceiverBook({ redis, queue, outbound, timeline, nowMs, log, receiversFile, env });
  const limits = createPageLimits({
    redis,
    key: queue.key,
    limits: () => alerts.dutyConfig().fatigue,
    timeZone,
    nowMs,
  });
  const links = linksOf(options.baseUrl, timeZone, alerts.names);
  const tally = createDeliveryTally();
  const send = createSender({ outbound, resolve: options.resolve, links, nowMs, ring: receivers.ring });
  const tryOut = createTryOut({ redis, prefix, instance, send, contacts, timeline, nowMs });
  const context = (): PlanContext => ({ receivers: receivers.all(), contacts: contacts(), nowMs: nowMs() });
  const rings = (id: string): boolean =>
    receivers.all().some((receiver) => receiver.id === id && receiver.kind === 'sound');
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();
  let running = false;

  const pump = createPump({
    queue,
    receivers: receivers.all,
    send,
    links,
    nowMs,
    chance: options.chance ?? Math.random,
    log,
    onOutcome({ delivery }, outcome, error) {
      tally.add(delivery.receiver, outcome, nowMs() - delivery.createdAtMs);
      if (outcome === 'overtaken') note(reached.lost(delivery, 'acknowledged'));
      else if (outcome === 'dead') note(reached.lost(delivery, error?.reason ?? 'other'));
      // a bell in a room reaches nobody in particular
      else if (outcome !== 'retried' && !rings(delivery.receiver)) note(reached.delivered(delivery));
    },
    onState: () =>
      void receivers
        .look()
        .then(sayDisabled)
        .catch(() => undefined), // else the next look does
  });

  async function enqueue(all: readonly NewDelivery[]): Promise<void> {
    const outcomes = await queue.enqueue(all);
    all.forEach(({ delivery }, index) => {
      if (outcomes[index] !== -1) return;
      tally.add(delivery.receiver, 'dead', 0);
      log.error({ receiver: delivery.receiver, id: delivery.id }, 'the queue of a receiver is full; a message is lost');
      note(reached.lost(delivery, 'queue full'));
    });
    if (outcomes.includes(1)) pump.wake();
  }

  const reached = createReached({ redis, key: queue.key, store, nowMs });
  /** The alert says whom its pages reached. Nobody waits for it. */
  const note = (writing: Promise<void>): void =>
    void writing.catch((error: unknown) => log.warn({ err: error }, 'a line of history was not written'));

  /** Disabled receivers as the walls were last told of them by this node; null: they are told at the next look. */
  let said: string | null = null;
  let mute = false;
  /** A disabled receiver is said across all walls until somebody has looked after it, or it is no receiver any more. */
  async function sayDisabled(): Promise<void> {
    const names = receivers.inState('disabled').join(', ');
    if (names === said) return;
    try {
      const fromMs = nowMs();
      const text = { zh: `通知接收端已停用：${names}`, en: `Notifications disabled: ${names}` };
      const untilMs = fromMs + BANNER_MS;
      if (names === '') await options.banners.clear(BANNER);
      else await options.banners.show({ id: BANNER, tier: 'orange', text, by: SYSTEM.id, fromMs, untilMs });
      said = names;
      mute = false;
    } catch (error) {
      if (!mute) log.warn({ err: error, names }, 'the walls were not told which receivers are disabled');
      mute = true;
    }
  }

  const work = registerDeliveryWork(options.due, {
    store,
    book,
    paging,
    context,
    enqueue,
    timeline,
    paged: limits.paged,
  });
  const { load, list, frame, failingCount, overdueCount, views } = receivers;

  function look(): void {
    looking = receivers
      .look()
      .then(sayDisabled)
      .catch(() => undefined) // the store is away; what was known stays
      .then(() => {
        if (running) timer = setTimeout(look, LOOK_MS);
      });
  }

  return {
    pump,
    tally,
    queue,
    load,
    /** @throws {AppError} `receivers_invalid` */
    async reload<T>(actor: Actor, then: () => Promise<T>): Promise<T> {
      const result = await receivers.reload(actor, then);
      await sayDisabled();
      return result;
    },
    list,
    frame,
    failingCount,
    overdueCount,
    views,
    receivers: receivers.all,
    /** Why a person is not paged now; null: page. */
    async spare(alert: Alert, { notificationId, to }: Page): Promise<SuppressionReason | null> {
      const by = pagers(alert, to.person, context());
      if (by.length === 0) return isQuiet(alert, context().receivers) ? 'quiet tier' : 'no receiver';
      // nothing leaves a disabled one: whom no other reaches is not called paged, and the chain goes on
      const disabled = receivers.inState('disabled');
      if (by.every(({ id }) => disabled.includes(id))) return 'no receiver';
      return limits.spared(to.person, alert.tier, notificationId);
    },
    remind: (record: AlertRecord): Promise<void> => work.remind(record),
    /** @throws {AppError} `receivers_invalid` */
    async start(): Promise<void> {
      await load();
      await receivers.look();
      await sayDisabled();
      running = true;
      pump.start();
      timer = setTimeout(look, LOOK_MS);
    },
    async stop(): Promise<void> {
      running = false;
      if (timer !== null) clearTimeout(timer);
      await looking;
      await pump.stop();
    },

    /** Sends one test message now, outside the queue. @throws {AppError} `not_found`, `command_running`, `idempotency_body_mismatch` */
    test: async (id: string, by: AskedBy): Promise<{ reply: ReceiverTestReply; replayed: boolean }> =>
      tryOut(receivers.find(id), by),
    /** @throws {AppError} `not_found` */
    async enable(
      id: string,
      { principal, requestId }: Pick<AskedBy, 'principal' | 'requestId'>,
    ): Promise<ReceiverView> {
      const receiver = receivers.find(id);
      if (await queue.enable(id, { actor: actorOf(principal), requestId })) {
        pump.wake();
      }
      await receivers.look();
      await sayDisabled();
      return receivers.view(receiver);
    },
    async deadLetters(): Promise<DeliveryDeadLettersReply> {
      const [letters, totalCount, droppedCount] = await Promise.all([
        queue.deadLetters(LETTERS_SHOWN),
        queue.deadCount(),
        queue.droppedCount(),
      ]);
      return { letters, totalCount, droppedCount };
    },
    /** @throws {AppError} `not_found`, `idempotency_body_mismatch` */
    async resend(id: string, { principal, key, requestId }: AskedBy): Promise<{ replayed: boolean }> {
      const command = idempotencyOf(prefix, instance, { principal, route: 'receiver.resend', key, asked: { id } });
      const outcome = await queue.resend(id, command, { actor: actorOf(principal), requestId });
      pump.wake();
      return outcome;
    },
  };
}
export type AlertDelivery = ReturnType<typeof createDelivery>;
