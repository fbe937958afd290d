import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, sideways, smallTargets } from './desk-habits.ts';
import { badNight, type DeskHouse, deskHouse } from './desk-house.ts';

const WAIT = { timeout: 20_000 };
const shots = process.env.WARROOM_SHOTS;

describe('shape of the on-call desk', { timeout: 90_000 }, () => {
  let house: DeskHouse;
  beforeAll(async () => {
    house = await deskHouse();
    await house.raise(badNight(Date.now()));
  }, 180_000);
  afterAll(() => house?.close());

  for (const lang of ['zh', 'en'] as const)
    it(`[UI5] [UI6] [UI29] nothing serious for axe, no sideways scrolling, targets of 24 px (${lang})`, async () => {
      const { page, context, faults } = await house.open(house.oncall(0), { lang, width: 1280, height: 720 });
      await page.waitForSelector('[data-key="pay-east"]', WAIT);
      if (lang === 'en') expect(await axeFindings(page)).toEqual([]);
      await page.click('[data-key="pay-east"]');
      await page.waitForSelector('[data-testid="runbook"] .book-steps li', WAIT);
      await page.waitForSelector('[data-testid="history"] li', WAIT);
      expect(await axeFindings(page)).toEqual([]);
      expect(await smallTargets(page, 24)).toEqual([]);
      for (const width of [1024, 1280, 3840]) {
        await page.setViewportSize({ width, height: Math.round((width * 9) / 16) });
        await expect.poll(() => sideways(page), WAIT).toBeLessThanOrEqual(0);
      }
      if (shots) await page.screenshot({ path: `${shots}/desk-${lang}-3840.png` });
      await page.setViewportSize({ width: 1920, height: 1080 });
      if (shots) await page.screenshot({ path: `${shots}/desk-${lang}-1920.png` });
      await page.keyboard.press('s');
      await page.waitForSelector('[data-testid="silence"][open]', WAIT);
      if (lang === 'en') expect(await axeFindings(page)).toEqual([]);
      if (shots) await page.screenshot({ path: `${shots}/desk-${lang}-silence.png` });
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.waitForSelector('[data-testid="commands"][open]', WAIT);
      if (lang === 'en') expect(await axeFindings(page)).toEqual([]);
      if (shots) await page.screenshot({ path: `${shots}/desk-${lang}-commands.png` });
      await page.keyboard.press('Escape');
      // at 200 % zoom the desk is as wide as a phone, and the phone form has all of it
      await page.setViewportSize({ width: 640, height: 360 });
      await page.waitForSelector('[data-testid="phone-desk"] [data-key="pay-east"]', WAIT);
      await expect.poll(() => sideways(page), WAIT).toBeLessThanOrEqual(0);
      expect(faults).toEqual([]);
      await context.close();
    });

  it('[UI33] the language changes in place: no word of the other is left, what is chosen and filtered stays', async () => {
    const { page, context } = await house.open(house.oncall(0), { lang: 'zh', path: '/desk?alert=stock' });
    await page.waitForSelector('[data-testid="runbook"] .book-steps li', WAIT);
    await page.fill('[data-testid="filter"]', 'StockOut');
    const words = () =>
      page.evaluate(() =>
        // names of people and the way to the other language are in their own
        [...document.querySelectorAll('.desk-list, .detail-head, .fact-label, .fact-under, h2, nav')]
          .map((element) => (element as HTMLElement).innerText)
          .join('\n'),
      );
    expect(await words()).not.toMatch(/\b[A-Z]?[a-z]{3,} [a-z]{3,} [a-z]{3,}/);
    await page.click('[data-testid="lang"]');
    await page.waitForSelector('html[lang="en"]', WAIT);
    await page.waitForSelector('[data-testid="detail"][data-alert="stock"] h1', WAIT);
    await expect.poll(words, WAIT).not.toMatch(/[\u3400-\u9fff]/);
    expect(await page.inputValue('[data-testid="filter"]')).toBe('StockOut');
    await context.close();
  });

  it('[UI28] Tab reaches every control once, with a ring that can be seen', async () => {
    const { page, context } = await house.open(house.oncall(0), { lang: 'en', path: '/desk?alert=stock' });
    await page.waitForSelector('[data-testid="runbook"] .book-steps li', WAIT);
    const controls = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>('button, a[href], input, summary, [tabindex="0"]')].filter(
          (element) => element.checkVisibility() && !(element as HTMLButtonElement).disabled,
        ).length,
    );
    const seen = new Set<string>();
    for (let press = 0; press < controls + 12; press += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement | null;
        if (element === null || element === document.body) return null;
        const style = getComputedStyle(element);
        const marked = element.getAttribute('aria-activedescendant');
        const ring = marked === null ? style : getComputedStyle(document.getElementById(marked) ?? element);
        return {
          path: [...document.querySelectorAll('*')].indexOf(element),
          ring: ring.outlineStyle !== 'none' && Number.parseFloat(ring.outlineWidth) >= 2,
          name: element.outerHTML.slice(0, 80),
        };
      });
      if (at === null) continue;
      expect(at.ring, at.name).toBe(true);
      seen.add(String(at.path));
    }
    expect(seen.size).toBeGreaterThanOrEqual(controls);
    await context.close();
  });

  it('[DESK10] ten thousand open alerts: at most 60 lines in the page wherever it is scrolled, storms folded, an ack in time', async () => {
    await house.raise(
      Array.from({ length: 10_000 }, (_, n) => ({
        id: `many-${n}`,
        rule: n < 8_000 ? `Storm${n % 8}` : `Single${n % 1_000}`,
        tier: n < 8_000 && n % 3 === 0 ? ('yellow' as const) : ('blue' as const),
      })),
    );
    const { page, context, faults } = await house.open(house.oncall(0), { lang: 'en', height: 2160, width: 3840 });
    await page.waitForFunction(
      () => /10,?0\d\d/.test(document.querySelector('[data-testid="all"]')?.textContent ?? ''),
      null,
      { timeout: 30_000 },
    );
    const rows = () => page.locator('[data-testid="alert-row"]').count();
    await page.waitForSelector('[data-key="rule:Storm1"]', WAIT);
    for (const part of [0, 0.3, 0.7, 1]) {
      await page.evaluate((at) => {
        const list = document.querySelector('[data-testid="alert-list"]');
        if (list !== null) list.scrollTop = at * list.scrollHeight;
      }, part);
      await page.waitForFunction(() => document.querySelectorAll('[data-testid="alert-row"]').length > 5, null, WAIT);
      expect(await rows()).toBeLessThanOrEqual(60);
    }
    const { page: phone, context: pocket } = await house.open(house.oncall(1), {
      width: 390,
      height: 844,
      touch: true,
    });
    await phone.waitForSelector('[data-testid="card"][data-key="pay-east"]', { timeout: 30_000 });
    expect(await phone.locator('[data-testid="card"]').count()).toBeLessThanOrEqual(60);
    await house.act('pay-east', 'acknowledge', {}, house.oncall(0));
    await expect
      .poll(() => phone.textContent('[data-key="pay-east"]'), { timeout: 10_000, interval: 20 })
      .toContain(house.oncall(0).name);
    expect(faults).toEqual([]);
    await Promise.all([context.close(), pocket.close()]);
  });
});
