import { describe, expect, it } from 'vitest';
import { dayStart, fromZoneInput, nextAt, toZoneInput } from './zone.ts';

const at = (text: string): number => Date.parse(text);
describe('times of the campaign’s zone', () => {
  const zone = 'Asia/Shanghai';
  for (const [text, now, want] of [
    ['23:30', '2026-11-11T22:00:30+08:00', '2026-11-11T23:30:00+08:00'],
    ['01:00', '2026-11-11T22:00:30+08:00', '2026-11-12T01:00:00+08:00'],
    ['22:00', '2026-11-11T22:00:30+08:00', '2026-11-12T22:00:00+08:00'],
    ['9:05', '2026-11-11T09:04:59+08:00', '2026-11-11T09:05:00+08:00'],
  ] as const)
    it(`[PAGE50] ${text} after ${now}`, () => expect(nextAt(text, zone, at(now))).toBe(at(want)));
  for (const text of ['', '24:00', '12:60', 'soon', '12'])
    it(`[PAGE50] "${text}" is no time`, () => expect(nextAt(text, zone, 0)).toBeNull());
  it('[PAGE50] what a field shows is read back as the same instant, also over a clock change', () => {
    const instant = at('2026-11-11T19:40:00+08:00');
    expect(toZoneInput(instant, zone)).toBe('2026-11-11T19:40');
    expect(fromZoneInput('2026-11-11T19:40', zone)).toBe(instant);
    const summer = at('2026-03-29T03:30:00+02:00');
    expect(fromZoneInput(toZoneInput(summer, 'Europe/Berlin'), 'Europe/Berlin')).toBe(summer);
    expect(fromZoneInput('soon', zone)).toBeNull();
    expect(dayStart(instant, zone)).toBe(at('2026-11-11T00:00:00+08:00'));
  });
});
