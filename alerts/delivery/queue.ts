import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '#contract/errors';
import type { DeliveryDeadLetter, ReceiverError, ReceiverState } from '#contract/receivers';
import { type Command, commandOutcome, IDEMPOTENCY_KEEP_MS } from '../../server/store/idempotency.ts';
import { coreKey } from '../../server/store/keys.ts';
import { loadScript, runScript } from '../../server/store/scripts.ts';
import type { NewTimelineEntry } from '../../server/store/timeline.ts';
import { timelineArgs, timelineKeyList, timelineKeys } from '../../server/store/timeline.ts';
import type { Delivery } from './domain/message.ts';
import { KIND_LIMITS, type Receiver, softLimit } from './domain/receiver.ts';
import type { Claimed, DeliveryRedis, Ending, NewDelivery, ReceiverFacts } from './queue-types.ts';

/** How long a claim lasts, ms: a whole try and what comes with it fit, and an escalation is never later than 10 s (P14). */
export const CLAIM_MS = 7_000;
/** Messages that wait for one receiver at most. */
const QUEUE_MOST = 10_000;
/** An ended message is remembered so long, so that a step that is done over again sends nothing twice. */
const DONE_KEEP_MS = 25 * 3_600_000;
const DEAD_MOST = 1_000;
/** Most messages that one summary tells of. */
const FOLD_MOST = 50;
/** Failed tries in a row after which a receiver is called failing; messages given up in a row after which it is disabled. */
export const FAILING_AFTER = 3;
export const DISABLED_AFTER = 3;
const SYSTEM = { kind: 'system', id: 'delivery' } as const;

const scripts = {
  enqueue: loadScript('enqueue-deliveries-n'),
  claim: loadScript('claim-deliveries-n'),
  settle: loadScript('settle-delivery-14'),
  resend: loadScript('resend-delivery-14'),
  enable: loadScript('enable-receiver-4'),
};

interface DeadLetterStored extends DeliveryDeadLetter {
  readonly delivery: Delivery;
}

const fieldOf = ({ receiver, id }: Pick<Delivery, 'receiver' | 'id'>): string => `${receiver}|${id}`;
const orderOf = ({ receiver, orderKey }: Delivery): string =>
  `${receiver}|${createHash('sha256').update(orderKey).digest('hex').slice(0, 20)}`;
const storedOf = (delivery: Delivery): string =>
  `${delivery.whileOpen ?? ''}\n${orderOf(delivery)}\n${JSON.stringify(delivery)}`;

/** Queues of receivers in Redis, every change one atomic step. All nodes work on them. */
export function createDeliveryQueue(
  redis: DeliveryRedis,
  prefix: string,
  instance: string,
  records: string,
  nowMs: () => number,
) {
  const key = (name: string): string => coreKey(prefix, instance, `deliver:${name}`);
  const block = [key('items'), key('next'), key('tails'), key('claims'), key('tries')];
  const queue = (receiver: string): string => key(`queue:${receiver}`);
  const age = (receiver: string): string => key(`age:${receiver}`);
  const [done, told, fence, states, dead, deadAt] = ['done', 'told', 'fence', 'states', 'dead', 'dead-at'].map(key) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const timeline = timelineKeyList(timelineKeys(prefix, instance));
  const entry = (
    kind: 'receiver.failing' | 'receiver.disabled' | 'receiver.back',
    receiver: string,
    text: string,
  ): string => timelineArgs({ kind, actor: SYSTEM, params: { receiver, text } })[0];

  return {
    /** @returns for each: 1 queued, 0 known before, -1 too many wait, -2 its receiver was not told of the alert */
    async enqueue(all: readonly NewDelivery[]): Promise<number[]> {
      if (all.length === 0) return [];
      const keys = all.flatMap(({ delivery: { receiver } }) => [queue(receiver), age(receiver)]);
      const args = all.flatMap(({ delivery, told: telling }) => [
        fieldOf(delivery),
        orderOf(delivery),
        storedOf(delivery),
        telling === null ? '' : `${delivery.orderKey}|${delivery.receiver}`,
        telling?.as ?? '',
        telling?.onlyIfTold === true ? 'told' : '',
      ]);
      const reply = await runScript(
        redis,
        scripts.enqueue,
        [...block, done, told, ...keys],
        [QUEUE_MOST, DONE_KEEP_MS, ...args],
      );
      return reply as number[];
    },

    /** @param wanted - receivers with room for so many sends now */
    async claim(
      wanted: readonly { readonly receiver: Receiver; readonly most: number }[],
    ): Promise<readonly Claimed[]> {
      if (wanted.length === 0) return [];
      const claimedMonotonicMs = performance.now();
      const reply = (await runScript(
        redis,
        scripts.claim,
        [
          ...block,
          done,
          fence,
          records,
          states,
          ...wanted.flatMap(({ receiver: { id } }) => [queue(id), age(id), key(`sent:${id}`)]),
        ],
        [
          CLAIM_MS,
          ...wanted.flatMap(({ receiver, most }) => [
            receiver.id,
            most,
            receiver.perMinute ?? 0,
            softLimit(receiver),
            FOLD_MOST,
            KIND_LIMITS[receiver.kind].perSecond ?? 0,
          ]),
        ],
      )) as string[];
      const claimedAtMs = Number(reply[0]);
      const claimed: Claimed[] = [];
      for (let at = 1; at + 6 <= reply.length; at += 6) {
        const [, field = '', version = '', tries = '', how = '', json = ''] = reply.slice(at, at + 6);
        claimed.push({
          delivery: JSON.parse(json) as Delivery,
          field,
          version,
          tries: Number(tries),
          how: how as Claimed['how'],
          claimedAtMs,
          claimedMonotonicMs,
        });
      }
      return claimed;
    },

    /** @returns false when the claim was stale and nothing changed; else the receiver's new state, if it changed */
    async settle(
      { delivery, field, version, tries }: Claimed,
      ending: Ending,
      title: string,
    ): Promise<ReceiverState | '' | false> {
      const { receiver, createdAtMs, message } = delivery;
      const error = ending.kind === 'retry' || ending.kind === 'dead' ? ending.error : null;
      const letter: DeadLetterStored | null =
        ending.kind === 'dead'
          ? {
              id: field,
              receiver,
              topic: message.topic,
              title,
              createdAt: createdAtMs,
              givenUpAt: nowMs(),
              tries,
              error: ending.error,
              delivery,
            }
          : null;
      const why = error?.message ?? '';
      const [settled, state] = (await runScript(
        redis,
        scripts.settle,
        [...block, done, queue(receiver), age(receiver), states, dead, deadAt, ...timeline],
        [
          field,
          version,
          receiver,
          ending.kind,
          ending.kind === 'retry' ? Math.round(ending.inMs) : 0,
          error === null ? '' : JSON.stringify(error),
          ending.kind === 'dead' && ending.gone ? 'gone' : '',
          FAILING_AFTER,
          DISABLED_AFTER,
          letter === null ? '' : JSON.stringify(letter),
          DEAD_MOST,
          entry('receiver.failing', receiver, why),
          entry('receiver.disabled', receiver, why),
          entry('receiver.back', receiver, ''),
          randomUUID(),
        ],
      )) as [number, string];
      return settled === 1 ? (state as ReceiverState | '') : false;
    },

    /** @returns whether it was disabled */
    async enable(receiver: string, told: Omit<NewTimelineEntry, 'kind' | 'params'>): Promise<boolean> {
      const args = timelineArgs({ ...told, kind: 'receiver.enabled', params: { receiver } });
      return (await runScript(redis, scripts.enable, [states, ...timeline], [receiver, ...args])) === 1;
    },

    async facts(receiver: string): Promise<ReceiverFacts> {
      const fields = ['state', 'since', 'delivered', 'failed', 'deliveredAt', 'error'].map(
        (name) => `${receiver}|${name}`,
      );
      const [kept, queueCount, [, oldest], overdueCount] = await Promise.all([
        redis.hmget(states, ...fields),
        redis.zcard(age(receiver)),
        redis.zrange(age(receiver), 0, '0', 'WITHSCORES'),
        redis.zcount(queue(receiver), '-inf', String(nowMs() - 30_000)),
      ]);
      const number = (text: string | null | undefined): number | null =>
        text === null || text === undefined ? null : Number(text);
      const [state, since, delivered, failed, deliveredAt, error] = kept;
      return {
        state: (state ?? 'ok') as ReceiverState,
        since: number(since),
        deliveredCount: number(delivered) ?? 0,
        failedCount: number(failed) ?? 0,
        lastDeliveredAt: number(deliveredAt),
        lastError: error === null || error === undefined ? null : (JSON.parse(error) as ReceiverError),
        queueCount,
        oldestAt: number(oldest),
        overdueCount,
      };
    },

    deadCount: (): Promise<number> => redis.zcard(deadAt),
    async droppedCount(): Promise<number> {
      return Number((await redis.hget(states, '|dropped')) ?? 0);
    },
    /** Newest first. */
    async deadLetters(most: number): Promise<DeliveryDeadLetter[]> {
      const ids = await redis.zrevrange(deadAt, 0, String(most - 1));
      const texts = ids.length === 0 ? [] : await redis.hmget(dead, ...ids);
      return texts.flatMap((text) => {
        if (text === null) return [];
        const { delivery: _kept, ...letter } = JSON.parse(text) as DeadLetterStored;
        return [letter];
      });
    },
    /** Sends a dead letter again, from the first try on. @throws {AppError} `not_found`, `idempotency_body_mismatch` */
    async resend(
      id: string,
      command: Command,
      by: Omit<NewTimelineEntry, 'kind' | 'params'>,
    ): Promise<{ replayed: boolean }> {
      const text = await redis.hget(dead, id);
      const letter = text === null ? null : (JSON.parse(text) as DeadLetterStored);
      const receiver = letter?.receiver ?? id.slice(0, Math.max(0, id.indexOf('|')));
      // what was only for while the alert is open may be sent by hand all the same
      const delivery = letter === null ? null : { ...letter.delivery, createdAtMs: nowMs(), whileOpen: null };
      const [body, epoch] = timelineArgs({
        ...by,
        kind: 'receiver.resent',
        params: { receiver, text: letter?.title ?? '' },
      });
      const reply = (await runScript(
        redis,
        scripts.resend,
        [...block, done, queue(receiver), age(receiver), dead, deadAt, ...timeline, command.redisKey],
        [
          id,
          delivery === null ? '' : orderOf(delivery),
          delivery === null ? '' : storedOf(delivery),
          body,
          epoch,
          command.print,
          IDEMPOTENCY_KEEP_MS,
        ],
      )) as [string, string];
      if (reply[0] === 'missing')
        throw new AppError('not_found', `there is no dead letter ${id.slice(0, 80)}; it may have been sent again`);
      return { replayed: commandOutcome(reply).replayed };
    },
    /** A key of delivery's own, under the core tag. */
    key,
  };
}
export type DeliveryQueue = ReturnType<typeof createDeliveryQueue>;
