import { describe, expect, it } from 'vitest';
import type { Card } from '#contract/budget';
import { budgetKit, PEOPLE, ROSTER } from './budget-kit.ts';

const { sun, gao, hu, ding, chen, wu, lin, other } = PEOPLE;
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
    expect(budget.view(move).seats).toEqual([
      { seat: 'peer', people: [{ name: 'Gao Lan', post: 'marketing_lead', as: 'B' }] },
    ]);
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
    expect((await budget.decide.approve(second.move.id, second.move.terms, ask(hu))).move.state).toBe(
      'awaiting_approval',
    );
    expect((await budget.decide.approve(second.move.id, second.move.terms, ask(chen))).move.state).toBe('settled');
    // the other request was made on the allocation before: its terms are void, and its money is free again
    await expect(budget.decide.approve(first.move.id, first.move.terms, ask(gao))).rejects.toMatchObject({
      code: 'version_stale',
    });
    expect((await budget.store.move(first.move.id)).state).toBe('stale');
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD13] a preview judges all limits, holds nothing, and shows both ends before and after', async () => {
    const { budget, body, ask, account } = await budgetKit();
    const asked = await body('chan:search', 'chan:content', 110_000_000);
    const preview = await budget.submit.preview(asked, ask(sun));
    expect(preview.refusal).toMatchObject({ code: 'step_too_large' });
    expect(preview.tier).toBe('T3');
    const search = preview.changes.find(({ account: id }) => id === 'chan:search');
    expect(search?.after.allocated).toBe((search?.before.allocated ?? 0) - 110_000_000);
    const step = preview.bounds.find(({ code }) => code === 'step_too_large');
    expect(step).toMatchObject({ account: 'chan:search', violated: true, askedMinor: 110_000_000 });
    const smaller = { ...asked, legs: [{ from: 'chan:search', to: 'chan:content', amountMinor: 45_000_000 }] };
    expect(await budget.submit.preview(smaller, ask(sun))).toMatchObject({ refusal: null, tier: 'T2' });
    expect((await account('chan:search')).held).toBe(0);
  });
  it('[BUD14] A is asked first; at the deadline B takes over and A comes too late; then the next in line', async () => {
    const { budget, body, ask, later } = await budgetKit();
    const { move } = await budget.submit.request(await body('chan:search', 'chan:content', 40_000_000), ask(sun));
    expect(move.tier).toBe('T2');
    await expect(budget.decide.approve(move.id, move.terms, ask(ding))).rejects.toMatchObject({
      code: 'role_not_on_duty',
    });
    later(10 * 60_000);
    expect((await budget.decide.escalate(move.id)).move.escalation).toBe(1);
    await expect(budget.decide.approve(move.id, move.terms, ask(hu))).rejects.toMatchObject({
      code: 'role_not_on_duty',
    });
    await budget.decide.approve(move.id, move.terms, ask(ding));
    later(10 * 60_000);
    expect((await budget.decide.escalate(move.id)).move.escalation).toBe(2);
    expect((await budget.decide.approve(move.id, move.terms, ask(lin))).move.state).toBe('settled');
  });
  it('[BUD14] nobody decides: the money is free again', async () => {
    const { budget, body, ask, later, account, entries } = await budgetKit();
    const { move } = await budget.submit.request(await body('chan:search', 'chan:content', ONE_PERCENT), ask(sun));
    expect((await budget.decide.expire(move.id)).move.state).toBe('awaiting_approval');
    later(10 * 60_000);
    expect((await budget.decide.expire(move.id)).move.state).toBe('expired');
    expect(await account('chan:search')).toMatchObject({ held: 0 });
    expect((await entries()).at(-1)).toMatchObject({ kind: 'budget.expired' });
    await expect(budget.decide.approve(move.id, move.terms, ask(gao))).rejects.toMatchObject({
      code: 'pending_expired',
    });
  });
  it('[BUD15] a person under a second account is the same person; approvers are two', async () => {
    const { budget, body, ask } = await budgetKit();
    const { move } = await budget.submit.request(await body('chan:search', 'chan:content', 40_000_000), ask(hu));
    const second = { ...hu, id: 'u-hu-2', sessionId: 'x' };
    await expect(budget.decide.approve(move.id, move.terms, ask(second))).rejects.toMatchObject({
      code: 'self_approval',
    });
    await budget.decide.approve(move.id, move.terms, ask(chen));
    await expect(budget.decide.approve(move.id, move.terms, ask(chen))).rejects.toMatchObject({
      code: 'self_approval',
    });
  });
  it('[BUD16] T3: rotating commander and finance director; a cap is changed by the same way', async () => {
    const { budget, shown, ask, account } = await budgetKit();
    const rails = [{ account: 'chan:content', floor: 10_000_000, cap: 500_000_000, pinned: false }];
    const expected = await shown('chan:content');
    const { move } = await budget.submit.request({ legs: [], rails, expected, reason: 'more room' }, ask(sun));
    expect(move.tier).toBe('T3');
    await expect(budget.decide.approve(move.id, move.terms, ask(gao))).rejects.toMatchObject({
      code: 'approver_limit_exceeded',
    });
    await budget.decide.approve(move.id, move.terms, ask(lin));
    expect((await budget.decide.approve(move.id, move.terms, ask(chen))).move.state).toBe('settled');
    expect(await account('chan:content')).toMatchObject({ floor: 10_000_000, cap: 500_000_000 });
    expect((await account('chan:content')).allocationVersion).toBeGreaterThan(expected['chan:content'] ?? 0);
  });
  it('[BUD17] the reserve keeps its share, unless an emergency draw is approved', async () => {
    const { budget, body, ask, account } = await budgetKit();
    const draw = await body('reserve:hq', 'chan:social', 5_000_000);
    await expect(budget.submit.request(draw, ask(sun))).rejects.toMatchObject({ code: 'reserve_breach' });
    const { move } = await budget.submit.request({ ...draw, emergency: true }, ask(sun));
    expect(move.tier).toBe('T3');
    await budget.decide.approve(move.id, move.terms, ask(lin));
    expect((await budget.decide.approve(move.id, move.terms, ask(chen))).move.state).toBe('settled');
    expect((await account('chan:social')).allocated).toBeGreaterThan(530_000_000);
  });
  it('[BUD18] T4: the commander alone takes money out of ads at once; two people look at it within a day', async () => {
    const { budget, body, ask } = await budgetKit();
    const cut = { ...(await body('chan:kol', 'env:marketing', 100_000_000)), emergency: true };
    await expect(budget.submit.request(cut, ask(chen))).rejects.toMatchObject({ code: 'role_not_on_duty' });
    await budget.freezes.freeze({ channels: ['*'], direction: 'all', reason: 'public opinion' }, ask(lin));
    const again = { ...(await body('chan:kol', 'env:marketing', 100_000_000)), emergency: true };
    const { move } = await budget.submit.request(again, ask(lin));
    expect(move).toMatchObject({ tier: 'T4', state: 'settled' });
    for (const by of [lin, { ...lin, id: 'u-lin-2' }])
      await expect(budget.decide.review(move.id, null, ask(by))).rejects.toMatchObject({ code: 'self_approval' });
    await budget.decide.review(move.id, null, ask(chen));
    await expect(budget.decide.review(move.id, null, ask(chen))).rejects.toMatchObject({ code: 'self_approval' });
    expect((await budget.decide.review(move.id, 'right so', ask(sun))).move).toMatchObject({ reviewBy: null });
  });
  it('[BUD18] T4: no sum stands in the way of taking money out of ads, whatever was moved before', async () => {
    const { budget, ask, shown, account } = await budgetKit({ policy: { hourRatio: 0.005 } });
    const legs = ['social', 'kol'].map((name) => ({
      from: `chan:${name}`,
      to: 'env:marketing',
      amountMinor: 5_000_000,
    }));
    const body = { legs, expected: await shown('chan:social', 'chan:kol', 'env:marketing'), reason: 'public opinion' };
    await expect(budget.submit.request(body, ask(lin))).rejects.toMatchObject({ code: 'split_limit_exceeded' });
    const { move } = await budget.submit.request({ ...body, emergency: true }, ask(lin));
    expect(move).toMatchObject({ tier: 'T4', state: 'settled' });
    expect((await account('env:marketing')).available).toBe(10_000_000);
  });
  it('[BUD19] T0: inside a card, alone, after the button was held for 5 s; undone at once within 30 min', async () => {
    const { budget, body, ask, later, account } = await budgetKit({ policy: { holdToConfirmMs: 5_000 } });
    const asked = await body('chan:search', 'chan:content', 2_000_000);
    const card: Card = {
      id: 'c1',
      legs: asked.legs,
      effect: { low: 0, mid: 1, high: 2, objective: 'gmv', horizonMs: 1, probability: 0.9, marginal: [] },
      reasons: [],
      bounds: [],
      madeAt: 0,
      expiresAt: Number.MAX_SAFE_INTEGER,
      expected: asked.expected,
    };
    budget.useAdvice({ speed: 30, card: (id) => (id === 'c1' ? card : null), effect: () => card.effect });
    const withCard = { ...asked, recommendationId: 'c1' };
    const first = (await budget.submit.request(withCard, ask(other))).move;
    expect(first.tier).toBe('T1');
    // a card counts once, in the preview too; when its request is not carried out it is free again
    expect((await budget.submit.preview(withCard, ask(sun))).refusal).toMatchObject({ code: 'card_taken' });
    await expect(budget.submit.request(withCard, ask(sun))).rejects.toMatchObject({ code: 'card_taken' });
    await budget.decide.cancel(first.id, null, ask(other));
    const twice = { ...withCard, legs: [...asked.legs, ...asked.legs] };
    expect(await budget.submit.preview(twice, ask(sun))).toMatchObject({ tier: 'T1', confirm: null });
    const preview = await budget.submit.preview(withCard, ask(sun));
    expect(preview).toMatchObject({ tier: 'T0', refusal: null, effect: { probability: 0.9 } });
    const token = preview.confirm?.token ?? '';
    await expect(budget.submit.request({ ...withCard, confirm: { token } }, ask(sun))).rejects.toMatchObject({
      code: 'validation',
    });
    later(5_000);
    await expect(budget.submit.request({ ...withCard, confirm: { token } }, ask(gao))).rejects.toMatchObject({
      code: 'validation',
    });
    const { move } = await budget.submit.request({ ...withCard, confirm: { token } }, ask(sun));
    expect(move).toMatchObject({ tier: 'T0', state: 'settled' });
    const before = await account('chan:content');
    expect(before.cooldownUntil).toBe((move.endedAt ?? 0) + 60_000); // a demo lives thirty times as fast
    const undo = await budget.submit.reverse(move.id, 'not so', ask(sun));
    expect(undo.move).toMatchObject({ tier: 'T0', state: 'settled', undoOf: move.id });
    expect((await account('chan:content')).allocated).toBe(before.allocated - 2_000_000);
    await expect(budget.submit.reverse(move.id, 'again', ask(sun))).rejects.toMatchObject({ code: 'already_undone' });
  });
  it('[BUD20] an undo takes back what is still there, and says what is not', async () => {
    const { budget, body, ask, account } = await budgetKit();
    const { move } = await budget.submit.request(await body('chan:search', 'chan:content', ONE_PERCENT), ask(sun));
    await budget.decide.approve(move.id, move.terms, ask(gao));
    const left = (await account('chan:content')).available - 4_000_000;
    await budget.spend.book({ channel: 'content', day: '2026-11-11', spendMinor: left });
    expect(await budget.submit.previewReverse(move.id, 'back', ask(sun))).toMatchObject({
      undoPartialMinor: ONE_PERCENT - 4_000_000,
      legs: [{ from: 'chan:content', to: 'chan:search', amountMinor: 4_000_000 }],
    });
    const undo = await budget.submit.reverse(move.id, 'back', ask(sun));
    expect(undo.move).toMatchObject({ state: 'awaiting_approval', undoPartialMinor: ONE_PERCENT - 4_000_000 });
    // refused by the peer: it may be asked for again
    await budget.decide.reject(undo.move.id, 'let it run', null, ask(gao));
    expect((await budget.store.move(move.id)).undoneBy).toBeNull();
  });
});

describe('races', () => {
  it('[BUD3] one new key, 50 requests at once: one row, and everybody has its answer', async () => {
    const { budget, body, node, ask } = await budgetKit();
    const second = node();
    await second.fresh();
    const asked = await body('chan:search', 'chan:content', 1_000_000);
    const same = ask(sun, 'one-key');
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? budget : second).submit.request(asked, same)),
    );
    expect(new Set(all.map(({ move }) => move.id)).size).toBe(1);
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await budget.store.moves(10)).toHaveLength(1);
    await expect(budget.submit.request({ ...asked, reason: 'other' }, same)).rejects.toMatchObject({
      code: 'idempotency_body_mismatch',
    });
    expect((await budget.submit.request(asked, ask(other, 'one-key'))).replayed).toBe(false);
  });
  it('[BUD4] 200 rivals for one budget on two nodes: what is promised is what there is, and a refused key stays refused', async () => {
    const { budget, node, ask, account, shown } = await budgetKit({
      policy: { hourRatio: 9, dayRatio: 9, floorRatio: 0 },
    });
    const other = node();
    const { available } = await account('chan:content');
    const amountMinor = Math.floor(available / 20);
    const expected = await shown('chan:content', 'env:marketing');
    const body = { legs: [{ from: 'chan:content', to: 'env:marketing', amountMinor }], expected, reason: 'mine' };
    const asks = Array.from({ length: 200 }, (_, i) => ask(sun, `rival-${i}`));
    const tries = await Promise.allSettled(
      asks.map((one, i) => (i % 2 === 0 ? budget : other).submit.request(body, one)),
    );
    const taken = tries.filter(({ status }) => status === 'fulfilled').length;
    expect(taken).toBe(Math.floor(available / amountMinor));
    expect(await account('chan:content')).toMatchObject({
      held: taken * amountMinor,
      available: available - taken * amountMinor,
    });
    const lost = tries.findIndex(({ status }) => status === 'rejected');
    const won = tries.findIndex(({ status }) => status === 'fulfilled');
    const first = tries[won];
    if (first?.status === 'fulfilled') await budget.decide.cancel(first.value.move.id, null, ask(sun));
    await expect(budget.submit.request(body, asks[lost] ?? ask(sun))).rejects.toMatchObject({
      code: 'insufficient_available',
    });
    expect((await budget.submit.request(body, ask(sun))).move.state).toBe('awaiting_approval');
  });
  it('[BUD5] 100 approvals at once: one posting', async () => {
    const { budget, body, ask, account, redis } = await budgetKit();
    const { move } = await budget.submit.request(await body('chan:search', 'chan:content', ONE_PERCENT), ask(sun));
    const before = await account('chan:content');
    const tries = await Promise.allSettled(
      Array.from({ length: 100 }, () => budget.decide.approve(move.id, move.terms, ask(gao))),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await account('chan:content')).allocated).toBe(before.allocated + ONE_PERCENT);
    const lines = (await redis.xrange(budget.keys.ledger, '-', '+')).map(([, fields]) => fields[1] ?? '');
    expect(lines.filter((line) => line.includes('"kind":"post"'))).toHaveLength(1);
  });
  it('[BUD14] an override of the roster counts at once', async () => {
    const { budget, body, ask, setRoster } = await budgetKit();
    const { move } = await budget.submit.request(await body('chan:search', 'chan:content', 40_000_000), ask(sun));
    setRoster(
      ROSTER.map((row) =>
        row.person === 'Chen Jing'
          ? { ...row, person: 'Wu Fan' }
          : row.person === 'Wu Fan'
            ? { ...row, person: 'Chen Jing' }
            : row,
      ),
    );
    await expect(budget.decide.approve(move.id, move.terms, ask(chen))).rejects.toMatchObject({
      code: 'role_not_on_duty',
    });
    expect((await budget.decide.approve(move.id, move.terms, ask(wu))).move.approvals).toMatchObject([
      { seat: 'finance', as: 'A' },
    ]);
  });
});
