import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { builtClient, CHROMIUM_FLAGS, CHROMIUM_PATH } from './built-client.ts';
import { PERSON } from './feed-http.ts';
import { type Feed, startFeed } from './feed-server.ts';

export interface WallOptions {
  readonly lang?: 'zh' | 'en';
  readonly width?: number;
  readonly height?: number;
  readonly deviceScaleFactor?: number;
  readonly path?: string;
  readonly scale?: 'near' | 'mid' | 'far';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  /** Runs before any script of the page. */
  readonly before?: (context: BrowserContext) => Promise<void>;
}
export interface OpenWall {
  readonly page: Page;
  readonly feed: Feed;
  /** Errors of the page and broken policies; must stay empty. */
  readonly faults: string[];
  readonly requests: string[];
}

/** One Chromium for a test file; each test has a feed server and a page of its own. */
export function useBrowser(): {
  wall: (options?: WallOptions, feed?: Feed) => Promise<OpenWall>;
  feed: (options?: { openForMs?: number }) => Promise<Feed>;
} {
  let browser: Browser | null = null;
  let clientDir = '';
  const feeds: Feed[] = [];
  beforeAll(async () => {
    clientDir = await builtClient();
    browser = await chromium.launch({
      executablePath: CHROMIUM_PATH,
      headless: true,
      args: CHROMIUM_FLAGS,
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all(feeds.map((feed) => feed.close()));
  });
  const feed = async (options: { openForMs?: number } = {}): Promise<Feed> => {
    const made = await startFeed({ ...options, clientDir });
    made.signedIn = { ...PERSON };
    feeds.push(made);
    return made;
  };
  return {
    feed,
    wall: async (options = {}, given) => {
      const made = given ?? (await feed());
      if (!browser) throw new Error('no browser');
      const context = await browser.newContext({
        viewport: { width: options.width ?? 1280, height: options.height ?? 720 },
        deviceScaleFactor: options.deviceScaleFactor ?? 1,
        reducedMotion: options.reducedMotion ?? 'no-preference',
        colorScheme: 'dark',
        locale: options.lang === 'en' ? 'en-US' : 'zh-CN',
      });
      await options.before?.(context);
      const page = await context.newPage();
      const faults: string[] = [];
      const requests: string[] = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) {
          faults.push(message.text());
        }
      });
      page.on('request', (request) => requests.push(request.url()));
      const query = new URLSearchParams({
        lang: options.lang ?? 'zh',
        ...(options.scale ? { scale: options.scale } : {}),
      });
      await page.goto(`${made.url}${options.path ?? '/wall'}?${query}`);
      return { page, feed: made, faults, requests };
    },
  };
}

/** Waits until the wall shows figures and its chart. */
export async function untilLive(page: Page): Promise<void> {
  await page.waitForSelector('[data-testid="hero"][data-state="live"]', { timeout: 15_000 });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}
