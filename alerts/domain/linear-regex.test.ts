import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLinearRegex } from './linear-regex.ts';

const run = (pattern: string, text: string): boolean => {
  const read = readLinearRegex(pattern);
  if (!read.ok) throw new Error(read.why);
  return read.matches(text);
};
describe('linear regular expressions', () => {
  for (const [pattern, text, want] of [
    ['web-[0-9]+', 'web-12', true],
    ['web-[0-9]+', 'web-', false],
    ['web', 'my-web-1', false],
    ['.*web.*', 'my-web-1', true],
    ['(?i)PAY.*', 'payment', true],
    ['(?i:pay)Ment', 'PAYMent', true],
    ['(?i:pay)Ment', 'PAYment', false],
    ['a{2,3}', 'aa', true],
    ['a{2,3}', 'aaaa', false],
    ['a{2}', 'aa', true],
    ['a{2,}', 'aaaaa', true],
    ['a{x}', 'a{x}', true],
    ['[^a-c]x', 'dx', true],
    ['[^a-c]x', 'bx', false],
    ['[]a]+', ']a', true],
    ['[a-]+', '-a', true],
    ['[\\d_]+', '1_2', true],
    ['\\w+\\.\\w+', 'a.b', true],
    ['^a$', 'a', true],
    ['a^b', 'ab', false],
    ['a|bc|', '', true],
    ['(a|b)*c', 'ababc', true],
    ['订单.+', '订单服务', true],
    ['.', '😀', true],
    ['', '', true],
  ] as const)
    it(`[ALR12] ${pattern} on "${text}": ${want}`, () => expect(run(pattern, text)).toBe(want));
  it('[ALR12] (F47) takes a walk through the text, however the pattern nests', () => {
    const started = performance.now();
    for (const pattern of ['(a+)+$', '(a|a)*b', '(.*)*x', '(a?){50}a{50}'])
      expect(run(pattern, 'a'.repeat(5_000))).toBe(pattern === '(a+)+$');
    expect(performance.now() - started).toBeLessThan(5_000); // an engine that backtracks takes for ever
  });
  it('[ALR12] agrees with the native engine on what both know', () => {
    const piece = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', 'ab', '(a|b)', '(?:ab|c)', 'c');
    const count = fc.constantFrom('', '*', '+', '?', '{0,2}', '{2}', '*?');
    const pattern = fc
      .array(fc.tuple(piece, count), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.map(([part, times]) => (part === 'ab' ? `(?:ab)${times}` : part + times)).join(''));
    const either = fc.array(pattern, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|'));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 8 });
    fc.assert(
      fc.property(either, text, (source, subject) => {
        expect(run(source, subject)).toBe(new RegExp(`^(?:${source})$`, 's').test(subject));
      }),
      { numRuns: 500 },
    );
  });
});
