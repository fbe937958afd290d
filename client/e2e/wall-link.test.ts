import { describe, it } from 'vitest';
import { untilLive, useBrowser } from './browser.ts';
import { figure } from './sale.ts';

/** Each test has a page and a feed of its own, and most of its time is waiting: they run side by side. */
describe.concurrent('the wall and a server that is not there', () => {
  const { wall, feed } = useBrowser();

  it('[UI13] [UI14] server killed: banner and stale tiles ≤ 4 s, title at 10 s; back: live ≤ 10 s, equal to the server, no row twice', async ({
    expect,
  }) => {
    const made = await feed();
    made.addEntry('note', { text: 'first' });
    const { page } = await wall({}, made);
    await untilLive(page);
    await made.kill();
    const killedAt = Date.now();
    await page.waitForSelector('[data-testid="banner"]', { timeout: 6_000 });
    expect(Date.now() - killedAt).toBeLessThan(4_500);
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.panel')].every((each) => each.getAttribute('data-state') === 'stale'),
    );
    expect(Date.now() - killedAt).toBeLessThan(4_500);
    expect(await page.locator('[data-trusted="true"]').count()).toBe(0);
    const first = Number(/(\d+)/.exec((await page.textContent('[data-testid="banner"]')) ?? '')?.[1]);
    await page.waitForFunction(
      (n) => Number(/(\d+)/.exec(document.querySelector('[data-testid="banner"]')?.textContent ?? '')?.[1]) > n + 1,
      first,
    );
    await page.waitForSelector('[data-testid="banner"][data-link="offline"]', { timeout: 12_000 });
    expect(Date.now() - killedAt).toBeLessThan(11_500);
    expect(await page.title()).toMatch(/^⚠ 离线/);
    made.addEntry('note', { text: 'while away' });
    made.sale.figures['gmv_paid@open'] = figure(12_345_678_900_000, { target: 3e13 });
    await made.back();
    const backAt = Date.now();
    await page.waitForSelector('[data-testid="hero"][data-state="live"]', { timeout: 12_000 });
    expect(Date.now() - backAt).toBeLessThan(10_500);
    await page.waitForSelector('[data-testid="figure-gmv_paid@open"][data-value="12345678900000"]');
    await page.waitForFunction(() => /1,234\.56/.test(document.querySelector('.figure-hero')?.textContent ?? ''));
    await expect.poll(() => page.textContent('.foot-entry')).toMatch(/while away/);
    expect(made.joins).toHaveLength(2);
    expect(made.joins[1]?.request.timelineAfter).toEqual({ epoch: 'life-1', seq: 1 });
    expect(await page.title()).not.toMatch(/离线/);
    await page.context().close();
  }, 60_000);

  it('[UI13] server frozen (sockets stay open): every number is stale ≤ 4 s, and it comes back by itself', async ({
    expect,
  }) => {
    const made = await feed();
    const { page } = await wall({}, made);
    await untilLive(page);
    made.freeze();
    const frozenAt = Date.now();
    await page.waitForFunction(
      () => [...document.querySelectorAll('.panel')].every((each) => each.getAttribute('data-state') === 'stale'),
      undefined,
      { timeout: 6_000 },
    );
    expect(Date.now() - frozenAt).toBeLessThan(4_300);
    made.thaw();
    await page.waitForSelector('[data-testid="hero"][data-state="live"]', { timeout: 10_000 });
    await page.context().close();
  }, 30_000);

  it('[UI17] a lost timeline entry: the client asks once and ends equal to the server', async ({ expect }) => {
    const made = await feed();
    made.addEntry('note', { text: 'one' });
    const { page } = await wall({}, made);
    await untilLive(page);
    made.addEntry('note', { text: 'lost' }, { lose: true });
    made.addEntry('note', { text: 'three' });
    await page.waitForFunction(() => /three/.test(document.querySelector('.foot-entry')?.textContent ?? ''));
    expect(made.resumes).toEqual([{ epoch: 'life-1', seq: 1 }]);
    await page.context().close();
  });

  it('[UI18] a frame that is older by seq, or by time from another node, never overwrites a newer one', async ({
    expect,
  }) => {
    const made = await feed();
    const { page } = await wall({}, made);
    await untilLive(page);
    const value = (): Promise<string | null> => page.getAttribute('[data-testid="figure-gmv_paid@open"]', 'data-value');
    const shown = await value();
    made.frameEveryMs = 3_600_000;
    const old = { ...made.next(), seq: 1 };
    const wrong = { ...old.figures, 'gmv_paid@open': figure(1) };
    made.send({ ...old, figures: wrong });
    made.send({ ...old, epoch: 'node-old', seq: 9_999, serverMs: old.serverMs - 60_000, figures: wrong });
    const fresh = made.next();
    const marker = figure(0.5);
    made.send({ ...fresh, figures: { ...fresh.figures, 'roas@open': marker } });
    await page.waitForSelector('[data-testid="figure-roas@open"][data-value="0.5"]');
    expect(await value()).toBe(shown);
    await page.context().close();
  });
});
