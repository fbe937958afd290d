import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldText, parseField, stepOf, toldApart, unitOf } from './amounts.ts';

const WAN = unitOf(5_000_0000_00, 'zh', 100);

describe('money as it is typed', () => {
  it('[MON1] one unit for all, by the largest amount', () => {
    expect(WAN).toMatchObject({ suffix: '万', minor: 1_000_000 });
    expect(unitOf(9_999_99, 'zh', 100).suffix).toBe('');
    expect(unitOf(10_000_00, 'en', 100).suffix).toBe('K');
    expect(unitOf(10_000_000_00, 'en', 100).suffix).toBe('M');
    expect(unitOf(1_400_000_000_00, 'zh', 100).suffix).toBe('万');
    expect(unitOf(5_000, 'en', 1)).toMatchObject({ suffix: '', minor: 1 });
  });
  it('[MON1] before and after are told apart, however small the change', () => {
    const format = { lang: 'en', currency: 'CNY', minorPerMajor: 100 } as const;
    expect(toldApart(302_830_303, 212_830_303, format)).toEqual(['¥3.02M', '¥2.12M']);
    expect(toldApart(302_830_303, 302_730_303, format)).toEqual(['¥3,028,303.03', '¥3,027,303.03']);
    expect(toldApart(302_830_303, 302_830_303, format)).toEqual(['¥3.02M', '¥3.02M']);
  });
  it('[MON1] text and minor units are one to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e15 }), fc.constantFrom('zh', 'en'), (minor, lang) => {
        const unit = unitOf(minor, lang as 'zh' | 'en', 100);
        expect(parseField(fieldText(minor, unit), unit)).toBe(minor);
      }),
    );
  });
  it.each([
    '',
    '-1',
    '1e3',
    '1.2.3',
    '12a',
    '0.1234567',
    '=1+1',
    '700,5',
    '1,23',
    '0,700',
    '1,2345',
    '7 00',
    '5_300',
    '1.5,000',
  ])('[MON1] no amount: %s', (text) => expect(parseField(text, WAN)).toBeNull());
  it.each([
    ['5,300', 5_300_000_000],
    [' 1,234.5 ', 1_234_500_000],
    ['1,234,567.', 1_234_567_000_000],
  ])('[MON1] thousands are taken as people paste them: %s', (text, minor) => expect(parseField(text, WAN)).toBe(minor));
  it('[MON1] a press of ± is a round number that is shown', () => {
    expect(stepOf(15_500_0000_00, WAN)).toBe(50_000_000);
    expect(stepOf(100, WAN)).toBe(10_000);
  });
});
