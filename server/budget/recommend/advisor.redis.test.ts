import { describe, expect, it } from 'vitest';
import type { Principal } from '#contract/permissions';
import type { AdviceCard } from '#contract/recommendations';
import { withDeps } from '../../app.ts';
import { createHeldClaim } from '../../room/held-claim.ts';
import { recommendationRoutes } from '../../routes/recommendations.ts';
import { adviceKit, categoryOf } from '../../test/advice-kit.ts';
import { testApp } from '../../test/app.ts';
import { PEOPLE } from '../../test/budget-kit.ts';
import { ADVICE_CLAIM, createAdviceStore } from './advice-store.ts';
import type { Advisor } from './advisor.ts';
import { newState } from './learn-ticks.ts';
import { SALE_RHYTHM } from './rhythm.ts';

const cardTo = (advisor: Advisor, receiver: string, from?: string): AdviceCard | undefined =>
  advisor
    .recommendation('gmv')
    .cards.find(({ legs }) => legs[0]?.to === receiver && (from === undefined || legs[0].from === from));

describe('recommendations on the windows', { timeout: 60_000 }, () => {
  it('[ADV40] says where the next yuan earns most once it has seen enough, within every bound, with all that a card must show', async () => {
    const kit = await adviceKit();
    const advisor = kit.node('a');
    await advisor.look();
    expect(advisor.recommendation('gmv')).toMatchObject({ cards: [], note: 'learning' });
    await kit.pass(advisor, 13);
    const reply = advisor.recommendation('gmv');
    expect(reply).toMatchObject({ phase: 'live', note: null, objective: 'gmv', tickMs: 300_000 });
    expect(reply.nextDecisionAt).toBe((reply.decidedAt ?? 0) + 600_000);
    const card = cardTo(advisor, 'chan:content', 'chan:search') as AdviceCard;
    const [leg] = card.legs;
    expect(leg).toMatchObject({ from: 'chan:search', to: 'chan:content' });
    expect((leg?.amountMinor ?? 0) % 100).toBe(0);
    const [search, content] = [await kit.account('chan:search'), await kit.account('chan:content')];
    expect(leg?.amountMinor).toBeLessThanOrEqual(Math.floor(0.2 * content.allocated));
    expect(card.expected).toEqual({
      'chan:search': search.allocationVersion,
      'chan:content': content.allocationVersion,
    });
    expect(card.expiresAt - card.madeAt).toBe(600_000);
    const { low, mid, high, probability, marginal, horizonMs } = card.effect;
    expect(low).toBeLessThan(mid);
    expect(mid).toBeLessThan(high);
    expect(probability).toBeGreaterThanOrEqual(0.65);
    expect(horizonMs).toBe(3_600_000);
    expect(card.ifDone - card.doNothing).toBeCloseTo(mid, -2);
    expect(marginal.map(({ account }) => account)).toEqual(['chan:search', 'chan:content']);
    expect(marginal[1]?.before).toBeGreaterThan(marginal[0]?.before ?? 0);
    expect(marginal[1]?.after).toBeLessThan(marginal[1]?.before ?? 0);
    expect(card.reasons[0]?.code).toBe('marginal_gap');
    expect(reply.curves.map(({ channel }) => channel)).toEqual(['search', 'social', 'kol', 'content']);
    for (const { points, marginal: band, present } of reply.curves) {
      expect(points[0]).toEqual({ spend: 0, low: 0, mid: 0, high: 0 });
      expect(band.low).toBeLessThanOrEqual(band.high);
      expect(present.spend).toBeGreaterThan(0);
    }
  });

  it('[ADV41] another node goes on where the last one stopped; only the holder of the claim writes', async () => {
    const kit = await adviceKit();
    const [first, second] = [kit.node('a'), kit.node('b')];
    await kit.pass(first, 13);
    await second.look();
    const before = first.recommendation('gmv');
    expect(before.cards.length).toBeGreaterThan(0);
    expect(second.recommendation('gmv')).toMatchObject({ cards: before.cards, learntTo: before.learntTo });
    expect(second.card(before.cards[0]?.id ?? '')).toEqual(before.cards[0]);
    await kit.pass(second, 1);
    expect(second.recommendation('gmv').learntTo).toBe(before.learntTo);
    await first.stop();
    await kit.pass(second, 1);
    expect(second.recommendation('gmv').learntTo).toBeGreaterThan(before.learntTo ?? 0);
    const curves = second.recommendation('gmv').curves.map(({ tickCount }) => tickCount);
    expect(Math.min(...curves)).toBeGreaterThan(12);
  });

  it('[ADV41] a node that lost the claim without noticing is refused by the store', async () => {
    const { redis, prefix, campaign } = await adviceKit();
    const store = createAdviceStore(redis, prefix, campaign.instance);
    const claim = createHeldClaim({ redis, prefix, instance: campaign.instance, name: ADVICE_CLAIM, nodeId: 'a' });
    await claim.renew();
    const state = newState(campaign, SALE_RHYTHM, campaign.opensAtMs);
    await store.save(state, claim);
    const other = createAdviceStore(redis, prefix, campaign.instance);
    expect(await other.poll()).toEqual(state);
    const late = { holder: 'a', version: '0' };
    await expect(other.save({ ...state, learntToMs: 1 }, late)).rejects.toMatchObject({ code: 'stale_claim' });
    expect(await createAdviceStore(redis, prefix, campaign.instance).poll()).toEqual(state);
  });

  it('[ADV42] a card that is carried out is judged after its horizon, and the score is kept', async () => {
    const kit = await adviceKit();
    const advisor = kit.node('a');
    kit.budget.useAdvice(advisor);
    await kit.pass(advisor, 13);
    const card = cardTo(advisor, 'chan:content', 'chan:search') as AdviceCard;
    const { sun, gao, hu, chen, lin } = PEOPLE;
    const approvers = { T0: [], T1: [gao], T2: [hu, chen], T3: [lin, chen], T4: [] };
    const asked = await kit.budget.submit.request(
      { legs: [...card.legs], expected: { ...card.expected }, reason: 'as advised', recommendationId: card.id },
      kit.ask(sun),
    );
    expect(asked.move.recommendationId).toBe(card.id);
    // withdrawn at once, and what waits is no longer advised: the card is made from where it will lead
    await kit.budget.book.load();
    expect(advisor.recommendation('gmv').cards.map(({ id }) => id)).not.toContain(card.id);
    for (const person of approvers[asked.move.tier])
      await kit.budget.decide.approve(asked.move.id, asked.move.terms, kit.ask(person));
    await kit.pass(advisor, 1);
    expect(advisor.recommendation('gmv').score).toMatchObject({ settledCount: 1, judgedCount: 0, precision: null });
    await kit.pass(advisor, 13);
    const { score } = advisor.recommendation('gmv');
    expect(score).toMatchObject({ settledCount: 1, judgedCount: 1, gainedCount: 1, precision: 1 });
    expect(score.cards[0]).toMatchObject({ id: card.id, moveId: asked.move.id, predicted: { mid: card.effect.mid } });
    expect(score.cards[0]?.realised).toBeGreaterThan(0);
    expect(score.calibration.count).toBe(1);
    const told = (await kit.entries()).filter(({ kind }) => kind === 'advice.gained');
    expect(told.map(({ params }) => params)).toEqual([
      expect.objectContaining({ card: card.id, move: asked.move.id, legs: 'search → content' }),
    ]);
    expect(score.shadow.actual).toBeGreaterThan(score.shadow.doNothing);
  });

  it('[ADV43] a stock-out takes the receiver away within a tick, withdraws its cards, and gives the curve back after', async () => {
    const kit = await adviceKit();
    const advisor = kit.node('a');
    await kit.pass(advisor, 13);
    const card = cardTo(advisor, 'chan:content') as AdviceCard;
    kit.setUnmet({ [categoryOf('content')]: 0.15 });
    kit.setLevel({ content: 0.2 });
    await kit.pass(advisor, 1);
    expect(advisor.card(card.id)).toBeNull();
    expect(cardTo(advisor, 'chan:content')).toBeUndefined();
    expect(advisor.recommendation('gmv').vetoes).toContainEqual({
      channel: 'content',
      code: 'stockout',
      tier: 'red',
      params: { ratio: expect.closeTo(0.15, 6) },
    });
    await kit.pass(advisor, 6);
    const during = advisor.recommendation('gmv').curves.find(({ channel }) => channel === 'content');
    kit.setUnmet({});
    kit.setLevel({});
    await kit.pass(advisor, 2);
    const after = advisor.recommendation('gmv').curves.find(({ channel }) => channel === 'content');
    expect(after?.present.return).toBeGreaterThan(1.5 * (during?.present.return ?? 0));
  });

  it('[ADV44] nothing moves on feeds that stand still', async () => {
    const kit = await adviceKit();
    const advisor = kit.node('a');
    await kit.pass(advisor, 7);
    kit.setStale(true);
    await kit.pass(advisor, 6);
    const reply = advisor.recommendation('gmv');
    expect(reply).toMatchObject({ cards: [], note: 'vetoed' });
    expect(reply.vetoes.filter(({ code }) => code === 'stale_feed')).toHaveLength(4);
  });

  it('[ADV45] a typed allocation is answered with what it would bring, channel by channel; strangers are refused', async () => {
    const kit = await adviceKit();
    const advisor = kit.node('a');
    expect(() => advisor.whatIf({ allocations: {} })).toThrow(expect.objectContaining({ code: 'store_loading' }));
    await kit.pass(advisor, 13);
    const [search, content] = [await kit.account('chan:search'), await kit.account('chan:content')];
    const moved = 2_000_000;
    const better = advisor.whatIf({
      allocations: { 'chan:search': search.allocated - moved, 'chan:content': content.allocated + moved },
    });
    expect(better.differenceMinor).toBe(0);
    expect(better.effect.mid).toBeGreaterThan(0);
    expect(better.effect.probability).toBeGreaterThan(0.6);
    const worse = advisor.whatIf({
      allocations: { 'chan:search': search.allocated + moved, 'chan:content': content.allocated - moved },
    });
    expect(worse.effect.mid).toBeLessThan(0);
    expect(worse.effect.probability).toBeLessThan(0.4);
    const uneven = advisor.whatIf({ allocations: { 'chan:content': 10 * content.allocated } });
    expect(uneven.differenceMinor).toBe(9 * content.allocated);
    expect(uneven.channels.find(({ channel }) => channel === 'content')?.passes).toBe('max');
    expect(() => advisor.whatIf({ allocations: { 'env:tech': 5 } })).toThrow(
      expect.objectContaining({ code: 'unknown_channel' }),
    );
    const asLegs = advisor.effect([{ from: 'chan:search', to: 'chan:content', amountMinor: moved }]);
    expect(asLegs).toEqual(better.effect);
    expect(advisor.effect([{ from: 'env:tech', to: 'reserve:hq', amountMinor: moved }])).toBeNull();
  });

  it('[ADV46] for profit, a channel whose next yuan brings less than it costs gives it back to the envelope', async () => {
    const kit = await adviceKit();
    kit.setLevel({ search: 0.3 });
    const advisor = kit.node('a');
    await kit.pass(advisor, 13);
    const { cards } = advisor.recommendation('profit');
    const back = cards.find(({ legs }) => legs[0]?.from === 'chan:search');
    expect(back?.legs[0]?.to).toMatch(/^(env:marketing|chan:content|chan:social)$/);
    const kept = cards.filter(({ legs }) => legs[0]?.to === 'env:marketing');
    for (const card of kept) expect(card.reasons.map(({ code }) => code)).toContain('below_break_even');
    expect(advisor.recommendation('new_buyers').objective).toBe('new_buyers');
  });

  it('[ADV47] before the opening warm-up data make a plan, within the rail of a move, so that the ledger takes its cards', async () => {
    const kit = await adviceKit({ opensInMs: 4 * 3_600_000 });
    const advisor = kit.node('a');
    expect(advisor.recommendation('gmv')).toMatchObject({ phase: 'pre_open', cards: [], note: 'loading' });
    await kit.pass(advisor, 30);
    const reply = advisor.recommendation('gmv');
    expect(reply.phase).toBe('pre_open');
    const card = reply.cards.find(({ legs }) => legs[0]?.to === 'chan:content');
    const { allocated } = await kit.account('chan:content');
    expect(card?.reasons.map(({ code }) => code)).toContain('pre_open_plan');
    expect(card?.legs[0]?.amountMinor).toBeGreaterThan(0.1 * allocated);
    expect(card?.legs[0]?.amountMinor).toBeLessThanOrEqual(0.2 * allocated);
    for (const { bounds } of reply.cards) expect(bounds.filter(({ violated }) => violated)).toEqual([]);
  });

  it('[ADV48] over HTTP: for whoever may read the budget, with closed queries and bodies', async () => {
    const kit = await adviceKit();
    const advisor = kit.node('a');
    await kit.pass(advisor, 13);
    const viewer: Principal = { kind: 'kiosk', id: 'k1', name: 'wall', role: 'viewer', sessionId: 's1' };
    const people: Record<string, Principal> = { sun: PEOPLE.sun, viewer };
    const app = await testApp({
      authenticate: async ({ headers }) => people[headers.authorization?.replace(/^Bearer /, '') ?? ''] ?? null,
      plugins: [withDeps(recommendationRoutes, { advisor })],
    });
    const path = '/api/v1/budget/recommendation';
    const ask = async (who: string, method: 'GET' | 'POST', url: string, payload?: object) => {
      const headers = { authorization: `Bearer ${who}` };
      const reply = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      return { status: reply.statusCode, body: reply.json() };
    };
    const gmv = await ask('sun', 'GET', path);
    expect(gmv).toMatchObject({ status: 200, body: { objective: 'gmv', phase: 'live' } });
    expect(gmv.body.cards.length).toBeGreaterThan(0);
    expect((await ask('sun', 'GET', `${path}?objective=profit`)).body.objective).toBe('profit');
    expect((await ask('sun', 'GET', `${path}?objective=fame`)).body.code).toBe('validation');
    expect((await ask('sun', 'GET', `${path}?goal=gmv`)).body.code).toBe('validation');
    expect((await ask('viewer', 'GET', path)).status).toBe(403);
    expect((await ask('nobody', 'GET', path)).status).toBe(401);
    const what = `${path}/what-if`;
    const same = await ask('sun', 'POST', what, { allocations: {} });
    expect(same).toMatchObject({ status: 200, body: { differenceMinor: 0, effect: { mid: 0, probability: 0 } } });
    expect(await ask('sun', 'POST', what, { allocations: { 'chan:moon': 1 } })).toMatchObject({
      status: 400,
      body: { code: 'unknown_channel', field: '/body/allocations/chan:moon' },
    });
    for (const body of [
      {},
      { allocations: { 'chan:search': -1 } },
      { allocations: { 'chan:search': '5' } },
      { allocations: {}, more: 1 },
    ])
      expect((await ask('sun', 'POST', what, body)).body.code).toBe('validation');
    expect((await ask('viewer', 'POST', what, { allocations: {} })).status).toBe(403);
  });
});
