import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LedgerLine, Move, PlatformView } from '#contract/budget';
import type { Platform } from '../../load/platform/platform.ts';
import { withDeps } from '../app.ts';
import { importLedger } from '../budget/import-ledger.ts';
import { createOutbox } from '../budget/outbox/create-outbox.ts';
import { webhookAdapter } from '../budget/platforms/webhook-adapter.ts';
import { moneyKeys } from '../budget/store/money-keys.ts';
import { createOutbound } from '../outbound/send.ts';
import { createDueWork } from '../room/due.ts';
import { budgetRoutes } from '../routes/budget.ts';
import { platformRoutes } from '../routes/platforms.ts';
import { testApp } from './app.ts';
import { budgetKit, PEOPLE } from './budget-kit.ts';
import { linkOf, PLATFORM_SECRET, startPlatform, TestClock } from './outbox-kit.ts';
import { silentLog } from './silent-log.ts';

const WAIT = { timeout: 20_000, interval: 20 };
const LINKS = {
  search: linkOf('search', { maxMinor: 1e12 }),
  social: linkOf('social', { maxMinor: 1e12, quotaCount: 3 }),
};
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** Ledger, outbox and an ad platform over real HTTP, with the routes of the platforms. */
async function house() {
  const kit = await budgetKit({ links: LINKS, policy: { cooldownMs: 0 } });
  const clock = new TestClock();
  let skewMs = 0;
  const nowMs = (): number => Date.now() + skewMs;
  Object.defineProperty(clock, 'now', { value: nowMs });
  const platform: Platform = await startPlatform(LINKS, clock);
  ended.push(() => platform.stop());
  for (const [channel, { objectId }] of Object.entries(LINKS))
    platform.object(objectId).setByHand((await kit.account(`chan:${channel}`)).allocated, nowMs());
  for (const object of platform.objects.values()) object.changes.length = 0;
  const { redis, prefix } = kit;
  const due = createDueWork({ redis, prefix, instance: 'd11', log: silentLog, pollMs: 20 });
  const outbound = createOutbound({ allow: [`127.0.0.1:${platform.port}`], nowMs });
  const outbox = createOutbox({
    redis,
    prefix,
    instance: 'd11',
    due,
    log: silentLog,
    links: LINKS,
    adapter: () => webhookAdapter(outbound, { url: platform.url, secrets: [PLATFORM_SECRET] }, 'CNY'),
    timeZone: 'Asia/Shanghai',
    nowMs,
    reportedMinor: () => 0,
  });
  kit.budget.usePlatforms(outbox.port);
  await outbox.start(kit.budget.money, kit.budget.facts);
  due.start();
  ended.push(async () => {
    outbox.stop();
    await due.stop();
  });
  const app = await testApp({
    authenticate: async ({ headers }) =>
      PEOPLE[headers.authorization?.replace(/^Bearer /, '') as keyof typeof PEOPLE] ?? null,
    plugins: [withDeps(platformRoutes, { platforms: outbox }), withDeps(budgetRoutes, { budget: kit.budget })],
  });
  let keys = 0;
  const post = async (path: string, payload?: object, key = `p${++keys}`, who = 'chen') => {
    const reply = await app.inject({
      method: 'POST',
      url: path.startsWith('/') ? `/api/v1/budget${path}` : `/api/v1/budget/platforms/${path}`,
      headers: { authorization: `Bearer ${who}`, ...(key === '' ? {} : { 'idempotency-key': key }) },
      ...(payload === undefined ? {} : { payload }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: JSON as it came, looked into by the test that asked for it
    return { status: reply.statusCode, body: reply.json() as any };
  };
  const view = (channel: string): PlatformView => {
    const found = outbox.views().find((one) => one.channel === channel);
    if (found === undefined) throw new Error(`no view of ${channel}`);
    return found;
  };
  await vi.waitFor(() => expect(view('search').readBackMinor).not.toBeNull(), WAIT);
  await vi.waitFor(() => expect(view('social').readBackMinor).not.toBeNull(), WAIT);
  /** Asked for, approved, and carried out as far as it goes. */
  const settled = async (from: string, to: string, amountMinor: number): Promise<Move> => {
    const { move } = await kit.budget.submit.request(await kit.body(from, to, amountMinor), kit.ask(PEOPLE.sun));
    await kit.budget.decide.approve(move.id, move.terms, kit.ask(PEOPLE.gao));
    return vi.waitFor(async () => {
      const now = await kit.budget.store.move(move.id);
      expect(now.endedAt).not.toBeNull();
      return now;
    }, WAIT);
  };
  const move = (ms: number): void => {
    skewMs += ms;
  };
  return { ...kit, platform, outbox, post, view, settled, move, due };
}

describe('ledger, outbox and ad platform together', () => {
  it('[OBX4] a move settles: cut, posted, raised, one receipt each, and both sides have the same budget', async () => {
    const all = await house();
    const before = { search: all.view('search').readBackMinor ?? 0, social: all.view('social').readBackMinor ?? 0 };
    const done = await all.settled('chan:search', 'chan:social', 5_000_000);
    expect(done.state).toBe('settled');
    expect(done.legs[0]?.receipts.map(({ direction, outcome }) => [direction, outcome])).toEqual([
      ['decrease', 'applied'],
      ['increase', 'applied'],
    ]);
    const [search, social] = [all.platform.object('o-search'), all.platform.object('o-social')];
    expect(search.reading.dailyBudgetMinor).toBe(before.search - 5_000_000);
    expect(social.reading.dailyBudgetMinor).toBe(before.social + 5_000_000);
    const cut = search.changes[0]?.atMs ?? Number.POSITIVE_INFINITY;
    expect(cut).toBeLessThanOrEqual(social.changes[0]?.atMs ?? 0);
    await vi.waitFor(
      async () =>
        expect((await all.account('chan:social')).platform).toMatchObject({ driftMinor: null, state: 'idle' }),
      WAIT,
    );
    const told = (await all.entries()).filter(({ kind }) => kind === 'platform.changed');
    expect(told.map(({ params }) => params.channel)).toEqual(['search', 'social']);
  });
  it('[OBX6] a raise that the platform refuses goes back where it came from', async () => {
    const all = await house();
    const before = (await all.account('chan:search')).allocated;
    all.platform.faults.change('o-social', { next: ['reject'] });
    const done = await all.settled('chan:search', 'chan:social', 5_000_000);
    expect(done.state).toBe('compensated');
    await vi.waitFor(async () => expect((await all.account('chan:search')).allocated).toBe(before), WAIT);
    expect(all.platform.object('o-search').reading.dailyBudgetMinor).toBe(before);
    expect(all.platform.object('o-search').changes).toHaveLength(2); // cut, restored
    expect(all.platform.object('o-social').changes).toHaveLength(0);
  });
  it('[OBX13] drift is seen, shown and settled by a person, who says what he saw', async () => {
    const all = await house();
    const object = all.platform.object('o-search');
    const ours = object.reading.dailyBudgetMinor;
    object.setByHand(ours + 700_000, Date.now());
    expect((await all.post('search/look', undefined, '')).body).toMatchObject({ driftMinor: 700_000 });
    await vi.waitFor(() => expect(all.outbox.stats()).toMatchObject({ driftCount: 1, driftMinor: 700_000 }), WAIT);
    const seen = { theirsMinor: ours + 700_000 };
    expect((await all.post('search/adopt', { theirsMinor: 5 })).body).toMatchObject({ code: 'version_conflict' });
    expect((await all.post('search/adopt', seen, '')).body).toMatchObject({ code: 'idempotency_key_missing' });
    expect((await all.post('social/adopt', seen)).body).toMatchObject({ code: 'conflict' });
    expect((await all.post('content/adopt', seen)).status).toBe(404);
    // it is higher than ours: whoever raised it there must not be who takes it for right
    expect((await all.post('search/adopt', seen, undefined, 'sun')).body).toMatchObject({ code: 'forbidden' });
    const adopted = await all.post('search/adopt', { ...seen, reason: 'agreed by phone' }, 'k1');
    expect(adopted.body).toMatchObject({ driftMinor: null, targetMinor: ours + 700_000 });
    expect((await all.post('search/adopt', seen, 'k1')).status).toBe(200);
    object.setByHand(ours, Date.now());
    await all.post('search/look', undefined, '');
    const back = { theirsMinor: ours };
    expect((await all.post('search/reassert', back, 'k2')).status).toBe(200);
    expect((await all.post('search/reassert', back, 'k2')).status).toBe(200);
    await vi.waitFor(() => expect(object.reading.dailyBudgetMinor).toBe(ours + 700_000), WAIT);
    await vi.waitFor(() => expect(all.view('search').state).toBe('idle'), WAIT);
    expect(object.changes.filter(({ by }) => by === 'api')).toHaveLength(1);
    const kinds = (await all.entries()).map(({ kind }) => kind).filter((kind) => kind.startsWith('platform.'));
    expect(kinds.slice(0, 3)).toEqual(['platform.drift', 'platform.adopted', 'platform.drift']);
    expect(kinds).toEqual(expect.arrayContaining(['platform.reasserted', 'platform.agreed']));
    // both decisions are lines of the chain, once each, and no balance knows of them
    const texts: string[] = [];
    for await (const piece of all.budget.ledger.pieces())
      texts.push('line' in piece ? piece.line : JSON.stringify(piece));
    const decided = texts
      .map((text) => JSON.parse(text) as LedgerLine)
      .filter(({ kind }) => kind === 'adopt' || kind === 'reassert');
    const [mine, theirs] = [String(ours), String(ours + 700_000)];
    expect(decided).toMatchObject([
      { kind: 'adopt', debit: 'chan:search', credit: 'chan:search', oursMinor: mine, theirsMinor: theirs },
      { kind: 'reassert', amountMinor: '700000', oursMinor: theirs, theirsMinor: mine, actor: { name: 'Chen Jing' } },
    ]);
    expect(decided[0]).toMatchObject({
      amountMinor: '700000',
      reason: 'agreed by phone',
      actor: { name: 'Chen Jing' },
    });
    expect(await all.budget.watch.run()).toBeNull();
    expect(await all.budget.watch.seal()).toBe(texts.length);
    // what was adopted today is what we go on from elsewhere
    const key = Buffer.alloc(32, 7);
    for (const [instance, today, target] of [
      ['same-day', decided[0]?.day, ours + 700_000],
      ['next-day', '2099-01-01', ours],
    ] as const) {
      const keys = moneyKeys(all.prefix, instance);
      await importLedger(all.redis, keys, texts, key, today === undefined ? {} : { today });
      expect(await all.redis.hget(keys.rails, 'chan:search|target')).toBe(String(target));
      expect(await all.redis.hgetall(keys.accounts)).toEqual(await all.redis.hgetall(all.budget.keys.accounts));
    }
    // while money writes are stopped nothing is decided either
    await all.redis.hset(all.budget.keys.head, 'frozenReason', 'line 1: t');
    object.setByHand(5, Date.now());
    await all.post('search/look', undefined, '');
    expect(await all.post('search/adopt', { theirsMinor: 5 }, 'k3')).toMatchObject({ status: 503 });
  });
  it('[OBX13] who may not decide about money may not settle drift', async () => {
    const all = await house();
    for (const path of ['look', 'adopt', 'reassert'])
      expect(
        (await all.post(`search/${path}`, path === 'look' ? undefined : { theirsMinor: 1 }, 'k', 'none')).status,
      ).toBe(401);
  });
  it('[OBX16] what a silent platform did is told by a person who looked, not by whoever asked for the move', async () => {
    const all = await house();
    const object = all.platform.object('o-search');
    all.platform.faults.change('o-search', { outage: 'refuse' });
    const { move } = await all.budget.submit.request(
      await all.body('chan:search', 'chan:social', 5_000_000),
      all.ask(PEOPLE.sun),
    );
    await all.budget.decide.approve(move.id, move.terms, all.ask(PEOPLE.gao));
    await vi.waitFor(() => expect(all.view('search').trouble).not.toBe(''), WAIT);
    const told = { commandId: `${move.id}-0-decrease`, appliedMinor: 5_000_000, note: 'set on its page' };
    const confirm = (who: string) => all.post(`/transfers/${move.id}/confirm`, told, undefined, who);
    expect(await confirm('gao')).toMatchObject({ status: 409, body: { code: 'conflict' } }); // it may still answer
    all.move(61_000);
    object.setByHand(object.reading.dailyBudgetMinor - 5_000_000, Date.now());
    expect(await confirm('sun')).toMatchObject({ status: 403, body: { code: 'self_approval' } });
    for (let i = 0; i < 2; i += 1) expect((await confirm('gao')).status).toBe(200);
    await vi.waitFor(async () => expect((await all.budget.store.move(move.id)).state).toBe('settled'), WAIT);
    const { legs } = await all.budget.store.move(move.id);
    expect(legs[0]?.receipts).toMatchObject([
      { direction: 'decrease', appliedMinor: 5_000_000, message: 'Gao Lan: set on its page' },
      { direction: 'increase', appliedMinor: 5_000_000 },
    ]);
    const entry = (await all.entries()).find(
      ({ kind, params }) => kind === 'platform.changed' && params.channel === 'search',
    );
    expect(entry?.actor).toMatchObject({ kind: 'user', name: 'Gao Lan' });
    all.platform.faults.change('o-search', { outage: 'none' });
    const looked = await all.post('search/look', undefined, '');
    expect(looked.body).toMatchObject({ driftMinor: null, waitingCount: 0 });
    expect(object.changes.filter(({ by }) => by === 'api')).toHaveLength(0);
  });
  it('[OBX14] a new day: the budget is what is left, not the whole of it once more', async () => {
    const all = await house();
    const object = all.platform.object('o-search');
    const ours = object.reading.dailyBudgetMinor;
    await all.budget.spend.book({ channel: 'search', day: '2026-11-11', spendMinor: 3_000_000 });
    await all.budget.book.load();
    all.move(24 * 3_600_000);
    object.turnDay('tomorrow');
    await all.post('search/look', undefined, '');
    await all.due.schedule('budget.outbox', 'search', { inMs: 0 });
    await vi.waitFor(() => expect(object.reading.dailyBudgetMinor).toBe(ours - 3_000_000), WAIT);
    await vi.waitFor(() => expect(all.view('search')).toMatchObject({ driftMinor: null, state: 'idle' }), WAIT);
  });
  it('[OBX3] [BUD24] a platform without changes left tells when, and the request is told', async () => {
    const all = await house();
    await all.settled('chan:search', 'chan:social', 1_000_000);
    await all.settled('chan:search', 'chan:social', 1_000_000);
    await all.settled('chan:search', 'chan:social', 1_000_000);
    await vi.waitFor(() => expect(all.view('social').changesLeftCount).toBe(0), WAIT);
    expect(all.view('social').nextChangeAt).toBeGreaterThan(Date.now() + 3_000_000);
    expect(all.outbox.port.nextChangeAt('search')).toBeNull();
    // its own window is used up: said when it is asked for, before anybody approves what cannot be carried out
    const to = await all.body('chan:search', 'chan:social', 1_000_000);
    const nextAt = all.view('social').nextChangeAt;
    expect(await all.post('/transfers', to, undefined, 'sun')).toMatchObject({
      status: 429,
      body: { code: 'platform_quota', account: 'chan:social', nextAt },
    });
    const preview = await all.post('/transfers', { ...to, validateOnly: true }, '', 'sun');
    expect(preview.body.preview.refusal.code).toBe('platform_quota');
    expect(
      (await all.post('/transfers', await all.body('chan:social', 'chan:search', 9_000), undefined, 'sun')).body.code,
    ).toBe('platform_quota');
    // money out of ads is asked for, and waits for its turn on the platform
    const out = await all.post(
      '/transfers',
      await all.body('chan:social', 'env:marketing', 1_000_000),
      undefined,
      'sun',
    );
    expect(out.status).toBe(201);
  });
});
