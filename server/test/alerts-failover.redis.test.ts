import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Alert, AlertReply, AlertsReply } from '#contract/alerts';
import { claimKey } from '../room/held-claim.ts';
import { type DemoProcess, dataFolder, startDemo } from './processes.ts';
import { testRedis } from './redis.ts';

/** Longest a rule may go unseen when the node that evaluates dies or freezes (P13). */
const TAKE_OVER_MS = 8_000;

/** Payments by card, all failing or all well, now. */
async function pay(node: DemoProcess, result: 'succeeded' | 'failed', round: number): Promise<void> {
  const ts = Date.now();
  const events = Array.from({ length: 10 }, (_, n) => ({
    id: `p${round}-${n}`,
    source: '/pay/1',
    type: 'payment.attempted',
    ts,
    orderId: `o${round}-${n}`,
    attemptId: `t${round}-${n}`,
    result,
    method: 'card',
  }));
  expect((await node.post(events))?.status).toBe(200);
}
/** A start of the demo makes new tokens, which hold on every node. */
type Ask = (path: string) => Promise<unknown>;
const askOn =
  (node: DemoProcess, { access }: DemoProcess): Ask =>
  async (path) =>
    (
      await fetch(`${node.access.url}${path}`, { headers: { authorization: `Bearer ${access.roles.oncall.token}` } })
    ).json();
const cardAlert = async (ask: Ask): Promise<Alert | undefined> =>
  ((await ask('/api/v1/alerts?rule=PaymentMethodFails')) as AlertsReply).alerts.find(
    ({ labels }) => labels.method === 'card',
  );

describe('two nodes', () => {
  it('[ALR66] (P13) the node that evaluates is frozen: the other one raises the alert in time; thawed, it changes nothing', async () => {
    const { redis, prefix, socket } = testRedis();
    const env = { REDIS_URL: `unix://${socket}`, REDIS_PREFIX: prefix };
    const first = await startDemo(dataFolder(), [], { env });
    const instance = ((await first.get('/api/v1/campaign')).body as { id: string }).id;
    const claim = claimKey(prefix, instance, 'rules');
    const holder = (): Promise<string | null> => redis.hget(claim, 'holder');
    const until = async (what: () => Promise<boolean>): Promise<void> => {
      while (!(await what())) await pause(50);
    };
    await until(async () => (await holder()) !== null);
    const firstNode = await holder();
    const second = await startDemo(dataFolder(), ['--resume'], { env });
    const [onFirst, onSecond] = [askOn(first, second), askOn(second, second)];
    for (let round = 0; round < 10; round += 1) {
      await pay(second, 'succeeded', round);
      await pause(200);
    }
    expect(await holder()).toBe(firstNode);
    expect(await cardAlert(onSecond)).toBeUndefined();

    first.signal('SIGSTOP');
    const frozenAtMs = performance.now();
    let round = 10;
    await until(async () => {
      round += 1;
      await pay(second, 'failed', round);
      return (await cardAlert(onSecond)) !== undefined;
    });
    expect(performance.now() - frozenAtMs).toBeLessThan(TAKE_OVER_MS);
    const secondNode = await holder();
    expect(secondNode).not.toBe(firstNode);
    const { evaluatedAgoMs } = (await onSecond('/-/watchdog')) as { evaluatedAgoMs: number };
    expect(evaluatedAgoMs).toBeLessThan(TAKE_OVER_MS);

    first.signal('SIGCONT');
    await until(async () => (await cardAlert(onFirst).catch(() => undefined)) !== undefined);
    await pause(1_500); // several of its looks
    const [mine, theirs] = [await cardAlert(onFirst), await cardAlert(onSecond)];
    expect(mine?.id).toBe(theirs?.id);
    expect(await holder()).toBe(secondNode);
    const { history } = (await onFirst(`/api/v1/alerts/${theirs?.id}`)) as AlertReply;
    expect(history.filter(({ type }) => type === 'alert_fired')).toHaveLength(1);
    const versions = [...new Set(history.map(({ version }) => version))];
    expect(versions).toEqual(versions.map((_, index) => index + 1));
  }, 90_000);
});
