import { describe, expect, it } from 'vitest';
import '../panels/banner-words.ts';
import '../panels/room-words.ts';
import '../panels/strip-words.ts';
import '../screens/frame/words.ts';
import '../screens/incidents/words.ts';
import '../screens/login-words.ts';
import '../screens/money/code-words.ts';
import '../screens/money/words.ts';
import '../screens/phone/waiting-words.ts';
import '../screens/receivers/words.ts';
import '../screens/roster/words.ts';
import '../screens/rules/words.ts';
import '../screens/silences/words.ts';
import '../screens/tech/words.ts';
import '../screens/timeline/words.ts';
import '../sound/words.ts';
import { pageWordTables } from './page-words.ts';

const parameters = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe('words of pages', () => {
  for (const page of pageWordTables.keys())
    it(`[UI33] ${page}: the same parameters in both languages, no Han in English, no Latin sentence in Chinese`, () => {
      const { zh = {}, en = {} } = pageWordTables.get(page) ?? {};
      expect(Object.keys(zh).length).toBeGreaterThan(0);
      expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
      for (const [key, text] of Object.entries(zh)) {
        const other = en[key] ?? '';
        expect(parameters(other), key).toEqual(parameters(text));
        expect(other, key).not.toMatch(/[\u3400-\u9fff]/);
        expect(text.replace(/\{\w+\}/g, ''), key).not.toMatch(/[a-z]{2,}\s[a-z]{2,}/i);
      }
    });
});
