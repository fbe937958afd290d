import { describe, expect, it } from 'vitest';
import { widthOf } from '../numbers/format.ts';
import { facesOf, pagesOf } from './faces.ts';

describe('the head of a screen', () => {
  for (const text of [
    'Callbacks of the payment channel are lost · switched to the spare channel, backlog falls',
    '支付回调丢失，订单未更新 · 已切到备用通道 wallet-b，积压回落',
    'Donaudampfschifffahrtsgesellschaftskapitän stands in',
  ])
    it(`[TAKE46] a text that has no room is shown in pages, nothing of it left out: ${text.slice(0, 12)}`, () => {
      const pages = pagesOf(text, 20);
      expect(pages.length).toBeGreaterThan(2);
      for (const page of pages) expect(widthOf(page)).toBeLessThanOrEqual(16);
      expect(pages.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      expect(pagesOf(text, 200)).toEqual([text]);
    });
  it('[TAKE46] words are not cut where they fit a page', () => {
    expect(pagesOf('one two three four five', 14)).toEqual(['one two', 'three four', 'five']);
  });
  it('[TAKE46] incident and banner are both shown, the more urgent one first', () => {
    expect(facesOf(['a', 'b'], ['x'], false).map(({ text }) => text)).toEqual(['a', 'b', 'x']);
    expect(facesOf(['a'], ['x'], true).map(({ of }) => of)).toEqual(['banner', 'incident']);
    expect(facesOf([], [], true)).toEqual([]);
  });
});
