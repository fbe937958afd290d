import { describe, expect, it } from 'vitest';
import { CODE_ALPHABET, codeOf, readCode } from './pairing-code.ts';

describe('pairing code', () => {
  it('[AUTH40] has no letters that look like others', () => expect(CODE_ALPHABET).not.toMatch(/[01OIL]/));
  for (const { typed, want } of [
    { typed: 'abc 234', want: 'ABC234' },
    { typed: 'ABC-234', want: 'ABC234' },
    { typed: 'ABC23', want: null },
    { typed: 'ABC2345', want: null },
    { typed: 'ABC230', want: null },
    { typed: 'ABC*?[', want: null },
  ])
    it(`[AUTH40] ${JSON.stringify(typed)} reads as ${want}`, () => expect(readCode(typed)).toBe(want));
  it('[AUTH40] is made of the numbers it gets', () => expect(codeOf([0, 1, 2, 28, 29, 30])).toBe('234XYZ'));
});
