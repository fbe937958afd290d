import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { untilLive, useBrowser } from './browser.ts';
import { builtClient } from './built-client.ts';
import { axeFindings } from './desk-habits.ts';
import { PERSON } from './feed-http.ts';

/** gzip kB of the scripts that were fetched. */
async function scriptKb(requests: readonly string[]): Promise<{ kb: number; names: string[] }> {
  const assets = join(await builtClient(), 'assets');
  // The reporter (faro-…) comes ten seconds after the first paint and is not part of a page's weight.
  const names = [...new Set(requests.flatMap((url) => /\/assets\/([^/?]+\.js)$/.exec(url)?.[1] ?? []))].filter(
    (name) => !name.startsWith('faro'),
  );
  const sizes = names.map((name) => readFileSync(join(assets, `${name}.gz`)).length);
  return { kb: sizes.reduce((sum, size) => sum + size, 0) / 1_024, names };
}

describe('doors, words and weight', () => {
  const { wall, feed } = useBrowser();

  for (const lang of ['zh', 'en'] as const) {
    it(`[UI6] axe-core finds nothing serious on login, wall, stale wall and phone in ${lang}`, async () => {
      const made = await feed();
      made.signedIn = null;
      const door = await wall({ lang, path: '/login' }, made);
      await door.page.waitForSelector('form');
      expect(await axeFindings(door.page)).toEqual([]);
      await door.page.context().close();
      const open = await feed();
      open.addEntry('change.recorded', { title: 'v412' });
      for (const size of [
        { width: 1280, height: 720 },
        { width: 390, height: 844 },
      ]) {
        const { page } = await wall({ lang, ...size }, open);
        await untilLive(page);
        expect(await axeFindings(page)).toEqual([]);
        await page.click('[data-testid="figure-gmv_paid@open"]');
        await page.waitForSelector('.proof-sources');
        expect(await axeFindings(page)).toEqual([]);
        await page.context().close();
      }
    }, 40_000);
  }

  it('[UI61] the reader’s theme is there before anything is painted; the machine’s change is followed; a wall is dark unless its address says light', async () => {
    const made = await feed();
    made.signedIn = null;
    const { page, faults } = await wall(
      {
        path: '/login',
        // what the page is coloured like when its body begins
        before: async (context) => {
          await context.addInitScript(() => {
            new MutationObserver((_, watch) => {
              if (document.body === null) return;
              Object.assign(globalThis, { firstTheme: document.documentElement.dataset.theme });
              watch.disconnect();
            }).observe(document, { childList: true, subtree: true });
          });
        },
      },
      made,
    );
    const themed = (theme: string, ground: string): Promise<unknown> =>
      page.waitForFunction(
        ([wanted, colour]) =>
          document.documentElement.dataset.theme === wanted &&
          getComputedStyle(document.body).backgroundColor === colour,
        [theme, ground],
      );
    const [dark, light] = ['rgb(20, 24, 29)', 'rgb(241, 244, 247)'];
    const first = (): Promise<unknown> =>
      page.evaluate(() => (globalThis as unknown as { firstTheme: string }).firstTheme);
    await page.waitForSelector('form');
    await themed('dark', dark);
    await page.emulateMedia({ colorScheme: 'light' });
    await themed('light', light);
    await page.click('[data-testid="theme-dark"]');
    await themed('dark', dark);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.click('[data-testid="theme-light"]');
    await themed('light', light);
    await page.reload();
    await page.waitForSelector('[data-testid="theme-light"][aria-pressed="true"]');
    expect(await first()).toBe('light');
    made.signedIn = { ...PERSON };
    await page.goto(`${made.url}/wall`);
    await untilLive(page);
    expect(await first()).toBe('dark');
    await themed('dark', dark);
    await page.setViewportSize({ width: 390, height: 844 }); // the same figures on somebody's phone
    await themed('light', light);
    await page.setViewportSize({ width: 1280, height: 720 });
    await themed('dark', dark);
    await page.goto(`${made.url}/wall?theme=light`);
    await untilLive(page);
    expect(await first()).toBe('light');
    await themed('light', light);
    expect(faults).toEqual([]);
    await page.context().close();
  }, 40_000);

  it('[UI53] a wrong password says so and keeps the name; the right one opens the page that was asked for', async () => {
    const made = await feed();
    made.signedIn = null;
    const { page } = await wall({ path: '/wall' }, made);
    await page.waitForSelector('form');
    expect(new URL(page.url()).pathname).toBe('/login');
    await page.fill('[name="name"]', '指挥甲');
    await page.fill('[name="password"]', 'wrong');
    await page.click('[type="submit"]');
    await expect.poll(() => page.textContent('[data-testid="login-error"]')).toBe('姓名或密码不对');
    expect(await page.inputValue('[name="name"]')).toBe('指挥甲');
    await page.fill('[name="password"]', 'right');
    await page.click('[type="submit"]');
    await untilLive(page);
    expect(new URL(page.url()).pathname).toBe('/wall');
    await page.context().close();
  });
  it('[UI53] a link is exchanged by POST and stripped from the address at once', async () => {
    const made = await feed();
    made.signedIn = null;
    const { page } = await wall({ path: '/login' }, made);
    await page.waitForSelector('form');
    await page.goto('about:blank');
    await page.goto(`${made.url}/wall?lang=zh#access=good-link-token`);
    await untilLive(page);
    expect(page.url()).not.toContain('access');
    expect(made.requests).toContainEqual({
      method: 'POST',
      path: '/api/v1/sessions',
      body: { link: 'good-link-token' },
    });
    expect(made.requests.every(({ path }) => !path.includes('good-link-token'))).toBe(true);
    await page.goBack().catch(() => null);
    expect(page.url()).not.toContain('good-link-token');
    made.signedIn = null;
    await page.goto(`${made.url}/?x#access=used`);
    await expect.poll(() => page.textContent('[data-testid="login-error"]')).toMatch(/链接.*要新的/);
    expect(page.url()).not.toContain('access=used');
    await page.fill('[name="name"]', '指挥甲');
    await page.fill('[name="password"]', 'wrong');
    await page.click('[type="submit"]');
    await expect.poll(() => page.textContent('[data-testid="login-error"]')).toBe('姓名或密码不对');
    await page.context().close();
  });
  it('[UI53] a wall shows its pairing code and opens when somebody approved it', async () => {
    const made = await feed();
    made.signedIn = null;
    const { page } = await wall({ path: '/kiosk' }, made);
    await expect.poll(() => page.textContent('[data-testid="kiosk-code"]')).toBe('K7M2QX');
    made.signedIn = { name: 'hall', role: 'viewer', permissions: ['figures.read', 'campaign.read', 'timeline.read'] };
    await untilLive(page);
    expect(made.requests.find(({ path }) => path.endsWith('/claim'))?.body).toEqual({ code: 'K7M2QX', secret: 's' });
    await page.context().close();
  });
  it('[UI33] the language changes in place: no word of the other one is left, the page and its query stay', async () => {
    for (const [lang, html, foreign] of [
      ['en', 'en', /[\u3400-\u9fff]/],
      ['zh', 'zh-CN', /\b[A-Za-z]{3,} [a-z]{3,}/],
    ] as const) {
      const made = await feed();
      const { page } = await wall({ lang }, made);
      await untilLive(page);
      await expect.poll(() => page.getAttribute('html', 'lang')).toBe(html);
      expect(await page.evaluate(() => document.querySelector('.wall')?.textContent)).not.toMatch(foreign);
      await page.keyboard.press('l');
      await page.waitForSelector(`html:not([lang="${html}"])`);
      expect(new URL(page.url()).pathname).toBe('/wall');
      await page.context().close();
    }
  });
  it('[UI34] tile and axis of a curve share one unit, in both languages', async () => {
    for (const [lang, unit] of [
      ['zh', '亿'],
      ['en', 'M'],
    ] as const) {
      const { page } = await wall({ lang });
      await untilLive(page);
      await page.waitForSelector('[data-testid="gmv-chart"][data-unit]');
      await expect.poll(() => page.textContent('[data-testid="minute"] .figure-suffix')).toBe(unit);
      await expect.poll(() => page.getAttribute('[data-testid="gmv-chart"]', 'data-unit')).toBe(unit);
      await page.context().close();
    }
  });
  it('[UI40] a wall stays within 310 kB and phone and login within 110; nothing leaves the origin; the policy holds', async () => {
    const made = await feed();
    const desk = await wall({}, made);
    await untilLive(desk.page);
    await desk.page.waitForSelector('[data-testid="gmv-chart"] canvas');
    expect((await scriptKb(desk.requests)).kb).toBeLessThan(310);
    const phone = await wall({ width: 390, height: 844 }, made);
    await untilLive(phone.page);
    expect((await scriptKb(phone.requests)).kb).toBeLessThan(110);
    made.signedIn = null;
    const door = await wall({ path: '/login' }, made);
    await door.page.waitForSelector('form');
    expect((await scriptKb(door.requests)).kb).toBeLessThan(110);
    for (const { requests, faults, page } of [desk, phone, door]) {
      expect(requests.filter((url) => !url.startsWith(made.url) && !url.startsWith('ws://127.0.0.1'))).toEqual([]);
      expect(faults).toEqual([]);
      await page.context().close();
    }
    for (const file of readdirSync(join(await builtClient(), 'assets')).filter((name) => name.endsWith('.js')))
      expect(readFileSync(join(await builtClient(), 'assets', file), 'utf8')).not.toMatch(/\bnew Function\(/);
  });
  it('[UI40] text from outside stays text: a script in a formula note does nothing', async () => {
    const made = await feed();
    const { page, faults } = await wall({}, made);
    await untilLive(page);
    await page.click('[data-testid="figure-gmv_paid@open"]');
    await page.waitForSelector('.proof-sources');
    await expect.poll(() => page.textContent('.proof')).toContain('<script>window.hacked=1</script>');
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    await expect.poll(() => page.locator('.proof a').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });
  it('[UI54] a click on a number shows formula, sums, window and what each source sent; Esc goes back', async () => {
    const { page } = await wall({ lang: 'en' });
    await untilLive(page);
    await page.click('[data-testid="figure-gmv_paid@open"]');
    await page.waitForSelector('.proof-sources');
    const text = (await page.textContent('.proof')) ?? '';
    for (const part of ['Σ gmv_paid_minor', '26,843,900,000,000', '/shop/7', '120,004', '31', '12'])
      expect(text).toContain(part);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.proof', { state: 'hidden' });
    await page.context().close();
  });
});
