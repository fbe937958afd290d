import { expect } from 'vitest';
import type { BudgetRefusal } from '#contract/budget';
import { type Answer, type House, house } from './budget-house.ts';
import type { BudgetKitOptions } from './budget-kit.ts';

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
export const PROVOKE: Readonly<Record<BudgetRefusal, () => Promise<Answer>>> = {
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
  card_taken: async () => {
    const h = await house();
    await h.move('chan:search', 'chan:content', 5_000_000, { recommendationId: 'c1' });
    return h.move('chan:search', 'chan:content', 5_000_000, { recommendationId: 'c1' }, 'gao');
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
