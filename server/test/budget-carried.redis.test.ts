import { describe, expect, it } from 'vitest';
import type { PlatformReceipt } from '#contract/budget';
import { moneyKeys } from '../budget/store/money-keys.ts';
import { budgetKit, PEOPLE } from './budget-kit.ts';

const { sun, gao } = PEOPLE;
/** 1 % of the channels' envelope at 1 : 264, about ¥151,515. */
const ONE_PERCENT = 15_000_000;
const LINK = {
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
const LINKS = { search: LINK, social: { ...LINK, objectId: 'feed' } };
const receipt = (
  commandId: string,
  direction: PlatformReceipt['direction'],
  appliedMinor: number,
): PlatformReceipt => ({
  commandId,
  direction,
  outcome: 'applied',
  appliedMinor,
  confirmedMinor: null,
  externalRef: null,
  message: null,
  at: 0,
});

describe('moves on platforms', () => {
  async function approved(links = LINKS) {
    const kit = await budgetKit({ links });
    const { budget, body, ask } = kit;
    const { move } = await budget.submit.request(await body('chan:search', 'chan:social', ONE_PERCENT), ask(sun));
    const done = await budget.decide.approve(move.id, move.terms, ask(gao));
    return { ...kit, move: done.move };
  }
  it('[BUD30] the cut is confirmed before anything is posted, and only what was confirmed is; then the other side is raised', async () => {
    const { budget, move, account } = await approved();
    const before = await account('chan:search');
    expect(move.state).toBe('approved');
    const [cut] = await budget.money.openCommands();
    expect(cut).toMatchObject({
      direction: 'decrease',
      channel: 'search',
      targetMinor: before.allocated - ONE_PERCENT,
    });
    await budget.money.marked(cut?.id ?? '', 'sending');
    expect((await budget.money.move(move.id)).state).toBe('decreasing');
    const part = await budget.money.confirmLeg(cut?.id ?? '', receipt(cut?.id ?? '', 'decrease', 9_000_000));
    expect(part).toMatchObject({ state: 'increasing', legs: [{ postedMinor: 9_000_000 }] });
    expect(await account('chan:search')).toMatchObject({ held: 0, allocated: before.allocated - 9_000_000 });
    expect(await budget.money.target('search')).toBe(before.allocated - 9_000_000);
    const [raise] = await budget.money.openCommands();
    expect(raise).toMatchObject({ direction: 'increase', channel: 'social', amountMinor: 9_000_000 });
    // told twice: one effect
    await budget.money.confirmLeg(cut?.id ?? '', receipt(cut?.id ?? '', 'decrease', 9_000_000));
    const done = await budget.money.confirmLeg(raise?.id ?? '', receipt(raise?.id ?? '', 'increase', 9_000_000));
    expect(done).toMatchObject({ state: 'partially_settled', legs: [{ state: 'partial' }] });
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD31] [I3] what a refused raise gives back fits below the cap of who gave it; the rest stays where it was promised', async () => {
    const { budget, move, account, redis, prefix, campaign } = await approved();
    const [cut] = await budget.money.openCommands();
    await budget.money.confirmLeg(cut?.id ?? '', receipt(cut?.id ?? '', 'decrease', ONE_PERCENT));
    const [search, social] = [await account('chan:search'), await account('chan:social')];
    // meanwhile others took the room that was left below the cap of search, but for ¥50,000
    const { rails } = moneyKeys(prefix, campaign.instance);
    await redis.hset(rails, 'chan:search|cap', String(search.allocated + 5_000_000));
    const [raise] = await budget.money.openCommands();
    const back = await budget.money.confirmLeg(raise?.id ?? '', receipt(raise?.id ?? '', 'increase', 0));
    expect(back).toMatchObject({ id: move.id, state: 'compensating', legs: [{ returnedMinor: 5_000_000 }] });
    expect((await account('chan:search')).allocated).toBe(search.allocated + 5_000_000);
    expect((await account('chan:social')).allocated).toBe(social.allocated - 5_000_000);
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD31] a side that cannot be raised gives the money back, and the first one is restored', async () => {
    const { budget, move, account } = await approved();
    const [cut] = await budget.money.openCommands();
    const before = await account('chan:social');
    await budget.money.confirmLeg(cut?.id ?? '', receipt(cut?.id ?? '', 'decrease', ONE_PERCENT));
    const [raise] = await budget.money.openCommands();
    await budget.money.marked(raise?.id ?? '', 'unknown');
    expect((await budget.money.move(move.id)).state).toBe('unknown');
    expect((await budget.money.compensate(raise?.id ?? '', 'closed')).state).toBe('compensating');
    expect((await account('chan:social')).allocated).toBe(before.allocated);
    const [restore] = await budget.money.openCommands();
    expect(restore).toMatchObject({ direction: 'restore', channel: 'search', amountMinor: ONE_PERCENT });
    const end = await budget.money.confirmLeg(restore?.id ?? '', receipt(restore?.id ?? '', 'restore', ONE_PERCENT));
    expect(end).toMatchObject({ state: 'compensated', outcome: 'platform_rejected' });
    expect(await budget.money.openCommands()).toEqual([]);
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD32] what the platform may still charge is judged again when the approval comes', async () => {
    const { budget, body, ask } = await budgetKit({ links: { search: LINK } });
    const { move } = await budget.submit.request(await body('chan:search', 'chan:content', ONE_PERCENT), ask(sun));
    await budget.spend.book({ channel: 'search', day: 'd', spendMinor: 370_000_000 });
    await expect(budget.decide.approve(move.id, move.terms, ask(gao))).rejects.toMatchObject({
      code: 'not_releasable',
    });
    expect((await budget.store.move(move.id)).state).toBe('awaiting_approval');
  });
  it('[BUD31] one leg has gone back while another platform is silent: told, and nobody else waits for it', async () => {
    const { budget, shown, ask } = await budgetKit({ links: { ...LINKS, kol: { ...LINK, objectId: 'kol' } } });
    const legs = ['search', 'kol'].map((name) => ({ from: `chan:${name}`, to: 'chan:social', amountMinor: 5_000_000 }));
    const expected = await shown('chan:search', 'chan:kol', 'chan:social');
    const { move } = await budget.submit.request({ legs, expected, reason: 'both' }, ask(sun));
    await budget.decide.approve(move.id, move.terms, ask(gao));
    const id = (leg: number, direction: string): string => `${move.id}-${leg}-${direction}`;
    await budget.money.confirmLeg(id(0, 'decrease'), receipt(id(0, 'decrease'), 'decrease', 5_000_000));
    await budget.money.marked(id(1, 'decrease'), 'sending');
    expect((await budget.money.compensate(id(0, 'increase'), 'closed')).state).toBe('compensating');
    const back = await budget.money.confirmLeg(id(0, 'restore'), receipt(id(0, 'restore'), 'restore', 5_000_000));
    expect(back).toMatchObject({ state: 'decreasing', legs: [{ state: 'compensated' }, { state: 'decreasing' }] });
    await budget.money.confirmLeg(id(1, 'decrease'), receipt(id(1, 'decrease'), 'decrease', 5_000_000));
    const end = await budget.money.confirmLeg(id(1, 'increase'), receipt(id(1, 'increase'), 'increase', 5_000_000));
    expect(end.state).toBe('partially_settled');
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD20] what a platform did not take back may be asked for again', async () => {
    const { budget, body, ask, account } = await budgetKit({ links: { social: LINK }, policy: { cooldownMs: 0 } });
    const confirmed = async (applied: number): Promise<string> => {
      const [open] = await budget.money.openCommands();
      const { id = '', direction = 'increase' } = open ?? {};
      return (await budget.money.confirmLeg(id, receipt(id, direction, applied))).state;
    };
    const { move } = await budget.submit.request(await body('chan:search', 'chan:social', ONE_PERCENT), ask(sun));
    await budget.decide.approve(move.id, move.terms, ask(gao));
    expect(await confirmed(ONE_PERCENT)).toBe('settled');
    const before = await account('chan:search');
    const undo = await budget.submit.reverse(move.id, 'wrong', ask(sun));
    await budget.decide.approve(undo.move.id, undo.move.terms, ask(gao));
    expect((await budget.store.move(move.id)).undoneBy).toBe(undo.move.id);
    expect(await confirmed(0)).toBe('failed');
    expect((await budget.store.move(move.id)).undoneBy).toBeNull();
    const again = await budget.submit.reverse(move.id, 'still wrong', ask(sun));
    await budget.decide.approve(again.move.id, again.move.terms, ask(gao));
    expect(await confirmed(ONE_PERCENT)).toBe('settled');
    expect((await account('chan:search')).allocated).toBe(before.allocated + ONE_PERCENT);
    await expect(budget.submit.reverse(move.id, 'once more', ask(sun))).rejects.toMatchObject({
      code: 'already_undone',
    });
  });
  it('[BUD25] what a raise only pays for goes to whoever has paid for it: the reserve gets its money back, never more', async () => {
    const { budget, body, ask, account, entries } = await budgetKit({
      links: { social: LINK },
      policy: { cooldownMs: 0 },
    });
    const start = await account('chan:social');
    const reserve = await account('reserve:hq');
    await budget.spend.book({ channel: 'social', day: 'd', spendMinor: start.allocated + 4_000_000 });
    expect(await budget.forced.cover('social', 0)).toBe(4_000_000);
    await budget.spend.book({ channel: 'social', day: 'd', spendMinor: start.allocated + 4_500_000 });
    const { move } = await budget.submit.request(await body('chan:search', 'chan:social', ONE_PERCENT), ask(sun));
    await budget.decide.approve(move.id, move.terms, ask(gao));
    const [raise] = await budget.money.openCommands();
    const { id = '' } = raise ?? {};
    // 4.5 was charged beyond the budget, so that much of the raise is not sent: 0.5 of it is still open, 4 is the reserve's
    const told = { ...receipt(id, 'increase', ONE_PERCENT), absorbedMinor: 4_500_000 };
    expect((await budget.money.confirmLeg(id, told)).state).toBe('settled');
    await budget.money.confirmLeg(id, told);
    await budget.spend.run([], ['social']);
    expect(await account('reserve:hq')).toMatchObject({ available: reserve.available, allocated: reserve.allocated });
    expect(await account('chan:social')).toMatchObject({
      allocated: start.allocated + ONE_PERCENT,
      overspent: 0,
      covered: 0,
      available: ONE_PERCENT - 4_500_000,
    });
    expect((await entries()).filter(({ kind }) => kind === 'budget.repaid')).toMatchObject([
      { params: { channel: 'social', amountMinor: 4_000_000 } },
    ]);
    // a correction downwards is the channel's own now
    await budget.spend.book({ channel: 'social', day: 'd', spendMinor: start.allocated });
    expect((await account('reserve:hq')).available).toBe(reserve.available);
    expect((await account('chan:social')).available).toBe(ONE_PERCENT);
    expect(await budget.watch.run()).toBeNull();
  });
});
