import { randomUUID } from 'node:crypto';
import { AppError } from '#contract/errors';
import { actorOf } from '#contract/permissions';
import type { ReceiverTestReply } from '#contract/receivers';
import type { Timeline } from '../../server/room/timeline.ts';
import { commandOutcome, IDEMPOTENCY_KEEP_MS, command as idempotencyOf } from '../../server/store/idempotency.ts';
import { loadScript, runScript } from '../../server/store/scripts.ts';
import type { AskedBy } from '../commands.ts';
import type { Delivery, MessageAlert } from './domain/message.ts';
import type { Contacts, Receiver } from './domain/receiver.ts';
import type { DeliveryRedis } from './queue-types.ts';
import type { Sender } from './send.ts';

/** A test that never ended may be tried again after this, ms. */
const HOLD_MS = 30_000;
const SHOWN = 500;
const holdCommand = loadScript('hold-command-1');
const keepCommand = loadScript('keep-command-1');

export interface TryOutDeps {
  readonly redis: DeliveryRedis;
  readonly prefix: string;
  readonly instance: string;
  readonly send: Sender;
  readonly contacts: () => Contacts;
  readonly timeline: Pick<Timeline, 'append'>;
  readonly nowMs: () => number;
}

/** An id of its own: what keeps incidents by it (PagerDuty) must not take a second test for the first. */
const testAlert = (id: string, atMs: number): MessageAlert => ({
  id: `test-${id}`,
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
  startsAt: atMs,
  firedAt: atMs,
  endsAt: null,
  group: 'TestNotification',
  owner: null,
  generatorUrl: null,
});

/** "Send a test": one message now, outside the queue, and what the sink answered. */
export function createTryOut({ redis, prefix, instance, send, contacts, timeline, nowMs }: TryOutDeps) {
  async function once(receiver: Receiver, by: string): Promise<ReceiverTestReply> {
    const id = randomUUID().replaceAll('-', '');
    const at = nowMs();
    const people = [{ person: by, post: '', role: 'A' as const, contact: contacts()[by] ?? {} }];
    const delivery: Delivery = {
      id,
      receiver: receiver.id,
      orderKey: 'test',
      createdAtMs: at,
      whileOpen: null,
      message: { topic: 'test', alert: testAlert(id, at), by, people },
    };
    const startedMs = performance.now();
    const sent = await send(receiver, [delivery], { tries: 1, claimedAtMs: at });
    const tookMs = Math.round(performance.now() - startedMs);
    const base = { receiver: receiver.id, id, status: sent.status, answer: sent.answer.slice(0, SHOWN), tookMs };
    return sent.ok
      ? { ...base, ok: true, reason: null, message: 'the receiver took it' }
      : { ...base, ok: false, reason: sent.reason, message: sent.message.slice(0, SHOWN) };
  }

  /** @throws {AppError} `command_running`, `idempotency_body_mismatch` */
  return async function tryOut(
    receiver: Receiver,
    { principal, key, requestId }: AskedBy,
  ): Promise<{ reply: ReceiverTestReply; replayed: boolean }> {
    const { id } = receiver;
    const { redisKey, print } = idempotencyOf(prefix, instance, {
      principal,
      route: 'receiver.test',
      key,
      asked: { id },
    });
    const begun = (await runScript(redis, holdCommand, [redisKey], [print, HOLD_MS])) as [string, string];
    if (begun[0] === 'busy')
      throw new AppError('command_running', 'this test is under way; ask again in a moment', { retryAfterS: 1 });
    if (begun[0] !== 'new')
      return { reply: JSON.parse(commandOutcome(begun).reply) as ReceiverTestReply, replayed: true };
    const reply = await once(receiver, principal.name);
    const text = reply.ok ? 'ok' : `${reply.reason}: ${reply.message}`.slice(0, 200);
    await timeline.append({
      kind: 'receiver.tested',
      actor: actorOf(principal),
      params: { receiver: id, text },
      requestId,
    });
    await runScript(redis, keepCommand, [redisKey], [print, IDEMPOTENCY_KEEP_MS, JSON.stringify(reply)]);
    return { reply, replayed: false };
  };
}
