import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '#contract/timeline';
import { axeFindings, smallTargets } from './desk-habits.ts';
import { sideways } from './fit.ts';
import { shots, usePages } from './pages-house.ts';

describe('timeline page', () => {
  const { open, api, person, url } = usePages();
  const note = (text: string): Promise<TimelineEntry> => api('oncall', 'POST', '/api/v1/timeline/notes', { text });

  it('[PAGE12] [PAGE13] a note by its key; the list stands still under the pointer; the filter is in the address', async () => {
    const { page, faults } = await open('oncall', '/timeline');
    const list = page.getByTestId('entries');
    await list.locator('[data-kind="login.succeeded"], [data-kind="campaign.opened"]').first().waitFor();
    await page.keyboard.press('c');
    await page.fill('[data-testid="note"] [name="text"]', 'gateway rolled back');
    await page.keyboard.press('Enter');
    await list.locator('[data-kind="note"]', { hasText: 'gateway rolled back' }).waitFor();

    // somebody reads: three notes come, nothing moves, and they are counted
    await page.mouse.move(0, 0);
    await list.hover();
    const first = list.locator('li').first();
    const before = { text: await first.textContent(), box: await first.boundingBox() };
    for (const text of ['one', 'two', 'three']) await note(text);
    await page.waitForFunction(() => document.querySelector('[data-testid="new"]')?.textContent?.startsWith('3'));
    expect(await first.textContent()).toBe(before.text);
    expect(Math.abs(((await first.boundingBox())?.y ?? 0) - (before.box?.y ?? -9))).toBeLessThanOrEqual(1);
    // by its key, as it were: a pointer that leaves the list lets the list go on, and the pill is gone before the click
    await page.getByTestId('new').evaluate((pill: HTMLElement) => pill.click());
    await page.waitForFunction(() =>
      document.querySelector('[data-testid="entries"] li')?.textContent?.includes('three'),
    );

    // the filter: typed, in the address, the same after a reload; keys are letters meanwhile
    await page.mouse.move(0, 0);
    await page.keyboard.press('/');
    await page.keyboard.type('gateway c');
    await page.waitForURL(/q=gateway\+c/);
    expect(await page.getByTestId('note').count()).toBe(0);
    await page.fill('[name="q"]', 'gateway');
    await page.getByTestId('group-notes').click();
    await page.waitForURL(/kinds=notes.*q=gateway|q=gateway.*kinds=notes/);
    const rows = list.locator('li');
    await expect.poll(() => rows.count()).toBe(1);
    await page.reload();
    await expect.poll(() => rows.count()).toBe(1);
    await expect.poll(() => page.inputValue('[name="q"]')).toBe('gateway');
    // what comes live is held against the same filter
    await note('nothing of it');
    await note('the gateway again');
    await expect.poll(() => rows.count()).toBe(2);
    await page.waitForSelector('[data-testid="axis-notes"]');
    expect(faults).toEqual([]);
  }, 180_000);

  it('[PAGE13] older pages come by scrolling, and at most 60 rows are in the document', async () => {
    for (let from = 0; from < 240; from += 40)
      await Promise.all(Array.from({ length: 40 }, (_, index) => note(`older ${from + index}`)));
    const { page } = await open('oncall', '/timeline?kinds=notes');
    const list = page.getByTestId('entries');
    await list.locator('li').first().waitFor();
    const oldest = (await api<{ entries: TimelineEntry[] }>('oncall', 'GET', '/api/v1/timeline?kinds=note&limit=500'))
      .entries[0];
    await expect
      .poll(
        async () => {
          await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
          expect(await list.locator('li').count()).toBeLessThanOrEqual(60);
          return list.locator(`li[data-seq="${oldest?.seq}"]`).count();
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    await page.keyboard.press('p');
    await page.waitForSelector('[data-testid="follow"]');
    await page.keyboard.press('p');
    await page.waitForFunction(() => document.querySelector('[data-testid="entries"]')?.scrollTop === 0);
  }, 180_000);

  it('[PAGE11] [PAGE15] exports for those who may; the hand-over says what happened and what is still open', async () => {
    const endsAt = Date.now() + 3 * 3_600_000;
    const matchers = [{ name: 'service', op: '=', value: 'cart' }];
    await api('oncall', 'POST', '/api/v1/silences', { matchers, endsAt, comment: 'cart is being moved' });
    await note('hand this over');
    await api('oncall', 'POST', '/api/v1/runs', { runbook: 'payment-risk', drill: true });
    const { page, faults } = await open('oncall', '/timeline');
    const href = await page.getByTestId('export-csv').getAttribute('href');
    const csv = await fetch(`${url()}${href}`, { headers: { authorization: `Bearer ${person('oncall').token}` } });
    expect(await csv.text()).toContain('hand this over');
    await page.keyboard.press('v');
    const text = page.getByTestId('handover-text');
    await expect.poll(() => text.textContent()).toMatch(/hand this over/);
    const whole = (await text.textContent()) ?? '';
    expect(whole).toMatch(
      /Silences that end in the next shift: 1\n-+\nservice="cart" · ends \d\d:\d\d · cart is being moved/,
    );
    expect(whole).toMatch(/Runbooks being carried out: 1\n-+\n.+ · 0\/\d+/);
    expect(whole).toMatch(/Alerts still open: \d+/);
    // on paper stands the text and nothing else
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.page-bar').isVisible()).toBe(false);
    expect(await text.isVisible()).toBe(true);
    const viewer = await open('viewer', '/timeline');
    await viewer.page.getByTestId('entries').waitFor();
    expect(await viewer.page.getByTestId('export-csv').count()).toBe(0);
    expect(await viewer.page.getByTestId('write-note').isDisabled()).toBe(true);
    expect(faults).toEqual([]);
  }, 180_000);

  for (const lang of ['zh', 'en'] as const)
    it(`[PAGE2] [PAGE3] [PAGE16] [UI5] [UI6] [UI29] by keys to the next page; fits 390 px; nothing serious for axe (${lang})`, async () => {
      const { page, faults } = await open('commander', '/timeline', { lang });
      await page.getByTestId('entries').locator('li').first().waitFor();
      if (shots) await page.screenshot({ path: `${shots}/timeline-${lang}.png` });
      if (lang === 'en') expect(await axeFindings(page)).toEqual([]);
      expect(await smallTargets(page, 24)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      await expect.poll(() => sideways(page)).toBeLessThanOrEqual(0);
      if (shots) await page.screenshot({ path: `${shots}/timeline-${lang}-phone.png` });
      // language and theme are in sight without pushing the bar
      const ends = await page
        .locator('.page-bar-end button, .page-bar-end a')
        .evaluateAll((all) =>
          all.map((each) => each.getBoundingClientRect()).map(({ left, right }) => left >= 0 && right <= innerWidth),
        );
      expect(ends.length).toBeGreaterThanOrEqual(4);
      expect(ends).not.toContain(false);
      // what happened begins in the upper half
      const first = await page.locator('[data-testid^="axis-"]').first().boundingBox();
      expect(first?.y).toBeLessThan(844 / 2);
      const who = page.locator('[name="who"]');
      expect(await who.isVisible()).toBe(false);
      await page.getByTestId('more-filters').click();
      await who.waitFor();
      await page.keyboard.press('?');
      await page.waitForSelector('[data-testid="key-help"][open]');
      await page.keyboard.press('Escape');
      await page.waitForSelector('[data-testid="key-help"]', { state: 'detached' });
      await page.keyboard.press('g');
      await page.keyboard.press('s');
      await page.waitForSelector('[data-testid="silences"]');
      await page.waitForFunction(() => {
        const link = document.querySelector('.page-bar [aria-current]')?.getBoundingClientRect();
        return link !== undefined && link.left >= 0 && link.right <= innerWidth;
      });
      expect(faults).toEqual([]);
    }, 180_000);
});
