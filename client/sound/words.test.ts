import { describe, expect, it } from 'vitest';
import { pageWordTables } from '../i18n/page-words.ts';
import '../panels/banner-words.ts';
import '../panels/room-words.ts';
import '../screens/incidents/words.ts';
import './words.ts';

const parameters = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe.each(['room', 'banner', 'sound', 'incidents'])('words of %s', (page) => {
  it('[UI33] both languages have the same parameters, no Han in English, no Latin sentence in Chinese', () => {
    const table = pageWordTables.get(page);
    expect(Object.keys(table?.zh ?? {}).length).toBeGreaterThan(2);
    for (const [key, zh] of Object.entries(table?.zh ?? {})) {
      const en = table?.en[key] ?? '';
      expect(parameters(en), key).toEqual(parameters(zh));
      expect(en, key).not.toMatch(/[\u3400-\u9fff]/);
      expect(zh.replace(/\{\w+\}/g, ''), key).not.toMatch(/[a-z]{2,}\s[a-z]{2,}/i);
    }
  });
});
