import { describe, expect, it } from 'vitest';
import { SCENES } from '../screens/scenes.ts';
import { untilLive, useBrowser } from './browser.ts';
import { measureFit, sideways } from './fit.ts';
import { loadCampaign } from './real-campaign.ts';
import { fillViews } from './rows.ts';

describe('scenes of the wall', () => {
  const { wall, feed } = useBrowser();
  for (const lang of ['zh', 'en'] as const) {
    it(`[UI1] [UI2] every scene fits with the campaign's own names and wide values, in ${lang}`, async () => {
      const made = await feed();
      made.sale.campaign = { ...loadCampaign(made.sale.campaign.opensAt), opensAt: made.sale.campaign.opensAt };
      fillViews(made.sale, true);
      const { page, faults } = await wall({ lang, width: 1920, height: 1080 }, made);
      await untilLive(page);
      for (const [index, scene] of SCENES.entries()) {
        await page.keyboard.press(String(index + 1));
        await page.waitForSelector(`[data-testid="wall"][data-scene="${scene.id}"]`);
        await page.waitForSelector('.panel[data-state="live"]');
        const fit = await measureFit(page);
        expect(fit.overflowing, scene.id).toEqual([]);
        expect(fit.smallestVh, scene.id).toBeGreaterThanOrEqual(3.2);
        expect(new URL(page.url()).searchParams.get('scene'), scene.id).toBe(scene.id);
      }
      // from further away: fewer lines, never smaller than the floor
      await page.goto(`${made.url}/wall?lang=${lang}&scale=far`);
      await untilLive(page);
      for (const [index, { id }] of SCENES.entries()) {
        await page.keyboard.press(String(index + 1));
        await page.waitForSelector(`[data-testid="wall"][data-scene="${id}"] .panel[data-state="live"]`);
        await expect.poll(async () => (await measureFit(page)).overflowing, { message: `far ${id}` }).toEqual([]);
        expect((await measureFit(page)).smallestVh, `far ${id}`).toBeGreaterThanOrEqual(4.5);
      }
      expect(faults).toEqual([]);
      await page.context().close();
    }, 90_000);
  }
  it('[UI55] a change of scene never flashes dashes, and joins the scene’s view', async () => {
    const made = await feed();
    fillViews(made.sale, false);
    const { page } = await wall({}, made);
    await untilLive(page);
    await page.evaluate(() => {
      const seen = globalThis as unknown as { dashes: number };
      seen.dashes = 0;
      new MutationObserver(() => {
        seen.dashes += document.querySelectorAll('.figure-none, [data-state="empty"]').length;
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('[data-scene="checkout"]');
    await page.waitForSelector('[data-testid="row-payment"]');
    expect(await page.evaluate(() => (globalThis as unknown as { dashes: number }).dashes)).toBe(0);
    expect(made.joins.map(({ request }) => request.view)).toEqual(['wall:overview', 'wall:regions', 'wall:checkout']);
    await page.context().close();
  });
  it('[UI55] the wall rotates by its dwell, Space holds it, and the scene survives a reload', async () => {
    const made = await feed();
    fillViews(made.sale, false);
    const { page } = await wall({}, made);
    await page.goto(`${made.url}/wall?lang=zh&rotate=5`);
    await page.waitForSelector('[data-scene="overview"] [data-testid="rotation"]');
    const begunAt = Date.now();
    await page.waitForSelector('[data-scene="regions"]', { timeout: 8_000 });
    expect(Date.now() - begunAt).toBeGreaterThan(3_500);
    await page.keyboard.press(' ');
    await page.waitForFunction(() => document.querySelector('[data-testid="rotation"]')?.textContent === '已定住');
    await page.reload();
    await page.waitForSelector('[data-scene="regions"]');
    await page.context().close();
  });
  it('[UI56] keys: d dims, ? explains, Ctrl and Meta are the browser’s, none while a dialog is open', async () => {
    const made = await feed();
    const { page } = await wall({}, made);
    await untilLive(page);
    await page.keyboard.press('d');
    await expect.poll(() => page.getAttribute('.wall', 'data-dimmed')).toBe('true');
    await page.keyboard.press('Control+d');
    await page.keyboard.press('Meta+2');
    await expect.poll(() => page.getAttribute('.wall', 'data-dimmed')).toBe('true');
    await expect.poll(() => page.getAttribute('.wall', 'data-scene')).toBe('overview');
    await page.keyboard.press('?');
    await page.waitForSelector('[data-testid="help"][open]');
    await page.keyboard.press('3');
    expect(new URL(page.url()).searchParams.get('scene')).toBeNull();
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid="help"]', { state: 'detached' });
    await page.context().close();
  });
  it('[UI13] [UI16] health: at 10 s without the server its action is off and says why; nothing is sent later', async () => {
    const made = await feed();
    fillViews(made.sale, false);
    const { page } = await wall({ path: '/health', lang: 'en' }, made);
    await page.waitForSelector('[data-testid="feed-orders"][data-state="live"]');
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    await page.fill('[name="code"]', 'K7M2QX');
    await page.fill('[name="wall"]', 'hall');
    await made.kill();
    const killedAt = Date.now();
    await page.waitForSelector('[data-testid="pair"][disabled]', { timeout: 13_000 });
    expect(Date.now() - killedAt).toBeLessThan(11_500);
    await expect.poll(() => page.textContent('[data-testid="action-off"]')).toMatch(/results cannot be confirmed/);
    await page.evaluate(() => document.querySelector<HTMLButtonElement>('[data-testid="pair"]')?.click());
    made.requests.length = 0;
    await made.back();
    await page.waitForSelector('[data-testid="pair"]:not([disabled])', { timeout: 12_000 });
    expect(made.requests.filter(({ method }) => method === 'POST')).toEqual([]);
    await page.context().close();
  }, 40_000);
});
