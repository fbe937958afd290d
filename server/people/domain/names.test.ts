import { describe, expect, it } from 'vitest';
import { isName, nameKey } from './names.ts';

describe('names', () => {
  for (const name of ['a', '林小美', 'lin.xiaomei', 'Lin Xiaomei', 'wall-left_2', 'ops@example', 'x'.repeat(64)])
    it(`[AUTH13] ${JSON.stringify(name)} is a name`, () => expect(isName(name)).toBe(true));
  for (const name of [
    '',
    ' a',
    'a ',
    'a  b',
    'a\nb',
    'a\u001b[31m',
    '\u202eabc',
    'a\u200bb',
    '<b>',
    '=1+1',
    'x'.repeat(65),
  ])
    it(`[AUTH13] ${JSON.stringify(name)} is not`, () => expect(isName(name)).toBe(false));
  it('[AUTH13] case and compatibility forms make no second account', () =>
    expect(nameKey('ＡＤＭＩＮ')).toBe(nameKey('admin')));
});
