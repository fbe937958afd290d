import { expect, it } from 'vitest';
import type { MoveView } from '#contract/budget';
import { axeFindings } from '../desk-habits.ts';
import type { MoneyHouse } from '../money-house.ts';
import { focused, holdUntil, id, leave, say, sees, send, WAIT } from './press.ts';

/** New limits, and what cannot wait. */
export function forms(at: () => MoneyHouse): void {
  it('[MON12] floor, cap and pin: before and after, who decides; in force when two others have approved', async () => {
    const house = at();
    const { page, faults } = await house.desk(house.ann);
    const kol = await house.account('chan:kol');
    await page.click(id('limits-chan:kol'));
    const dialog = id('preview-dialog');
    await expect.poll(() => page.textContent(id('preview-off')), WAIT).toBe('Nothing is changed yet');
    await page.fill(`${dialog} [name="cap"]`, '1');
    await expect.poll(() => page.textContent(id('preview-off')), WAIT).toContain('The cap is below the floor');
    await page.fill(`${dialog} [name="floor"]`, '250');
    await page.fill(`${dialog} [name="cap"]`, '');
    await page.check(`${dialog} [name="pinned"]`);
    await sees(page, `${id('preview-facts')}[data-tier="T3"]`);
    await expect.poll(() => page.textContent(id('rails-chan:kol')), WAIT).toMatch(/¥160\.0M¥250\.0M.*none.*pinned$/);
    await expect.poll(() => page.textContent(id('decide-within')), WAIT).toContain('15m00s');
    expect(await page.getByTestId('send').isDisabled()).toBe(true);
    await say(page, 'contract with the agency');
    expect(await axeFindings(page)).toEqual([]);
    await send(page);
    const [move] = (await house.moves()) as [MoveView];
    expect(move).toMatchObject({ tier: 'T3', rails: [{ account: 'chan:kol', cap: null, pinned: true }] });
    // whoever has to decide sees what is to become of which limit
    await expect
      .poll(() => page.textContent(id(`waiting-${move.id}`)), WAIT)
      .toMatch(/floor ¥250\.0M.*cap none.*pinned/i);
    expect((await house.account('chan:kol')).floor).toBe(kol.floor);
    for (const role of ['commander', 'finance'] as const)
      await house.call(house.person(role, 0), 'POST', `/budget/transfers/${move.id}/approve`, { terms: move.terms });
    await expect.poll(() => page.textContent(id('row-chan:kol')), WAIT).toMatch(/pinned.*floor 250 · cap none/);
    expect(await page.getByTestId('more-chan:kol').isDisabled()).toBe(true);
    expect(faults).toEqual([]);
  });

  it('[MON13] what the reserve would not give may be asked for as an emergency, with all that was typed; a cut is the commander’s', async () => {
    const house = at();
    const { page, faults } = await house.desk(house.ann);
    const read = async (field: string): Promise<number> => Number(await page.inputValue(id(`field-${field}`)));
    await page.fill(id('field-reserve:hq'), String((await read('reserve:hq')) - 30));
    await page.fill(id('field-chan:content'), String((await read('chan:content')) + 30));
    await sees(page, `${id('sum')}[data-sum="0"]`);
    await page.click(id('preview'));
    await page.click(id('to-emergency'), WAIT);
    await sees(page, `${id('preview-facts')}[data-tier="T3"]`);
    expect(await page.inputValue(`${id('preview-dialog')} [name="amount"]`)).toBe('30');
    expect(await page.inputValue(`${id('preview-dialog')} [name="channel"]`)).toBe('chan:content');
    await say(page, 'stock of the star arrived');
    await send(page);
    const [move] = await house.moves();
    expect(move).toMatchObject({ tier: 'T3', emergency: true, legs: [{ from: 'reserve:hq', to: 'chan:content' }] });
    await page.click(id(`withdraw-${move?.id}`));
    await sees(page, `${id(`move-${move?.id}`)}[data-state="cancelled"]`);
    await page.click(id('undo-all'));
    await page.keyboard.press('e');
    await page.click(id('emergency-cut'));
    await page.fill(`${id('preview-dialog')} [name="amount"]`, '30');
    await say(page, 'a fault in the shop');
    await expect.poll(() => page.textContent(id('preview-off')), WAIT).toContain('You are not on duty');
    expect(await page.getByTestId('send').isDisabled()).toBe(true);
    await leave(page);
    const chief = await house.desk(house.person('commander', 0), { clock: true });
    await chief.page.keyboard.press('e');
    await chief.page.click(id('emergency-cut'));
    await chief.page.fill(`${id('preview-dialog')} [name="amount"]`, '30');
    await say(chief.page, 'a fault in the shop');
    await sees(chief.page, `${id('preview-facts')}[data-tier="T4"]`);
    await holdUntil(chief.page, 'send', () => sees(chief.page, id('send-counting')));
    await focused(chief.page, 'send-cancel'); // it takes effect at once: five seconds to think better of it
    expect(chief.sent).toEqual([]);
    await chief.page.clock.runFor(5_100);
    await expect.poll(async () => (await house.moves())[0], WAIT).toMatchObject({ tier: 'T4', state: 'settled' });
    await expect.poll(() => chief.page.locator(id('preview-dialog')).count(), WAIT).toBe(0);
    expect([...faults, ...chief.faults]).toEqual([]);
  });
}
