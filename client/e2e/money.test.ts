import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MovePreview, MoveReply } from '#contract/budget';
import { axeFindings, sideways, smallTargets } from './desk-habits.ts';
import { freezableProxy } from './freezable-proxy.ts';
import { type MoneyHouse, moneyHouse } from './money-house.ts';

const WAIT = { timeout: 30_000 };
const shots = process.env.WARROOM_SHOTS;
const id = (name: string): string => `[data-testid="${name}"]`;
/** ¥10,000 in minor units: the table counts in 万 or K. */
const WAN = 1_000_000;

async function hold(page: Page, testId: string, ms: number): Promise<void> {
  const button = page.getByTestId(testId);
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  if (box === null) throw new Error(`${testId} is not there`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.waitForTimeout(ms);
  await page.mouse.up();
}
const enabled = (page: Page, testId: string) => page.waitForSelector(`${id(testId)}:not([disabled])`, WAIT);
const gone = (page: Page, selector: string) => page.waitForSelector(selector, { ...WAIT, state: 'detached' });

describe('the marketing desk', { timeout: 120_000 }, () => {
  let house: MoneyHouse;
  beforeAll(async () => {
    house = await moneyHouse();
  }, 180_000);
  afterAll(() => house?.close());

  it('[MON7] [MON9] a card becomes a request in two acts by keyboard alone; a sure one goes at once and is taken back', async () => {
    const leg = { from: 'chan:search', to: 'chan:content', amountMinor: 400 * WAN };
    const weak = await house.advise(leg, 0.72);
    const { page, faults, sent } = await house.open(house.ann);
    await page.waitForSelector(id(`card-${weak}`), WAIT);
    await page.keyboard.press('c');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'send', null, WAIT);
    await page.keyboard.down(' ');
    await gone(page, id('preview-dialog'));
    await page.keyboard.up(' ');
    expect(sent).toEqual(['POST /api/v1/budget/transfers']);
    const [asked] = await house.moves();
    expect(asked).toMatchObject({ state: 'awaiting_approval', recommendationId: weak, tier: 'T1' });
    await page.keyboard.press('a'); // to what waits: it is my own, so it can be withdrawn
    await page.waitForFunction(
      (name) => document.activeElement?.getAttribute('data-testid') === name,
      `withdraw-${asked?.id}`,
      WAIT,
    );
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${id(`move-${asked?.id}`)}[data-state="cancelled"]`, WAIT);
    // sure enough and small: no second person, but five seconds of holding
    const sure = await house.advise(leg, 0.95);
    await page.waitForSelector(id(`card-${sure}`), WAIT);
    await page.keyboard.press('c');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'send', null, WAIT);
    await page.waitForSelector(`${id('preview-facts')}[data-tier="T0"]`, WAIT);
    await hold(page, 'send', 1_300);
    expect(sent.filter((each) => each.endsWith('/transfers'))).toHaveLength(1); // too short for this one
    await page.focus(id('send'));
    await page.keyboard.down(' ');
    await gone(page, id('preview-dialog'));
    await page.keyboard.up(' ');
    const [done] = await house.moves();
    expect(done).toMatchObject({ state: 'settled', tier: 'T0', recommendationId: sure });
    await page.click(id(`undo-${done?.id}`));
    await page.waitForSelector(id('preview-facts'), WAIT);
    await enabled(page, 'send');
    await hold(page, 'send', 1_300);
    await expect.poll(async () => (await house.moves())[0], WAIT).toMatchObject({ undoOf: done?.id, state: 'settled' });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('[MON3] [MON6] [MON7] typed, balanced, previewed, held; a second account decides; a cancelled countdown sends nothing', async () => {
    const ann = await house.open(house.ann);
    const bo = await house.open(house.bo, { lang: 'zh' });
    const { page } = ann;
    const before = Number(await page.inputValue(id('field-chan:social')));
    // en counts in M here: 20 M from search to social
    await page.keyboard.press('j');
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid)).toBe('field-chan:search');
    await page.fill(id('field-chan:search'), String(Number(await page.inputValue(id('field-chan:search'))) - 20));
    await page.waitForSelector(`${id('sum')}[data-sum="-2000000000"]`, WAIT);
    expect(await page.getByTestId('preview').isDisabled()).toBe(true);
    await expect.poll(() => page.textContent(id('change-why')), WAIT).toBe('must be 0');
    await page.fill(id('field-chan:social'), String(before + 20));
    await page.waitForSelector(`${id('sum')}[data-sum="0"]`, WAIT);
    await page.keyboard.press('Escape'); // out of the field: keys are keys again
    await page.keyboard.press('v');
    await page.waitForSelector(id('preview-facts'), WAIT);
    await expect.poll(() => page.textContent(id('change-chan:social')), WAIT).toMatch(/1\.40B → .*1\.42B/);
    expect(await page.getByTestId('send').isDisabled()).toBe(true); // no reason yet
    await page.fill(`${id('preview-dialog')} [name="reason"]`, 'search is saturated');
    await enabled(page, 'send');
    if (shots) await page.screenshot({ path: `${shots}/money-preview-en.png` });
    await hold(page, 'send', 400);
    expect(ann.sent).toEqual([]);
    await hold(page, 'send', 1_300);
    await gone(page, id('preview-dialog'));
    await page.waitForSelector(`${id('changes')}[data-count="0"]`, WAIT);
    const [move] = await house.moves();
    if (move === undefined) throw new Error('nothing was asked for');
    expect(ann.sent).toEqual(['POST /api/v1/budget/transfers']);
    expect(move).toMatchObject({ state: 'awaiting_approval', tier: 'T1', reason: 'search is saturated' });
    // one's own approval is not offered, and refused when asked for anyway
    await page.waitForSelector(`${id(`waiting-${move.id}`)}[data-own="true"]`, WAIT);
    expect(await page.getByTestId(`approve-${move.id}`).count()).toBe(0);
    const own = await house.call<{ code: string }>(house.ann, 'POST', `/budget/transfers/${move.id}/approve`, {
      terms: move.terms,
    });
    expect([own.status, own.body.code]).toEqual([403, 'self_approval']);
    // the other one: too short a hold, then a cancelled countdown
    const approve = `approve-${move.id}`;
    await enabled(bo.page, approve);
    await hold(bo.page, approve, 400);
    expect(await bo.page.getByTestId(`${approve}-counting`).count()).toBe(0);
    await hold(bo.page, approve, 1_300);
    await bo.page.waitForSelector(id(`${approve}-counting`), WAIT);
    await bo.page.keyboard.press('Escape');
    await enabled(bo.page, approve);
    expect(bo.sent).toEqual([]);
    // held and left alone it goes; both see it
    await hold(bo.page, approve, 1_300);
    for (const desk of [ann, bo]) {
      await desk.page.waitForSelector(`${id(`move-${move.id}`)}[data-state="settled"]`, WAIT);
      await expect.poll(() => desk.page.textContent(id('waterfall')), WAIT).toBeTruthy();
    }
    await expect.poll(() => page.inputValue(id('field-chan:social')), WAIT).toBe(String(before + 20));
    expect([...ann.faults, ...bo.faults]).toEqual([]);
    await ann.page.context().close();
    await bo.page.context().close();
  });

  it('[MON4] two change the same channel: neither loses what was typed; theirs, mine anew, my number', async () => {
    const ann = await house.open(house.ann);
    const bo = await house.open(house.bo);
    for (const { page } of [ann, bo]) {
      await page.fill(id('field-chan:kol'), '790');
      await page.fill(id('field-chan:content'), '610');
      await page.waitForSelector(`${id('sum')}[data-sum="0"]`, WAIT);
    }
    await ann.page.click(id('preview'));
    await ann.page.waitForSelector(id('preview-facts'), WAIT);
    await ann.page.fill(`${id('preview-dialog')} [name="reason"]`, 'mine');
    await house.moved('chan:kol', 'chan:search', 500 * WAN);
    // the preview is worked out again: it would be refused, in words
    await expect
      .poll(() => ann.page.textContent(id('preview-off')), WAIT)
      .toContain('Somebody just changed the budget');
    expect(await ann.page.getByTestId('send').isDisabled()).toBe(true);
    await ann.page.keyboard.press('Escape');
    const conflict = id('conflict-chan:kol');
    for (const { page } of [ann, bo]) {
      const text = await (await page.waitForSelector(conflict, WAIT)).textContent();
      expect(text).toContain('It was ¥800.0M, is now ¥795.0M, you typed ¥790.0M');
      expect(await page.inputValue(id('field-chan:kol'))).toBe('790');
      expect(await page.getByTestId('preview').isDisabled()).toBe(true);
    }
    if (shots) await ann.page.screenshot({ path: `${shots}/money-conflict-en.png` });
    await ann.page.click(`${conflict} ${id('redo-mine')}`);
    await gone(ann.page, conflict);
    expect(await ann.page.inputValue(id('field-chan:kol'))).toBe('785');
    await ann.page.click(id('preview'));
    await ann.page.waitForSelector(id('preview-facts'), WAIT);
    await ann.page.fill(`${id('preview-dialog')} [name="reason"]`, 'mine again');
    await enabled(ann.page, 'send');
    await hold(ann.page, 'send', 1_300);
    await gone(ann.page, id('preview-dialog'));
    await bo.page.click(`${conflict} ${id('keep-mine')}`);
    await gone(bo.page, conflict);
    expect(await bo.page.inputValue(id('field-chan:kol'))).toBe('790');
    await bo.page.waitForSelector(`${id('sum')}[data-sum="500000000"]`, WAIT); // 5 M less to give: said, not hidden
    const [asked] = await house.moves();
    await ann.page.click(id(`withdraw-${asked?.id}`));
    await ann.page.waitForSelector(`${id(`move-${asked?.id}`)}[data-state="cancelled"]`, WAIT);
    expect([...ann.faults, ...bo.faults]).toEqual([]);
    await ann.page.context().close();
    await bo.page.context().close();
  });

  it('[MON6] ten seconds without the server: actions off with the reason, and nothing is sent afterwards', async () => {
    const door = await freezableProxy(house.url);
    const { page, sent } = await house.open(house.ann, { base: door.url });
    await page.click(id('less-chan:search'));
    await page.click(id('more-chan:kol'));
    await enabled(page, 'preview');
    door.freeze();
    await page.waitForSelector(`${id('action-off')}`, WAIT);
    expect(await page.textContent(id('action-off'))).toContain('results cannot be confirmed');
    expect(await page.getByTestId('preview').isDisabled()).toBe(true);
    expect(await page.getByTestId('less-chan:search').isDisabled()).toBe(true);
    await page.keyboard.press('v');
    expect(await page.locator(id('preview-dialog')).count()).toBe(0);
    door.thaw();
    await enabled(page, 'preview'); // and what was typed is still there
    await page.waitForSelector(`${id('changes')}[data-count="2"]`, WAIT);
    expect(sent).toEqual([]);
    await page.context().close();
    door.close();
  });

  it('[MON8] [MON10] over the limit: refused by screen and server; above a tier: others decide; frozen and stale: locked with the reason', async () => {
    const { page, faults } = await house.open(house.ann, { lang: 'zh' });
    const type = async (search: number, social: number): Promise<void> => {
      const [a, b] = await Promise.all([house.account('chan:search'), house.account('chan:social')]);
      await page.fill(id('field-chan:search'), String(a.allocated / WAN + search));
      await page.fill(id('field-chan:social'), String(b.allocated / WAN + social));
      await page.waitForSelector(`${id('sum')}[data-sum="0"]`, WAIT);
      await page.keyboard.press('Escape');
      await page.keyboard.press('v');
      await page.waitForSelector(id('preview-facts'), WAIT);
    };
    await type(-30_000, 30_000);
    await page.fill(`${id('preview-dialog')} [name="reason"]`, '太多');
    await expect.poll(() => page.textContent(id('preview-off')), WAIT).toMatch(/单次调整过大.*最多 ¥2\.\d+亿/);
    expect(await page.getByTestId('send').isDisabled()).toBe(true);
    const over = await house.request(house.ann, 'chan:search', 'chan:social', 30_000 * WAN);
    expect([over.status, (over.body as unknown as { code: string }).code]).toEqual([422, 'step_too_large']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('z');
    await page.waitForSelector(`${id('changes')}[data-count="0"]`, WAIT);
    // 2.5 % of the envelope: directors, not peers
    await type(-10_000, 10_000);
    await page.waitForSelector(`${id('preview-facts')}[data-tier="T2"]`, WAIT);
    await expect.poll(() => page.textContent(id('who-decides')), WAIT).toContain('财务总监');
    await page.fill(`${id('preview-dialog')} [name="reason"]`, '加大社交');
    await enabled(page, 'send');
    await hold(page, 'send', 1_300);
    await gone(page, id('preview-dialog'));
    const [large] = await house.moves();
    const peer = await house.open(house.bo, { width: 390, height: 844, touch: true, lang: 'zh' });
    await peer.page.waitForSelector(`${id(`waiting-${large?.id}`)}[data-mine="false"]`, WAIT);
    expect(await peer.page.getByTestId(`approve-${large?.id}`).count()).toBe(0);
    const finance = await house.open(house.person('finance', 0), { width: 390, height: 844, touch: true, lang: 'zh' });
    await enabled(finance.page, `approve-${large?.id}`);
    expect(await sideways(finance.page)).toBeLessThanOrEqual(0);
    if (shots) await finance.page.screenshot({ path: `${shots}/money-inbox-390-zh.png` });
    await finance.page.click(id(`reject-${large?.id}`));
    await finance.page.fill(`${id('reject-move')} [name="reason"]`, '先观察');
    await finance.page.click(id('reject-move-send'));
    await page.waitForSelector(`${id(`move-${large?.id}`)}[data-state="rejected"]`, WAIT);
    await peer.page.context().close();
    // frozen by the one with the brake: refused in words
    await page.keyboard.press('f');
    await page.waitForSelector(`${id('freeze-dialog')}[open]`, WAIT);
    await page.selectOption(`${id('freeze-dialog')} [name="channel"]`, 'social');
    await page.fill(`${id('freeze-dialog')} [name="reason"]`, '库存告急');
    await hold(page, 'freeze-send', 1_300);
    await page.waitForSelector(id('freezes'), WAIT);
    expect(await page.locator('[data-testid^="lift-"]').count()).toBe(0); // lifting is for finance and the commander
    await type(-100, 100);
    await page.fill(`${id('preview-dialog')} [name="reason"]`, '再加');
    await expect.poll(() => page.textContent(id('preview-off')), WAIT).toContain('预算冻结中');
    await page.keyboard.press('Escape');
    const lift = (await finance.page.waitForSelector('[data-testid^="lift-"]', WAIT)) as {
      getAttribute(n: string): Promise<string | null>;
    };
    await hold(finance.page, (await lift.getAttribute('data-testid')) ?? '', 1_300);
    await gone(page, id('freezes'));
    await finance.page.context().close();
    // the ad reports stop: advice is withdrawn and the field locked
    await house.advise({ from: 'chan:search', to: 'chan:content', amountMinor: 1_000 * WAN }, 0.9);
    await expect.poll(() => page.textContent(id('advice-chan:content')), WAIT).toContain('+¥1,000');
    await house.oldAdReport();
    await page.waitForSelector(`${id('row-chan:content')}[data-stale="true"]`, WAIT);
    await expect.poll(() => page.textContent(id('lock-chan:content')), WAIT).toBe('锁定:数据停更');
    await expect.poll(() => page.textContent(id('advice-chan:content')), WAIT).toBe('数据停更');
    expect(await page.getByTestId('more-chan:content').isDisabled()).toBe(true);
    expect(await page.locator(id('field-chan:content')).isEditable()).toBe(false);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  for (const lang of ['zh', 'en'] as const)
    it(`[UI5] [UI6] [UI29] [UI33] every part in ${lang}: no foreign word, nothing serious for axe, no sideways scrolling`, async () => {
      await house.advise({ from: 'chan:search', to: 'chan:content', amountMinor: 1_000 * WAN }, 0.7);
      const { page, faults } = await house.open(house.ann, { lang, width: 1920, height: 1080 });
      await page.keyboard.press('y');
      await page.waitForSelector('[data-testid^="line-"]', WAIT);
      await page.waitForSelector(`${id('curve-chart')} canvas`, WAIT);
      await page.waitForSelector('[data-advice-card]', WAIT);
      await page.fill(id('field-reserve:hq'), '1');
      await page.waitForSelector(`${id('changes')}[data-count="1"]`, WAIT);
      const words = await page.evaluate(() => {
        const [copy] = [document.querySelector('.money')?.cloneNode(true) as HTMLElement];
        // names and reasons are in whatever language people wrote them
        for (const own of copy.querySelectorAll('.move-list, .inbox-item, .alert-lines, .ledger tbody, canvas'))
          own.remove();
        return copy.innerText ?? copy.textContent ?? '';
      });
      expect(words).not.toMatch(/\{\w+\}|undefined|NaN|\b(no|bound|why|veto|note|state|tier|seat|entry)\.[a-z_]+/);
      if (lang === 'en') expect(words).not.toMatch(/[\u3400-\u9fff]/);
      else expect(words.replace(/CSV|JSONL|ROAS/g, '')).not.toMatch(/[a-z]{3,} [a-z]{3,}/i);
      expect(await axeFindings(page)).toEqual([]);
      expect(await smallTargets(page, 24)).toEqual([]);
      if (shots) await page.screenshot({ path: `${shots}/money-${lang}-1920.png` });
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await page.waitForSelector(`${id('key-help')}[open]`, WAIT);
      await page.keyboard.press('Escape');
      for (const width of [320, 390, 768, 1280, 3840]) {
        await page.setViewportSize({ width, height: 844 });
        await expect.poll(() => sideways(page), { ...WAIT, message: `${width}` }).toBeLessThanOrEqual(0);
      }
      expect(await page.inputValue(id('field-reserve:hq'))).toBe('1'); // what was typed outlives the change of form
      expect(faults).toEqual([]);
      await page.context().close();
    });

  it('[MON6] a preview writes nothing', async () => {
    const before = (await house.moves()).length;
    const [search, social] = await Promise.all([house.account('chan:search'), house.account('chan:social')]);
    const { body } = await house.call<MoveReply>(house.ann, 'POST', '/budget/transfers', {
      legs: [{ from: search.id, to: social.id, amountMinor: WAN }],
      expected: { [search.id]: search.allocationVersion, [social.id]: social.allocationVersion },
      reason: 'preview',
      validateOnly: true,
    });
    expect((body.preview as MovePreview).changes).toHaveLength(2);
    expect((await house.moves()).length).toBe(before);
  });
});
