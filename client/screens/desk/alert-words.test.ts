import { describe, expect, it } from 'vitest';
import type { NameSource } from '#contract/place-names';
import { anAlert } from '../../../server/test/alert-kit.ts';
import { enPhone } from '../../i18n/en-phone.ts';
import type { Say } from '../../i18n/phone-words.ts';
import { fill } from '../../i18n/t.ts';
import { zhPhone } from '../../i18n/zh-phone.ts';
import { elideTo } from '../../numbers/format.ts';
import { againstLine, placeLabels, placeLine, recoveryWord } from './alert-words.ts';

const money = { lang: 'zh', currency: 'CNY', minorPerMajor: 100 } as const;
const against = (value: number, limit: number, unit: string) => againstLine({ value, limit, unit }, money);
const says =
  (words: Partial<Record<string, string>>): Say =>
  (key, parameters) =>
    fill(words[key] ?? key, parameters);
const names: NameSource = {
  services: [{ id: 'payment', zh: '支付', en: 'Payment', ratedPerSecond: 1 }],
  items: [],
  dimensions: { channel: [{ id: 'search', zh: '搜索', en: 'Search' }] },
  posts: [],
};

describe('words of an alert', () => {
  it('[DESK14] what reads the same is equal, whatever the digits that are not shown', () => {
    expect(against(100.3, 100, 'ms')).toMatch(/^100 .*（阈值 100 .*）$/);
    expect(against(100, 100, 'ms')).toMatch(/（阈值 /);
    expect(against(64, 100, 'ms')).toMatch(/ < /);
    expect(against(0.97004, 0.97, 'ratio')).toMatch(/（阈值 /);
    expect(against(0.9784, 0.985, 'ratio')).toMatch(/ < /);
  });
  it('[DESK15] a value that is good again is said to recover: since when, and windows or time to go', () => {
    const of = (recovery: { sinceMs: number; windowsLeftCount: number; untilMs: number | null } | null, say: Say) =>
      recoveryWord({ recovery, evaluation: 'firing' }, say, 'Asia/Shanghai');
    const held = { sinceMs: Date.UTC(2026, 10, 10, 16), windowsLeftCount: 2, untilMs: null };
    expect(of(held, says(zhPhone))).toBe('恢复中 · 00:00:00 起 · 再正常 2 次即回落');
    expect(of({ ...held, windowsLeftCount: 1 }, says(enPhone))).toBe('recovering since 00:00:00 · 1 good look to go');
    expect(of({ ...held, untilMs: held.sinceMs + 30_000 }, says(zhPhone))).toBe(
      '恢复中 · 00:00:00 起 · 保持到 00:00:30 即恢复',
    );
    expect(of(null, says(zhPhone))).toBeNull();
  });
  it('[DESK16] labels and their values have names in the reader’s language; the title is not repeated', () => {
    const alert = anAlert({
      labels: { alertname: 'A', domain: 'x', service: 'payment', channel: 'search', zone: 'z' },
    });
    expect(placeLabels(alert, 'zh', names)).toEqual([
      ['服务', '支付'],
      ['渠道', '搜索'],
      ['zone', 'z'],
    ]);
    expect(placeLine(alert, '支付失败', 'zh', names)).toBe('搜索 · z');
    expect(placeLine(alert, 'Orders fail', 'en', names)).toBe('Payment · Search · z');
  });
  it('[DESK17] a name is shortened only as far as its room demands', () => {
    const room = (letters: number) => (text: string) => [...text].length <= letters;
    expect(elideTo('Capacity of payment', room(19))).toBe('Capacity of payment');
    expect(elideTo('Capacity of payment', room(18))).toBe('Capacity…payment');
    expect(elideTo('支付成功率偏低', room(5))).toBe('支付…偏低');
  });
});
