import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DeskHouse, deskHouse } from './desk-house.ts';
import { freezableProxy } from './freezable-proxy.ts';

const row = (id: string): string => `[data-testid="alert-row"][data-key="${id}"]`;
const WAIT = { timeout: 15_000 };

describe('on-call desk', { timeout: 60_000 }, () => {
  let house: DeskHouse;
  beforeAll(async () => {
    house = await deskHouse();
  }, 180_000);
  afterAll(() => house?.close());
  afterEach(() => house.clear());
  /** Chooses an alert by its line; the list then stands still. */
  async function choose(page: Page, id: string): Promise<void> {
    await page.waitForSelector(row(id), WAIT);
    await page.click(row(id));
    await page.waitForSelector(`[data-testid="detail"][data-alert="${id}"] h1`, WAIT);
  }
  const textOf = (page: Page, selector: string) => expect.poll(() => page.textContent(selector), WAIT);

  it('[UI23] [UI24] an ack is on wall and phone at once with its owner, `u` takes it back, both are on record', async () => {
    const { page, faults } = await house.open(house.oncall(0));
    const { page: wall } = await house.open(house.access.roles.viewer, { path: '/wall', width: 1920, height: 1080 });
    const { page: phone } = await house.open(house.oncall(1), { width: 390, height: 844, touch: true });
    await page.waitForSelector('[data-testid="alert-list"]', WAIT);
    await wall.waitForSelector('[data-testid="alerts"]', WAIT);
    await phone.waitForSelector('[data-testid="phone-desk"]', WAIT);
    await house.raise([{ id: 'shared', tier: 'orange', startsAt: Date.now() - 3_600_000 }]);
    await choose(page, 'shared');
    await phone.waitForSelector('[data-testid="card"][data-key="shared"]', WAIT);
    await wall.waitForSelector('[data-testid="alert-shared"]', WAIT);
    await page.keyboard.press('a');
    const { name } = house.oncall(0);
    await textOf(page, row('shared')).toContain(name);
    await textOf(phone, '[data-key="shared"]').toContain(name);
    await textOf(wall, '[data-testid="alert-shared"]').toContain(name);
    await page.waitForSelector('[data-testid="undo"]', WAIT);
    await page.keyboard.press('u');
    await textOf(phone, '[data-key="shared"]').toContain('未认领');
    await textOf(page, row('shared')).toContain('未认领');
    const { history } = await house.detail('shared');
    const types = history.map(({ type }) => type).filter((type) => type.includes('acknowledged'));
    expect(types).toEqual(['alert_acknowledged', 'alert_unacknowledged']);
    expect(faults).toEqual([]);
    await Promise.all([page, wall, phone].map((each) => each.context().close()));
  });

  it('[UI25] two people take one alert at once: one owner on both screens, the other is told who and may take over', async () => {
    await house.raise([{ id: 'race' }]);
    const screens = await Promise.all([house.open(house.oncall(0)), house.open(house.oncall(1))]);
    await Promise.all(screens.map(({ page }) => choose(page, 'race')));
    await Promise.all(screens.map(({ page }) => page.keyboard.press('a')));
    await expect.poll(async () => (await house.detail('race')).alert.owner?.name ?? null, WAIT).not.toBeNull();
    const owner = (await house.detail('race')).alert.owner?.name ?? '';
    const loser = screens[owner === house.oncall(0).name ? 1 : 0];
    for (const { page } of screens) await textOf(page, row('race')).toContain(owner);
    await textOf(loser.page, '[data-testid="told"]').toContain(`${owner} 先认领了`);
    await loser.page.keyboard.press('o');
    const second = house.oncall(owner === house.oncall(0).name ? 1 : 0).name;
    for (const { page } of screens) await textOf(page, row('race')).toContain(second);
    await Promise.all(screens.map(({ context }) => context.close()));
  });

  it('[UI26] the chosen line keeps its place to the pixel while a hundred alerts come; the pill counts them and their worst', async () => {
    await house.raise([{ id: 'anchor', tier: 'yellow' }]);
    const { page, context } = await house.open(house.oncall(0));
    // the pointer alone holds the list
    await page.hover(row('anchor'));
    await textOf(page, '[data-testid="held"]').toBe('列表已定住');
    await house.raise([{ id: 'over-it', tier: 'orange' }]);
    await page.waitForSelector('[data-testid="news"][data-count="1"]', WAIT);
    expect(await page.locator('[data-testid="alert-row"]').first().getAttribute('data-key')).toBe('anchor');
    await page.mouse.move(1_200, 5);
    await page.waitForSelector(row('over-it'), WAIT);
    await choose(page, 'anchor');
    const top = () =>
      page.evaluate((at) => document.querySelector(at)?.getBoundingClientRect().top ?? null, row('anchor'));
    const before = (await top()) ?? Number.NaN;
    await house.raise(
      Array.from({ length: 100 }, (_, n) => ({
        id: `new-${n}`,
        tier: n === 40 ? ('red' as const) : ('orange' as const),
      })),
    );
    await page.waitForSelector('[data-testid="news"][data-count="100"]', WAIT);
    expect(Math.abs(((await top()) ?? Number.NaN) - before)).toBeLessThanOrEqual(1);
    expect(await page.locator('[data-testid="news"] [data-tier="red"]').count()).toBe(1);
    expect(await page.locator('[data-testid="alert-row"]').count()).toBeLessThanOrEqual(60);
    await page.click('[data-testid="news"]');
    await page.waitForSelector(row('new-40'), WAIT); // red: first, now that it was asked for
    await page.waitForSelector('[data-testid="news"]', { state: 'detached', ...WAIT });
    await context.close();
  });

  it('[UI27] keys act; none while the filter is typed in, none with Ctrl or Meta, none when they are turned off', async () => {
    await house.raise([{ id: 'keys', annotations: { summary: 'Keyboard', summary_zh: '键盘' } }]);
    const { page, context, sent } = await house.open(house.oncall(0));
    await page.waitForSelector('[data-testid="alert-row"]', WAIT);
    await page.keyboard.press('/');
    await page.keyboard.type('jakub 键盘');
    await textOf(page, '[data-testid="list-none"]').toContain('没有符合');
    await page.fill('[data-testid="filter"]', '键盘');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="alert-row"]').length === 1, null, WAIT);
    await page.keyboard.press('Enter');
    await page.keyboard.press('j');
    await page.waitForSelector('[data-testid="detail"][data-alert="keys"] h1', WAIT);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Meta+a');
    await page.keyboard.press('k');
    await page.keyboard.press('?');
    await page.waitForSelector('[data-testid="commands"][open]', WAIT);
    await page.keyboard.press('a');
    expect(sent).toEqual([]);
    await page.uncheck('[data-testid="single-keys"]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid="commands"][open]', { state: 'detached', ...WAIT });
    await page.keyboard.press('a');
    await page.keyboard.press('Control+k');
    await page.waitForSelector('[data-testid="commands"][open]', WAIT);
    expect(sent).toEqual([]);
    await page.check('[data-testid="single-keys"]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid="commands"][open]', { state: 'detached', ...WAIT });
    await page.keyboard.press('a');
    await textOf(page, row('keys')).toContain(house.oncall(0).name);
    await page.keyboard.press('u');
    await textOf(page, row('keys')).toContain('未认领');
    expect(sent).toEqual(['POST /api/v1/alerts/keys/acknowledge', 'POST /api/v1/alerts/keys/unacknowledge']);
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.waitForURL(/\/runbooks$/, WAIT);
    await context.close();
  });

  it('[UI28] dialogs keep the keyboard and give it back; the words stay when somebody else was faster', async () => {
    await house.raise([{ id: 'slow-writer' }]);
    const { page, context } = await house.open(house.oncall(0), { lang: 'en' });
    await choose(page, 'slow-writer');
    await page.keyboard.press('e');
    await page.waitForSelector('[data-testid="ask"][open]', WAIT);
    await page.fill('[data-testid="ask"] textarea', 'I cannot reach the bank');
    await house.act('slow-writer', 'notes', { text: 'the bank knows' }, house.oncall(1));
    await house.act('slow-writer', 'acknowledge', {}, house.oncall(1));
    await page.click('[data-testid="ask"] [type="submit"]');
    await textOf(page, '[data-testid="conflict"]').toContain(`${house.oncall(1).name} acknowledged`);
    expect(await page.inputValue('[data-testid="ask"] textarea')).toBe('I cannot reach the bank');
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate(
          () =>
            document.querySelector('dialog[open]')?.contains(document.activeElement) ||
            document.activeElement === document.body,
        ),
      ).toBe(true);
    }
    await page.click('[data-testid="ask"] [type="submit"]');
    await page.waitForSelector('[data-testid="ask"]', { state: 'detached', ...WAIT });
    await expect
      .poll(
        async () => (await house.detail('slow-writer')).history.map(({ type, text }) => `${type} ${text ?? ''}`),
        WAIT,
      )
      .toContain('alert_escalated I cannot reach the bank');
    await page.focus('[data-testid="do-note"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid="ask"][open]', WAIT);
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid="ask"]', { state: 'detached', ...WAIT });
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'do-note', null, WAIT);
    await context.close();
  });

  it('[DESK9] a silence takes what it mutes from the alert, counts it, and demands a reason', async () => {
    await house.raise([
      { id: 'noisy', rule: 'Noisy', labels: { alertname: 'Noisy', pod: 'a' } },
      { id: 'noisier', rule: 'Noisy', labels: { alertname: 'Noisy', pod: 'b' } },
    ]);
    const { page, context } = await house.open(house.oncall(0), { lang: 'en' });
    await choose(page, 'noisy');
    await page.keyboard.press('s');
    await textOf(page, '[data-testid="silence-matches"]').toBe('mutes 1 now');
    await page.click('[data-testid="silence"] [aria-label="Drop pod"]');
    await textOf(page, '[data-testid="silence-matches"]').toBe('mutes 2 now');
    await page.click('[data-testid="silence"] [type="submit"]');
    expect(await page.locator('[data-testid="silence"][open]').count()).toBe(1); // no reason, no silence
    await page.fill('[data-testid="silence"] textarea', 'known');
    await page.click('[data-testid="silence"] [type="submit"]');
    await textOf(page, '[data-testid="mutes"]').toContain('known');
    await textOf(page, row('noisier')).toContain('silenced');
    await textOf(page, '[data-testid="silence-count"]').toBe('Silences 1');
    await context.close();
  });

  it('[UI30] a red alert is spoken once, fifty others in three lines at most', async () => {
    await house.raise([{ id: 'there-before' }]);
    const { page, context } = await house.open(house.oncall(0), { lang: 'en' });
    await page.waitForSelector(row('there-before'), WAIT);
    await page.evaluate(() => {
      const told: { red: string[]; others: string[] } = { red: [], others: [] };
      (globalThis as unknown as { told: typeof told }).told = told;
      for (const [name, id] of [
        ['red', 'say-red'],
        ['others', 'say-others'],
      ] as const) {
        const element = document.querySelector(`[data-testid="${id}"]`);
        if (element === null) throw new Error(`no ${id}`);
        new MutationObserver(() => told[name].push(element.textContent ?? '')).observe(element, {
          childList: true,
          characterData: true,
          subtree: true,
        });
      }
    });
    const told = () =>
      page.evaluate(() => (globalThis as unknown as { told: { red: string[]; others: string[] } }).told);
    await house.raise([{ id: 'stand-up', tier: 'red', annotations: { summary: 'Stand up' } }]);
    await expect.poll(async () => (await told()).red, WAIT).toEqual(['Critical alert: Stand up']);
    for (let part = 0; part < 5; part += 1)
      await house.raise(Array.from({ length: 10 }, (_, n) => ({ id: `watch-${part}-${n}`, tier: 'cyan' as const })));
    const said = (lines: readonly string[]): number =>
      lines.reduce((sum, line) => sum + Number(/^(\d+) new alerts?,/.exec(line)?.[1] ?? 0), 0);
    await expect.poll(async () => said((await told()).others), WAIT).toBeGreaterThanOrEqual(50);
    const { red, others } = await told();
    expect(red).toHaveLength(1);
    expect(others.length).toBeLessThanOrEqual(3);
    await context.close();
  });

  it('[UI13] [UI16] with the server frozen actions go off and say why, colours are withdrawn, and nothing is sent later', async () => {
    await house.raise([{ id: 'frozen' }]);
    const door = await freezableProxy(house.url);
    const { page, context, sent } = await house.open(house.oncall(0), { base: door.url });
    await choose(page, 'frozen');
    door.freeze();
    await page.waitForSelector('[data-testid="desk"][data-trusted="false"]', WAIT);
    await page.waitForSelector('[data-link="offline"]', WAIT);
    await page.waitForSelector('[data-testid="do-acknowledge"]:disabled', WAIT);
    await page.keyboard.press('a');
    await page.keyboard.press('Shift+A');
    await page.keyboard.press('e');
    await textOf(page, '[data-testid="told"]').toContain('什么都没有发出');
    door.thaw();
    await page.waitForSelector('[data-testid="desk"][data-trusted="true"]', WAIT);
    await page.waitForSelector('[data-testid="do-acknowledge"]:enabled', WAIT);
    expect(sent).toEqual([]);
    expect((await house.detail('frozen')).history.filter(({ actor }) => actor.kind === 'user')).toEqual([]);
    await context.close();
    door.close();
  });
});
