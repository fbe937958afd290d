import {
  type AlertGroup,
  type AlertmanagerStatus,
  API_COMPATIBLE,
  FOREIGN_LIMITS,
  FOREIGN_ORIGIN,
  type GettableAlert,
  type PostableAlert,
  RESOLVE_TIMEOUT_MS,
  type Receiver,
  type WebhookBody,
  type WebhookReply,
} from '#contract/alertmanager';
import type { Alert, Matcher } from '#contract/alerts';
import { AppError } from '#contract/errors';
import type { Log } from '../../server/room/log.ts';
import type { MetricBook } from '../../server/telemetry/metric-book.ts';
import type { Alerts } from '../alerts.ts';
import type { Receiver as OwnReceiver } from '../delivery/domain/receiver.ts';
import { readLinearRegex } from '../domain/linear-regex.ts';
import { matchesAll, readPattern } from '../domain/matchers.ts';
import { isOpen } from '../domain/order.ts';
import type { AlertRecord } from '../record.ts';
import { configText, receiverNames, receiversOf } from './config-text.ts';
import { type ReadDelivery, readFromWebhook, readPosted } from './domain/delivery.ts';
import { readMatcherText } from './domain/matcher-text.ts';
import { firesUntilMs } from './domain/senders.ts';
import {
  gettableAlert,
  groupAlerts,
  type Heard,
  hasWantedState,
  outsideLabels,
  type ShowContext,
  type StateFlags,
  sortAlerts,
} from './domain/show-alert.ts';
import { createForeign, type Foreign, type Sender, type TakenKind } from './foreign.ts';
import { createOutsideSilences, type OutsideSilences } from './outside-silences.ts';
import { createForeignTally } from './tally.ts';

export interface AlertQuery extends StateFlags {
  /** Matchers in Alertmanager's text form. */
  readonly filter: readonly string[];
  /** Regular expression over the whole name of a receiver; null: all. */
  readonly receiver: string | null;
}
export interface AlertmanagerOptions {
  readonly alerts: Pick<Alerts, 'store' | 'book' | 'silences' | 'dutyConfig'>;
  /** Where alerts are told, as the newest reload has it. */
  readonly receivers: () => readonly OwnReceiver[];
  readonly nowMs: () => number;
  readonly log: Log;
  readonly build: string;
}
/** This console as an Alertmanager: what `/api/v2` and the webhook answer. */
export interface Alertmanager {
  readonly foreign: Foreign;
  readonly silences: OutsideSilences;
  list(query: AlertQuery): GettableAlert[];
  groups(query: AlertQuery): AlertGroup[];
  receivers(): Receiver[];
  status(): AlertmanagerStatus;
  /** @throws {AppError} `bad_request` when some were refused (the others are taken), `too_many_requests` without room */
  post(body: readonly PostableAlert[], by: Sender): Promise<void>;
  /** @throws {AppError} `validation` when all were refused, `overloaded` without room: the sender comes again */
  webhook(body: WebhookBody, by: Sender): Promise<WebhookReply>;
  matchersOf(filter: readonly string[]): Matcher[];
  /** For `GET /metrics`. */
  fill(book: MetricBook): void;
  start(): void;
  stop(): Promise<void>;
}

/** Wires the adapter over the one list of alerts and the one list of silences. */
export function createAlertmanager({ alerts, receivers, nowMs, log, build }: AlertmanagerOptions): Alertmanager {
  const { book, store } = alerts;
  const duty = alerts.dutyConfig;
  const startedAtMs = nowMs();
  const foreign = createForeign({ store, book, duty, nowMs, log });
  const tally = createForeignTally(foreign.openCount);

  const context = (): ShowContext => ({
    nowMs: nowMs(),
    receiversOf: (alert: Alert) => receiversOf(receivers(), alert),
    find: (id) => book.record(id) ?? null,
  });
  const heardOf = ({ origin, engine }: AlertRecord): Heard | null =>
    origin === FOREIGN_ORIGIN && engine.foreign !== undefined
      ? { untilMs: firesUntilMs(engine.foreign.until) ?? 0, atMs: engine.foreign.heardAtMs }
      : null;

  /** @throws {AppError} `bad_request` with Alertmanager's words */
  function matchersOf(filter: readonly string[]): Matcher[] {
    return filter.map((text) => {
      const read = readMatcherText(text);
      if (!read.ok) throw new AppError('bad_request', read.why);
      const { matcher } = read;
      try {
        if (matcher.op === '=~' || matcher.op === '!~') readPattern(matcher);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        throw new AppError('bad_request', `error parsing regexp: ${String(error.options.extra?.why ?? error.message)}`);
      }
      return matcher;
    });
  }
  function receiverTest(receiver: string | null): (name: string) => boolean {
    if (receiver === null) return () => true;
    const read = readLinearRegex(receiver);
    if (!read.ok)
      throw new AppError('bad_request', `failed to parse receiver param: error parsing regexp: ${read.why}`);
    return read.matches;
  }
  function list(query: AlertQuery): GettableAlert[] {
    const matchers = matchersOf(query.filter);
    const wantsReceiver = receiverTest(query.receiver);
    const how = context();
    const shown: GettableAlert[] = [];
    for (const record of book.allRecords()) {
      // pending ones are ours alone: to Alertmanager an alert that does not fire does not exist
      if (!isOpen(record) || !matchesAll(matchers, outsideLabels(record), record.tier)) continue;
      const alert = gettableAlert(book.show(record), heardOf(record), how);
      if (
        hasWantedState(alert, query) &&
        (query.receiver === null || alert.receivers.some(({ name }) => wantsReceiver(name)))
      )
        shown.push(alert);
    }
    return sortAlerts(shown);
  }

  const full = (count: number): string =>
    `${FOREIGN_LIMITS.openCount} alerts from outside are open or began within 5 min, which is all this console takes; ${count} were not taken: end some, or send less`;
  /** Takes what can be read; says of each of the others why not. */
  async function take(read: readonly ReadDelivery[], by: Sender) {
    const good = read.flatMap((one, index) => (one.ok ? [{ index, delivery: one.delivery }] : []));
    const kinds = await foreign.take(
      good.map(({ delivery }) => delivery),
      by,
    );
    const refused = read.flatMap((one, index) => (one.ok ? [] : [{ index, message: one.why, part: one.part }]));
    const fullCount = kinds.filter((kind) => kind === 'full').length;
    tally.add([...kinds, ...refused.map(() => 'refused' as const)]);
    if (refused.length > 0 || fullCount > 0) say(refused.length, fullCount, refused[0]?.message ?? '', by);
    return { kinds, refused, fullCount };
  }
  let saidAtMs = Number.NEGATIVE_INFINITY;
  /** What a sender loses is in the log, once a minute. */
  function say(refusedCount: number, fullCount: number, first: string, { principal }: Sender): void {
    if (performance.now() - saidAtMs < 60_000) return;
    saidAtMs = performance.now();
    log.warn({ from: principal.id, refusedCount, fullCount, first }, 'alerts from outside were refused');
  }

  return {
    foreign,
    silences: createOutsideSilences({ silences: alerts.silences, store, book, nowMs }),
    list,
    groups: (query) => groupAlerts(list(query), duty().groupBy, receiverTest(query.receiver)),
    receivers: () => receiverNames(receivers()).map((name) => ({ name })),
    status: () => ({
      cluster: { status: 'disabled', peers: [] },
      config: {
        original: configText({ ...duty(), receivers: receivers(), resolveTimeoutMs: RESOLVE_TIMEOUT_MS }),
      },
      uptime: new Date(startedAtMs).toISOString(),
      versionInfo: {
        branch: 'campaign-war-room',
        buildDate: '',
        buildUser: '',
        goVersion: '',
        revision: build,
        version: API_COMPATIBLE,
      },
    }),
    async post(body, by) {
      if (body.length > FOREIGN_LIMITS.bodyCount)
        throw new AppError(
          'bad_request',
          `${body.length} alerts in one body, ${FOREIGN_LIMITS.bodyCount} are the most; send fewer at a time`,
        );
      const atMs = nowMs();
      const { refused, fullCount } = await take(
        body.map((alert) => readPosted(alert, atMs)),
        by,
      );
      if (fullCount > 0) throw new AppError('too_many_requests', full(fullCount), { retryAfterS: 60 });
      if (refused.length > 0)
        throw new AppError(
          'bad_request',
          refused
            .map(({ message }) => message)
            .join('; ')
            .slice(0, 4_000),
        );
    },
    async webhook(body, by) {
      if (body.alerts.length > FOREIGN_LIMITS.bodyCount)
        throw new AppError(
          'validation',
          `/alerts holds ${body.alerts.length} alerts, ${FOREIGN_LIMITS.bodyCount} are the most`,
          { field: '/alerts' },
        );
      const atMs = nowMs();
      const { kinds, refused, fullCount } = await take(
        body.alerts.map((alert) => readFromWebhook(alert, atMs)),
        { ...by, via: 'webhook' },
      );
      if (fullCount > 0) throw new AppError('overloaded', full(fullCount), { retryAfterS: 60 });
      const [first] = refused;
      if (first !== undefined && refused.length === body.alerts.length) {
        const field = `/alerts/${first.index}${first.part === null ? '' : `/${first.part}`}`;
        throw new AppError('validation', `${field}: ${first.message}`, { field });
      }
      const count = (wanted: TakenKind): number => kinds.filter((kind) => kind === wanted).length;
      return {
        received: body.alerts.length,
        fired: count('fired'),
        repeated: count('repeated'),
        resolved: count('resolved'),
        ignored: count('ignored'),
        refused: refused.map(({ index, message }) => ({ index, message })),
        truncated: body.truncatedAlerts ?? 0,
      };
    },
    matchersOf,
    fill: tally.fill,
    start: foreign.start,
    stop: foreign.stop,
  };
}
