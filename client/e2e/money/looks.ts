import { expect, it } from 'vitest';
import { axeFindings, sideways, smallTargets } from '../desk-habits.ts';
import type { MoneyHouse } from '../money-house.ts';
import { gone, id, sees, shots, WAIT, WAN } from './press.ts';

/** Labels of cells without anything under them, where a table has become a list. */
const emptyLabels = (): (string | undefined)[] =>
  [...document.querySelectorAll<HTMLElement>('.money-table td[data-label]')]
    .filter((cell) => cell.innerText.trim() === '' && getComputedStyle(cell, '::before').content !== 'none')
    .filter((cell) => getComputedStyle(cell).display !== 'none')
    .map((cell) => cell.dataset.label);

/** Every part in a language and at every width. */
export function looks(lang: 'zh' | 'en'): (at: () => MoneyHouse) => void {
  return (at) =>
    it(`[UI5] [UI6] [UI29] [UI33] [MON23] every part in ${lang}: no foreign word, nothing serious for axe, no sideways scrolling`, async () => {
      const house = at();
      const other = { from: 'chan:kol', to: 'chan:content', amountMinor: 100 * WAN };
      await house.advise({ from: 'chan:search', to: 'chan:content', amountMinor: 1_000 * WAN }, 0.7, [other]);
      const { page, faults } = await house.desk(house.ann, lang === 'zh' ? { lang } : {});
      await page.setViewportSize({ width: 1_920, height: 1_080 });
      await page.keyboard.press('y');
      await sees(page, '[data-testid^="line-"]');
      await sees(page, `${id('curve-chart')} canvas`);
      await sees(page, '[data-advice-card]');
      await page.fill(id('field-reserve:hq'), '1');
      await sees(page, `${id('changes')}[data-count="1"]`);
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
      // [MON23] cards that share a channel are previewed as one request
      await page.click(id('take-together'));
      for (const channel of ['search', 'kol', 'content']) await sees(page, id(`change-chan:${channel}`));
      await page.keyboard.press('Escape');
      await gone(page, id('preview-dialog'));
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await sees(page, `${id('key-help')}[open]`);
      await page.keyboard.press('Escape');
      await page.waitForSelector(`${id('key-help')}[open]`, { ...WAIT, state: 'detached' });
      const letterPx = (): Promise<number> =>
        page.evaluate(() =>
          Number.parseFloat(getComputedStyle(document.querySelector('.money-name') as Element).fontSize),
        );
      for (const width of [320, 390, 768, 1280, 3840]) {
        await page.setViewportSize({ width, height: 844 });
        await expect.poll(() => page.evaluate(emptyLabels), { ...WAIT, message: `${width}` }).toEqual([]);
        await expect.poll(() => sideways(page), { ...WAIT, message: `${width}` }).toBeLessThanOrEqual(0);
        // a 4K screen is read like a small one: letters grow with it, and nothing shrinks below it
        await expect.poll(letterPx, WAIT).toBeGreaterThanOrEqual(width === 3840 ? 29 : 14);
      }
      expect(await page.inputValue(id('field-reserve:hq'))).toBe('1'); // what was typed outlives the change of form
      await page.setViewportSize({ width: 1_440, height: 900 });
      await page.click(id('undo-all'));
      await page.click(id('toggle-ledger'));
      expect(faults).toEqual([]);
    });
}
