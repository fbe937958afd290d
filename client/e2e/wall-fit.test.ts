import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { untilLive, useBrowser } from './browser.ts';
import { measureFit, sideways } from './fit.ts';
import { figure, type Sale } from './sale.ts';

/** The widest values that a sale may really have, with a tier on every tile that can have one. */
function widest(sale: Sale): void {
  sale.extra = { ...sale.extra, room: { commander: 'Konstantinos' } };
  Object.assign(sale.figures, {
    'gmv_paid@open': figure(99_999_999_999_900, { plan: 9e13, target: 3e13 }),
    'gmv_net@open': figure(99_999_900_000_000),
    'gmv_paid@1m': figure(999_999_900_000, { plan: 999_999_000_000 }),
    'target_attainment@open': figure(0.6, { tier: 'red' }),
    'gmv_growth_rate@open': figure(1.234),
    'qps@1m': figure(9_999_999, { tier: 'red' }),
    'capacity_headroom@1m': figure(-0.27),
    'payment_success_rate@5m': figure(0.9999, { target: 0.9999, tier: 'red' }),
    'stockout_rate_demand@5m': figure(0.8888, { target: 0.008, tier: 'orange' }),
    'stock_minutes_left@5m': figure(188, { of: 'sku-1', tier: 'red' }),
    'stock_at_risk_count@5m': figure(12),
    'complaint_rate@1h': figure(0.0888, { of: 'after_sales', target: 0.0015, tier: 'red' }),
    'roas@open': figure(99.88, { tier: 'red' }),
    'budget_utilisation@open': figure(0.99, { plan: 0.99 }),
  });
}

describe('the wall fits', () => {
  const { wall, feed } = useBrowser();
  for (const lang of ['zh', 'en'] as const) {
    for (const deviceScaleFactor of [1, 2]) {
      it(`[UI1] [PAGE26] nothing overflows at 1920×1080 and 3840×2160, DPR ${deviceScaleFactor}, in ${lang}, at the widest values`, async () => {
        const made = await feed();
        widest(made.sale);
        const { page } = await wall({ lang, width: 1920, height: 1080, deviceScaleFactor }, made);
        await untilLive(page);
        // [PAGE26] who commands stands on every wall
        expect(await page.textContent('[data-testid="commander"]')).toContain('Konstantinos');
        expect((await measureFit(page)).overflowing).toEqual([]);
        made.sale.figures['payment_success_rate@5m'] = figure(1);
        await page.waitForSelector('[data-testid="figure-payment_success_rate@5m"][data-value="1"]');
        const missing = 'ad.reported.impressions';
        made.sale.figures['roas@open'] = figure(null, { quality: 'unavailable', missing });
        await expect.poll(() => page.textContent('[data-testid="tile-roi"]')).toMatch(/ad\..*…/);
        expect((await measureFit(page)).overflowing).toEqual([]);
        await page.setViewportSize({ width: 3840, height: 2160 });
        expect((await measureFit(page)).overflowing).toEqual([]);
        await page.context().close();
      }, 40_000);
    }
    it(`[UI1] nothing overflows when everything is stale, then offline, in ${lang}`, async () => {
      const made = await feed();
      widest(made.sale);
      const { page } = await wall({ lang, width: 1920, height: 1080 }, made);
      await untilLive(page);
      made.freeze();
      await page.waitForSelector('[data-testid="banner"][data-link="reconnecting"]');
      expect((await measureFit(page)).overflowing).toEqual([]);
      await page.waitForSelector('[data-testid="banner"][data-link="offline"]', { timeout: 12_000 });
      expect((await measureFit(page)).overflowing).toEqual([]);
      await page.context().close();
    });
    for (const [scale, floorVh] of [
      ['near', 2.3],
      ['mid', 3.2],
      ['far', 4.5],
    ] as const) {
      it(`[UI2] [UI3] smallest text ≥ ${floorVh} vh, hero ≥ 15, KPI ≥ 7.5 on ${scale} in ${lang}`, async () => {
        const { page } = await wall({ lang, scale, width: 1600, height: 900 });
        await untilLive(page);
        const fit = await measureFit(page);
        expect(fit.overflowing).toEqual([]);
        expect(fit.smallestVh).toBeGreaterThanOrEqual(floorVh);
        expect(fit.heroVh).toBeGreaterThanOrEqual(15);
        expect(fit.kpiVh).toBeGreaterThanOrEqual(7.5);
        await page.context().close();
      });
    }
  }
  it('[UI1] other shapes fit as well: 4:3, 16:10, 21:9', async () => {
    const made = await feed();
    widest(made.sale);
    const { page } = await wall({ width: 1600, height: 1200 }, made);
    await untilLive(page);
    for (const [width, height] of [
      [1600, 1200],
      [1920, 1200],
      [2560, 1080],
      [1280, 720],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      expect((await measureFit(page)).overflowing, `${width}×${height}`).toEqual([]);
    }
    await page.context().close();
  });
  it('[UI4] digits 0–9 are equally wide in every changing number', async () => {
    const { page } = await wall({ width: 1600, height: 900 });
    await untilLive(page);
    const spreads = await page.evaluate(() =>
      [...document.querySelectorAll('.figure-digits, .clock, [data-testid=countdown], .live-age, .fact-value')].map(
        (node) => {
          const probe = node.cloneNode() as HTMLElement;
          probe.style.position = 'absolute';
          node.parentElement?.append(probe);
          const widths = [...'0123456789'].map((digit) => {
            probe.textContent = digit.repeat(20);
            return probe.getBoundingClientRect().width;
          });
          probe.remove();
          return Math.max(...widths) - Math.min(...widths);
        },
      ),
    );
    expect(spreads.length).toBeGreaterThan(8);
    expect(Math.max(...spreads)).toBeLessThan(0.5);
    expect(await page.evaluate(() => document.fonts.check('20px Inter'))).toBe(true);
    await page.context().close();
  });
  it('[UI5] no horizontal scrollbar from 320 to 3840 px, and narrow pages read at 200 % zoom', async () => {
    const made = await feed();
    widest(made.sale);
    for (const lang of ['zh', 'en'] as const) {
      const { page } = await wall({ lang, width: 320, height: 640 }, made);
      await untilLive(page);
      for (const [width, height] of [
        [320, 640],
        [375, 800],
        [390, 844],
        [768, 1024],
        [1280, 720],
        [3840, 2160],
      ] as const) {
        await page.setViewportSize({ width, height });
        await page.waitForSelector(width < 800 ? '.phone' : '.wall');
        await untilLive(page);
        expect(await sideways(page), `${lang} ${width}`).toBeLessThanOrEqual(0);
      }
      await page.goto(`${made.url}/login?lang=${lang}`);
      await page.setViewportSize({ width: 320, height: 640 });
      await page.waitForSelector('form');
      expect(await sideways(page)).toBeLessThanOrEqual(0);
      await page.context().close();
    }
  }, 60_000);
  it('[UI9] all healthy: not one pixel of a tier colour on the wall', async () => {
    const made = await feed();
    const { page } = await wall({ width: 1600, height: 900 }, made);
    await untilLive(page);
    await page.waitForSelector('[data-testid="gmv-chart"] canvas');
    const healthy = await tierPixels(page);
    expect(healthy).toBe(0);
    // The count bites: one tile with a tier is seen.
    made.sale.figures['payment_success_rate@5m'] = figure(0.97, { target: 0.985, tier: 'orange' });
    await page.waitForSelector('[data-testid="tile-pay"][data-tier="orange"]');
    expect(await tierPixels(page)).toBeGreaterThan(500);
    await page.context().close();
  });
});

/** Pixels of the screenshot that lie within a few steps of a tier's fill. Counted by the browser itself. */
async function tierPixels(page: Awaited<ReturnType<ReturnType<typeof useBrowser>['wall']>>['page']): Promise<number> {
  const css = readFileSync(new URL('../styles/tokens.css', import.meta.url), 'utf8');
  const fills = ['red', 'orange', 'yellow', 'cyan', 'blue'].map((name) => {
    const value = Number.parseInt(new RegExp(`--${name}: #([0-9a-f]{6})`).exec(css)?.[1] ?? '', 16);
    return [value >> 16, (value >> 8) & 255, value & 255] as const;
  });
  const png = (await page.screenshot()).toString('base64');
  const context = page.context();
  const counter = await context.newPage(); // about:blank has no policy that would refuse a data URL
  const count = await counter.evaluate(
    async ({ png: data, fills: colours }) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height);
      const draw = canvas.getContext('2d');
      draw?.drawImage(image, 0, 0);
      const pixels = draw?.getImageData(0, 0, image.width, image.height).data ?? new Uint8ClampedArray();
      let found = 0;
      for (let at = 0; at < pixels.length; at += 4) {
        for (const [r, g, b] of colours) {
          const far = Math.max(
            Math.abs((pixels[at] ?? 0) - r),
            Math.abs((pixels[at + 1] ?? 0) - g),
            Math.abs((pixels[at + 2] ?? 0) - b),
          );
          if (far <= 10) found += 1;
        }
      }
      return found;
    },
    { png, fills },
  );
  await counter.close();
  return count;
}
