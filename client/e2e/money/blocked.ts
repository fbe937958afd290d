import { expect, it } from 'vitest';
import { sideways, smallTargets } from '../desk-habits.ts';
import { freezableProxy } from '../freezable-proxy.ts';
import type { MoneyHouse } from '../money-house.ts';
import { enabled, gone, holdUntil, id, leave, say, sees, send, shots, WAIT, WAN } from './press.ts';

/** What stands in the way, and that the screen and the server both say so. */
export function blocked(at: () => MoneyHouse): void {
  it('[MON6] ten seconds without the server: actions off with the reason, and nothing is sent afterwards', async () => {
    const house = at();
    const door = await freezableProxy(house.url);
    const { page, sent } = await house.open(house.ann, { base: door.url, clock: true });
    await page.click(id('less-chan:search'));
    await page.click(id('more-chan:social'));
    await enabled(page, 'preview');
    door.freeze();
    await page.clock.runFor(11_000);
    await sees(page, id('action-off'));
    expect(await page.textContent(id('action-off'))).toContain('results cannot be confirmed');
    expect(await page.getByTestId('preview').isDisabled()).toBe(true);
    expect(await page.getByTestId('less-chan:search').isDisabled()).toBe(true);
    for (const name of ['limits-chan:search', 'emergency', 'freeze'])
      expect(await page.getByTestId(name).isDisabled(), name).toBe(true);
    for (const key of ['v', 'e', 'l', 'f']) await page.keyboard.press(key);
    expect(await page.locator('dialog[open]').count()).toBe(0);
    door.thaw();
    await enabled(page, 'preview'); // and what was typed is still there
    await sees(page, `${id('changes')}[data-count="2"]`);
    expect(sent).toEqual([]);
    await page.context().close();
    door.close();
  });

  it('[MON8] [MON10] over the limit: refused by screen and server; above a tier: others decide; frozen and stale: locked with the reason', async () => {
    const house = at();
    const { page, faults } = await house.desk(house.ann, { lang: 'zh' });
    const type = async (search: number, social: number): Promise<void> => {
      const [a, b] = await Promise.all([house.account('chan:search'), house.account('chan:social')]);
      await page.fill(id('field-chan:search'), String(a.allocated / WAN + search));
      await page.fill(id('field-chan:social'), String(b.allocated / WAN + social));
      await sees(page, `${id('sum')}[data-sum="0"]`);
      await page.keyboard.press('Escape');
      await page.keyboard.press('v');
      await sees(page, id('preview-facts'));
    };
    await type(-30_000, 30_000);
    await say(page, '太多');
    await expect.poll(() => page.textContent(id('preview-off')), WAIT).toMatch(/单次调整过大.*最多 ¥2\.\d+亿/);
    expect(await page.getByTestId('send').isDisabled()).toBe(true);
    const over = await house.request(house.ann, 'chan:search', 'chan:social', 30_000 * WAN);
    expect([over.status, (over.body as unknown as { code: string }).code]).toEqual([422, 'step_too_large']);
    await leave(page);
    await page.keyboard.press('z');
    await sees(page, `${id('changes')}[data-count="0"]`);
    // 2.5 % of the envelope: directors, not peers
    await type(-10_000, 10_000);
    await sees(page, `${id('preview-facts')}[data-tier="T2"]`);
    await expect.poll(() => page.textContent(id('who-decides')), WAIT).toContain('财务总监');
    await say(page, '加大社交');
    await send(page);
    const [large] = await house.moves();
    const phone = { width: 390, height: 844, touch: true, lang: 'zh' } as const;
    const peer = await house.desk(house.bo, { clock: true });
    await sees(peer.page, `${id(`waiting-${large?.id}`)}[data-mine="false"]`);
    expect(await peer.page.getByTestId(`approve-${large?.id}`).count()).toBe(0);
    const finance = await house.desk(house.person('finance', 0), phone);
    await enabled(finance.page, `approve-${large?.id}`);
    expect(await sideways(finance.page)).toBeLessThanOrEqual(0);
    expect(await smallTargets(finance.page, 44)).toEqual([]);
    if (shots) await finance.page.screenshot({ path: `${shots}/money-inbox-390-zh.png` });
    await finance.page.click(id(`reject-${large?.id}`));
    await say(finance.page, '先观察', 'reject-move');
    await finance.page.click(id('reject-move-send'));
    await sees(page, `${id(`move-${large?.id}`)}[data-state="rejected"]`);
    // frozen by the one with the brake: refused in words
    await page.keyboard.press('f');
    await sees(page, `${id('freeze-dialog')}[open]`);
    await page.selectOption(`${id('freeze-dialog')} [name="channel"]`, 'social');
    await say(page, '库存告急', 'freeze-dialog');
    await holdUntil(page, 'freeze-send', () => gone(page, id('freeze-dialog')));
    await sees(page, id('freezes'));
    expect(await page.locator('[data-testid^="lift-"]').count()).toBe(0); // lifting is for finance and the commander
    await type(-100, 100);
    await say(page, '再加');
    await expect.poll(() => page.textContent(id('preview-off')), WAIT).toContain('预算冻结中');
    await leave(page);
    const lift = await finance.page.waitForSelector('[data-testid^="lift-"]', WAIT);
    await holdUntil(finance.page, (await lift.getAttribute('data-testid')) ?? '', () => gone(page, id('freezes')));
    await page.keyboard.press('z');
    // the ad reports stop: advice is withdrawn, and money leaves ads only
    await house.advise({ from: 'chan:search', to: 'chan:content', amountMinor: 1_000 * WAN }, 0.9);
    await expect.poll(() => page.textContent(id('advice-chan:content')), WAIT).toContain('+¥1,000');
    await house.oldAdReport();
    await sees(page, `${id('row-chan:content')}[data-stale="true"]`);
    await expect.poll(() => page.textContent(id('lock-chan:content')), WAIT).toBe('数据停更：只能调减，钱退到投放池');
    await expect.poll(() => page.textContent(id('advice-chan:content')), WAIT).toBe('数据停更');
    expect(await page.getByTestId('more-chan:content').isDisabled()).toBe(true);
    const content = await house.account('chan:content');
    const field = async (minor: number): Promise<void> => {
      await page.fill(id('field-chan:content'), String(minor / WAN));
    };
    // more for one, and giving by another, is refused by the screen and by the server, which says what is left
    await field(content.allocated - 100 * WAN);
    await page.fill(id('field-chan:search'), String((await house.account('chan:search')).allocated / WAN + 100));
    await sees(page, `${id('sum')}[data-sum="0"]`);
    await expect
      .poll(() => page.textContent(id('change-stopped')), WAIT)
      .toMatch(/搜索广告 不能加投.*内容 只能退到投放池/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('v');
    await expect.poll(() => page.textContent(id('preview-off')), WAIT).toMatch(/会被拒绝.*仍然可以：把钱撤出广告/);
    await leave(page);
    await page.keyboard.press('z');
    // out of ads: one press puts what is left over into the pool
    await field(content.allocated - 100 * WAN);
    await page.keyboard.press('Escape');
    await page.keyboard.press('b');
    await sees(page, `${id('changes')}[data-count="2"]`);
    await sees(page, `${id('sum')}[data-sum="0"]`);
    expect(await page.getByTestId('change-stopped').count()).toBe(0);
    await page.keyboard.press('v');
    await sees(page, id('preview-facts'));
    await say(page, '先撤出来');
    await send(page);
    expect((await house.moves())[0]).toMatchObject({
      state: 'awaiting_approval',
      legs: [{ from: 'chan:content', to: 'env:marketing', amountMinor: 100 * WAN }],
    });
    expect([...faults, ...finance.faults]).toEqual([]);
  });
}
