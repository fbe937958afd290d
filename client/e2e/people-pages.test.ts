import { describe, expect, it } from 'vitest';
import type { DutyShift } from '#contract/duty';
import { axeFindings, smallTargets } from './desk-habits.ts';
import { sideways } from './fit.ts';
import { shots, usePages } from './pages-house.ts';

const HOUR_MS = 3_600_000;

describe('pages of silences, duty and rules', () => {
  const { open, api, url } = usePages();

  it('[PAGE50] a silence: preview, reason and end are needed; its end is moved; it is ended, on every screen', async () => {
    const key = await api<{ token: string }>('admin', 'POST', '/api/v1/keys', {
      name: 'am',
      sources: ['alertmanager'],
    });
    const told = await fetch(`${url()}/api/v2/alerts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.token}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ labels: { alertname: 'DiskFull', severity: 'warning' } }]),
    });
    expect(told.status).toBe(200);
    const { page, faults } = await open('oncall', '/silences');
    const other = await open('viewer', '/silences', { lang: 'zh' });
    await page.waitForSelector('[data-testid="no-silence"]');
    expect(await other.page.getByTestId('new').isDisabled()).toBe(true);
    await page.keyboard.press('n');
    const send = page.getByTestId('new-silence-send');
    expect(await send.isDisabled()).toBe(true);
    await page.fill('[name="value-0"]', 'DiskFull');
    await page.waitForSelector('[data-testid="preview"][data-count="1"]');
    // the watchdog always fires, and nothing mutes it
    await page.fill('[name="value-0"]', 'Watchdog');
    await page.waitForSelector('[data-testid="preview"][data-count="0"]');
    await page.fill('[name="value-0"]', 'DiskFull');
    await page.getByTestId('for-5').click();
    expect(await send.isDisabled()).toBe(true); // no reason yet
    await page.fill('[name="comment"]', 'rehearsal');
    await page.waitForSelector('[data-testid="preview"][data-count="1"]');
    if (shots) await page.screenshot({ path: `${shots}/silence-new.png` });
    await send.click();
    const card = '[data-testid="group-active"] [data-testid^="silence-"]';
    // five minutes are soon, and it counts what it mutes
    await page.waitForSelector(`${card}[data-soon="true"][data-count="1"]`);
    await other.page.waitForSelector(`${card}[data-count="1"]`);
    await page.getByRole('button', { name: 'Change its end' }).click();
    await page.getByTestId('for-60').click();
    await page.getByTestId('edit-end-send').click();
    await page.waitForSelector(`${card}[data-soon="false"]`);
    await page.getByTestId('expire').click();
    await page.waitForSelector('[data-testid="group-expired"]');
    await page.waitForSelector('[data-testid="group-active"]', { state: 'detached' });
    await other.page.waitForSelector('[data-testid="group-active"]', { state: 'detached' });
    expect([...faults, ...other.faults]).toEqual([]);
  }, 180_000);

  it('[PAGE22] [PAGE24] a shift is put and changed; of two people at once the second sees what the first made of it', async () => {
    const { page, faults } = await open('commander', '/roster');
    await page.waitForSelector('[data-testid="on-technology_lead"]');
    await page.keyboard.press('n');
    await page.selectOption('[name="post"]', 'data_lead');
    await page.fill('[name="person"]', 'Lin Yue');
    await page.getByTestId('shift-send').click();
    const bar = page.locator('[data-testid="week-data_lead-A"] [data-testid^="bar-"]');
    await expect.poll(() => bar.textContent()).toBe('Lin Yue');
    const { shifts } = await api<{ shifts: DutyShift[] }>('commander', 'GET', '/api/v1/duty/shifts');
    const [shift] = shifts;
    if (shift === undefined) throw new Error('no shift');
    await bar.click();
    await page.fill('[name="person"]', 'Zhao Ming');
    const { id, version, updatedAt: _at, updatedBy: _by, ...fields } = shift;
    await api('admin', 'PUT', `/api/v1/duty/shifts/${id}`, { ...fields, person: 'Sun Qi', version });
    await page.getByTestId('shift-send').click();
    await expect.poll(() => page.getByTestId('theirs').textContent()).toContain('Sun Qi');
    expect(await page.inputValue('[name="person"]')).toBe('Zhao Ming'); // what was typed stays
    await page.getByTestId('shift-send').click();
    await expect.poll(() => bar.textContent()).toBe('Zhao Ming');
    // a second one with an hour between: allowed, and said
    const later = { ...fields, startsAt: fields.endsAt + HOUR_MS, endsAt: fields.endsAt + 4 * HOUR_MS };
    await api('commander', 'PUT', '/api/v1/duty/shifts/later', later);
    await page.waitForSelector('[data-testid="warnings"] [data-kind="gap"]');
    await bar.first().click();
    await page.getByTestId('delete-shift').click();
    await page.waitForSelector('[data-testid="warnings"]', { state: 'detached' });
    expect(faults).toEqual([]);
  }, 180_000);

  it('[PAGE21] somebody stands in with a reason, is on at once, and can be let off', async () => {
    const { page, faults } = await open('commander', '/roster');
    const { page: reader } = await open('oncall', '/roster', { lang: 'zh' });
    await reader.waitForSelector('[data-testid="on-risk_lead"]');
    expect(await reader.getByTestId('new-shift').isDisabled()).toBe(true);
    await page.waitForSelector('[data-testid="on-risk_lead"]');
    await page.keyboard.press('i');
    await page.selectOption('[name="post"]', 'risk_lead');
    await page.fill('[name="person"]', 'Gao Lan');
    expect(await page.getByTestId('shift-send').isDisabled()).toBe(true);
    await page.fill('[name="comment"]', 'ill');
    await page.getByTestId('shift-send').click();
    for (const each of [page, reader])
      await expect.poll(() => each.getByTestId('on-risk_lead').textContent(), { timeout: 30_000 }).toContain('Gao Lan');
    await page.getByTestId('end-override').click();
    for (const each of [page, reader])
      await expect.poll(() => each.getByTestId('on-risk_lead').textContent()).not.toContain('Gao Lan');
    expect(faults).toEqual([]);
  }, 180_000);

  it('[PAGE32] [PAGE33] rules: what is wrong first; a changed rule is back-tested beside the present one; a fault is named with its line', async () => {
    const { page, faults } = await open('oncall', '/rules');
    await page.waitForSelector('[data-testid="rule-Watchdog"][data-evaluation="firing"]');
    await page.fill('[name="q"]', 'ServiceErrors');
    await expect.poll(() => page.locator('[data-rule-row]').count()).toBe(1);
    await page.getByRole('button', { name: 'ServiceErrors' }).click();
    await page.waitForURL(/rule=ServiceErrors/);
    await page.waitForSelector('[data-testid="rule-detail"][data-rule="ServiceErrors"] [data-ok="true"]');
    // by what is wrong, as everywhere else; the id stands beside it, for the file
    await expect.poll(() => page.locator('[data-testid="rule-detail"] h2').textContent()).toBe('‹service› fails');
    const yaml = page.locator('[name="yaml"]');
    expect(await yaml.inputValue()).toContain('alert: ServiceErrors');
    await page.getByTestId('run-backtest').click();
    await page.waitForSelector('[data-testid="bt-outcome"]', { timeout: 30_000 });
    await expect.poll(() => page.getByTestId('sum-present').textContent()).toBe('would not fire');
    await expect.poll(() => page.getByTestId('sum-did').textContent()).toBe('did not fire');
    await yaml.fill((await yaml.inputValue()).replace('fault_rate', 'fault_rat'));
    await page.getByTestId('run-backtest').click();
    await expect
      .poll(() => page.locator('.backtest [role="alert"]').textContent(), { timeout: 30_000 })
      .toMatch(/rules:\d+: expr: .*fault_rat/);
    await page.keyboard.press('Tab'); // out of the field
    await page.locator('h1').click();
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid="rule-detail"]', { state: 'detached' });
    expect(faults).toEqual([]);
  }, 180_000);

  for (const lang of ['zh', 'en'] as const)
    it(`[UI5] [UI6] [UI29] these pages fit 390 px and have nothing serious for axe (${lang})`, async () => {
      const { page, faults } = await open('commander', '/silences', { lang });
      await page.waitForSelector('[data-testid="silences"]'); // the link is exchanged for a session
      for (const [path, ready] of [
        ['/silences', '[data-testid="silences"] h1'],
        ['/roster', '[data-testid="on-technology_lead"]'],
        ['/rules?rule=PaymentSlow', '[data-testid="rule-detail"]'],
      ] as const) {
        await page.setViewportSize({ width: 1_440, height: 900 });
        await page.goto(`${new URL(page.url()).origin}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
        await page.waitForSelector(ready);
        if (shots) await page.screenshot({ path: `${shots}/${path.slice(1, 7)}-${lang}.png` });
        if (lang === 'en') expect(await axeFindings(page), path).toEqual([]);
        expect(await smallTargets(page, 24), path).toEqual([]);
        await page.setViewportSize({ width: 390, height: 844 });
        await expect.poll(() => sideways(page), { message: path }).toBeLessThanOrEqual(0);
      }
      expect(faults).toEqual([]);
    }, 180_000);
});
