import { describe, expect, it } from 'vitest';
import type { AdviceCard } from '#contract/recommendations';
import { adviceKit, categoryOf } from '../../test/advice-kit.ts';
import { PEOPLE } from '../../test/budget-kit.ts';
import type { Advisor } from './advisor.ts';

const cardTo = (advisor: Advisor, receiver: string, from?: string): AdviceCard | undefined =>
  advisor
    .recommendation('gmv')
    .cards.find(({ legs }) => legs[0]?.to === receiver && (from === undefined || legs[0].from === from));

describe('recommendations on the windows', () => {
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
});
