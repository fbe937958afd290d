import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { parseDocument } from 'yaml';
import type { BudgetAccount, BudgetReply, Leg, MoveReply, MovesReply, MoveView } from '#contract/budget';
import type { CampaignReply } from '#contract/campaign';
import type { DemoPerson } from '#contract/people';
import type { AdviceReply } from '#contract/recommendations';
import { bundledCampaign } from '../../server/campaigns/load.ts';
import { composeServer } from '../../server/compose.ts';
import { readConfig } from '../../server/config.ts';
import { coreKey } from '../../server/store/keys.ts';
import { builtClient, CHROMIUM_FLAGS, CHROMIUM_PATH } from './built-client.ts';
import { adviceOf } from './money/advice.ts';

export interface DeskOptions {
  readonly lang?: 'zh' | 'en';
  readonly width?: number;
  readonly height?: number;
  /** Where the page comes from, when it is not the server itself. */
  readonly base?: string;
  readonly touch?: boolean;
  /** The page's own clock can be put forward. */
  readonly clock?: boolean;
}
export interface OpenDesk {
  readonly page: Page;
  /** Errors of the page and broken policies; must stay empty. */
  readonly faults: string[];
  /** Commands about money that this page has sent, previews left out. */
  readonly sent: string[];
}
/** How long a lone move is held here; shorter than the five seconds of a real campaign, longer than any other hold. */
export const HOLD_ALONE_MS = 2_000;

/** Double 11 without ad platforms, without cooldowns and with a short hold: a move settles when it is approved. */
function campaignFile(folder: string): string {
  const doc = parseDocument(readFileSync(bundledCampaign('double11'), 'utf8'));
  doc.deleteIn(['budgets', 'platforms']);
  doc.setIn(['budgets', 'policy'], { cooldownMs: 0, holdToConfirmMs: HOLD_ALONE_MS });
  const file = join(folder, 'money.yaml');
  writeFileSync(file, String(doc));
  return file;
}

/** The whole server with the built client, its people, one Chromium, and advice as the advisor keeps it. */
export async function moneyHouse() {
  const dataDir = mkdtempSync(join(tmpdir(), 'wr-money-desk-'));
  const prefix = `t${Math.random().toString(36).slice(2, 10)}`;
  const config = readConfig({
    LOG_LEVEL: 'silent',
    REDIS_PREFIX: prefix,
    WARROOM_DATA_DIR: dataDir,
    CAMPAIGN: campaignFile(dataDir),
    OPENS_AT: new Date(Date.now() - 20 * 60_000).toISOString(),
  });
  const path = inject('redisSocket');
  const server = await composeServer(config, {
    log: fastify({ logger: { level: 'silent' } }).log,
    target: { kind: 'socket', path, db: 0 },
    clientDir: await builtClient(),
    build: 'test',
    demo: null,
  });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  await server.start();
  const url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`;
  const access = await server.access(url);
  const redis = new Redis({ path, maxRetriesPerRequest: 1 });
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM_PATH,
    headless: true,
    args: CHROMIUM_FLAGS,
  });
  const contexts: BrowserContext[] = [];
  const desks = new Map<string, Promise<OpenDesk>>();
  let keys = 0;

  async function call<T>(
    as: DemoPerson,
    method: 'GET' | 'POST',
    to: string,
    body?: object,
  ): Promise<{ status: number; body: T }> {
    keys += 1;
    const response = await fetch(`${url}/api/v1${to}`, {
      method,
      headers: {
        authorization: `Bearer ${as.token}`,
        'idempotency-key': `money-${keys}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as T };
  }
  const person = (role: DemoPerson['role'], index: number): DemoPerson => {
    const found = [...access.people, ...Object.values(access.roles)].filter((one) => one.role === role)[index];
    if (found === undefined) throw new Error(`there is no ${role} ${index}`);
    return found;
  };
  const ann = person('marketing', 0);
  const bo = person('marketing', 1);
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
    /** What the advisor would keep after it has learnt: curves, where the channels stand, and this card. */
    async advise(leg: Leg, probability: number): Promise<string> {
      const { body: campaign } = await call<CampaignReply>(ann, 'GET', '/campaign');
      const { body: budget } = await call<BudgetReply>(ann, 'GET', '/budget');
      const nowMs = Date.now();
      const { id, state } = adviceOf(budget.accounts, leg, probability, nowMs);
      // the server may be in the middle of a look of its own, and write what it knew before: then once more
      for (let tries = 0; tries < 20; tries += 1) {
        const rev = `test-${nowMs}-${tries}`;
        await redis.hset(coreKey(prefix, campaign.id, 'advice'), 'state', JSON.stringify(state), 'rev', rev);
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
    desk(as: DemoPerson, options: DeskOptions = {}): Promise<OpenDesk> {
      const key = JSON.stringify([as.name, options]);
      const known = desks.get(key) ?? open(as, options);
      desks.set(key, known);
      return known;
    },
    /** After a failure nobody knows what is open: the next test begins with new pages. */
    async afresh(): Promise<void> {
      desks.clear();
      await Promise.all(contexts.splice(0).map((each) => each.close()));
    },
    open,
    close: async () => {
      await Promise.all(contexts.map((each) => each.close()));
      await browser.close();
      redis.disconnect();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  async function open(as: DemoPerson, options: DeskOptions = {}): Promise<OpenDesk> {
    const { lang = 'en', width = 1_440, height = 900, base = url, touch = false, clock = false } = options;
    const context = await browser.newContext({
      viewport: { width, height },
      locale: lang === 'zh' ? 'zh-CN' : 'en-US',
      hasTouch: touch,
    });
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    if (clock) await page.clock.install();
    const faults: string[] = [];
    const sent: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
        faults.push(message.text());
    });
    page.on('request', (asked) => {
      const { pathname } = new URL(asked.url());
      if (asked.method() === 'GET' || !pathname.startsWith('/api/v1/budget') || pathname.endsWith('/what-if')) return;
      if (/"validateOnly":true/.test(asked.postData() ?? '')) return;
      sent.push(`${asked.method()} ${pathname}`);
    });
    await page.goto(`${base}/money?lang=${lang}#access=${as.link.split('#access=')[1]}`);
    await page.waitForSelector('[data-testid="field-chan:search"]');
    return { page, faults, sent };
  }
}
export type MoneyHouse = Awaited<ReturnType<typeof moneyHouse>>;
