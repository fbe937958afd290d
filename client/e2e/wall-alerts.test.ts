import { describe, expect, it } from 'vitest';
import type { AlertRow } from '#contract/alerts';
import { untilLive, useBrowser } from './browser.ts';
import { measureFit } from './fit.ts';
import { figure } from './sale.ts';

const row = (id: string, more: Partial<AlertRow>, startsAt: number): AlertRow => ({
  id,
  rule: 'PaymentSuccessLow',
  labels: {},
  summary: '支付成功率下降 · 华东',
  tier: 'orange',
  evaluation: 'firing',
  handling: 'open',
  owner: null,
  startsAt,
  value: 0.97,
  limit: 0.985,
  unit: 'ratio',
  costMinorPerMinute: null,
  ...more,
});

describe('alerts on the wall', () => {
  const { wall, feed } = useBrowser();
  it('[UI58] without rules the strip says that nobody is paged, and shows broken limits instead', async () => {
    const made = await feed();
    made.sale.figures['payment_success_rate@5m'] = figure(0.97, { target: 0.985, tier: 'orange' });
    const { page } = await wall({}, made);
    await untilLive(page);
    await expect.poll(() => page.textContent('[data-testid="strip-off"]')).toMatch(/无人会被呼叫/);
    await expect
      .poll(() => page.textContent('[data-testid="broken-payment_success_rate@5m"]'))
      .toMatch(/97% < 98\.5%|97\.00% < 98\.5%/);
    made.sale.figures['payment_success_rate@5m'] = figure(0.99, { target: 0.985 });
    await page.waitForSelector('[data-testid="strip-empty"]');
    await expect.poll(() => page.textContent('[data-testid="strip-empty"]')).toBe('大屏指标均在阈值内');
    made.pause('payments');
    const payments = made.sale.feeds.payments;
    if (payments) payments.pausedAtMs = made.nowMs() - 20_000;
    await page.waitForFunction(() =>
      /未知/.test(document.querySelector('[data-testid="strip-empty"]')?.textContent ?? ''),
    );
    await page.context().close();
  });
  for (const lang of ['zh', 'en'] as const)
    it(`[UI23] [UI58] with rules it lists alerts at once, says who has them, and what the room is told (${lang})`, async () => {
      const made = await feed();
      made.sale.extra = { alerts: { state: 'on', openCount: {}, silencedCount: 0, top: [], evaluatedAgoMs: 400 } };
      const { page } = await wall({ lang, width: 1920, height: 1080 }, made);
      await untilLive(page);
      await page.waitForSelector('[data-testid="strip-empty"]');
      const now = made.nowMs();
      made.sale.extra = {
        alerts: {
          state: 'on',
          openCount: { red: 1, orange: 12, yellow: 23, cyan: 4, blue: 5 },
          silencedCount: 9,
          evaluatedAgoMs: 700,
          top: [
            row('a', { tier: 'red' }, now - 192_000),
            row('b', { owner: '值班甲', summary: 'Payment success rate is falling in the east' }, now - 3_700_000),
            row(
              'c',
              { tier: 'cyan', recovery: { sinceMs: now - 41_000, windowsLeftCount: 2, untilMs: null } },
              now - 90_000,
            ),
            row('d', {}, now),
          ],
        },
        banner: {
          id: 'x',
          tier: 'orange',
          text: { zh: '支付渠道正在切换,暂停加大投放', en: 'Payment channel is being switched, no increases' },
          by: '指挥甲',
          fromMs: now,
          untilMs: now + 600_000,
        },
      };
      const sentAt = Date.now();
      await page.waitForSelector('[data-testid="alert-a"]');
      expect(Date.now() - sentAt).toBeLessThan(1_200);
      await expect
        .poll(() => page.textContent('[data-testid="alert-a"]'))
        .toMatch(lang === 'zh' ? /未认领 3 分 1\d 秒/ : /unowned 3m1\ds/);
      await expect.poll(() => page.textContent('[data-testid="alert-b"]')).toMatch(/值班甲/);
      // good again, only held: since when, in place of how long it has lasted
      await expect
        .poll(() => page.textContent('[data-testid="alert-c"]'))
        .toMatch(lang === 'zh' ? /恢复中 [\d 分秒]+未认领$/ : /recovering [\dms ]+unowned$/);
      await expect.poll(() => page.locator('[data-testid="room-banner"]').count()).toBe(1);
      expect((await measureFit(page)).overflowing).toEqual([]);
      const { alerts } = made.sale.extra;
      if (alerts) made.sale.extra = { ...made.sale.extra, alerts: { ...alerts, evaluatedAgoMs: 180_001 } };
      await page.waitForSelector('[data-testid="unverified"]');
      expect((await measureFit(page)).overflowing).toEqual([]);
      // A red alert on a stale screen is not red any more.
      made.freeze();
      await page.waitForSelector('[data-testid="alerts"][data-state="stale"]', { timeout: 6_000 });
      await expect.poll(() => page.locator('[data-testid="alerts"] [data-tier]').count()).toBe(0);
      await page.context().close();
    });
});
