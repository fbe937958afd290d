import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtClient } from './built-client.ts';
import { axeFindings, sideways, smallTargets } from './desk-habits.ts';
import { badNight, type DeskHouse, deskHouse } from './desk-house.ts';

const WAIT = { timeout: 15_000 };
const shots = process.env.WARROOM_SHOTS;
const card = (id: string): string => `[data-testid="card"][data-key="${id}"]`;

describe('on-call phone', { timeout: 60_000 }, () => {
  let house: DeskHouse;
  beforeAll(async () => {
    house = await deskHouse();
    await house.raise(badNight(Date.now()));
  }, 180_000);
  afterAll(() => house?.close());
  const pocket = { width: 390, height: 844, touch: true };

  it('[UI40] [DESK13] lands there after signing in, within 110 kB and without the chart library', async () => {
    const { page, context, requests, faults } = await house.open(house.oncall(0), { ...pocket, path: '/' });
    await page.waitForSelector(card('pay-east'), WAIT);
    expect(new URL(page.url()).pathname).toBe('/desk');
    const assets = join(await builtClient(), 'assets');
    const names = [...new Set(requests.flatMap((url) => /\/assets\/([^/?]+\.js)$/.exec(url)?.[1] ?? []))].filter(
      (name) => !name.startsWith('faro'),
    );
    const sizes = names.map((name) => readFileSync(join(assets, `${name}.gz`)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0) / 1_024).toBeLessThan(110);
    expect(names.filter((name) => /chart/i.test(name))).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
    const { page: desk, context: room } = await house.open(house.oncall(0), { path: '/' });
    await desk.waitForSelector('[data-testid="desk"]', WAIT);
    const { page: wall, context: hall } = await house.open(house.access.roles.commander, { path: '/' });
    await wall.waitForSelector('[data-testid="wall"]', WAIT);
    await Promise.all([room.close(), hall.close()]);
  });

  it('[DESK13] [UI24] [UI26] acknowledge, undo, take over and acknowledge a storm with a thumb', async () => {
    const { page, context } = await house.open(house.oncall(0), pocket);
    await page.waitForSelector(card('pay-east'), WAIT);
    await page.tap(`${card('pay-east')} [data-testid="ack"]`);
    await expect.poll(() => page.textContent(`${card('pay-east')} [data-testid="unack"]`), WAIT).toMatch(/撤销 \d+ 秒/);
    await page.tap(`${card('pay-east')} [data-testid="unack"]`);
    await page.waitForSelector(`${card('pay-east')} [data-testid="ack"]`, WAIT);
    await page.tap(`${card('risk')} [data-testid="take-over"]`);
    await expect.poll(async () => (await house.detail('risk')).alert.owner?.name, WAIT).toBe(house.oncall(0).name);
    await page.tap(`${card('rule:CacheJitter')} [data-testid="ack-group"]`);
    await expect.poll(() => page.textContent(card('rule:CacheJitter')), WAIT).toContain('0 条未认领');
    await expect.poll(async () => (await house.detail('cache-13')).alert.owner?.name, WAIT).toBe(house.oncall(0).name);
    // many of one's choice: three presses
    await page.tap('[data-testid="select-many"]');
    await page.check(`${card('stock')} input`);
    await page.check(`${card('hero')} input`);
    await page.tap('[data-testid="bulk-acknowledge"]');
    await expect.poll(async () => (await house.detail('hero')).alert.owner?.name, WAIT).toBe(house.oncall(0).name);
    await page.tap('[data-testid="told"] [data-testid="undo"]');
    await expect.poll(async () => (await house.detail('hero')).alert.owner, WAIT).toBeNull();
    // [UI26] under a finger nothing moves, neither by what is new nor by the pill that tells of it
    await page.dispatchEvent('.phone-alerts', 'pointerdown');
    const place = () => page.locator(card('pay-east')).boundingBox();
    const before = await place();
    await house.raise([{ id: 'under-the-finger', tier: 'red' }]);
    await page.waitForSelector('[data-testid="news"][data-count="1"]', WAIT);
    expect(await place()).toEqual(before);
    await context.close();
  });

  it('[DESK13] a note with its reason from the sheet, the plan from the card', async () => {
    // the link in a page goes to the alert, on a phone too; one that nobody knows any more says so
    const linked = { ...pocket, lang: 'en' as const, path: '/desk?alert=sms' };
    const { page, context } = await house.open(house.oncall(0), linked);
    await page.waitForSelector('[data-testid="sheet"][open] [data-testid="act-note"]', WAIT);
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid="sheet"]', { state: 'detached', ...WAIT });
    expect(new URL(page.url()).searchParams.has('alert')).toBe(false);
    await page.goto(`${new URL(page.url()).origin}/desk?alert=long-gone`);
    await expect.poll(() => page.textContent('[data-testid="sheet"]'), WAIT).toContain('older than 72 h');
    await page.keyboard.press('Escape');
    await page.waitForSelector(card('sms'), WAIT);
    await page.tap(`${card('sms')} [data-testid="more"]`);
    await page.waitForSelector('[data-testid="sheet"][open]', WAIT);
    await page.tap('[data-testid="act-note"]');
    await page.fill('[data-testid="ask"] textarea', 'provider called');
    await page.tap('[data-testid="ask"] [type="submit"]');
    await expect
      .poll(() => page.textContent('[data-testid="sheet"] [data-testid="history"]'), WAIT)
      .toContain('provider called');
    if (shots) await page.screenshot({ path: `${shots}/phone-sheet.png` });
    expect(await smallTargets(page, 44)).toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid="sheet"]', { state: 'detached', ...WAIT });
    await page.tap(`${card('pay-east')} [data-testid="book"]`);
    await page.waitForURL(/\/runbooks\/payment-risk\?alert=pay-east/, WAIT);
    await context.close();
  });

  for (const [lang, width] of [
    ['zh', 320],
    ['en', 320],
    ['zh', 430],
  ] as const)
    it(`[UI5] [UI6] [UI29] nothing runs over and targets are 44 px, on every tab (${lang}, ${width} px)`, async () => {
      const { page, context, faults } = await house.open(house.oncall(1), { lang, width, height: 700, touch: true });
      await page.waitForSelector(card('pay-east'), WAIT);
      for (const tab of ['alerts', 'runbooks', 'timeline', 'me'] as const) {
        await page.tap(`[data-testid="tab-${tab}"]`);
        if (tab !== 'alerts')
          await page.waitForSelector(
            `[data-testid="${{ runbooks: 'books-tab', timeline: 'timeline-tab', me: 'me-tab' }[tab]}"]`,
            WAIT,
          );
        if (tab === 'runbooks') await page.waitForSelector('[data-testid="books-tab"] a[href^="/runbooks/"]', WAIT);
        await expect.poll(() => sideways(page), WAIT).toBeLessThanOrEqual(0);
        expect(await smallTargets(page, 44)).toEqual([]);
        if (width === 320 && lang === 'en') expect(await axeFindings(page)).toEqual([]);
        if (shots) await page.screenshot({ path: `${shots}/phone-${lang}-${width}-${tab}.png` });
      }
      expect(faults).toEqual([]);
      await context.close();
    });
});
