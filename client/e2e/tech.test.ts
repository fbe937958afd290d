import { describe, expect, it } from 'vitest';
import type { AlertRow } from '#contract/alerts';
import { useBrowser } from './browser.ts';
import type { Feed } from './feed-server.ts';
import { measureFit } from './fit.ts';
import { loadCampaign } from './real-campaign.ts';
import { fillViews } from './rows.ts';
import { figure } from './sale.ts';

const shots = process.env.WARROOM_SHOTS;
const STEP_MS = 600_000;
const CHANGE = 'payment-gw v412 to all zones';

/** The tech wall of the bundled sale, with a busy hour behind it. */
function busy(made: Feed, wide: boolean): void {
  made.sale.campaign = { ...loadCampaign(made.sale.campaign.opensAt), opensAt: made.sale.campaign.opensAt };
  fillViews(made.sale, wide);
  const rows = made.sale.rows as Record<string, { id: string; figures: Record<string, ReturnType<typeof figure>> }[]>;
  rows.services = (rows.services ?? []).map((row, index) => ({
    ...row,
    figures: {
      ...row.figures,
      'capacity_headroom@1m': figure(0.62 - index * 0.07, {
        plan: 0.55 - index * 0.06,
        ...(wide ? { tier: 'red' } : {}),
      }),
      ...(wide ? {} : { 'fault_rate@1m': figure(0.0003), 'qps@1m': figure(3_860_000 / 4 ** index) }),
    },
  }));
  rows.methods = (rows.methods ?? []).map((row) => ({
    ...row,
    figures: { 'payment_success_rate@5m': figure(wide ? 0.8888 : 0.9981, wide ? { tier: 'red' } : {}) },
  }));
  rows.console = [
    { id: 'store', figures: { latency_ms: figure(0.42), memory_ratio: figure(0.1) } },
    { id: 'nodes', figures: { count: figure(2), lag_ms: figure(11) } },
  ];
  const endMs = (Math.floor(made.nowMs() / STEP_MS) + 1) * STEP_MS;
  const counts = [0, 1, 0, 2, 0, 0, 3, 1, 0, 0, 0, 2, 1, 14, 22, 8, 4, 2];
  made.sale.extra = {
    alerts: {
      state: 'on',
      openCount: {},
      silencedCount: 0,
      top: [],
      evaluatedAgoMs: 300,
      rate: { fromMs: endMs - 18 * STEP_MS, stepMs: STEP_MS, counts },
    },
  };
  const nowMs = made.nowMs();
  const entry = (kind: 'change.recorded' | 'run.started' | 'alert.fired', minutesAgo: number, params: object) => {
    made.entries.push({
      seq: made.entries.length + 1,
      atMs: nowMs - minutesAgo * 60_000,
      kind,
      actor: { kind: 'system', id: 'x' },
      params: params as Record<string, string>,
    });
  };
  entry('change.recorded', 90, { kind: 'deploy', title: 'too old to be drawn' });
  entry('change.recorded', 52, { kind: 'deploy', title: 'payment-gw v411' });
  entry('alert.fired', 44, { rule: 'ServiceErrors', tier: 'orange', summary: 'payment fails' });
  entry('alert.fired', 43, { rule: 'PaymentSuccessLow', tier: 'red', summary: 'Payments fail' });
  entry('run.started', 40, { runbook: 'payment-risk', titleZh: '支付风险处置', titleEn: 'Payment risk' });
  entry('change.recorded', 12, { kind: 'deploy', title: CHANGE });
}

const errors = (startsAt: number): AlertRow => ({
  id: 'a1',
  rule: 'ServiceErrors',
  labels: { service: 'payment' },
  summary: 'payment fails',
  tier: 'orange',
  evaluation: 'firing',
  handling: 'open',
  owner: null,
  startsAt,
  value: 0.03,
  limit: 0.03,
  unit: 'ratio',
  costMinorPerMinute: null,
});

describe('tech wall', () => {
  const { wall, feed } = useBrowser();
  for (const lang of ['zh', 'en'] as const)
    it(`[PAGE42] [UI1] [UI2] fits at every distance and size, with all its facts, in ${lang}`, async () => {
      const made = await feed();
      busy(made, false);
      const { page, faults } = await wall({ lang, width: 1920, height: 1080, path: '/tech' }, made);
      await page.waitForSelector('[data-scene="tech"] [data-testid="path"][data-state="live"]');
      expect(new URL(page.url()).pathname + new URL(page.url()).searchParams.get('scene')).toBe('/walltech');
      await page.waitForSelector('[data-testid="lane-change"][data-count="2"]');
      await page.waitForSelector('[data-testid="lane-alert"][data-count="2"]');
      await page.waitForSelector('[data-testid="lane-run"][data-count="1"]');
      await page.waitForFunction(() => document.querySelectorAll('.rate-bar[data-flood="true"]').length === 2);
      const cells = await page.locator('[data-testid^="path-"]').count();
      expect(cells).toBe(24);
      // all well: not one cell is anything but grey
      expect(await page.locator('.path [data-tier]').count()).toBe(0);
      const [width, height] = lang === 'zh' ? [3840, 2160] : [1920, 1080];
      await page.setViewportSize({ width, height });
      if (shots) await page.screenshot({ path: `${shots}/tech-${lang}-${width}.png` });
      const fit = await measureFit(page);
      expect(fit.overflowing, `${width}`).toEqual([]);
      expect(fit.smallestVh, `${width}`).toBeGreaterThanOrEqual(3.2);
      expect(faults).toEqual([]);
      await page.context().close();
      busy(made, true);
      for (const scale of lang === 'zh' ? (['mid'] as const) : (['near', 'far'] as const)) {
        const wide = await wall({ lang, scale, width: 1920, height: 1080, path: '/tech' }, made);
        await wide.page.waitForSelector('.path [data-tier]');
        if (shots) await wide.page.screenshot({ path: `${shots}/tech-${lang}-wide-${scale}.png` });
        const fit = await measureFit(wide.page);
        expect(fit.overflowing, scale).toEqual([]);
        await wide.page.context().close();
      }
    }, 60_000);
  it('[PAGE42] a red alert that nobody has taken takes the left below the path, which stays', async () => {
    const made = await feed();
    busy(made, true);
    const { alerts } = made.sale.extra;
    if (!alerts) throw new Error('no alerts');
    const alert: AlertRow = { ...errors(made.nowMs()), tier: 'red', costMinorPerMinute: 99_999_999_900 };
    const next = [
      { ...errors(made.nowMs() - 700_000), id: 'a2', owner: '值班甲', handling: 'acknowledged' as const },
      { ...errors(made.nowMs() - 60_000), id: 'a3', tier: 'yellow' as const },
    ];
    made.sale.extra = {
      alerts: {
        ...alerts,
        openCount: { red: 1, orange: 1, yellow: 1 },
        silencedCount: 12,
        suppressedCount: 1_970,
        top: [alert, ...next],
        takeOver: { alert, moreCount: 3 },
      },
    };
    for (const lang of ['zh', 'en'] as const) {
      const { page } = await wall({ lang, width: 1920, height: 1080, path: '/tech' }, made);
      await page.waitForSelector('.row-taken [data-testid="take-over"]');
      await page.waitForSelector('[data-testid="path"][data-state="live"]');
      if (shots) await page.screenshot({ path: `${shots}/tech-${lang}-taken.png` });
      expect((await measureFit(page)).overflowing).toEqual([]);
      // a title is shortened where its box ends, not after so many letters
      await expect.poll(() => page.textContent('[data-testid="title-change"]')).toBe(CHANGE);
      await page.context().close();
    }
  }, 40_000);
  it('[PAGE42] an alert about one figure of one service marks its cell, by shape and colour, only while it is live', async () => {
    const made = await feed();
    busy(made, false);
    const { page } = await wall({ width: 1920, height: 1080, path: '/tech' }, made);
    await page.waitForSelector('[data-testid="path"][data-state="live"]');
    const { alerts } = made.sale.extra;
    if (!alerts) throw new Error('no alerts');
    const top = errors(made.nowMs());
    made.sale.extra = { alerts: { ...alerts, top: [top] } };
    await page.waitForSelector('[data-testid="path-payment-fault_rate"][data-tier="orange"] svg');
    expect(await page.locator('.path td[data-tier]').count()).toBe(1);
    made.freeze();
    await page.waitForFunction(() => document.querySelector('.path [data-tier]') === null, undefined, {
      timeout: 15_000,
    });
    await page.context().close();
  }, 40_000);
});
