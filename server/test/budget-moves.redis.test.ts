import { describe, expect, it } from 'vitest';
import { budgetKit, PEOPLE } from './budget-kit.ts';

const { sun, gao, hu, chen, lin } = PEOPLE;
/** 1 % of the channels' envelope at 1 : 264, about ¥151,515. */
const ONE_PERCENT = 15_000_000;

describe('moves', () => {
  it('[BUD10] is held, approved by a peer and posted at once where no platform holds the money', async () => {
    const { budget, body, ask, account, entries } = await budgetKit();
    const before = await account('chan:search');
    const { move } = await budget.submit.request(await body('chan:search', 'chan:content', ONE_PERCENT), ask(sun));
    expect(move).toMatchObject({ state: 'awaiting_approval', tier: 'T1' });
    expect(await account('chan:search')).toMatchObject({
      held: ONE_PERCENT,
      available: before.available - ONE_PERCENT,
    });
    const done = await budget.decide.approve(move.id, move.terms, ask(gao));
    expect(done.move.state).toBe('settled');
    expect(await account('chan:search')).toMatchObject({ held: 0, allocated: before.allocated - ONE_PERCENT });
    expect((await entries()).map(({ kind }) => kind)).toEqual([
      'budget.opened',
      'budget.requested',
      'budget.approved',
      'budget.settled',
    ]);
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD12] a tier rises with what was moved within the day', async () => {
    const { budget, body, ask } = await budgetKit({ policy: { cooldownMs: 0 } });
    const first = await budget.submit.request(await body('chan:search', 'chan:content', 20_000_000), ask(sun));
    expect(first.move.tier).toBe('T1');
    const second = await budget.submit.request(await body('chan:search', 'chan:content', 20_000_000), ask(sun));
    expect(second.move.tier).toBe('T2');
    const one = await budget.decide.approve(second.move.id, second.move.terms, ask(hu));
    expect(one.move.state).toBe('awaiting_approval');
    expect((await budget.decide.approve(second.move.id, second.move.terms, ask(chen))).move.state).toBe('settled');
    await expect(budget.decide.approve(first.move.id, first.move.terms, ask(gao))).rejects.toMatchObject({
      code: 'version_stale',
    });
    expect((await budget.store.move(first.move.id)).state).toBe('stale');
    expect(await budget.watch.run()).toBeNull();
    void lin;
  });
});
