import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Principal } from '#contract/permissions';
import type { CheckTerm } from '#contract/runbooks';
import type { TimelineEntry } from '#contract/timeline';
import { actionPorts } from '../../runbooks/action-ports.ts';
import { loadRunbooks } from '../../runbooks/catalog.ts';
import type { Hooks } from '../../runbooks/hooks.ts';
import type { ActionPort, AlertFacts } from '../../runbooks/ports.ts';
import { registerRunDue } from '../../runbooks/run-due.ts';
import { createRunStore } from '../../runbooks/run-store.ts';
import { createRunner } from '../../runbooks/runner.ts';
import { createOutbound } from '../outbound/send.ts';
import { createBanners } from '../room/banners.ts';
import { createDueWork, type DueHandler } from '../room/due.ts';
import { timelineKeys } from '../store/timeline.ts';
import { testRedis } from './redis.ts';
import { silentLog } from './silent-log.ts';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const user = (
  id: string,
  role: 'oncall' | 'commander' | 'finance' = 'oncall',
  sessionId = `s-${id}`,
): Principal => ({
  kind: 'user',
  id,
  name: id,
  role,
  sessionId,
});
const numbers = { keys: 0 };
export function ask(by: Principal, key?: string) {
  numbers.keys += 1;
  return { by, key: key ?? `k${numbers.keys}`, requestId: 'req' };
}

/** A sink on loopback that answers what it is told to. */
async function sink() {
  const seen: { headers: IncomingMessage['headers']; body: string }[] = [];
  const answers: number[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      seen.push({ headers: request.headers, body });
      response.writeHead(answers.shift() ?? 204).end();
      for (const wake of waiting.splice(0)) wake();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { seen, answers, port, url: `http://127.0.0.1:${port}/` };
}

/**
 * Runs over the real Redis with the shipped plans, real due work and a real sink, but a clock that the test moves: `at(ms)`
 * is what Redis time would be. Due items are claimed by `pass(kind)` when the test says so.
 */
export async function runbooksKit(
  options: { readonly freeze?: ActionPort<'budget.freeze'>; readonly alerts?: readonly AlertFacts[] } = {},
) {
  const { redis, prefix } = testRedis();
  const instance = 'i1';
  const log = silentLog;
  const receiver = await sink();
  const clock = { nowMs: 1_800_000_000_000 };
  const nowMs = (): number => clock.nowMs;
  const hooks: Hooks = new Map(
    ['scale_payment_callbacks', 'poll_payment_results', 'repair_paid_orders', 'degrade_features'].map((name) => [
      name,
      { url: `${receiver.url}${name}`, secrets: [SECRET] },
    ]),
  );
  const outbound = createOutbound({ allow: [`127.0.0.1:${receiver.port}`], nowMs });
  const banners = createBanners(redis, prefix, instance, log);
  const actions = actionPorts({ hooks, outbound, banners, silences: null, freeze: options.freeze ?? null, nowMs });
  const runbooks = loadRunbooks((file) => {
    throw new Error(file);
  });
  const store = createRunStore(redis, prefix, instance);
  const alerts = { find: async (id: string) => options.alerts?.find((one) => one.id === id) ?? null };
  const values: Record<string, number | null> = {};
  const figures = { value: ({ kpi }: CheckTerm) => values[kpi] ?? null };
  const phase = (): null => null;
  const runner = createRunner({ store, prefix, instance, runbooks, actions, figures, alerts, phase, nowMs, log });
  const handlers = new Map<string, DueHandler>();
  const due = createDueWork({ redis, prefix, instance, log });
  registerRunDue({
    runner,
    due: { register: (kind, handler) => void handlers.set(kind, handler) },
    actions,
    figures,
    nowMs,
  });
  return {
    redis,
    prefix,
    instance,
    runner,
    runbooks,
    store,
    banners,
    due,
    receiver,
    clock,
    values,
    alerts,
    nowMs,
    /** Does all work of a kind that is on the due set, as some node would; the clock goes to when it falls due. */
    async pass(kind: string): Promise<number> {
      const queue = `{${prefix}:${instance}:core}:due:queue:${kind}`;
      const due_ = await redis.zrange(queue, '0', '-1', 'WITHSCORES');
      for (let at = 0; at < due_.length; at += 2) {
        clock.nowMs = Math.max(clock.nowMs, Number(due_[at + 1]));
        await redis.zadd(queue, 1, due_[at] ?? ''); // Redis time has not passed: make it due
      }
      const items = await due.claim([kind], 20);
      for (const item of items) {
        const outcome = await handlers.get(kind)?.(item);
        if (outcome !== undefined) await due.settle(item, outcome);
      }
      return items.length;
    },
    async timeline(): Promise<TimelineEntry[]> {
      const rows = await redis.xrange(timelineKeys(prefix, instance).stream, '-', '+');
      return rows.map(([, fields]) => JSON.parse(fields[1] ?? '') as TimelineEntry);
    },
  };
}
