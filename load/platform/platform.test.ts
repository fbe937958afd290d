import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { AdObject, type ObjectRules } from './ad-object.ts';
import { Platform } from './platform.ts';

const rules: ObjectRules = {
  quotaCount: 2,
  quotaWindowMs: 3_600_000,
  minMinor: 5_000,
  maxMinor: 1_000_000,
  minStepMinor: 5_000,
  spentTimes: 1.2,
  spentPlusMinor: 5_000,
  overdelivery: 1,
  overdeliveryOf: 'present',
};
const object = (change: Partial<ObjectRules> = {}): AdObject =>
  new AdObject({ objectId: 'a', channel: 'search', rules: { ...rules, ...change }, dailyBudgetMinor: 100_000 });

describe('an ad object', () => {
  it.each([
    { title: 'nothing spent: the minimum', spent: 0, frozen: 0, lowest: 5_000 },
    { title: 'little spent: spent and ¥50', spent: 10_000, frozen: 0, lowest: 15_000 },
    { title: 'much spent: 1.2 times', spent: 50_000, frozen: 0, lowest: 60_000 },
    { title: 'what is frozen is added', spent: 50_000, frozen: 700, lowest: 60_700 },
  ])('[ADP1] the deepest cut it takes: $title', ({ spent, frozen, lowest }) => {
    const one = object();
    one.charge(spent, '2026-11-11');
    one.frozenMinor = frozen;
    expect(one.lowestMinor()).toBe(lowest);
    expect(one.set(1, 0, 'c', true)).toMatchObject({ afterMinor: lowest });
  });
  it('[ADP1] it refuses instead where it does not clamp, and a step that is too small', () => {
    const one = object();
    expect(one.set(1, 0, 'c', false)).toMatchObject({ kind: 'rejected', code: 'BUDGET_TOO_LOW' });
    expect(one.set(2_000_000, 0, 'c', false)).toMatchObject({ kind: 'rejected', code: 'BUDGET_TOO_HIGH' });
    expect(one.set(99_999, 0, 'c', true)).toMatchObject({ kind: 'rejected', code: 'STEP_TOO_SMALL' });
    expect(one.reading).toMatchObject({ dailyBudgetMinor: 100_000, version: 1 });
  });
  it('[ADP2] the quota is a sliding window; setting what is set costs nothing', () => {
    const one = object();
    one.set(110_000, 0, 'c', true);
    one.set(110_000, 1, 'c', true);
    one.set(120_000, 1_800_000, 'c', true);
    expect(one.set(130_000, 3_599_999, 'c', true)).toEqual({ kind: 'over_quota', nextAtMs: 3_600_000 });
    expect(one.set(130_000, 3_600_000, 'c', true)).toMatchObject({ afterMinor: 130_000 });
    expect(one.changes).toHaveLength(3);
  });
  it('[ADP3] overdelivery: of the present budget, or of the highest that was set today', () => {
    const present = object({ overdelivery: 1.25 });
    expect(present.charge(1_000_000, 'd1')).toBe(125_000);
    const highest = object({ overdelivery: 2, overdeliveryOf: 'highest_today' });
    highest.charge(0, 'd1');
    highest.set(40_000, 0, 'c', true);
    expect(highest.charge(1_000_000, 'd1')).toBe(200_000); // the cut changes nothing today
    expect(highest.charge(1_000_000, 'd2')).toBe(80_000);
  });
  it('[ADP3] a correction takes back at most what was charged; a cut never does', () => {
    const one = object();
    one.charge(90_000, 'd');
    one.setByHand(10_000, 0);
    expect(one.charge(5_000, 'd')).toBe(0);
    expect(one.charge(-95_000, 'd')).toBe(-90_000);
  });
});

const secret = `whsec_${Buffer.from('a platform secret of 32 bytes ok').toString('base64')}`;
let platform: Platform | null = null;
afterEach(async () => {
  await platform?.stop();
  platform = null;
});
async function open(seed = 1): Promise<Platform> {
  const init = { objectId: 'a', channel: 'search', rules, dailyBudgetMinor: 100_000 };
  platform = await Platform.start({ objects: [init], secrets: [secret], seed, controlToken: 'control' });
  return platform;
}
function call(to: Platform, value: object, change: { secret?: string; timeoutMs?: number } = {}): Promise<Response> {
  const body = JSON.stringify(value);
  const stamp = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from((change.secret ?? secret).slice(6), 'base64');
  const signature = `v1,${createHmac('sha256', key).update(`m1.${stamp}.${body}`).digest('base64')}`;
  const headers = { 'webhook-id': 'm1', 'webhook-timestamp': stamp, 'webhook-signature': signature };
  return fetch(to.url, { method: 'POST', body, headers, signal: AbortSignal.timeout(change.timeoutMs ?? 10_000) });
}
const set = (dailyBudgetMinor: number) => ({
  type: 'budget.set',
  data: { objectId: 'a', dailyBudgetMinor, currency: 'CNY' },
});
const budgetOf = (of: Platform): number => of.object('a').reading.dailyBudgetMinor;

describe('the platform behind its webhook', () => {
  it('[ADP4] takes signed calls only, and says what stands afterwards', async () => {
    const to = await open();
    const other = `whsec_${Buffer.from('another secret, also of 32 bytes').toString('base64')}`;
    expect((await call(to, set(90_000), { secret: other })).status).toBe(401);
    expect(budgetOf(to)).toBe(100_000);
    const reply = await call(to, set(90_000));
    expect(await reply.json()).toMatchObject({ reading: { dailyBudgetMinor: 90_000, version: 2 } });
    expect((await call(to, { type: 'budget.set', data: { objectId: 'a', dailyBudgetMinor: 1.5 } })).status).toBe(400);
    expect((await call(to, { type: 'budget.read', data: { objectId: 'b' } })).status).toBe(404);
  });
  it.each([
    { fault: 'timeout_before', after: 100_000 },
    { fault: 'timeout_after', after: 90_000 },
  ] as const)('[ADP5] $fault: no answer, and the budget is $after', async ({ fault, after }) => {
    const to = await open();
    to.faults.change('a', { next: [fault] });
    await expect(call(to, set(90_000), { timeoutMs: 150 })).rejects.toThrow();
    expect(budgetOf(to)).toBe(after);
    expect((await call(to, set(90_000))).status).toBe(200); // only the next call met it
  });
  it.each([
    { fault: 'error_before', status: 500, after: 100_000 },
    { fault: 'error_after', status: 500, after: 90_000 },
    { fault: 'busy', status: 429, after: 100_000 },
    { fault: 'reject', status: 200, after: 100_000 },
    { fault: 'ignore', status: 200, after: 100_000 },
  ] as const)('[ADP5] $fault: $status, and the budget is $after', async ({ fault, status, after }) => {
    const to = await open();
    to.faults.change('*', { next: [fault] });
    expect((await call(to, set(90_000))).status).toBe(status);
    expect(budgetOf(to)).toBe(after);
  });
  it('[ADP6] one seed gives the same faults again', async () => {
    const faultsOf = async (seed: number): Promise<readonly string[]> => {
      const to = await open(seed);
      to.faults.change('*', { ratios: { error_before: 0.3, busy: 0.3 } });
      for (let n = 0; n < 12; n += 1) await call(to, set(90_000));
      await to.stop();
      platform = null;
      return to.calls.map(({ fault }) => fault);
    };
    const first = await faultsOf(7);
    expect(await faultsOf(7)).toEqual(first);
    expect(new Set(first).size).toBe(3);
    expect(await faultsOf(8)).not.toEqual(first);
  });
  it('[ADP7] the control endpoint wants its token and refuses what it does not know', async () => {
    const to = await open();
    const control = (path: string, value: unknown, token = 'control'): Promise<Response> =>
      fetch(to.url.replace('/webhook', `/control/${path}`), {
        method: 'POST',
        body: JSON.stringify(value),
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await control('manual', { objectId: 'a', dailyBudgetMinor: 1 }, 'guess')).status).toBe(401);
    expect((await control('faults', { faults: { outrage: 'refuse' } })).status).toBe(400);
    expect((await control('faults', { objectId: 'z', faults: null })).status).toBe(400);
    expect((await control('manual', { objectId: 'a', dailyBudgetMinor: 70_000 })).status).toBe(200);
    expect(to.object('a').changes).toMatchObject([{ by: 'manual', afterMinor: 70_000 }]);
    expect((await control('faults', { faults: { outage: 'refuse' } })).status).toBe(200);
    expect((await call(to, { type: 'budget.read', data: { objectId: 'a' } })).status).toBe(503);
  });
});
