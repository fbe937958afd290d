import { describe, expect, it } from 'vitest';
import { budgetKit, PEOPLE } from './budget-kit.ts';

const { sun, gao } = PEOPLE;

describe('spend', () => {
  it('[BUD50] is booked once, follows corrections down, and never refused: what goes beyond is covered later', async () => {
    const { budget, account, body, ask, entries } = await budgetKit({ policy: { cooldownMs: 0 } });
    const { allocated } = await account('chan:content');
    const book = (spendMinor: number) => budget.spend.book({ channel: 'content', day: '2026-11-11', spendMinor });
    expect(await book(100)).toMatchObject({ bookedMinor: 100 });
    expect(await book(100)).toMatchObject({ bookedMinor: 0 });
    expect(await book(40)).toMatchObject({ bookedMinor: -60 });
    expect(await account('chan:content')).toMatchObject({ spent: 40, allocated, available: allocated - 40 });
    expect(await book(allocated + 1_000)).toMatchObject({ overspentMinor: 1_000 });
    expect(await account('chan:content')).toMatchObject({ spent: allocated, overspent: 1_000, available: 0 });
    expect((await account('chan:content')).allocationVersion).toBe(1);
    // money that comes in covers it first
    const { move } = await budget.submit.request(await body('chan:search', 'chan:content', 5_000_000), ask(sun));
    await budget.decide.approve(move.id, move.terms, ask(gao));
    await budget.spend.run([], ['content']);
    expect(await account('chan:content')).toMatchObject({ overspent: 0, available: 5_000_000 - 1_000 });
    expect((await entries()).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['budget.overspent', 'budget.covered']),
    );
    expect(await budget.watch.run()).toBeNull();
  });
  it('[MON18] the ledger is read from its newest line back, whatever the filter, and nothing is left out', async () => {
    const { budget } = await budgetKit();
    for (const spendMinor of [100, 200, 300])
      await budget.spend.book({ channel: 'content', day: '2026-11-11', spendMinor });
    const all = (await budget.ledger.page({ after: 0, limit: 1_000 })).texts;
    const newest = { after: 0, before: 999_999_999_999_999 };
    for (const filter of [{}, { kind: 'spend' }, { account: 'chan:content' }]) {
      const wanted = (await budget.ledger.page({ after: 0, limit: 1_000, ...filter })).texts;
      const last = await budget.ledger.page({ ...newest, limit: 2, ...filter });
      expect(last.texts).toEqual(wanted.slice(-2));
      const before = await budget.ledger.page({ after: 0, before: last.next ?? 0, limit: 1_000, ...filter });
      expect([...before.texts, ...last.texts]).toEqual(wanted);
      expect(before.next).toBeNull();
    }
    expect((await budget.ledger.page({ ...newest, limit: all.length })).next).toBeNull();
  });
  it('[BUD22] the reserve pays at once for what is beyond a budget, once from any number of nodes, and gets refunds first', async () => {
    const { budget, node, account, ask, entries, later } = await budgetKit();
    const { allocated } = await account('chan:kol');
    const reserve = await account('reserve:hq');
    const book = (spendMinor: number) => budget.spend.book({ channel: 'kol', day: '2026-11-11', spendMinor });
    await book(allocated + 70_000);
    // no freeze, share of the reserve or missing approver stops a fact
    await budget.freezes.freeze({ channels: ['*'], direction: 'all', reason: 'stop' }, ask(PEOPLE.lin));
    const nodes = Array.from({ length: 10 }, (_, i) => (i === 0 ? budget : node()));
    const paid = await Promise.all(nodes.map(({ forced }) => forced.cover('kol', 0)));
    expect(paid.reduce((sum, minor) => sum + minor, 0)).toBe(70_000);
    expect(await account('chan:kol')).toMatchObject({ allocated, spent: allocated, overspent: 0, covered: 70_000 });
    expect(await account('reserve:hq')).toMatchObject({
      allocated: reserve.allocated,
      spent: 70_000,
      available: reserve.available - 70_000,
      allocationVersion: reserve.allocationVersion,
    });
    expect(budget.book.figures()).toMatchObject({ reserveMinor: reserve.available - 70_000 });
    expect(budget.book.overspentRatio()).toBeGreaterThan(0); // the alert does not go with the cover
    const moves = await budget.store.moves(10);
    expect(moves).toMatchObject([
      {
        state: 'settled',
        tier: 'T3',
        forced: true,
        legs: [{ from: 'reserve:hq', to: 'cover:kol', amountMinor: 70_000 }],
      },
    ]);
    const lines = await budget.ledger.page({ after: 0, limit: 100, account: 'cover:kol' });
    expect(lines.texts.at(-1)).toMatch(
      /"kind":"cover","debit":"reserve:hq","credit":"cover:kol","amountMinor":"70000"/,
    );
    expect((await entries()).filter(({ kind }) => kind === 'budget.forced')).toMatchObject([
      { params: { channel: 'kol', amountMinor: 70_000, leftMinor: 0 } },
    ]);
    // it is not taken back; two people look at it, and nobody twice
    const id = moves[0]?.id ?? '';
    await expect(budget.submit.reverse(id, 'no', ask(sun))).rejects.toMatchObject({ code: 'already_settled' });
    await budget.decide.review(id, null, ask(PEOPLE.lin));
    await expect(budget.decide.review(id, null, ask(PEOPLE.lin))).rejects.toMatchObject({ code: 'self_approval' });
    expect((await budget.decide.review(id, null, ask(PEOPLE.chen))).move).toMatchObject({ reviewBy: null });
    // a channel that goes on is covered again when its minute is over
    await book(allocated + 90_000);
    expect(await budget.forced.cover('kol')).toBe(0);
    later(61_000);
    expect(await budget.forced.cover('kol')).toBe(20_000);
    // the platform gives back: first to the reserve, then to the channel
    await book(allocated - 5);
    expect(await account('chan:kol')).toMatchObject({ spent: allocated - 5, overspent: 0, covered: 0, available: 5 });
    expect(await account('reserve:hq')).toMatchObject({ spent: 0, available: reserve.available });
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD22] what a channel has only promised is its own: the reserve pays when it is gone; what the reserve lacks stays open', async () => {
    const { budget, account, body, ask } = await budgetKit();
    const kol = await account('chan:kol');
    const { move } = await budget.submit.request(await body('chan:kol', 'chan:search', 5_000_000), ask(sun));
    await budget.spend.book({ channel: 'kol', day: 'd', spendMinor: kol.allocated - 1_000_000 });
    expect((await account('chan:kol')).overspent).toBe(4_000_000);
    expect(await budget.forced.cover('kol', 0)).toBe(0);
    await budget.decide.cancel(move.id, null, ask(sun));
    await budget.spend.run([], ['kol']);
    expect(await account('chan:kol')).toMatchObject({ overspent: 0, covered: 0, available: 1_000_000 });
    const reserve = await account('reserve:hq');
    const { allocated } = await account('chan:kol');
    await budget.spend.book({ channel: 'kol', day: 'd', spendMinor: allocated + reserve.available + 9 });
    expect(await budget.forced.cover('kol', 0)).toBe(reserve.available);
    expect(await account('chan:kol')).toMatchObject({ overspent: 9, covered: reserve.available });
    expect(await account('reserve:hq')).toMatchObject({ available: 0 });
    expect(await budget.forced.cover('kol', 0)).toBe(0);
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD25] a channel without a platform link pays the reserve back by itself, once, from whatever comes free on it', async () => {
    const { budget, node, account, body, ask, entries } = await budgetKit();
    const { allocated } = await account('chan:kol');
    const reserve = await account('reserve:hq');
    await budget.spend.book({ channel: 'kol', day: 'd', spendMinor: allocated + 7_000_000 });
    expect(await budget.forced.cover('kol', 0)).toBe(7_000_000);
    expect(budget.book.owing()).toEqual([]); // it has nothing
    const raise = async (amountMinor: number) => {
      const { move } = await budget.submit.request(await body('env:tech', 'chan:kol', amountMinor), ask(sun));
      await budget.decide.approve(move.id, move.terms, ask(PEOPLE.lin));
      return budget.decide.approve(move.id, move.terms, ask(PEOPLE.chen));
    };
    await raise(5_000_000);
    expect(await account('chan:kol')).toMatchObject({ available: 5_000_000, covered: 7_000_000 });
    expect(budget.book.owing()).toEqual(['kol']);
    const nodes = Array.from({ length: 5 }, (_, i) => (i === 0 ? budget : node()));
    const paid = await Promise.all(nodes.map(({ forced }) => forced.repay('kol')));
    expect(paid.toSorted((x, y) => y - x)).toEqual([5_000_000, 0, 0, 0, 0]);
    expect(await account('chan:kol')).toMatchObject({
      allocated: allocated + 5_000_000,
      available: 0,
      covered: 2_000_000,
    });
    expect(await account('reserve:hq')).toMatchObject({ available: reserve.available - 2_000_000 });
    expect((await entries()).at(-1)).toMatchObject({
      kind: 'budget.repaid',
      params: { channel: 'kol', amountMinor: 5_000_000 },
    });
    expect(await budget.watch.run()).toBeNull();
    // the platform gives back: the rest goes to the reserve, and nothing is paid twice
    await budget.spend.book({ channel: 'kol', day: 'd', spendMinor: allocated });
    expect(await account('chan:kol')).toMatchObject({ covered: 0, available: 5_000_000 });
    expect(await account('reserve:hq')).toMatchObject({ available: reserve.available });
    expect(await budget.forced.repay('kol')).toBe(0);
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD50] the same report from many nodes at once is booked once', async () => {
    const { budget, account } = await budgetKit();
    await Promise.all(
      Array.from({ length: 30 }, () => budget.spend.book({ channel: 'content', day: 'd', spendMinor: 777 })),
    );
    expect((await account('chan:content')).spent).toBe(777);
  });
});
