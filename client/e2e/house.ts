import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { type Browser, type BrowserContext, chromium, type Page, type Request } from 'playwright-core';
import type { DemoAccess, DemoPerson } from '#contract/people';
import { bundledCampaign } from '../../server/campaigns/load.ts';
import { composeServer } from '../../server/compose.ts';
import { readConfig } from '../../server/config.ts';
import { QUICK_PASSWORDS } from '../../server/test/people.ts';
import { builtClient, CHROMIUM_FLAGS, CHROMIUM_PATH } from './built-client.ts';

export interface PageOptions {
  readonly path?: string;
  readonly lang?: 'zh' | 'en';
  readonly width?: number;
  readonly height?: number;
  readonly touch?: boolean;
  /** Another door to the same server. */
  readonly base?: string;
  /** The page's own clock can be put forward. */
  readonly clock?: boolean;
}
export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page and broken policies; must stay empty. */
  readonly faults: string[];
  /** Commands this page has sent: method and path. */
  readonly sent: string[];
  readonly requests: string[];
}
export interface HouseOptions {
  /** Of the redis-server to use; the one of the test run when absent. */
  readonly socket?: string;
  /** Settings that are not those of a bundled Double 11 which opened twenty minutes ago. */
  readonly env?: (dataDir: string) => Readonly<Record<string, string>>;
  /** What a page is opened with unless it says otherwise. */
  readonly page?: PageOptions;
  /** Which requests of a page count as commands. */
  readonly isCommand?: (request: Request) => boolean;
  /** Waited for before a page is handed out. */
  readonly ready?: string;
}
export interface House {
  readonly url: string;
  readonly prefix: string;
  readonly redis: Redis;
  readonly access: DemoAccess;
  /** The people of a role; the demo has two of those who need four eyes. */
  readonly person: (role: DemoPerson['role'], index?: number) => DemoPerson;
  /** One request as somebody, with a key of its own; whatever the answer. */
  readonly call: <T>(as: DemoPerson, method: Method, path: string, body?: object) => Promise<Answer<T>>;
  /** The same, when anything but a success is a fault of the test. */
  readonly ask: <T>(as: DemoPerson, method: Method, path: string, body?: object) => Promise<T>;
  readonly open: (as: DemoPerson, options?: PageOptions) => Promise<OpenPage>;
  /** Closes every page that was opened. */
  readonly leave: () => Promise<void>;
  readonly close: () => Promise<void>;
}
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}
const OPENED_AGO_MS = 20 * 60_000;
/** A machine that many share. */
const PAGE_TIMEOUT_MS = 40_000;

/** The whole server with the built client over a real Redis, its people, and one Chromium: what every page test begins with. */
export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const dataDir = mkdtempSync(join(tmpdir(), 'wr-house-'));
  const path = options.socket ?? (await import('vitest')).inject('redisSocket');
  const prefix = `t${Math.random().toString(36).slice(2, 10)}`;
  const config = readConfig({
    LOG_LEVEL: 'silent',
    REDIS_PREFIX: prefix,
    WARROOM_DATA_DIR: dataDir,
    CAMPAIGN: bundledCampaign('double11'),
    OPENS_AT: new Date(Date.now() - OPENED_AGO_MS).toISOString(),
    ...options.env?.(dataDir),
  });
  const launched: Promise<Browser> = chromium.launch({
    executablePath: CHROMIUM_PATH,
    headless: true,
    args: CHROMIUM_FLAGS,
  });
  const server = await composeServer(config, {
    log: fastify({ logger: { level: 'silent' } }).log,
    target: { kind: 'socket', path, db: 0 },
    clientDir: await builtClient(),
    build: 'test',
    passwordCost: QUICK_PASSWORDS,
    demo: null,
  });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  await server.start();
  const url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`;
  const access = await server.access(url);
  const redis = new Redis({ path, maxRetriesPerRequest: 1 });
  const browser = await launched;
  const contexts: BrowserContext[] = [];
  let keys = 0;

  async function send(as: DemoPerson, method: Method, to: string, body?: object): Promise<Response> {
    keys += 1;
    return fetch(`${url}${to}`, {
      method,
      headers: {
        authorization: `Bearer ${as.token}`,
        'idempotency-key': `house-${keys}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
  async function open(as: DemoPerson, wanted: PageOptions = {}): Promise<OpenPage> {
    const all = { path: '/wall', lang: 'en', width: 1_440, height: 900, base: url, ...options.page, ...wanted };
    const context = await browser.newContext({
      viewport: { width: all.width, height: all.height },
      colorScheme: 'dark',
      locale: all.lang === 'zh' ? 'zh-CN' : 'en-US',
      hasTouch: all.touch ?? false,
    });
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(PAGE_TIMEOUT_MS);
    if (all.clock) await page.clock.install();
    const faults: string[] = [];
    const sent: string[] = [];
    const requests: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
        faults.push(message.text());
    });
    page.on('request', (request) => {
      requests.push(request.url());
      const { pathname } = new URL(request.url());
      if (request.method() !== 'GET' && options.isCommand?.(request)) sent.push(`${request.method()} ${pathname}`);
    });
    const mark = all.path.includes('?') ? '&' : '?';
    await page.goto(`${all.base}${all.path}${mark}lang=${all.lang}#access=${as.link.split('#access=')[1]}`);
    if (options.ready !== undefined) await page.waitForSelector(options.ready);
    return { page, context, faults, sent, requests };
  }
  const leave = async (): Promise<void> => {
    await Promise.all(contexts.splice(0).map((each) => each.close()));
  };
  return {
    url,
    prefix,
    redis,
    access,
    person(role, index = 0) {
      const found = [...access.people, access.roles[role]].filter((one) => one.role === role)[index];
      if (found === undefined) throw new Error(`there is no ${role} ${index}`);
      return found;
    },
    async call<T>(as: DemoPerson, method: Method, to: string, body?: object): Promise<Answer<T>> {
      const response = await send(as, method, to, body);
      return { status: response.status, body: (await response.json()) as T };
    },
    async ask<T>(as: DemoPerson, method: Method, to: string, body?: object): Promise<T> {
      const response = await send(as, method, to, body);
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${to}: ${response.status} ${text}`);
      return (text === '' ? null : JSON.parse(text)) as T;
    },
    open,
    leave,
    close: async () => {
      await leave();
      await browser.close();
      redis.disconnect();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
