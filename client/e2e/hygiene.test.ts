import { expect, it } from 'vitest';
import { untilLive, useBrowser } from './browser.ts';

const { wall, feed } = useBrowser();

it('[TAKE44] scene, dimming and hold are in the address and come back after a reload; red is never dimmed; nothing scrolls', async () => {
  const made = await feed();
  const { page } = await wall({}, made);
  await untilLive(page);
  await page.goto(`${made.url}/wall?lang=zh&rotate=30`);
  await page.waitForSelector('[data-testid="rotation"]');
  await page.keyboard.press('2');
  await page.keyboard.press('d');
  await page.keyboard.press(' ');
  await page.waitForFunction(() =>
    ['scene=regions', 'dim=1', 'hold=1'].every((part) => location.search.includes(part)),
  );
  await page.reload();
  await page.waitForSelector('[data-scene="regions"][data-dimmed="true"]');
  await page.waitForFunction(() => document.querySelector('[data-testid="rotation"]')?.textContent === '已定住');
  const red = {
    id: 'r',
    rule: 'R',
    labels: {},
    summary: 'x',
    tier: 'red',
    evaluation: 'firing',
    handling: 'open',
    owner: null,
    startsAt: 0,
    value: 1,
    limit: null,
    unit: 'count',
    costMinorPerMinute: null,
  } as const;
  const takeOver = { alert: red, moreCount: 0 };
  made.sale.extra = { alerts: { state: 'on', openCount: { red: 1 }, silencedCount: 0, top: [red], takeOver } };
  await page.waitForSelector('[data-scene="regions"][data-dimmed="false"]');
  await page.evaluate(() => {
    const main = document.querySelector<HTMLElement>('.wall');
    if (main) main.style.translate = '4px 4px'; // as every few minutes
  });
  expect(await page.evaluate(() => getComputedStyle(document.body).overflow)).toBe('hidden');
  await page.context().close();
});
