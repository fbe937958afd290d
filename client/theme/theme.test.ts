import { describe, expect, it } from 'vitest';
import { type ThemeFacts, themeOf } from './theme.ts';

const at = (change: Partial<ThemeFacts>): string =>
  themeOf({ path: '/desk', search: '', choice: 'system', systemIsLight: false, isNarrow: false, ...change });

describe('which theme a page has', () => {
  it('[UI61] pages follow the machine until somebody chooses', () => {
    expect([at({}), at({ systemIsLight: true })]).toEqual(['dark', 'light']);
    expect([at({ choice: 'dark', systemIsLight: true }), at({ choice: 'light' })]).toEqual(['dark', 'light']);
  });
  it('[UI61] a wall is dark whatever was chosen there, unless its address says light', () => {
    for (const path of ['/wall', '/tech', '/kiosk']) {
      expect(at({ path, choice: 'light', systemIsLight: true }), path).toBe('dark');
      expect(at({ path, choice: 'dark', search: '?scene=tech&theme=light' }), path).toBe('light');
    }
  });
  it('[UI61] the figures on a phone are a person’s; an address says nothing there', () => {
    expect(at({ path: '/wall', isNarrow: true, choice: 'light' })).toBe('light');
    expect(at({ path: '/wall', isNarrow: true, choice: 'dark', search: '?theme=light' })).toBe('dark');
  });
});
