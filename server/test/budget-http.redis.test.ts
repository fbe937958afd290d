import { describe, expect, it } from 'vitest';
import { BUDGET_REFUSALS, type BudgetRefusal } from '#contract/budget';
import { ERROR_STATUS } from '#contract/errors';
import { withDeps } from '../app.ts';
import { budgetRoutes } from '../routes/budget.ts';
import { testApp } from './app.ts';
import { type BudgetKitOptions, budgetKit, PEOPLE } from './budget-kit.ts';

type Who = keyof typeof PEOPLE;
interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON as it came, looked into by the test that asked for it
  readonly body: any;
  readonly headers: Readonly<Record<string, unknown>>;
}
let keys = 0;
/** Money behind its real routes; who asks is named by the bearer token. */
async function house(options: BudgetKitOptions = {}) {
  const kit = await budgetKit(options);
  const app = await testApp({
    authenticate: async ({ headers }) => PEOPLE[headers.authorization?.replace(/^Bearer /, '') as Who] ?? null,
    plugins: [withDeps(budgetRoutes, { budget: kit.budget })],
  });
  const ask = async (
    who: Who,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    payload?: object,
    key = `h${++keys}`,
  ): Promise<Answer> => {
    const reply = await app.inject({
      method,
      url: `/api/v1/budget${path}`,
      headers: {
        authorization: `Bearer ${who}`,
        ...(method === 'GET' || key === '' ? {} : { 'idempotency-key': key }),
      },
      ...(payload === undefined ? {} : { payload }),
    });
    const isJson =
      String(reply.headers['content-type']).includes('json') &&
      !String(reply.headers['content-type']).includes('ndjson');
    return {
      status: reply.statusCode,
      body: isJson && reply.body !== '' ? reply.json() : reply.body,
      headers: reply.headers,
    };
  };
  const move = async (
    from: string,
    to: string,
    amountMinor: number,
    more: object = {},
    who: Who = 'sun',
    key?: string,
  ): Promise<Answer> => ask(who, 'POST', '/transfers', { ...(await kit.body(from, to, amountMinor)), ...more }, key);
  const approve = (who: Who, { body }: Answer): Promise<Answer> =>
    ask(who, 'POST', `/transfers/${body.move.id}/approve`, { terms: body.move.terms });
  /** A small move that is settled. */
  const settled = async (from = 'chan:search', to = 'chan:content'): Promise<Answer> => {
    const asked = await move(from, to, 5_000_000);
    return approve('gao', asked);
  };
  return { ...kit, app, send: ask, move, approve, settled };
}
type House = Awaited<ReturnType<typeof house>>;
const SEARCH = {
  objectId: 'sem',
  hook: 'ads',
  quotaCount: 4,
  quotaWindowS: 3_600,
  minMinor: 0,
  maxMinor: 1e12,
  minStepMinor: 5_000,
  floorSpentRatio: 1.2,
  floorSpentPlusMinor: 5_000,
  overdeliveryFactor: 1,
  overdeliveryOf: 'present',
} as const;
const linked: BudgetKitOptions = { links: { search: SEARCH } };
const commandOf = async ({ budget }: House) => (await budget.money.openCommands())[0]?.id ?? '';

/** How to get each refusal over HTTP. */
const PROVOKE: Readonly<Record<BudgetRefusal, () => Promise<Answer>>> = {
  amount_not_positive: async () => (await house()).move('chan:search', 'chan:content', 0),
  same_account: async () => (await house()).move('chan:search', 'chan:search', 5),
  unknown_channel: async () => (await house()).move('chan:search', 'chan:mars', 5),
  currency_mismatch: async () => (await house()).move('chan:search', 'chan:content', 5, { currency: 'USD' }),
  self_approval: async () => {
    const h = await house();
    return h.approve('sun', await h.move('chan:search', 'chan:content', 5_000_000));
  },
  approver_limit_exceeded: async () => {
    const h = await house();
    return h.approve('gao', await h.move('chan:search', 'chan:content', 40_000_000));
  },
  role_not_on_duty: async () => {
    const h = await house();
    return h.approve('nobody', await h.move('chan:search', 'chan:content', 40_000_000));
  },
  version_stale: async () =>
    (await house()).move('chan:search', 'chan:content', 5, { expected: { 'chan:search': 9, 'chan:content': 1 } }),
  idempotency_body_mismatch: async () => {
    const h = await house();
    await h.move('chan:search', 'chan:content', 5_000_000, {}, 'sun', 'same');
    return h.move('chan:search', 'chan:content', 5_000_001, {}, 'sun', 'same');
  },
  already_settled: async () => {
    const h = await house();
    const done = await h.settled();
    return h.send('gao', 'POST', `/transfers/${done.body.move.id}/reject`, { reason: 'too late' });
  },
  already_undone: async () => {
    const h = await house();
    const { body } = await h.settled();
    await h.send('sun', 'POST', `/transfers/${body.move.id}/reverse`, { reason: 'wrong' });
    return h.send('sun', 'POST', `/transfers/${body.move.id}/reverse`, { reason: 'wrong' });
  },
  pending_expired: async () => {
    const h = await house();
    const asked = await h.move('chan:search', 'chan:content', 5_000_000);
    h.later(h.budget.view(asked.body.move).expiresAt! - h.nowMs());
    await h.budget.decide.escalate(asked.body.move.id);
    await h.budget.decide.expire(asked.body.move.id);
    return h.send('sun', 'POST', `/transfers/${asked.body.move.id}/cancel`, {});
  },
  approval_void_body_changed: async () => {
    const h = await house();
    const { body } = await h.move('chan:search', 'chan:content', 5_000_000);
    return h.send('gao', 'POST', `/transfers/${body.move.id}/approve`, { terms: '0'.repeat(64) });
  },
  campaign_closed: async () => {
    const h = await house();
    h.later(2 * 86_400_000);
    return h.move('chan:search', 'chan:content', 5_000_000);
  },
  insufficient_available: async () => (await house()).move('chan:search', 'chan:social', 900_000_000),
  below_floor: async () => (await house()).move('chan:search', 'chan:social', 420_000_000),
  above_cap: async () => (await house()).move('chan:search', 'chan:content', 300_000_000),
  reserve_breach: async () => (await house()).move('reserve:hq', 'chan:social', 5_000),
  step_too_large: async () => (await house()).move('chan:search', 'chan:social', 110_000_000),
  not_releasable: async () => {
    const h = await house(linked);
    await h.budget.spend.book({ channel: 'search', day: '2026-11-11', spendMinor: 370_000_000 });
    return h.move('chan:search', 'chan:social', 15_000_000);
  },
  platform_floor: async () => (await house(linked)).move('chan:search', 'chan:social', 4_000),
  split_limit_exceeded: async () => {
    const h = await house({ policy: { hourRatio: 0.005 } });
    await h.move('chan:search', 'chan:content', 5_000_000);
    return h.move('chan:search', 'chan:content', 5_000_000);
  },
  infeasible: async () => {
    const h = await house();
    const legs = [
      { from: 'chan:search', to: 'chan:social', amountMinor: 5_000_000 },
      { from: 'chan:social', to: 'chan:content', amountMinor: 5_000_000 },
    ];
    return h.send('sun', 'POST', '/transfers', {
      legs,
      reason: 'round',
      expected: await h.shown('chan:search', 'chan:social', 'chan:content'),
    });
  },
  cooldown: async () => {
    const h = await house();
    await h.settled();
    return h.move('chan:search', 'chan:social', 5_000_000);
  },
  frozen: async () => {
    const h = await house();
    await h.send('lin', 'POST', '/freezes', { channels: ['content'], direction: 'increases', reason: 'stock is out' });
    return h.move('chan:search', 'chan:content', 5_000_000);
  },
  platform_quota: async () => {
    const h = await house(linked);
    h.budget.usePlatforms({ reading: () => null, view: () => null, nextChangeAt: () => h.campaign.closesAtMs });
    return h.move('chan:search', 'chan:content', 5_000_000);
  },
  platform_rejected: async () => {
    const h = await house(linked);
    const { body } = await h.settled();
    await h.budget.money.compensate(await commandOf(h), 'refused');
    return h.send('sun', 'POST', `/transfers/${body.move.id}/reverse`, { reason: 'back' });
  },
  platform_unknown: async () => {
    const h = await house(linked);
    const { body } = await h.settled();
    await h.budget.money.marked(await commandOf(h), 'unknown');
    return h.send('sun', 'POST', `/transfers/${body.move.id}/reverse`, { reason: 'back' });
  },
  pending_not_found: async () => (await house()).send('sun', 'POST', '/transfers/m-none/cancel', {}),
  already_posted: async () => {
    const h = await house();
    const { body } = await h.settled();
    return h.send('sun', 'POST', `/transfers/${body.move.id}/cancel`, {});
  },
  already_voided: async () => {
    const h = await house();
    const { body } = await h.move('chan:search', 'chan:content', 5_000_000);
    await h.send('sun', 'POST', `/transfers/${body.move.id}/cancel`, {});
    return h.send('sun', 'POST', `/transfers/${body.move.id}/cancel`, {});
  },
  exceeds_pending: async () => {
    const h = await house(linked);
    const { body } = await h.settled();
    return h.send('chen', 'POST', `/transfers/${body.move.id}/confirm`, {
      commandId: await commandOf(h),
      appliedMinor: 5_000_001,
      note: 'set by hand',
    });
  },
  ledger_frozen: async () => {
    const h = await house();
    await h.redis.hset(h.budget.keys.accounts, 'chan:search|creditsPosted', '1');
    expect(await h.budget.watch.run()).toMatchObject({
      what: expect.stringContaining('I11: balance chan:search|creditsPosted is 1'),
    });
    return h.move('chan:social', 'chan:content', 5_000_000);
  },
};

describe('a silent feed', () => {
  it('[BUD21] typed moves are refused when they are asked for and when they are approved, until it speaks again', async () => {
    const h = await house();
    const asked = await h.move('chan:search', 'chan:content', 5_000_000);
    h.silence('ads');
    const refused = { status: 423, body: { code: 'frozen', by: 'feed', who: 'ads', account: 'chan:search' } };
    expect(await h.approve('gao', asked)).toMatchObject(refused);
    expect(await h.move('chan:search', 'chan:content', 4_000_000)).toMatchObject(refused);
    const preview = await h.move('chan:search', 'chan:content', 4_000_000, { validateOnly: true });
    expect(preview.body.preview.refusal).toMatchObject({
      code: 'frozen',
      message: expect.stringContaining('the ads feed is silent'),
    });
    expect((await h.account('chan:kol')).frozen).toEqual([{ by: 'feed', who: 'ads', direction: 'all', until: null }]);
    expect((await h.account('reserve:hq')).frozen).toEqual([]);
    h.silence(null);
    expect(await h.approve('gao', asked)).toMatchObject({ status: 200, body: { move: { state: 'settled' } } });
  });
  it('[BUD21] money leaves ads, moves are taken back, and an emergency with two signatures goes on meanwhile', async () => {
    const h = await house();
    const done = await h.settled();
    h.silence('orders');
    expect((await h.move('chan:social', 'env:marketing', 5_000_000)).status).toBe(201);
    expect((await h.move('chan:social', 'chan:kol', 5_000_000)).body).toMatchObject({ by: 'feed', who: 'orders' });
    const draw = await h.move('reserve:hq', 'chan:kol', 5_000, { emergency: true });
    expect(draw.body.move.tier).toBe('T3');
    await h.approve('lin', draw);
    expect((await h.approve('chen', draw)).body.move.state).toBe('settled');
    const back = await h.send('sun', 'POST', `/transfers/${done.body.move.id}/reverse`, { reason: 'wrong' });
    expect((await h.approve('gao', back)).body.move.state).toBe('settled');
  });
  it('[BUD21] a freeze says who stopped it', async () => {
    const h = await house();
    await h.send('lin', 'POST', '/freezes', { channels: ['content'], direction: 'increases', reason: 'stock is out' });
    expect((await h.move('chan:search', 'chan:content', 5_000_000)).body).toMatchObject({
      by: 'person',
      who: 'Lin Yue',
    });
    h.alarms.set('social', 'orange');
    expect((await h.move('chan:search', 'chan:social', 5_000_000)).body).toMatchObject({ by: 'tier', who: 'RoasLow' });
  });
});

describe('refusals over HTTP', () => {
  it.each(BUDGET_REFUSALS)('[BUD2] %s', async (code) => {
    const answer = await PROVOKE[code]();
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: ERROR_STATUS[code], code });
    expect(answer.body.message.length).toBeGreaterThan(10);
  });
  it('[BUD2] of several reasons the first in the list is the answer, in the request and in its preview', async () => {
    const h = await house();
    await h.settled(); // both rest now
    await h.send('lin', 'POST', '/freezes', { channels: ['*'], direction: 'all', reason: 'stop' });
    const code = async (amountMinor: number, more: object = {}): Promise<string[]> => {
      const asked = await h.move('chan:search', 'chan:content', amountMinor, more);
      const preview = await h.move('chan:search', 'chan:content', amountMinor, { ...more, validateOnly: true });
      return [asked.body.code, preview.body.preview?.refusal?.code ?? preview.body.code];
    };
    expect(await code(5_000_000)).toEqual(['cooldown', 'cooldown']);
    expect(await code(110_000_000)).toEqual(['step_too_large', 'step_too_large']);
    expect(await code(300_000_000)).toEqual(['above_cap', 'above_cap']);
    expect(await code(900_000_000)).toEqual(['insufficient_available', 'insufficient_available']);
    const expected = { 'chan:search': 99, 'chan:content': 99 };
    expect(await code(900_000_000, { expected })).toEqual(['version_stale', 'version_stale']);
    expect(await code(0, { expected })).toEqual(['amount_not_positive', 'amount_not_positive']);
    expect((await h.move('chan:kol', 'chan:social', 5_000_000)).body.code).toBe('frozen');
  });
});
