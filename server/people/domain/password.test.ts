import { describe, expect, it } from 'vitest';
import { normalisePassword, passwordProblem } from './password.ts';

const long = (length: number): string => 'abc-DEF.123 '.repeat(100).slice(0, length);
describe('passwordProblem', () => {
  for (const { title, password, want } of [
    { title: '[AUTH10] 7 characters are refused', password: long(7), want: /at least 8/ },
    { title: '[AUTH10] 8 are enough', password: long(8), want: null },
    { title: '[AUTH10] 64 are accepted', password: long(64), want: null },
    { title: '[AUTH10] 200 are accepted', password: long(200), want: null },
    { title: '[AUTH10] 1,024 are accepted', password: long(1_024), want: null },
    { title: '[AUTH10] 1,025 are refused, never cut', password: long(1_025), want: /at most 1024/ },
    { title: '[AUTH10] characters are counted, not code units', password: '😀😁😂😃', want: /at least 8/ },
    { title: '[AUTH11] the ones tried first are refused in any case', password: 'PassWord123', want: /tried first/ },
    { title: '[AUTH11] the account’s own name is refused', password: 'lin.xiaomei', want: /name/ },
    { title: '[AUTH11] one repeated character is refused', password: 'aaaaaaaaaa', want: /repeats/ },
  ])
    it(title, () => {
      const problem = passwordProblem(password, 'Lin.Xiaomei');
      if (want === null) expect(problem).toBeNull();
      else expect(problem).toMatch(want);
    });
  it('[AUTH12] full-width and plain letters are the same password', () =>
    expect(normalisePassword('ｐａｓｓ１２３４')).toBe('pass1234'));
});
