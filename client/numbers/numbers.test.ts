import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floorTo } from './floor.ts';
import { figureLine, formatFigure } from './format.ts';
import { lockScale } from './scale.ts';
import { clockSpan, clockTime, shortAge, spokenSpan, zoneName } from './time.ts';

const zh = { lang: 'zh', currency: 'CNY', minorPerMajor: 100 } as const;
const en = { ...zh, lang: 'en' } as const;
const joined = (value: number, options: Parameters<typeof formatFigure>[2]): string =>
  figureLine(value, 'minor', { ...options, decimals: 2 });

describe('numbers', () => {
  it('[UI21] 99,999,999 never prints 1亿 or 100M, at any locked scale', () => {
    for (const size of [1, 1e4, 1e8]) {
      const suffix = size === 1e8 ? '亿' : size === 1e4 ? '万' : '';
      expect(joined(9_999_999_900, { ...zh, scale: { size, suffix } })).not.toMatch(/¥1(\.0+)?亿|¥10,000(\.0+)?万/);
    }
    expect(joined(9_999_999_900, zh)).toBe('¥9,999.99万');
    expect(joined(9_999_999_900, en)).toBe('¥99.99M');
    expect(joined(10_000_000_000, zh)).toBe('¥1.00亿');
  });
  it('[UI21] no amount is ever shown larger than it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9e15 }), fc.constantFrom(zh, en), (minor, options) => {
        const { digits, suffix } = formatFigure(minor, 'minor', { ...options, decimals: 2 });
        const size = { '': 1, 万: 1e4, 亿: 1e8, K: 1e3, M: 1e6, B: 1e9 }[suffix] ?? 0;
        // ×100 as integers: what is written, in hundredths of the scale, against the exact amount
        const shown = BigInt(digits.replaceAll(',', '').replace('.', '').padEnd(1, '0'));
        const decimals = digits.split('.')[1]?.length ?? 0;
        expect(shown * BigInt(size) * 100n <= BigInt(minor) * 10n ** BigInt(decimals)).toBe(true);
      }),
    );
  });
  it('[UI34] zh counts in 万 and 亿, en in K, M, B', () => {
    expect(joined(26_843_900_000_000, zh)).toBe('¥2,684.39亿');
    expect(joined(26_843_900_000_000, en)).toBe('¥268.43B');
    expect(joined(1_234_500, zh)).toBe('¥1.23万');
    expect(joined(1_234_500, en)).toBe('¥12.34K');
  });
  it('[UI34] a scale holds across ±5 % of 1亿 and moves at 10 %', () => {
    const first = lockScale(null, 99_000_000, 'zh');
    let scale = first;
    for (const value of [95e6, 105e6, 96e6, 104e6, 1e8]) {
      scale = lockScale(scale, value, 'zh');
      expect(scale).toBe(first);
    }
    expect(lockScale(first, 110e6, 'zh').suffix).toBe('亿');
    const above = lockScale(null, 1e8, 'zh');
    expect(lockScale(above, 95e6, 'zh').suffix).toBe('亿');
    expect(lockScale(above, 89e6, 'zh').suffix).toBe('万');
  });
  it('[UI21] ratios are cut too: 99.999 % is not 100 %', () => {
    expect(figureLine(0.99999, 'ratio', zh)).toBe('99.99%');
    expect(figureLine(1, 'ratio', zh)).toBe('100%');
    expect(figureLine(0.07, 'ratio', { ...zh, decimals: 0 })).toBe('7%');
    expect(figureLine(0.0021, 'ratio', { ...zh, parts: 'permille', decimals: 1 })).toBe('2.1‰');
  });
  it('floors negatives downwards and keeps integers exact', () => {
    expect(floorTo(-150, 100, 0)).toBe(-2);
    expect(floorTo(8_999_999_999_999_999, 1e10, 2)).toBe(899_999.99);
    expect(floorTo(0, 1e8, 2)).toBe(0);
  });
  it('[UI12] zero is 0, not a dash', () => expect(figureLine(0, 'count', zh)).toBe('0'));
  it('writes times with their zone and spans in words', () => {
    const at = Date.UTC(2026, 10, 11, 11, 42, 31);
    expect(clockTime(at, 'Asia/Shanghai')).toBe('19:42:31');
    expect(zoneName(at, 'Asia/Shanghai', 'zh')).toBe('北京时间');
    expect(zoneName(at, 'Asia/Shanghai', 'en')).toBe('UTC+8');
    expect(clockTime(Date.UTC(2026, 10, 10, 16), 'Asia/Shanghai')).toBe('00:00:00');
    expect(spokenSpan(192_000, 'zh')).toBe('3 分 12 秒');
    expect(spokenSpan(192_000, 'en')).toBe('3m12s');
    expect(spokenSpan(47_000, 'en')).toBe('47 s');
    expect(clockSpan(8_047_000)).toBe('02:14:07');
    expect(shortAge(420, 'en')).toBe('0.4 s');
  });
});
