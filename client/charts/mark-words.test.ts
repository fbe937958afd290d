import { expect, it } from 'vitest';
import { markWords } from './mark-words.ts';

const room = { textPx: 10, fromMs: 0, toMs: 100 };
const words = '23:58 Checkout service deployed with the new coupon rules';

it('[DESK22] a change is named whole where there is room for it, whichever half of the chart it is in', () => {
  expect(markWords(words, 40, { ...room, widthPx: 900 })).toEqual({ late: false, words });
  expect(markWords(words, 60, { ...room, widthPx: 900 })).toEqual({ late: true, words });
  expect(markWords(words, 60, { ...room, widthPx: 0 }).words).toBe(words);
});
it('[DESK22] where there is not, an ellipsis says that there is more; Han take twice the room', () => {
  const { words: cut } = markWords(words, 50, { ...room, widthPx: 300 });
  expect(cut).toMatch(/^23:58 .*….+$/);
  expect(cut.length).toBeLessThanOrEqual(Math.floor(120 / 5.6));
  const han = markWords('23:58 结算服务发布了新的优惠券规则和回调', 50, { ...room, widthPx: 300 }).words;
  expect(han.length).toBeLessThan(cut.length);
});
