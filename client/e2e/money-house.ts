import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { BudgetAccount, BudgetReply, Leg, Move, MoveReply, MovesReply, MoveView } from '#contract/budget';
import type { CampaignReply } from '#contract/campaign';
import type { DemoPerson } from '#contract/people';
import type { AdviceReply } from '#contract/recommendations';
import { Platform } from '../../load/platform/platform.ts';
import { createBookStore } from '../../server/budget/outbox/book-store.ts';
import { moneyKeys } from '../../server/budget/store/money-keys.ts';
import { bundledCampaign } from '../../server/campaigns/load.ts';
import { coreKey } from '../../server/store/keys.ts';
import { linkOf, PLATFORM_SECRET, rulesOf } from '../../server/test/outbox-kit.ts';
import { type Answer, type OpenPage, type PageOptions, startHouse } from './house.ts';
import { adviceOf } from './money/advice.ts';

/** How long a lone move is held here; shorter than the five seconds of a real campaign, longer than any other hold. */
export const HOLD_ALONE_MS = 2_000;
/** The channel whose budget is set on an ad platform; every move of the others settles when it is approved. */
export const ON_PLATFORM = { channel: 'social', objectId: 'o-social', openingMinor: 140_000_000_000 } as const;
const SOCIAL = linkOf(ON_PLATFORM.channel, { maxMinor: 400_000_000_000 });
/** Both sides wait a minute for a platform before they ask a person. */
const SILENT_MS = 61_000;

/** Double 11 with one ad platform, without cooldowns and with a short hold. */
function campaignFile(folder: string): string {
  const doc = parseDocument(readFileSync(bundledCampaign('double11'), 'utf8'));
  doc.setIn(['budgets', 'platforms'], { [ON_PLATFORM.channel]: SOCIAL });
  doc.setIn(['budgets', 'policy'], { cooldownMs: 0, holdToConfirmMs: HOLD_ALONE_MS });
  const file = join(folder, 'money.yaml');
  writeFileSync(file, String(doc));
  return file;
}
function hooksFile(folder: string, url: string): string {
  const file = join(folder, 'hooks.yaml');
  writeFileSync(file, `hooks:\n  ${SOCIAL.hook}: { url: "${url}", secrets: ["${PLATFORM_SECRET}"] }\n`);
  return file;
}

/** A house whose pages are the marketing desk, an ad platform that does as it is told, and advice as the advisor keeps it. */
export async function moneyHouse() {
  const platform = await Platform.start({
    objects: [{ ...ON_PLATFORM, rules: rulesOf(SOCIAL), dailyBudgetMinor: ON_PLATFORM.openingMinor }],
    secrets: [PLATFORM_SECRET],
    seed: 1,
  });
  const house = await startHouse({
    env: (dataDir) => ({
      CAMPAIGN: campaignFile(dataDir),
      HOOKS_FILE: hooksFile(dataDir, platform.url),
      OUTBOUND_ALLOW: `127.0.0.1:${platform.port}`,
    }),
    page: { path: '/money' },
    ready: '[data-testid="field-chan:search"]',
    isCommand: (request) => {
      const { pathname } = new URL(request.url());
      if (!pathname.startsWith('/api/v1/budget') || pathname.endsWith('/what-if')) return false;
      return !/"validateOnly":true/.test(request.postData() ?? '');
    },
  });
  const { url, prefix, redis, access, person, open } = house;
  const desks = new Map<string, Promise<OpenPage>>();
  const call = <T>(as: DemoPerson, method: 'GET' | 'POST', to: string, body?: object): Promise<Answer<T>> =>
    house.call(as, method, `/api/v1${to}`, body);
  const ann = person('marketing', 0);
  const bo = person('marketing', 1);
  const instance = (await call<CampaignReply>(ann, 'GET', '/campaign')).body.id;
  const account = async (id: string): Promise<BudgetAccount> => {
    const { body } = await call<BudgetReply>(ann, 'GET', '/budget');
    const found = body.accounts.find((one) => one.id === id);
    if (found === undefined) throw new Error(`there is no account ${id}`);
    return found;
  };
  const request = async (as: DemoPerson, from: string, to: string, amountMinor: number) => {
    const [a, b] = await Promise.all([account(from), account(to)]);
    const expected = { [from]: a.allocationVersion, [to]: b.allocationVersion };
    return call<MoveReply>(as, 'POST', '/budget/transfers', {
      legs: [{ from, to, amountMinor }],
      expected,
      reason: 'test',
    });
  };
  return {
    url,
    platform,
    ann,
    bo,
    person,
    call,
    account,
    request,
    moves: async (): Promise<readonly MoveView[]> =>
      (await call<MovesReply>(ann, 'GET', '/budget/transfers')).body.moves,
    /** Asked for by one and approved by another: settled. */
    async moved(from: string, to: string, amountMinor: number): Promise<MoveView> {
      const asked = await request(ann, from, to, amountMinor);
      const { id, terms } = asked.body.move as MoveView;
      const done = await call<MoveReply>(bo, 'POST', `/budget/transfers/${id}/approve`, { terms });
      if (done.body.move?.state !== 'settled') throw new Error(`not settled: ${JSON.stringify(done.body)}`);
      return done.body.move;
    },
    /** What the advisor would keep after it has learnt: curves, where the channels stand, and this card; one more for each leg of `more`. */
    async advise(leg: Leg, probability: number, more: readonly Leg[] = []): Promise<string> {
      const { body: budget } = await call<BudgetReply>(ann, 'GET', '/budget');
      const nowMs = Date.now();
      const { id, state } = adviceOf(budget.accounts, leg, probability, nowMs, more);
      // the server may be in the middle of a look of its own, and write what it knew before: then once more
      for (let tries = 0; tries < 20; tries += 1) {
        const rev = `test-${nowMs}-${tries}`;
        await redis.hset(coreKey(prefix, instance, 'advice'), 'state', JSON.stringify(state), 'rev', rev);
        for (let asked = 0; asked < 15; asked += 1) {
          const { body } = await call<AdviceReply>(ann, 'GET', '/budget/recommendation');
          if (body.cards.some((one) => one.id === id)) return id;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }
      throw new Error(`the card ${id} was not taken up`);
    },
    /** Orders come in, and the last ad report is a minute and a half old: that feed is stale. */
    async oldAdReport(): Promise<void> {
      const time = new Date(Date.now() - 90_000).toISOString();
      const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now() - 90_000);
      const data = { channel: 'search', day, revision: 1, spendMinor: 100, impressions: 1, clicks: 1 };
      const base = { specversion: '1.0', source: '/shop/7' };
      const order = { orderId: 'o-1', amountMinor: 12_345, category: 'beauty', region: 'zhejiang', channel: 'search' };
      const events = [
        { ...base, id: 'ad-1', type: 'ad.reported', time, data },
        {
          ...base,
          id: 'order-1',
          type: 'order.paid',
          time: new Date().toISOString(),
          data: { ...order, platform: 'web' },
        },
      ];
      const response = await fetch(`${url}/api/v1/events`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${access.ingestKey}`,
          'content-type': 'application/cloudevents-batch+json',
        },
        body: JSON.stringify(events),
      });
      const told = (await response.json()) as { accepted?: number };
      if (told.accepted !== events.length) throw new Error(JSON.stringify(told));
    },
    /** A desk that is opened once and used by one test after another: each leaves it as it found it. */
    desk(as: DemoPerson, options: PageOptions = {}): Promise<OpenPage> {
      const key = JSON.stringify([as.name, options]);
      const known = desks.get(key) ?? open(as, options);
      desks.set(key, known);
      return known;
    },
    /** As if a minute had passed since a move's command was made, on both sides. */
    async silentSince(moveId: string): Promise<void> {
      const keys = moneyKeys(prefix, instance);
      const move = JSON.parse((await redis.hget(keys.moves, moveId)) ?? '') as Move;
      const approvals = move.approvals.map((each) => ({ ...each, at: each.at - SILENT_MS }));
      const earlier = { ...move, requestedAt: move.requestedAt - SILENT_MS, approvals };
      await redis.hset(keys.moves, moveId, JSON.stringify(earlier));
      await createBookStore(redis, { prefix, instance, ...ON_PLATFORM }).change((book) => ({
        ...book,
        queue: book.queue.map((each) => ({ ...each, createdAtMs: each.createdAtMs - SILENT_MS })),
      }));
    },
    /** After a failure nobody knows what is open: the next test begins with new pages. */
    async afresh(): Promise<void> {
      desks.clear();
      await house.leave();
    },
    open,
    close: async () => {
      await house.close();
      await platform.stop();
    },
  };
}
export type MoneyHouse = Awaited<ReturnType<typeof moneyHouse>>;
