import { readFileSync } from 'node:fs';
import type { Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AlertsReply } from '#contract/alerts';
import type { DemoPerson } from '#contract/people';
import type { Run } from '#contract/runbooks';
import { smallTargets } from './desk-habits.ts';
import { freezableProxy } from './freezable-proxy.ts';
import type { PageOptions } from './house.ts';
import { hold } from './money/press.ts';
import { type RunbooksHouse, runbooksHouse } from './runbooks-house.ts';

const shots = process.env.WARROOM_SHOTS;

describe('runs on two screens', () => {
  let house: RunbooksHouse;
  beforeAll(async () => {
    house = await runbooksHouse();
  }, 180_000);
  afterAll(() => house?.close());
  afterEach(() => house?.leave()); // a page that nobody looks at still draws every frame
  const oncall = (index: number): DemoPerson => house.person('oncall', index);
  const open = (person: DemoPerson, path: string, options: PageOptions = {}) =>
    house.open(person, { ...options, path });
  const api = <T>(person: DemoPerson, path: string, body: object): Promise<T> =>
    house.ask(person, 'POST', `/api/v1${path}`, body);
  /** A run whose steps before `n` are skipped, and `n` claimed by the person. */
  async function runAt(n: number, person: DemoPerson): Promise<string> {
    const { run } = await api<{ run: Run }>(person, '/runs', { runbook: 'payment-risk' });
    for (let step = 1; step < n; step += 1) await api(person, `/runs/${run.id}/steps/${step}/skip`, { reason: 'test' });
    await api(person, `/runs/${run.id}/steps/${n}/claim`, {});
    return run.id;
  }
  const step = (page: Page, n: number, state?: string) =>
    page.waitForSelector(`[data-testid="step-${n}"]${state === undefined ? '' : `[data-state="${state}"]`}`);
  const execution = (page: Page, n: number, state: string) =>
    page.waitForSelector(`[data-testid="action-${n}"][data-execution="${state}"]`, { timeout: 15_000 });
  /** Holds until what it did is seen, however slow the machine is. */
  async function holdUntil(page: Page, done: () => Promise<unknown>): Promise<void> {
    const button = page.getByTestId('hold');
    await button.scrollIntoViewIfNeeded();
    const box = await button.boundingBox();
    if (box === null) throw new Error('no hold button');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await done();
    await page.mouse.up();
  }

  it('[UIR1] a plan is started by hand; two people see the same state live, by keys shown on the screen', async () => {
    const { page: ann, faults } = await open(oncall(0), '/runbooks/payment-risk');
    await ann.getByTestId('start').click();
    await ann.waitForURL(/\/runs\/r-/);
    await step(ann, 1, 'pending');
    const { page: bo } = await open(oncall(1), new URL(ann.url()).pathname);
    await step(bo, 1, 'pending');
    await ann.keyboard.press('o');
    const seen = await step(bo, 1, 'claimed');
    await expect.poll(() => seen.textContent()).toContain(oncall(0).name);
    // the other one is told who has it, and may take over
    await bo.keyboard.press('o'); // asks first
    await expect
      .poll(() => bo.textContent('[data-testid="reason"]'))
      .toMatch(new RegExp(`${oncall(0).name} has owned step 1 since \\d\\d:\\d\\d`));
    await bo.keyboard.press('Enter');
    await expect.poll(async () => (await step(ann, 1, 'claimed')).textContent()).toContain('attempt 2');
    // who lost it sees it said
    await expect
      .poll(async () => (await ann.waitForSelector('[data-testid="lost"]')).textContent())
      .toContain(`${oncall(1).name} took step 1`);
    // a later step is refused at the first touch, with the way to the one that comes first
    await ann.keyboard.press('j');
    await ann.keyboard.press('o');
    await expect
      .poll(() => ann.textContent('[data-testid="refused"]'))
      .toContain('step 1 · Confirm the fault and freeze increases');
    await ann.click('[data-testid="go-first"]');
    await ann.waitForSelector('[data-testid="step-1"][data-open="true"]');
    // its action was not run and its check cannot be true: that is what is bright, and "done" says so
    await bo.waitForSelector('[data-testid="dry-run"].button-main');
    expect(await bo.getAttribute('[data-testid="done"]', 'class')).toBe('button');
    await bo.keyboard.press('d');
    await expect.poll(() => bo.textContent('[data-testid="doubts"]')).toContain('has not been run');
    await bo.getByTestId('reason').getByRole('textbox').fill('rate is 2 %');
    await bo.keyboard.press('Enter');
    await expect.poll(async () => (await step(ann, 1, 'done')).textContent()).toContain('rate is 2 %');
    await ann.waitForSelector('[data-testid="step-2"][data-open="true"]'); // the next one opens by itself
    await ann.keyboard.press('s');
    await ann.getByTestId('reason').getByRole('textbox').fill('known');
    await ann.keyboard.press('Enter');
    await step(bo, 2, 'skipped');
    // and the run's own record says all of it, on both screens
    for (const each of [ann, bo])
      await expect
        .poll(() => each.textContent('[data-testid="record"]'), { timeout: 15_000 })
        .toMatch(
          new RegExp(`step 2 was skipped: known.*step 1 is done · rate is 2 % · ${oncall(1).name}.*step 1 was taken`),
        );
    expect(faults).toEqual([]);
  });

  it('[UIR2] [UIR7] a costly act: no hold, no act; countdown; cancelled by another one, nothing is sent', async () => {
    const id = await runAt(4, oncall(0));
    const { page: ann } = await open(oncall(0), `/runs/${id}`);
    const { page: bo } = await open(oncall(1), `/runs/${id}`);
    await step(ann, 4, 'claimed');
    // [UIR7] single keys that are turned off do nothing here either
    await ann.evaluate(() => localStorage.setItem('wr-single-keys', 'off'));
    await ann.keyboard.press('?');
    await ann.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect(await ann.getByTestId('key-help').count()).toBe(0);
    await ann.evaluate(() => localStorage.setItem('wr-single-keys', 'on'));
    await ann.keyboard.press('?');
    await ann.waitForSelector('[data-testid="key-help"][open]');
    await ann.keyboard.press('Escape');
    await ann.waitForSelector('[data-testid="key-help"]', { state: 'detached' });
    await ann.keyboard.press('e');
    await ann.waitForSelector('[data-testid="preview"]');
    await expect.poll(() => ann.getByTestId('preview').textContent()).toContain('poll_payment_results.lookbackMinutes');
    // what was asked for by a key is held by one
    await expect.poll(() => ann.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('hold');
    await hold(ann, 'hold', 400);
    expect(await ann.getByTestId('action-4').getAttribute('data-execution')).toBe('none');
    await ann.keyboard.down('Enter');
    await execution(ann, 4, 'countdown');
    await ann.keyboard.up('Enter');
    await execution(bo, 4, 'countdown');
    await bo.keyboard.press('x');
    await execution(ann, 4, 'cancelled');
    expect(house.calls.filter(({ path }) => path === '/poll_payment_results')).toHaveLength(0);
  });

  it('[UIR3] above the limit a second person approves; one’s own approval is not offered; sent once', async () => {
    const id = await runAt(3, oncall(0));
    const { page: ann } = await open(oncall(0), `/runs/${id}`);
    const { page: bo } = await open(oncall(1), `/runs/${id}`);
    await step(ann, 3, 'claimed');
    await ann.keyboard.press('e');
    await ann.waitForSelector('[data-testid="preview"]');
    await holdUntil(ann, () => execution(ann, 3, 'awaiting'));
    expect(await ann.getByTestId('approve').count()).toBe(0);
    await execution(bo, 3, 'awaiting');
    await expect.poll(() => bo.textContent('[data-testid="waits"]')).toContain('Step 3');
    if (shots) await bo.screenshot({ path: `${shots}/run-approve-en.png`, fullPage: true });
    await bo.keyboard.press('y');
    await execution(ann, 3, 'countdown');
    await execution(ann, 3, 'sent');
    expect(house.calls.filter(({ path }) => path === '/scale_payment_callbacks')).toHaveLength(1);
    await ann.click('[data-testid="undo"]');
    await expect.poll(() => ann.textContent('[data-testid="preview"]')).toContain('Callback workers go back');
    expect(await ann.textContent('[data-testid="preview-of"]')).toBe('What undoing would do');
  });

  it('[UIR4] a banner set by a step reaches the frames of all screens', async () => {
    const id = await runAt(6, oncall(0));
    const { page: ann } = await open(oncall(0), `/runs/${id}`);
    await step(ann, 6, 'claimed');
    const { page: wall } = await open(house.access.roles.viewer, '/wall', { width: 1_920, height: 1_080 });
    await ann.keyboard.press('e');
    await ann.waitForSelector('[data-testid="preview"]');
    await holdUntil(ann, () => execution(ann, 6, 'sent'));
    const line = await wall.waitForSelector('[data-testid="room-banner"]', { timeout: 10_000 });
    await expect.poll(() => line.textContent()).toContain('Payments update late; money is safe');
  });

  it('[UIR5] no horizontal scrolling and no serious accessibility fault, desk and phone, both languages', async () => {
    const id = await runAt(3, oncall(0));
    const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
    for (const lang of ['zh', 'en'] as const)
      for (const [name, path] of [
        ['runbooks', '/runbooks'],
        ['plan', '/runbooks/payment-risk'],
        ['run', `/runs/${id}`],
      ] as const) {
        const { page, faults } = await open(oncall(0), path, { width: 1_440, height: 900, lang });
        await page.waitForSelector('[data-testid="runbooks"] .card, [data-testid="plan"], [data-testid="run"]');
        if (name === 'run') {
          await page.waitForSelector('[data-testid="dry-run"]');
          await page.keyboard.press('e');
          await page.waitForSelector('[data-testid="preview"]');
        }
        for (const [width, height] of [
          [1_440, 900],
          [375, 812],
          [320, 640],
        ] as const) {
          await page.setViewportSize({ width, height });
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(wide, `${name} ${width} ${lang}`).toBeLessThanOrEqual(0);
          if (shots) await page.screenshot({ path: `${shots}/${name}-${width}-${lang}.png`, fullPage: width === 375 });
          if (width !== (lang === 'zh' ? 1_440 : 375)) continue;
          // each language and each form once: axe is slow
          expect(await smallTargets(page, width === 375 ? 44 : 24), `${name} ${width}`).toEqual([]);
          await page.evaluate(axe);
          const found = await page.evaluate(async () => {
            const { violations } = await (
              globalThis as unknown as {
                axe: {
                  run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
                };
              }
            ).axe.run();
            return violations
              .filter(({ impact }) => impact === 'serious' || impact === 'critical')
              .map(({ id: rule, nodes }) => `${rule}: ${nodes[0]?.html}`);
          });
          expect(found, `${name} ${width} ${lang}`).toEqual([]);
        }
        expect(faults, `${name} ${lang}`).toEqual([]);
        await page.context().close();
      }
  }, 180_000);

  it('[UIR8] while the server loads its store the run stays on the screen, old and without actions, and comes back by itself', async () => {
    const id = await runAt(2, oncall(0));
    const { page } = await open(oncall(0), `/runs/${id}`);
    await step(page, 2, 'claimed');
    const loading = JSON.stringify({ code: 'store_loading', message: 'loading', requestId: 'r', retryable: true });
    const refuse = (route: Route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: loading });
    await page.route('**/api/v1/runs/**', refuse);
    // somebody else's step makes the page read again
    await api(oncall(1), `/runs/${id}/abort`, { reason: 'over' });
    await expect.poll(() => page.textContent('[data-testid="old"]'), { timeout: 30_000 }).toContain('loading its data');
    await step(page, 2, 'claimed');
    expect(await page.getByTestId('done').isDisabled()).toBe(true);
    const { page: late } = await open(oncall(1), '/runbooks');
    await late.waitForSelector('[data-testid="runbooks"] .card'); // signed in
    await late.route('**/api/v1/runs/**', refuse);
    await late.goto(`${house.url}/runs/${id}`);
    await expect
      .poll(() => late.textContent('[data-testid="waiting"]'), { timeout: 30_000 })
      .toContain('opens by itself');
    await late.unroute('**/api/v1/runs/**');
    await page.unroute('**/api/v1/runs/**');
    for (const each of [page, late]) await each.waitForSelector('[data-testid="run"][data-run="aborted"]');
    await page.waitForSelector('[data-testid="old"]', { state: 'detached' });
  });

  it('[UIR9] while it runs, the head shows the tier that the alert has now, and names the one it had at the start', async () => {
    const labels = { alertname: 'QueueGrows', severity: 'warning' };
    await house.ask(oncall(0), 'POST', '/api/v2/alerts', [{ labels, annotations: { summary: 'The queue grows' } }]);
    const [alert] = (await house.ask<AlertsReply>(oncall(0), 'GET', '/api/v1/alerts?rule=QueueGrows')).alerts;
    const body = { alertId: alert?.id, runbook: 'payment-risk', drill: true };
    const { run } = await api<{ run: Run }>(oncall(0), '/runs', body);
    expect(run.tier).not.toBe('red');
    const { page } = await open(oncall(0), `/runs/${run.id}`);
    await page.waitForSelector(`.run-head h1 [data-tier="${run.tier}"]`);
    expect(await page.getByTestId('tier-then').count()).toBe(0);
    await api(oncall(1), `/alerts/${alert?.id}/escalate`, { tier: 'red' });
    await page.waitForSelector('.run-head h1 [data-tier="red"]', { timeout: 20_000 });
    await expect.poll(() => page.textContent('[data-testid="tier-then"]')).toContain('when it was started');
    await api(oncall(0), `/alerts/${alert?.id}/resolve`, { comment: 'over' });
  });

  it('[UIR6] without the link nothing can be pressed, and a viewer may only read', async () => {
    const id = await runAt(2, oncall(0));
    const { page } = await open(house.access.roles.viewer, `/runs/${id}`);
    await step(page, 2, 'claimed');
    expect(await page.getByTestId('abort').isDisabled()).toBe(true);
    for (const button of await page.locator('.step-commands button').all())
      expect(await button.isDisabled()).toBe(true);
    const door = await freezableProxy(house.url);
    const { page: cut } = await open(oncall(0), `/runs/${id}`, { base: door.url, clock: true });
    await cut.waitForSelector('[data-testid="done"]:enabled');
    door.freeze();
    await cut.clock.runFor(11_000);
    await cut.waitForSelector('[data-testid="done"]:disabled');
    for (const name of ['fail', 'skip', 'abort']) expect(await cut.getByTestId(name).isDisabled(), name).toBe(true);
    for (const key of ['d', 's', 'o', 'e']) await cut.keyboard.press(key);
    expect(await cut.locator('dialog[open]').count()).toBe(0);
    await cut.context().close();
    door.close();
  });
});
