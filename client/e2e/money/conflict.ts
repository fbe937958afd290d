import { expect, it } from 'vitest';
import type { MoneyHouse } from '../money-house.ts';
import { gone, id, leave, say, sees, send, shots, WAIT, WAN } from './press.ts';

/** Two people change the same channel. */
export function conflict(at: () => MoneyHouse): void {
  it('[MON4] two change the same channel: neither loses what was typed; theirs, mine anew, my number', async () => {
    const house = at();
    const ann = await house.desk(house.ann);
    const bo = await house.desk(house.bo, { clock: true });
    for (const { page } of [ann, bo]) {
      await page.fill(id('field-chan:kol'), '790');
      await page.fill(id('field-chan:content'), '610');
      await sees(page, `${id('sum')}[data-sum="0"]`);
    }
    await ann.page.click(id('preview'));
    await sees(ann.page, id('preview-facts'));
    await say(ann.page, 'mine');
    await house.moved('chan:kol', 'chan:search', 500 * WAN);
    // the preview is worked out again: it would be refused, in words
    await expect
      .poll(() => ann.page.textContent(id('preview-off')), WAIT)
      .toContain('Somebody just changed the budget');
    expect(await ann.page.getByTestId('send').isDisabled()).toBe(true);
    await leave(ann.page);
    const block = id('conflict-chan:kol');
    for (const { page } of [ann, bo]) {
      const text = await (await sees(page, block)).textContent();
      expect(text).toContain('It was ¥800.0M, is now ¥795.0M, you typed ¥790.0M');
      expect(await page.inputValue(id('field-chan:kol'))).toBe('790');
      expect(await page.getByTestId('preview').isDisabled()).toBe(true);
    }
    if (shots) await ann.page.screenshot({ path: `${shots}/money-conflict-en.png` });
    await ann.page.click(`${block} ${id('redo-mine')}`);
    await gone(ann.page, block);
    expect(await ann.page.inputValue(id('field-chan:kol'))).toBe('785');
    await ann.page.click(id('preview'));
    await sees(ann.page, id('preview-facts'));
    await say(ann.page, 'mine again');
    await send(ann.page);
    await bo.page.click(`${block} ${id('keep-mine')}`);
    await gone(bo.page, block);
    expect(await bo.page.inputValue(id('field-chan:kol'))).toBe('790');
    await sees(bo.page, `${id('sum')}[data-sum="500000000"]`); // 5 M less to give: said, not hidden
    const [asked] = await house.moves();
    await ann.page.click(id(`withdraw-${asked?.id}`));
    await sees(ann.page, `${id(`move-${asked?.id}`)}[data-state="cancelled"]`);
    await bo.page.click(id('undo-all'));
    await sees(bo.page, `${id('changes')}[data-count="0"]`);
    expect([...ann.faults, ...bo.faults]).toEqual([]);
  });
}
