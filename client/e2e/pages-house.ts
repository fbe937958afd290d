import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { DemoPerson, PersonRole } from '#contract/people';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from './built-client.ts';
import { runbooksHouse } from './runbooks-house.ts';

export interface OpenPage {
  readonly page: Page;
  /** Errors of the page and broken policies; must stay empty. */
  readonly faults: string[];
}
export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly lang?: 'zh' | 'en';
}
export const shots = process.env.WARROOM_SHOTS;

/** One whole server and one Chromium for a test file. */
export function usePages() {
  let house: Awaited<ReturnType<typeof runbooksHouse>>;
  let browser: Browser;
  let keys = 0;
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    [house, browser] = await Promise.all([
      runbooksHouse(),
      chromium.launch({ executablePath: CHROMIUM_PATH, headless: true, args: CHROMIUM_FLAGS }),
    ]);
  }, 180_000);
  afterAll(async () => {
    await Promise.all(contexts.map((each) => each.close()));
    await browser?.close();
    await house?.close();
  });
  const person = (role: PersonRole): DemoPerson => house.access.roles[role];
  return {
    person,
    url: () => house.url,
    async open(
      role: PersonRole,
      path: string,
      { width = 1_440, height = 900, lang = 'en' }: OpenOptions = {},
    ): Promise<OpenPage> {
      const context = await browser.newContext({
        viewport: { width, height },
        locale: lang === 'zh' ? 'zh-CN' : 'en-US',
      });
      contexts.push(context);
      const page = await context.newPage();
      page.setDefaultTimeout(40_000); // a machine that many share
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text());
      });
      const token = person(role).link.split('#access=')[1];
      await page.goto(`${house.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}#access=${token}`);
      return { page, faults };
    },
    async api<T>(role: PersonRole, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> {
      keys += 1;
      const response = await fetch(`${house.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${person(role).token}`,
          'idempotency-key': `pages-${keys}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return (text === '' ? null : JSON.parse(text)) as T;
    },
  };
}
