import { describe, expect, it } from 'vitest';
import type { AlertRow } from '#contract/alerts';
import type { Frame } from '#contract/frames';
import type { FrameRoom } from '#contract/room';
import { SCENES as ALL } from '../screens/scenes.ts';
import { type OpenWall, untilLive, useBrowser } from './browser.ts';
import type { Feed } from './feed-server.ts';
import { measureFit } from './fit.ts';
import { loadCampaign } from './real-campaign.ts';
import { fillViews } from './rows.ts';

const SCENES = ALL.slice(0, 6);
const MINUTE_MS = 60_000;
export const row = (id: string, more: Partial<AlertRow> = {}): AlertRow => ({
  id,
  rule: 'PaymentSuccessLow',
  labels: { alertname: 'PaymentSuccessLow', region: 'zhejiang' },
  summary: 'Payment success has fallen',
  summaryZh: '支付成功率下降',
  tier: 'red',
  evaluation: 'firing',
  handling: 'open',
  owner: null,
  startsAt: Date.now() - 192_000,
  value: 0.9184,
  limit: 0.97,
  unit: 'ratio',
  costMinorPerMinute: 123_456_700,
  ...more,
});
const STEP: FrameRoom = {
  firstStep: {
    alertId: 'red-1',
    runbook: 'payment-risk',
    title: { zh: '支付风险', en: 'Payment risk' },
    step: { zh: '确认支付渠道错误率', en: 'Confirm the error rate of the payment channels' },
  },
};
/** What the frames say of alerts from now on. */
function say(feed: Feed, top: readonly AlertRow[], moreCount = 0, extra: Partial<Frame> = {}): void {
  const worst = top.find(({ tier, handling }) => tier === 'red' && handling === 'open');
  feed.sale.extra = {
    alerts: {
      state: 'on',
      openCount: { red: top.filter(({ tier }) => tier === 'red').length, orange: 2, yellow: 5 },
      silencedCount: 1,
      evaluatedAgoMs: 300,
      top,
      ...(worst === undefined ? {} : { takeOver: { alert: worst, moreCount } }),
    },
    room: STEP,
    ...extra,
  };
}
const others = [
  row('o-1', {
    tier: 'orange',
    summary: 'Risk control blocks more',
    summaryZh: '风控拦截率升高',
    owner: '值班甲',
    handling: 'acknowledged',
  }),
  row('y-1', { tier: 'yellow', summary: 'Text messages are late', summaryZh: '短信渠道延迟' }),
];
const shots = process.env.WARROOM_SHOTS;
/** With pictures all of them are looked at. */
const MORE = [
  ['zh', 'mid', 1080],
  ['en', 'far', 1080],
  ['en', 'near', 1080],
] as const;
const picture = async ({ page }: Pick<OpenWall, 'page'>, name: string): Promise<void> => {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
};

describe('a red alert takes the wall', () => {
  const { wall, feed } = useBrowser();

  it('[TAKE1] [UI23] an untaken red alert is on the wall ≤ 1 s: what, number against limit, nobody has it, since when, first step', async () => {
    const made = await feed();
    say(made, others);
    const { page, faults } = await wall({ width: 1920, height: 1080 }, made);
    await untilLive(page);
    await page.waitForSelector('[data-testid="alerts"]');
    expect(await page.locator('[data-testid="take-over"]').count()).toBe(0);
    const sentAt = Date.now();
    say(made, [row('red-1'), ...others], 2);
    await page.waitForSelector('[data-testid="take-over"][data-tier="red"]');
    expect(Date.now() - sentAt).toBeLessThan(3_000); // ≤ 1 s, with the margin of a busy machine
    await page.waitForFunction(() => {
      const text = (id: string): string => document.querySelector(`[data-testid="${id}"]`)?.textContent ?? '';
      return (
        /支付成功率下降 · 浙江/.test(text('take-name')) &&
        text('take-number') === '91.84% < 97%' &&
        text('take-owner') === '未认领' &&
        /^3 分 \d\d 秒$/.test(text('take-age')) &&
        /第一步 · 确认支付渠道错误率/.test(text('take-step')) &&
        /\+2/.test(text('take-more'))
      );
    });
    expect(await page.locator('[data-testid="hero"][data-state="live"]').count()).toBe(1); // the hero stays
    await picture({ page }, 'take-overview-zh');
    // good again, but nobody has it and the tier is held: it stays, and says so with what is missing
    const recovers = (recovery: NonNullable<AlertRow['recovery']> | null): void =>
      say(made, [row('red-1', { recovery }), ...others], 2);
    const recovering = () => page.textContent('[data-testid="take-step"] [data-testid="recovering"]');
    recovers({ sinceMs: Date.now() - 65_000, windowsLeftCount: 3, untilMs: null });
    await page.waitForSelector('[data-testid="take-step"] [data-testid="recovering"]');
    await expect.poll(recovering, { timeout: 15_000 }).toMatch(/^恢复中 1 分 \d+ 秒 · 再 3 次正常$/);
    expect((await measureFit(page)).overflowing).toEqual([]);
    recovers({ sinceMs: Date.now() - 65_000, windowsLeftCount: 0, untilMs: Date.now() + 60_000 });
    await expect.poll(recovering, { timeout: 15_000 }).toMatch(/^恢复中 1 分 \d+ 秒 · 保持到 \d\d:\d\d:\d\d$/);
    recovers(null);
    await page.waitForSelector('[data-testid="take-step"] [data-testid="recovering"]', { state: 'detached' });
    expect((await measureFit(page)).overflowing).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('[TAKE2] on every scene; rotation stops and goes on when it is over', async () => {
    const made = await feed();
    say(made, [row('red-1'), ...others]);
    const { page } = await wall({ width: 1920, height: 1080, path: '/wall' }, made);
    await untilLive(page);
    for (const { id } of SCENES) {
      await page.keyboard.press(String(SCENES.findIndex((scene) => scene.id === id) + 1));
      await page.waitForSelector(`[data-scene="${id}"] [data-testid="take-over"]`);
    }
    await page.keyboard.press('1');
    await page.waitForSelector('[data-scene="overview"]');
    await page.evaluate(() => {
      const url = new URL(location.href);
      url.searchParams.set('rotate', '5');
      history.replaceState(null, '', url);
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await page.waitForFunction(() =>
      /轮播暂停/.test(document.querySelector('[data-testid="rotation"]')?.textContent ?? ''),
    );
    say(made, others); // resolved: it is gone, the wall turns again
    await page.waitForSelector('[data-testid="take-over"]', { state: 'detached' });
    await page.waitForFunction(() =>
      /20|5/.test(document.querySelector('[data-testid="rotation"]')?.textContent ?? ''),
    );
    await page.context().close();
  }, 60_000);

  it('[TAKE3] acknowledged it shrinks to a line with its owner, on the strip and on scenes without one', async () => {
    const made = await feed();
    say(made, [row('red-1'), ...others]);
    const { page } = await wall({ width: 1920, height: 1080 }, made);
    await untilLive(page);
    await page.waitForSelector('[data-testid="take-over"]');
    say(made, [row('red-1', { handling: 'acknowledged', owner: '值班丙' }), ...others]);
    await page.waitForSelector('[data-testid="take-over"]', { state: 'detached' });
    await page.waitForFunction(() =>
      /值班丙/.test(document.querySelector('[data-testid="alert-red-1"]')?.textContent ?? ''),
    );
    await page.keyboard.press('3');
    await page.waitForFunction(() =>
      /支付成功率下降.*值班丙 处理中/.test(document.querySelector('[data-testid="taken-red"]')?.textContent ?? ''),
    );
    await picture({ page }, 'taken-checkout-zh');
    await page.context().close();
  });

  it('[TAKE4] fits every scene, both languages, near and far, with banners beside; nothing but the sign moves, slowly', async () => {
    const now = Date.now();
    const long = row('red-1', {
      summary: 'Payments succeed, orders stay unpaid in the order system',
      summaryZh: '支付成功但订单系统未更新订单状态',
      value: 0.0912,
      limit: 0.0001,
    });
    const banner = {
      id: 'b',
      tier: 'orange',
      text: { zh: '支付回调异常,请勿重复下单', en: 'Payment callbacks fail' },
      by: 'x',
      fromMs: now,
      untilMs: now + 600_000,
    } as const;
    const incident = {
      id: 'inc-12',
      number: 12,
      title: '支付回调丢失,订单未更新',
      tier: 'red',
      state: 'mitigated',
      commander: '指挥甲',
      declaredAt: now - MINUTE_MS,
      status: { zh: '已切到备用通道,积压回落', en: 'Switched to the standby channel, backlog falls' },
      nextUpdateAt: now - 7 * MINUTE_MS,
      openCount: 2,
    } as const;
    for (const [lang, scale, height] of [
      ['en', 'mid', 1080],
      ['zh', 'far', 2160],
      ...(shots === undefined ? [] : MORE),
    ] as const) {
      const made = await feed();
      made.sale.campaign = { ...loadCampaign(made.sale.campaign.opensAt), opensAt: made.sale.campaign.opensAt };
      fillViews(made.sale, true);
      say(made, [long, ...others], 3, { room: { ...STEP, incident }, banner });
      const { page } = await wall({ lang, scale, width: (height * 16) / 9, height }, made);
      await untilLive(page);
      for (const [index, { id }] of SCENES.entries()) {
        await page.keyboard.press(String(index + 1));
        await page.waitForSelector(`[data-scene="${id}"] [data-testid="take-over"]`);
        await expect
          .poll(async () => (await measureFit(page)).overflowing, { message: `${lang} ${scale} ${id}` })
          .toEqual([]);
        expect((await measureFit(page)).smallestVh).toBeGreaterThan(
          scale === 'near' ? 2.3 : scale === 'far' ? 4.4 : 3.19,
        );
        await picture({ page }, `take-${id}-${lang}-${scale}`);
      }
      const moving = await page.evaluate(() =>
        document.getAnimations().flatMap((animation) => {
          const { duration, iterations } = (animation.effect as KeyframeEffect).getComputedTiming();
          const node = (animation.effect as KeyframeEffect).target;
          return iterations === Number.POSITIVE_INFINITY
            ? [{ sign: node instanceof SVGElement, slow: Number(duration) >= 334 }]
            : [];
        }),
      );
      expect(moving.length).toBeGreaterThan(0);
      expect(moving.every(({ sign, slow }) => sign && slow)).toBe(true);
      await page.context().close();
    }
  }, 120_000);

  it('[TAKE5] [TAKE6] [UI30] spoken once as an alert; 50 watch alerts in 10 s are at most 3 announcements', async () => {
    const made = await feed();
    say(made, []);
    const { page } = await wall({}, made);
    await untilLive(page);
    await page.waitForSelector('[data-testid="spoken-status"]', { state: 'attached' });
    await page.evaluate(() => {
      const told: string[] = [];
      Object.assign(globalThis, { told });
      const watch = new MutationObserver(() => {
        const text = [...document.querySelectorAll('[role="status"], [aria-live="polite"]')]
          .map((node) => node.textContent)
          .join('|');
        if (text !== told.at(-1)) told.push(text);
      });
      watch.observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    // the pages of a quicker clock: fifty within two seconds say even less often
    for (let n = 1; n <= 50; n += 1) {
      const { extra } = made.sale;
      made.sale.extra = {
        ...extra,
        alerts: {
          state: 'on',
          openCount: { cyan: n },
          silencedCount: 0,
          evaluatedAgoMs: 1,
          top: [row(`c-${n}`, { tier: 'cyan' })],
        },
      };
      made.addEntry('alert.fired', { rule: `R${n}`, alert: `c-${n}` });
      made.send(made.next());
    }
    await page.waitForFunction(
      () => /关注 50/.test(document.querySelector('[data-testid="spoken-status"]')?.textContent ?? ''),
      undefined,
      { timeout: 15_000 },
    );
    expect(await page.evaluate(() => (globalThis as unknown as { told: string[] }).told.length)).toBeLessThanOrEqual(3);
    say(made, [row('red-1')]);
    await page.waitForFunction(() => {
      const alerts = [...document.querySelectorAll('[role="alert"]')].filter((node) =>
        /支付成功率下降/.test(node.textContent ?? ''),
      );
      const told = alerts[0]?.textContent ?? '';
      return alerts.length === 1 && /^紧急告警：.*。未认领$/.test(told) && !told.includes('。。');
    });
    await page.evaluate(() => {
      const node = document.querySelector('[data-testid="spoken-alert"]');
      Object.assign(globalThis, { again: 0 });
      if (node)
        new MutationObserver(() => {
          (globalThis as unknown as { again: number }).again += 1;
        }).observe(node, { subtree: true, childList: true, characterData: true });
    });
    say(made, [row('red-1', { value: 0.5 })]);
    await page.waitForFunction(() =>
      /50\.00%/.test(document.querySelector('[data-testid="take-number"]')?.textContent ?? ''),
    );
    expect(await page.evaluate(() => (globalThis as unknown as { again: number }).again)).toBe(0);
    await page.context().close();
  }, 40_000);

  it('[TAKE10] alerting that nobody has verified for three minutes is said on every screen, and is not when it is again', async () => {
    const made = await feed();
    const verified = (agoMs: number): void => say(made, [], 0, { room: { verifiedAgoMs: agoMs } });
    verified(180_000);
    const { page } = await wall({ lang: 'en', width: 1920, height: 1080 }, made);
    await untilLive(page);
    expect(await page.locator('[data-testid="alerting-unverified"]').count()).toBe(0);
    verified(245_000);
    for (const [index, { id }] of SCENES.slice(0, 2).entries()) {
      await page.keyboard.press(String(index + 1));
      await page.waitForSelector(`[data-scene="${id}"] [data-testid="alerting-unverified"]`);
      expect((await measureFit(page)).overflowing).toEqual([]);
    }
    await expect.poll(() => page.textContent('[data-testid="alerting-unverified"]')).toMatch(/unverified 4m/i);
    await picture({ page }, 'unverified-en');
    verified(1_000);
    await page.waitForSelector('[data-testid="alerting-unverified"]', { state: 'detached' });
    const phone = await wall({ width: 390, height: 844 }, made);
    verified(400_000);
    await phone.page.waitForSelector('[data-testid="alerting-unverified"]');
    await picture(phone, 'unverified-phone');
    await phone.page.context().close();
    await page.context().close();
  }, 60_000);
});
