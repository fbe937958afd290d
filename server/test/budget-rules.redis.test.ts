import { describe, expect, it } from 'vitest';
import { MOVE_STATES } from '#contract/budget';
import { exposureMinor, type PlatformLink } from '#contract/platforms';
import { openingEntries } from '../budget/domain/accounts.ts';
import { NOTHING, type Plan } from '../budget/domain/plan.ts';
import { stepLimitMinor } from '../budget/domain/policy.ts';
import { assertTransition, isTerminal, TRANSITIONS } from '../budget/domain/states.ts';
import { checkedScript } from '../budget/proof/checked-scripts.ts';
import { createRandom } from '../budget/proof/random.ts';
import { budgetKit, PEOPLE } from './budget-kit.ts';

const { sun, lin, chen } = PEOPLE;
const META = '"actor":{"kind":"system","id":"t"},"policyVersion":1,"reason":"t"';

describe('rules of money', () => {
  it('[BUD10] a hold ends once, and never for more than was held', async () => {
    const { budget } = await budgetKit();
    let number = 0;
    const apply = (entries: Plan['entries']) => {
      number += 1;
      return budget.store.apply({ ...NOTHING, id: `t${number}`, reply: 'ok', entries }, [], null);
    };
    const hold = { kind: 'reserve' as const, debit: 'chan:search', credit: 'chan:content', meta: META };
    expect(await apply([{ ...hold, amount: '500', hold: 'h1' }])).toMatchObject({ kind: 'done' });
    expect(await apply([{ kind: 'post', hold: 'h1', amount: '501', meta: META }])).toMatchObject({
      code: 'exceeds_pending',
    });
    expect(await apply([{ kind: 'post', hold: 'h1', amount: '200', meta: META }])).toMatchObject({ kind: 'done' });
    expect(await apply([{ kind: 'post', hold: 'h1', meta: META }])).toMatchObject({ code: 'already_posted' });
    expect(await apply([{ kind: 'void', hold: 'h1', meta: META }])).toMatchObject({ code: 'already_posted' });
    expect(await apply([{ kind: 'void', hold: 'h0', meta: META }])).toMatchObject({ code: 'pending_not_found' });
    await apply([{ ...hold, amount: '500', hold: 'h2' }]);
    await apply([{ kind: 'void', hold: 'h2', meta: META }]);
    expect(await apply([{ kind: 'post', hold: 'h2', meta: META }])).toMatchObject({ code: 'already_voided' });
    // nothing of a plan happens when one part cannot
    const before = await budget.ledger.head();
    expect(
      await apply([
        { ...hold, amount: '500', hold: 'h3' },
        { kind: 'post', hold: 'h1', meta: META },
      ]),
    ).toMatchObject({ kind: 'refused' });
    expect(await budget.ledger.head()).toEqual(before);
    expect(
      await apply([{ kind: 'fix', debit: 'chan:search', credit: 'chan:content', amount: '999999999999', meta: META }]),
    ).toMatchObject({ code: 'insufficient_available' });
    expect(await budget.watch.run()).toBeNull();
  });
  it('[BUD32] what a platform may still charge is the same number in the script and in the contract', async () => {
    const { budget, account, redis } = await budgetKit();
    const random = createRandom(3);
    const { allocated } = await account('chan:search');
    for (let round = 0; round < 60; round += 1) {
      const spentMinor = round === 0 ? 0 : random.whole(0, allocated);
      await redis.hset(budget.keys.accounts, 'chan:search|debitsPosted', String(spentMinor));
      const link: PlatformLink = {
        objectId: 'o',
        hook: 'h',
        quotaCount: 1,
        quotaWindowS: 1,
        minMinor: random.whole(0, 9_000_000),
        maxMinor: 1e13,
        minStepMinor: 0,
        floorSpentRatio: 1 + random.whole(0, 90) / 100,
        floorSpentPlusMinor: random.whole(0, 90_000),
        overdeliveryFactor: random.pick([1, 1.25, 2]) ?? 1,
        overdeliveryOf: random.chance(0.5) ? 'present' : 'highest_today',
      };
      const reading = {
        spentMinor,
        frozenMinor: random.whole(0, 10_000),
        highestTodayMinor: random.whole(0, allocated),
      };
      const numbers = [
        link.minMinor,
        link.floorSpentRatio,
        link.floorSpentPlusMinor,
        reading.frozenMinor,
        link.overdeliveryFactor,
      ];
      const highest = link.overdeliveryOf === 'highest_today' ? String(reading.highestTodayMinor) : '';
      const judged = await budget.store.judge({
        ...NOTHING,
        id: 'x',
        reply: '',
        guards: [['releasable', 'not_releasable', 'chan:search', ...numbers.map(String), highest]],
      });
      expect(judged.guards[0]?.exposureMinor).toBe(exposureMinor(link, reading));
    }
  });
  it('[BUD23] the step of one move is the same number in the script and in the policy', async () => {
    const random = createRandom(5);
    for (let round = 0; round < 4; round += 1) {
      const policy = {
        stepChannelRatio: random.whole(1, 90) / 100,
        stepEnvelopeRatio: random.whole(1, 30) / 100,
        increaseRatio: random.whole(5, 100) / 100,
        cutRatio: random.whole(5, 100) / 100,
      };
      const { budget, body, ask, account, campaign } = await budgetKit({ policy });
      const [from, to] = [await account('chan:search'), await account('chan:content')];
      const { bounds } = await budget.submit.preview(await body(from.id, to.id, 1), ask(sun, ''));
      const limit = (id: string) =>
        bounds.find(({ code, account: of }) => code === 'step_too_large' && of === id)?.limitMinor;
      const envelope = campaign.budgets.envelopes.marketing ?? 0;
      expect(limit(from.id)).toBe(stepLimitMinor(policy, envelope, from.allocated, 'out'));
      expect(limit(to.id)).toBe(stepLimitMinor(policy, envelope, to.allocated, 'in'));
    }
  });
  it('[BUD12] raises of 24 h are measured by what a channel had a day ago, over midnight; cards and screens know the same room', async () => {
    const scripts = { apply: checkedScript('apply-money-n'), spend: checkedScript('book-spend-8') };
    const policy = { cooldownMs: 0, hourRatio: 9, dayRatio: 9, capRatio: 9, floorRatio: 0, stepChannelRatio: 0.9 };
    const { budget, body, ask, account, redis, later } = await budgetKit({ policy, scripts });
    const had = (await account('chan:content')).allocated;
    const half = Math.floor(had / 2);
    const pass = async (minutes: number): Promise<void> => {
      later(minutes * 60_000);
      await redis.hincrby(budget.keys.head, 'testSkewMs', minutes * 60_000);
    };
    const raise = async (from: string, amountMinor: number) => {
      const { move } = await budget.submit.request(await body(from, 'chan:content', amountMinor), ask(sun));
      await budget.decide.approve(move.id, move.terms, ask(lin));
      return (await budget.decide.approve(move.id, move.terms, ask(chen))).move.state;
    };
    const room = async (): Promise<number | undefined> => (await account('chan:content')).room?.inMinor;
    expect(await room()).toBe(had);
    expect(await raise('chan:social', half)).toBe('settled');
    await pass(60);
    expect(await raise('chan:search', half)).toBe('settled');
    // it has twice as much now; what counts is what it had yesterday
    const left = had - 2 * half;
    const last = { account: 'chan:content', limitMinor: had, askedMinor: 2 * half + 20_000_000 };
    for (const minutes of [0, 22 * 60 + 55]) {
      await pass(minutes);
      expect(await room()).toBe(left);
      await expect(raise('chan:social', 20_000_000)).rejects.toMatchObject({
        code: 'split_limit_exceeded',
        options: { extra: last },
      });
    }
    // a day after the first raise it had half as much more, and the second is still within the day
    await pass(10);
    expect(await room()).toBe(had + half - half);
    expect(await raise('chan:social', 100_000_000)).toBe('settled');
    expect(await room()).toBe(had - 100_000_000);
  });
  it('[BUD17] an envelope that is not the channels’ keeps its share too, unless an emergency draws on it', async () => {
    const { budget, body, ask, account, campaign } = await budgetKit({ policy: { hourRatio: 9, dayRatio: 9 } });
    const tech = campaign.budgets.envelopes.tech ?? 0;
    const most = tech - Math.ceil(0.1 * tech);
    await expect(
      budget.submit.request(await body('env:tech', 'env:service', most + 1), ask(sun)),
    ).rejects.toMatchObject({ code: 'reserve_breach', options: { extra: { account: 'env:tech', limitMinor: most } } });
    const { move } = await budget.submit.request(await body('env:tech', 'env:service', most), ask(sun));
    expect(move.tier).toBe('T3');
    await budget.decide.cancel(move.id, null, ask(sun));
    const emergency = { ...(await body('env:tech', 'chan:kol', most + 1)), emergency: true };
    expect((await budget.submit.preview({ ...emergency, emergency: false }, ask(sun))).bounds).toContainEqual(
      expect.objectContaining({ code: 'reserve_breach', account: 'env:tech', violated: true }),
    );
    expect((await budget.submit.preview(emergency, ask(sun))).bounds).not.toContainEqual(
      expect.objectContaining({ code: 'reserve_breach' }),
    );
    // the channels' own envelope is shared out whole: what comes back to it may be shared out again
    const cut = { ...(await body('chan:kol', 'env:marketing', 5_000_000)), emergency: true };
    await budget.submit.request(cut, ask(lin));
    expect((await account('env:marketing')).available).toBe(5_000_000);
    expect((await budget.submit.preview(await body('env:marketing', 'chan:social', 5_000_000), ask(sun))).refusal).toBe(
      null,
    );
  });
  it('[BUD26] cards taken together count once each, and are free again together', async () => {
    const { budget, body, ask } = await budgetKit();
    const one = await body('chan:search', 'chan:content', 5_000_000);
    const both = { ...one, recommendationId: 'rec-gmv-a1-1.2' };
    const { move } = await budget.submit.request(both, ask(sun));
    const second = { ...one, recommendationId: 'rec-gmv-a1-2' };
    const refused = async () => (await budget.submit.preview(second, ask(sun))).refusal?.code ?? null;
    expect(await refused()).toBe('card_taken');
    await budget.decide.cancel(move.id, null, ask(sun));
    expect(await refused()).toBeNull();
  });
  it('[BUD18] a runbook freezes once for each key, says what it would do, and takes it back', async () => {
    const { budget, body, ask, account, entries } = await budgetKit();
    const action = budget.freezes.action();
    const spec = {
      type: 'budget.freeze',
      channels: ['*'],
      direction: 'increases',
      title: { zh: '', en: '' },
      effect: { zh: '', en: '' },
      secondPerson: false,
    } as const;
    const by = { id: 'u-lin', name: 'Lin Yue' };
    expect((await action.diff({ spec, direction: 'do', doneKey: '' }))[0]).toEqual({
      what: 'budget.search',
      before: 'open',
      after: 'frozen.increases',
    });
    await expect(
      action.diff({ spec: { ...spec, channels: ['mars'] }, direction: 'do', doneKey: '' }),
    ).rejects.toMatchObject({ code: 'action_unavailable' });
    const effect = { spec, direction: 'do' as const, key: 'e1', by, runId: 'r1', atMs: 1, doneKey: '' };
    for (let i = 0; i < 2; i += 1) expect(await action.perform(effect)).toMatchObject({ ok: true });
    expect((await entries()).filter(({ kind }) => kind === 'budget.frozen')).toHaveLength(1);
    expect(await action.inEffect?.({ spec, doneKey: '' })).toBe(true);
    expect((await action.diff({ spec, direction: 'undo', doneKey: 'e1' }))[0]).toEqual({
      what: 'budget.search',
      before: 'frozen.increases',
      after: 'open',
    });
    expect((await account('chan:content')).frozen).toMatchObject([{ by: 'runbook', who: 'Lin Yue' }]);
    await expect(
      budget.submit.request(await body('chan:search', 'chan:content', 5_000_000), ask(sun)),
    ).rejects.toMatchObject({ code: 'frozen' });
    // money out of ads goes on
    expect(
      (await budget.submit.request(await body('chan:search', 'env:marketing', 5_000_000), ask(sun))).move.state,
    ).toBe('awaiting_approval');
    for (let i = 0; i < 2; i += 1)
      expect(await action.perform({ ...effect, key: 'e2', direction: 'undo', doneKey: 'e1' })).toMatchObject({
        ok: true,
      });
    expect(await action.inEffect?.({ spec, doneKey: '' })).toBe(false);
    expect(
      (await budget.submit.request(await body('chan:search', 'chan:content', 5_000_000), ask(lin))).move.state,
    ).toBe('awaiting_approval');
  });
  it('[BUD18] a yellow alert that names a channel stops its increases, and only those', async () => {
    const { budget, body, ask, alarms } = await budgetKit();
    alarms.set('content', 'yellow');
    await expect(
      budget.submit.request(await body('chan:search', 'chan:content', 5_000_000), ask(sun)),
    ).rejects.toMatchObject({ code: 'frozen' });
    expect(
      (await budget.submit.request(await body('chan:content', 'chan:social', 5_000_000), ask(sun))).move.state,
    ).toBe('awaiting_approval');
    alarms.set('social', 'cyan');
    expect(
      (await budget.submit.request(await body('chan:search', 'chan:social', 5_000_000), ask(sun))).move.state,
    ).toBe('awaiting_approval');
  });
  it('[BUD10] every pair of states is allowed by the table or an error', () => {
    for (const from of MOVE_STATES)
      for (const to of MOVE_STATES) {
        const allowed = TRANSITIONS[from].includes(to);
        if (allowed) expect(() => assertTransition(from, to)).not.toThrow();
        else expect(() => assertTransition(from, to)).toThrow(`from ${from} to ${to}`);
      }
    expect(MOVE_STATES.filter(isTerminal)).toEqual([
      'settled',
      'partially_settled',
      'compensated',
      'rejected',
      'cancelled',
      'expired',
      'stale',
      'failed',
    ]);
  });
  it('[BUD10] the opening shares an envelope out in whole minor units, to the last one', () => {
    const budgets = {
      envelopes: { ads: 100, spare: 7 },
      channelEnvelope: 'ads',
      reserveEnvelope: 'spare',
      channels: {
        a: { shareRatio: 1 / 3, roas0: 1 },
        b: { shareRatio: 1 / 3, roas0: 1 },
        c: { shareRatio: 1 / 3, roas0: 1 },
      },
      elastic: {},
    };
    const entries = openingEntries(budgets);
    expect(entries.map(({ debit, credit, amountMinor }) => `${debit}>${credit}:${amountMinor}`)).toEqual([
      'funding>env:ads:100',
      'funding>reserve:hq:7',
      'env:ads>chan:a:34',
      'env:ads>chan:b:33',
      'env:ads>chan:c:33',
    ]);
  });
});
