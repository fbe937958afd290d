import { randomUUID } from 'node:crypto';
import type { Alert, AlertHistoryEntry, SuppressionReason } from '#contract/alerts';
import { AppError } from '#contract/errors';
import { type Actor, actorOf } from '#contract/permissions';
import type {
  DeliveryDeadLettersReply,
  ReceiverState,
  ReceiversReply,
  ReceiverTestReply,
  ReceiverTrouble,
  ReceiverView,
  SoundMark,
} from '#contract/receivers';
import type { Banner } from '#contract/runbooks';
import type { HostResolver } from '../../server/outbound/resolve.ts';
import type { Outbound } from '../../server/outbound/send.ts';
import type { DueWork } from '../../server/room/due.ts';
import type { Log } from '../../server/room/log.ts';
import type { Timeline } from '../../server/room/timeline.ts';
import {
  type Command,
  commandOutcome,
  IDEMPOTENCY_KEEP_MS,
  command as idempotencyOf,
} from '../../server/store/idempotency.ts';
import { loadScript, runScript } from '../../server/store/scripts.ts';
import type { Alerts } from '../alerts.ts';
import type { AskedBy } from '../commands.ts';
import type { Page } from '../paging.ts';
import { type AlertRecord, historyOf } from '../record.ts';
import { HOUR_MS, minuteOfDayIn, sparedBy } from './domain/fatigue.ts';
import type { Delivery, MessageAlert } from './domain/message.ts';
import type { Receiver } from './domain/receiver.ts';
import type { Links } from './domain/words.ts';
import { type PlanContext, pagers } from './plan.ts';
import { createPump } from './pump.ts';
import {
  type Claimed,
  createDeliveryQueue,
  type DeliveryRedis,
  type NewDelivery,
  type ReceiverFacts,
} from './queue.ts';
import { type Environment, readReceivers } from './read-receivers.ts';
import { createSender } from './send.ts';
import { createDeliveryTally } from './tally.ts';
import { registerDeliveryWork } from './work.ts';

/** How often a node looks how all receivers do, ms. */
const LOOK_MS = 1_000;
/** A test that never ended may be tried again after this, ms. */
const TEST_HOLD_MS = 30_000;
const ANSWER_SHOWN = 500;
const LETTERS_SHOWN = 200;
const BANNER = 'receivers';
const BANNER_MS = 24 * 3_600_000;
const SYSTEM = { kind: 'system', id: 'delivery' } as const;
const holdCommand = loadScript('hold-command-1');
const keepCommand = loadScript('keep-command-1');

export interface DeliveryOptions {
  readonly redis: DeliveryRedis;
  readonly prefix: string;
  readonly instance: string;
  readonly log: Log;
  readonly alerts: Pick<Alerts, 'store' | 'book' | 'paging' | 'dutyConfig'>;
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

/** Receivers, their queues, and what turns due pages into messages on them; of one node. */
export function createDelivery(options: DeliveryOptions) {
  const { redis, prefix, instance, log, alerts, timeline, outbound, nowMs, timeZone, baseUrl } = options;
  const { store, book, paging } = alerts;
  const queue = createDeliveryQueue(redis, prefix, instance, store.keys.records, nowMs);
  const { contacts, fatigue } = alerts.dutyConfig;
  const tally = createDeliveryTally();
  const soundKey = queue.keys.key('sound');
  let receivers: readonly Receiver[] = [];
  let loadedAt = 0;
  let refused: ReceiversReply['refused'] = null;
  let facts: ReadonlyMap<string, ReceiverFacts> = new Map();
  let sound: SoundMark | null = null;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();

  const absolute = (link: string): string => new URL(link, `${baseUrl()}/`).href;
  const links: Links = {
    timeZone,
    alert: (id) => `${baseUrl()}/desk${id === '' ? '' : `?alert=${encodeURIComponent(id)}`}`,
    silences: () => `${baseUrl()}/silences`,
    runbook: ({ annotations: { runbook_url } }: MessageAlert) =>
      runbook_url === undefined ? null : absolute(runbook_url),
  };
  const context = (): PlanContext => ({ receivers, contacts, nowMs: nowMs() });
  const send = createSender({
    outbound,
    resolve: options.resolve,
    links,
    nowMs,
    ring: async (mark) => void (await redis.hset(soundKey, 'mark', JSON.stringify(mark))),
  });
  const pump = createPump({
    queue,
    receivers: () => receivers,
    send,
    links,
    nowMs,
    chance: options.chance ?? Math.random,
    log,
    onOutcome(claimed, outcome, error) {
      tally.add(claimed.delivery.receiver, outcome, nowMs() - claimed.delivery.createdAtMs);
      const why = outcome === 'overtaken' ? 'acknowledged' : outcome === 'dead' ? (error?.reason ?? 'other') : null;
      if (why !== null)
        void note(claimed, why).catch((cause: unknown) => log.warn({ err: cause }, 'history was not written'));
    },
    onState: (receiver, state) => void onState(receiver, state),
  });

  async function enqueue(all: readonly NewDelivery[]): Promise<void> {
    const outcomes = await queue.enqueue(all);
    all.forEach(({ delivery }, index) => {
      if (outcomes[index] !== -1) return;
      tally.add(delivery.receiver, 'dead', 0);
      log.error({ receiver: delivery.receiver, id: delivery.id }, 'the queue of a receiver is full; a message is lost');
      void notePeople(delivery, 'queue full').catch(() => undefined);
    });
    if (outcomes.includes(1)) pump.wake();
  }

  /** The alert says that somebody was not told after all, and why. */
  const note = ({ delivery }: Claimed, why: SuppressionReason | 'other' | AlertHistoryEntry['reason']) =>
    notePeople(delivery, why);
  async function notePeople({ message }: Delivery, reason: AlertHistoryEntry['reason']): Promise<void> {
    if (message.topic !== 'page' || reason === undefined) return;
    const found = await store.read(message.alert.id);
    if (found === null) return;
    const history = message.people.map(({ person }) =>
      historyOf('no_notification', found.record, SYSTEM, nowMs(), { reason, text: person }),
    );
    const change = {
      record: found.record,
      expected: found.record.version,
      mode: 'note',
      history,
      timeline: [],
      due: [],
    } as const;
    await store.write([change], { kind: 'command', command: null });
  }

  /** A disabled receiver is said across all walls until somebody has looked after it. */
  async function onState(receiver: string, state: ReceiverState): Promise<void> {
    try {
      await look();
      const disabled = [...facts].filter(([, { state: is }]) => is === 'disabled').map(([id]) => id);
      if (disabled.length === 0) return void (await options.banners.clear(BANNER));
      const names = disabled.join(', ');
      const fromMs = nowMs();
      const text = { zh: `通知接收端已停用:${names}`, en: `Notifications disabled: ${names}` };
      await options.banners.show({
        id: BANNER,
        tier: 'orange',
        text,
        by: SYSTEM.id,
        fromMs,
        untilMs: fromMs + BANNER_MS,
      });
    } catch (error) {
      log.warn({ err: error, receiver, state }, 'the walls were not told how a receiver does');
    }
  }

  async function look(): Promise<void> {
    const ids = receivers.map(({ id }) => id);
    const read = await Promise.all(ids.map((id) => queue.facts(id)));
    facts = new Map(ids.map((id, index) => [id, read[index] as ReceiverFacts]));
    const mark = await redis.hget(soundKey, 'mark');
    sound = mark === null ? null : (JSON.parse(mark) as SoundMark);
  }

  const pagedKey = (person: string): string => queue.keys.key(`paged:${person}`);
  async function pagedCount(person: string, notificationId: string): Promise<number> {
    const key = pagedKey(person);
    await redis.zremrangebyscore(key, '-inf', String(nowMs() - HOUR_MS));
    return (await redis.zrange(key, 0, '-1')).filter((id) => id !== notificationId).length;
  }
  async function paged(people: readonly string[], ids: readonly string[]): Promise<void> {
    await Promise.all(
      people.map(async (person, index) => {
        await redis.zadd(pagedKey(person), nowMs(), ids[index] ?? '');
        await redis.pexpire(pagedKey(person), HOUR_MS);
      }),
    );
  }

  const work = registerDeliveryWork(options.due, { store, book, paging, context, enqueue, paged });

  /** @returns what is wrong; nothing changes then */
  function check(): { readonly problems: readonly string[]; readonly take: () => void } {
    const read = readReceivers(options.receiversFile, options.env, outbound);
    return {
      problems: read.problems,
      take: () => {
        receivers = read.receivers;
        loadedAt = nowMs();
        refused = null;
        void look().catch(() => undefined);
      },
    };
  }

  function view(receiver: Receiver): ReceiverView {
    const of = facts.get(receiver.id);
    const target =
      receiver.smtp !== null
        ? `${receiver.smtp.host}:${receiver.smtp.port}`
        : receiver.url === ''
          ? null
          : new URL(receiver.url).host;
    return {
      id: receiver.id,
      kind: receiver.kind,
      state: of?.state ?? 'ok',
      since: of?.since ?? null,
      target,
      sends: receiver.sends,
      leastTier: receiver.leastTier,
      language: receiver.language,
      queueCount: of?.queueCount ?? 0,
      oldestAt: of?.oldestAt ?? null,
      deliveredCount: of?.deliveredCount ?? 0,
      failedTriesCount: of?.failedCount ?? 0,
      lastDeliveredAt: of?.lastDeliveredAt ?? null,
      lastError: of?.lastError ?? null,
      limitPerMinute: receiver.perMinute,
    };
  }
  function find(id: string): Receiver {
    const receiver = receivers.find((one) => one.id === id);
    if (receiver === undefined)
      throw new AppError(
        'not_found',
        `there is no receiver ${id.slice(0, 80)}; there are ${receivers.map((one) => one.id).join(', ')}`,
      );
    return receiver;
  }
  const inState = (state: ReceiverState): string[] =>
    [...facts].filter(([, of]) => of.state === state).map(([id]) => id);

  return {
    pump,
    tally,
    queue,
    /** Why a person is not paged now; null: page. */
    async spare(alert: Alert, { notificationId, to }: Page): Promise<SuppressionReason | null> {
      if (pagers(alert, to.person, context()).length === 0) return 'no receiver';
      const count = await pagedCount(to.person, notificationId);
      return sparedBy(fatigue, alert.tier, count, minuteOfDayIn(timeZone, nowMs()));
    },
    remind: (record: AlertRecord): Promise<void> => work.remind(record),
    /** @throws {AppError} `receivers_invalid` */
    load(): void {
      const { problems, take } = check();
      if (problems.length > 0) throw new AppError('receivers_invalid', problems.join('\n'), { extra: { problems } });
      take();
    },
    /** Loads receivers and, with them, whatever `then` loads: all or nothing of the receivers. @throws {AppError} `receivers_invalid` */
    async reload<T>(actor: Actor, then: () => Promise<T>): Promise<T> {
      const { problems, take } = check();
      if (problems.length > 0) {
        const [first = ''] = problems;
        refused = { at: nowMs(), problems };
        await timeline.append({ kind: 'receivers.refused', actor, params: { text: first, n: problems.length } });
        throw new AppError(
          'receivers_invalid',
          `the old receivers and rules go on; ${problems.length} problem(s), the first: ${first}`,
          {
            extra: { problems },
          },
        );
      }
      const result = await then();
      take();
      await timeline.append({ kind: 'receivers.reloaded', actor, params: { n: receivers.length } });
      return result;
    },
    async start(): Promise<void> {
      this.load();
      await look();
      pump.start();
      const loop = (): void => {
        looking = look()
          .catch(() => undefined) // the store is away; what was known stays
          .then(() => {
            timer = setTimeout(loop, LOOK_MS);
          });
      };
      timer = setTimeout(loop, LOOK_MS);
    },
    async stop(): Promise<void> {
      if (timer !== null) clearTimeout(timer);
      await looking;
      if (timer !== null) clearTimeout(timer);
      await pump.stop();
    },

    async list(): Promise<ReceiversReply> {
      await look();
      return { receivers: receivers.map(view), loadedAt, refused, deadCount: await queue.deadCount() };
    },
    /** Sends one test message now, outside the queue. @throws {AppError} `not_found`, `command_running`, `idempotency_body_mismatch` */
    async test(
      id: string,
      { principal, key, requestId }: AskedBy,
    ): Promise<{ reply: ReceiverTestReply; replayed: boolean }> {
      const receiver = find(id);
      const command: Command = idempotencyOf(prefix, instance, {
        principal,
        route: 'receiver.test',
        key,
        asked: { id },
      });
      const begun = (await runScript(redis, holdCommand, [command.redisKey], [command.print, TEST_HOLD_MS])) as [
        string,
        string,
      ];
      if (begun[0] === 'busy')
        throw new AppError('command_running', 'this test is under way; ask again in a moment', { retryAfterS: 1 });
      if (begun[0] !== 'new') {
        const { reply } = commandOutcome(begun);
        return { reply: JSON.parse(reply) as ReceiverTestReply, replayed: true };
      }
      const reply = await tryOut(receiver, principal.name);
      const text = reply.ok ? 'ok' : `${reply.reason}: ${reply.message}`;
      await timeline.append({
        kind: 'receiver.tested',
        actor: actorOf(principal),
        params: { receiver: id, text: text.slice(0, 200) },
        requestId,
      });
      await runScript(
        redis,
        keepCommand,
        [command.redisKey],
        [command.print, IDEMPOTENCY_KEEP_MS, JSON.stringify(reply)],
      );
      return { reply, replayed: false };
    },
    /** @throws {AppError} `not_found` */
    async enable(
      id: string,
      { principal, requestId }: Pick<AskedBy, 'principal' | 'requestId'>,
    ): Promise<ReceiverView> {
      const receiver = find(id);
      if (await queue.enable(id, { actor: actorOf(principal), requestId })) {
        await onState(id, 'ok');
        pump.wake();
      } else await look();
      return view(receiver);
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

    /** For the walls: receivers in trouble, and the newest page that rings. */
    frame(): { receivers?: ReceiverTrouble; sound?: SoundMark } {
      const [failing, disabled] = [inState('failing'), inState('disabled')];
      return {
        ...(failing.length + disabled.length === 0 ? {} : { receivers: { failing, disabled } }),
        ...(sound === null ? {} : { sound }),
      };
    },
    /** For the rules: receivers that do not get what they should. */
    failingCount: (): number => inState('failing').length + inState('disabled').length,
    /** Messages that were due more than 30 s ago. */
    overdueCount: (): number => [...facts.values()].reduce((sum, { overdueCount }) => sum + overdueCount, 0),
    views: (): readonly ReceiverView[] => receivers.map(view),
  };

  async function tryOut(receiver: Receiver, by: string): Promise<ReceiverTestReply> {
    const id = randomUUID().replaceAll('-', '');
    const at = nowMs();
    const alert: MessageAlert = {
      id: 'test',
      fingerprint: '0000000000000000',
      rule: 'TestNotification',
      labels: { alertname: 'TestNotification', domain: 'console' },
      annotations: { summary: 'A test of this receiver', summary_zh: '接收端测试' },
      tier: 'blue',
      evaluation: 'firing',
      handling: 'open',
      value: 1,
      limit: 1,
      unit: 'count',
      resolvedValue: null,
      startsAt: at,
      firedAt: at,
      endsAt: null,
      group: 'TestNotification',
      owner: null,
      generatorUrl: null,
    };
    const contact = contacts[by] ?? {};
    const people = [{ person: by, post: '', role: 'A' as const, contact }];
    const delivery: Delivery = {
      id,
      receiver: receiver.id,
      orderKey: 'test',
      createdAtMs: at,
      whileOpen: null,
      message: { topic: 'test', alert, by, people },
    };
    const startedMs = performance.now();
    const sent = await send(receiver, [delivery], { tries: 1, claimedAtMs: at });
    const tookMs = Math.round(performance.now() - startedMs);
    const answer = sent.answer.slice(0, ANSWER_SHOWN);
    const base = { receiver: receiver.id, id, status: sent.status, answer, tookMs };
    return sent.ok
      ? { ...base, ok: true, reason: null, message: 'the receiver took it' }
      : { ...base, ok: false, reason: sent.reason, message: sent.message.slice(0, ANSWER_SHOWN) };
  }
}
export type AlertDelivery = ReturnType<typeof createDelivery>;
