import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#contract/alerts';
import type { CampaignReply } from '#contract/campaign';
import { type DeskHouse, deskHouse } from './desk-house.ts';

const WAIT = { timeout: 30_000 };
const shots = process.env.WARROOM_SHOTS;
const SECONDS = 240;
const EACH_SECOND = 6;

/** What the shop sends while every eighth payment callback is lost: money is taken, the order does not know. */
async function loseCallbacks(house: DeskHouse): Promise<void> {
  const campaign = await house.ask<CampaignReply>('/campaign');
  const first = (name: string): string => campaign.dimensions[name]?.[0]?.id ?? '';
  const nowMs = Date.now();
  const events: object[] = [];
  for (let second = SECONDS; second > 3; second -= 1)
    for (let n = 0; n < EACH_SECOND; n += 1) {
      const orderId = `o-${second}-${n}`;
      const ts = nowMs - second * 1_000 + n;
      const base = { source: '/shop/e2e', ts, orderId };
      events.push({
        ...base,
        id: `p-${orderId}`,
        type: 'payment.attempted',
        attemptId: `a-${orderId}`,
        result: 'succeeded',
        method: first('method'),
      });
      if ((second * EACH_SECOND + n) % 8 !== 0)
        events.push({
          ...base,
          id: `d-${orderId}`,
          type: 'order.paid',
          amountMinor: 12_245,
          category: first('category'),
          region: first('region'),
          channel: first('channel'),
          platform: 'mobile',
        });
    }
  const reply = await fetch(`${house.url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.access.ingestKey}`, 'content-type': 'application/x-ndjson' },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  });
  const told = (await reply.json()) as { accepted: number };
  expect(told.accepted).toBe(events.length);
}

describe('payment callbacks are lost', { timeout: 60_000 }, () => {
  let house: DeskHouse;
  let alert: Alert;
  beforeAll(async () => {
    house = await deskHouse();
    await loseCallbacks(house);
    const find = async (): Promise<Alert | undefined> =>
      (await house.ask<{ alerts: Alert[] }>('/alerts?rule=PaidNotUpdated')).alerts[0];
    let found = await find();
    while (found === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 100)); // the hook's own time limit ends it
      found = await find();
    }
    alert = found;
  }, 180_000);
  afterAll(() => house?.close());
  /** A key as the screen shows it, beside what it does. */
  const shownKey = async (page: Page, beside: string): Promise<string> => {
    await page.waitForSelector(`${beside} kbd`, WAIT);
    return (await page.textContent(`${beside} kbd`))?.trim() ?? '';
  };

  it('[DESK11] three presses of keys that the screen shows lead from the alert to the right step of the right runbook', async () => {
    const { page, context, faults } = await house.open(house.oncall(0), { lang: 'en' });
    await page.waitForSelector(`[data-key="${alert.id}"]`, WAIT);
    await page.fill('[data-testid="filter"]', 'PaidNotUpdated');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="alert-row"]').length === 1, null, WAIT);
    let presses = 0;
    const press = async (beside: string): Promise<void> => {
      presses += 1;
      await page.keyboard.press(await shownKey(page, beside));
    };
    await press('[data-testid="detail-empty"]');
    await page.waitForSelector('[data-testid="fact-now"]', WAIT);
    // the plan says where to begin from what the figures say now
    await expect.poll(() => page.textContent('[data-testid="runbook"]'), WAIT).toContain('begin at step 1');
    if (shots) {
      await page.waitForSelector('[data-testid="alert-chart"] canvas', WAIT);
      await page.screenshot({ path: `${shots}/desk-callbacks.png` });
    }
    const named = /step 1: (.+)/.exec((await page.textContent('[data-testid="first-step"]')) ?? '')?.[1] ?? 'none';
    await press('[data-testid="runbook"] button');
    await page.waitForURL(/\/runs\/r-/, WAIT);
    await page.waitForSelector('[data-testid="step-1"][data-open="true"]', WAIT);
    await expect.poll(() => page.textContent('h1'), WAIT).toContain('callbacks lost');
    await press('[data-testid="claim"]');
    await page.waitForSelector('[data-testid="step-1"][data-state="claimed"]', WAIT);
    expect(presses).toBe(3);
    // one name for the first step, and the way back to the alert
    await expect.poll(() => page.textContent('[data-testid="step-1"]'), WAIT).toContain(named);
    expect(await page.getAttribute('[data-testid="to-alert"]', 'href')).toBe(`/desk?alert=${alert.id}`);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('[DESK8] the detail shows number against limit, the line with its limit, what it costs and who is called, each with its freshness', async () => {
    const { page, context } = await house.open(house.oncall(1), { lang: 'zh', path: `/desk?alert=${alert.id}` });
    await page.waitForSelector(`[data-testid="alert-row"][data-key="${alert.id}"]`, WAIT); // the list is there, too
    await page.waitForSelector('[data-testid="alert-chart"] canvas', WAIT);
    await expect
      .poll(() => page.getAttribute('[data-testid="alert-chart"]', 'aria-label'), WAIT)
      .toMatch(/\d+ 个点，最新 \d+\.\d+%，阈值 [\d.]+%/);
    await expect.poll(() => page.textContent('[data-testid="fact-now"]'), WAIT).toMatch(/\d+\.\d+%阈值/);
    await expect.poll(() => page.textContent('[data-testid="fact-cost"]'), WAIT).toMatch(/¥[\d.,]+.*(估算)/);
    await expect.poll(() => page.textContent('[data-testid="why"]'), WAIT).toContain('技术负责人');
    for (const id of ['now', 'lasting', 'cost', 'next'])
      expect(await page.getAttribute(`[data-testid="fact-${id}"]`, 'data-state')).toMatch(
        /^(live|late|stale|gone|empty)$/,
      );
    // the run that somebody started is open at its present step
    await expect.poll(() => page.textContent('[data-testid="runbook"]'), WAIT).toContain('打开进行中的第 1 步');
    if (shots) await page.screenshot({ path: `${shots}/desk-callbacks-zh.png` });
    await context.close();
  });
});
