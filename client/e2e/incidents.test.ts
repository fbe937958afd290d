import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#contract/alerts';
import type { Incident } from '#contract/incidents';
import type { DemoPerson } from '#contract/people';
import { axeFindings as findings } from './desk-habits.ts';
import { sideways } from './fit.ts';
import type { PageOptions } from './house.ts';
import { type RunbooksHouse, runbooksHouse } from './runbooks-house.ts';

const shots = process.env.WARROOM_SHOTS;
const text = (page: Page, id: string): Promise<string | null> => page.textContent(`[data-testid="${id}"]`);

describe('the incident room', () => {
  let house: RunbooksHouse;
  beforeAll(async () => {
    house = await runbooksHouse();
  }, 180_000);
  afterAll(() => house?.close());
  afterEach(() => house?.leave()); // a page that nobody looks at still draws every frame
  const person = (role: DemoPerson['role'], index = 0): DemoPerson => house.person(role, index);
  const open = (by: DemoPerson, path: string, options: PageOptions = {}) => house.open(by, { ...options, path });
  const api = <T>(by: DemoPerson, method: 'GET' | 'POST', path: string, body?: object): Promise<T> =>
    house.ask(by, method, path, body);
  const declare = async (title: string, more: object = {}): Promise<Incident> =>
    (await api<{ incident: Incident }>(person('oncall'), 'POST', '/api/v1/incidents', { title, ...more })).incident;

  it('[INC20] declared by key from an alert; a second person sees it live; status, hand-over and note; walls show it until it is resolved with its summary', async () => {
    const [ann, bo] = [person('oncall', 0), person('oncall', 1)];
    await api(ann, 'POST', '/api/v2/alerts', [
      {
        labels: { alertname: 'CallbacksLost', severity: 'critical', service: 'payment' },
        annotations: { summary: 'Payment callbacks are lost' },
      },
    ]);
    let alert: Alert | undefined;
    await expect
      .poll(async () => {
        const { alerts } = await api<{ alerts: Alert[] }>(ann, 'GET', '/api/v1/alerts?rule=CallbacksLost');
        alert = alerts[0];
        return alerts.length;
      })
      .toBe(1);
    const { page, faults } = await open(ann, '/incidents');
    const wall = await open({ ...person('oncall'), ...house.access.roles.viewer }, '/wall', {
      width: 1_920,
      height: 1_080,
    });
    await page.waitForSelector('[data-testid="declare"]');
    const { page: other } = await open(bo, '/incidents');
    await other.waitForSelector('[data-testid="declare"]');
    await page.keyboard.press('n');
    await page.click(`[data-testid="choice"] input[value="${alert?.id}"]`);
    await page.fill('[data-testid="act"] [name="title"]', 'Callbacks lost');
    await page.click('[data-testid="act"] [type="submit"]');
    await page.waitForURL(/\/incidents\/inc-1/);
    await page.waitForSelector('[data-testid="headline"][data-state="open"]');
    await page.waitForSelector(`[data-testid="linked-${alert?.id}"]`);
    await other.waitForSelector('[data-testid="incident-1"][data-state="open"]');
    await expect.poll(() => text(wall.page, 'incident-banner'), { timeout: 20_000 }).toMatch(/Incident 1.*Callbacks/);
    // the desk's bar has room for its number and name; what is longer ends with dots
    const desk = await open(bo, '/desk', { width: 1_920, height: 1_080 });
    const chip = desk.page.locator('.desk-head [data-testid="incident-banner"]');
    await chip.filter({ hasText: /Incident 1 ?Callbacks lost/ }).waitFor({ timeout: 20_000 });
    await desk.page.waitForSelector('.desk-duty[title*="on duty"]');
    if (shots) await desk.page.screenshot({ path: `${shots}/desk-incident.png` });
    expect(await chip.evaluate((node) => node.scrollWidth - node.clientWidth)).toBeLessThanOrEqual(0);
    expect(await chip.evaluate((node) => getComputedStyle(node).textOverflow)).toBe('ellipsis');
    const [chipBox, headBox] = [
      await chip.boundingBox(),
      await desk.page.locator('.desk-head .wall-mid').boundingBox(),
    ];
    expect((chipBox?.x ?? 0) + (chipBox?.width ?? 0)).toBeLessThanOrEqual(
      (headBox?.x ?? 0) + (headBox?.width ?? 0) + 1,
    );

    await other.keyboard.press('Enter'); // the one that is chosen
    await other.waitForURL(/\/incidents\/inc-1/);
    await other.waitForSelector('[data-testid="do-status"]');
    await page.keyboard.press('s');
    await page.fill('[data-testid="act"] [name="zh"]', '已切到备用通道');
    await page.fill('[data-testid="act"] [name="en"]', 'Switched to the standby channel');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid="act"]', { state: 'detached' });
    await expect.poll(() => text(other, 'status')).toMatch(/已切到备用通道.*Switched to the standby channel/);
    await expect.poll(() => text(other, 'next-update')).toMatch(/left/);

    await other.keyboard.press('h');
    await other.waitForFunction(
      (name) => document.querySelector<HTMLInputElement>('[name="person"]')?.value === name,
      bo.name,
    );
    await other.keyboard.press('Enter');
    await expect.poll(() => text(page, 'role-commander')).toContain(bo.name);
    // a run of a plan is linked by hand, and let go
    const { run } = await api<{ run: { id: string } }>(bo, 'POST', '/api/v1/runs', {
      runbook: 'payment-risk',
      drill: true,
    });
    await page.keyboard.press('l');
    await page.check(`[data-testid="run-choice"] input[value="${run.id}"]`);
    await page.click('[data-testid="act"] [type="submit"]');
    const linked = `[data-testid="linked-${run.id}"]`;
    await other.waitForSelector(linked);
    await page.click(`${linked} button`);
    await other.waitForSelector(linked, { state: 'detached' });
    await page.keyboard.press('c');
    await page.fill('[data-testid="act"] [name="text"]', 'vendor called');
    await page.keyboard.press('Enter');
    await expect.poll(() => text(other, 'entries')).toMatch(/vendor called/);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/incident-en.png` });
    expect(await findings(page)).toEqual([]);

    await other.keyboard.press('m');
    await other.waitForSelector('[data-testid="act"]');
    await other.keyboard.press('Enter');
    await page.waitForSelector('[data-testid="headline"][data-state="mitigated"]');
    await page.keyboard.press('r');
    // the alert still fires: the list is shown, and it takes a tick and a note
    await expect.poll(() => text(page, 'still-firing')).toContain('Payment callbacks are lost');
    await page.check('[data-testid="act"] [name="despite"]');
    await page.fill('[data-testid="act"] [name="text"]', 'switched back');
    await page.keyboard.press('Enter');
    await other.waitForSelector('[data-testid="headline"][data-state="resolved"]');
    await expect.poll(() => text(other, 'summary')).toMatch(/1 alert(?!s)/);
    await wall.page.waitForSelector('[data-testid="incident-banner"]', { state: 'detached', timeout: 20_000 });
    if (shots !== undefined) await other.screenshot({ path: `${shots}/incident-over-en.png` });
    expect([...faults, ...wall.faults]).toEqual([]);
  }, 120_000);

  it('[INC21] a change decided on an old version is refused, what was typed stays, and can be sent again', async () => {
    const [ann, bo] = [person('oncall', 0), person('oncall', 1)];
    const incident = await declare('Two at once');
    const { page } = await open(ann, `/incidents/${incident.id}`);
    await page.waitForSelector('[data-testid="do-status"]');
    await page.keyboard.press('s');
    await page.fill('[data-testid="act"] [name="en"]', 'mine');
    // her page hears nothing for a moment: it decides on what it was shown
    await page.context().setOffline(true);
    await api(bo, 'POST', `/api/v1/incidents/${incident.id}/status`, { en: 'his' });
    await page.context().setOffline(false);
    await page.evaluate(() => undefined);
    const refusedOrTaken = page.waitForFunction(() => {
      const refused = document.querySelector('[data-testid="act-refused"]')?.textContent ?? '';
      return refused !== '' || document.querySelector('[data-testid="act"]') === null;
    });
    await page.click('[data-testid="act"] [type="submit"]');
    await refusedOrTaken;
    // either it had heard already, or it was refused with what was typed kept
    if ((await page.locator('[data-testid="act"]').count()) > 0) {
      expect(await page.inputValue('[data-testid="act"] [name="en"]')).toBe('mine');
      await expect.poll(() => text(page, 'status')).toMatch(/his/);
      await page.click('[data-testid="act"] [type="submit"]');
    }
    await expect.poll(() => text(page, 'status')).toMatch(/mine/);
    const { entries } = await api<{ entries: { kind: string }[] }>(ann, 'GET', `/api/v1/incidents/${incident.id}`);
    expect(entries.filter(({ kind }) => kind === 'incident.status')).toHaveLength(2);
  }, 60_000);

  for (const lang of ['zh', 'en'] as const)
    it(`[INC22] one column on a phone, nothing sideways, no chart library, sound for everybody; who may only read sees no commands (${lang})`, async () => {
      const incident = await declare(
        lang === 'zh' ? '结算页超时,华东用户无法下单' : 'Checkout times out for buyers in the east',
        {
          tier: 'red',
        },
      );
      const size = { width: 390, height: 844, lang };
      const { page, faults, requests } = await open(person('oncall'), `/incidents/${incident.id}`, size);
      await page.waitForSelector('[data-testid="do-status"]');
      expect(await sideways(page)).toBe(0);
      const small = await page.evaluate(
        () =>
          [...document.querySelectorAll<HTMLElement>('.incident-acts .button')].filter((one) => one.offsetHeight < 44)
            .length,
      );
      expect(small).toBe(0);
      expect(requests.filter((url) => /echarts|WallScreen/i.test(url))).toEqual([]);
      expect(await findings(page)).toEqual([]);
      if (shots !== undefined) await page.screenshot({ path: `${shots}/incident-phone-${lang}.png`, fullPage: true });
      await page.click('[data-testid="do-role"]');
      await page.waitForSelector('[data-testid="act"]');
      expect(await sideways(page)).toBe(0);
      expect(faults).toEqual([]);
      await page.context().close();
      if (lang === 'zh' && shots === undefined) return; // the rest has no words of its own
      const reader = await open(person('marketing'), `/incidents/${incident.id}`, { lang });
      await reader.page.waitForSelector('[data-testid="read-only"]');
      expect(await reader.page.locator('.incident-acts').count()).toBe(0);
      expect(reader.faults).toEqual([]);
      if (shots !== undefined) await reader.page.screenshot({ path: `${shots}/incident-${lang}-desk.png` });
      if (shots === undefined) return;
      const list = await open(person('oncall'), '/incidents', { lang });
      await list.page.waitForSelector(`[data-testid="incident-${incident.number}"]`);
      await list.page.screenshot({ path: `${shots}/incidents-${lang}.png` });
    }, 60_000);
});
