import { describe, expect, it } from 'vitest';
import { RUN_KEYS, runKey } from './run-keys.ts';
import { RUNBOOK_WORDS } from './words.ts';

const { zh, en } = RUNBOOK_WORDS;
const keys = Object.keys(zh) as (keyof typeof zh)[];
const parameters = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe('words of the runbook pages', () => {
  it('[UI33] both languages have the same keys and parameters; no Han in English', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
    for (const key of keys) expect(parameters(en[key]), key).toEqual(parameters(zh[key]));
    for (const key of keys) expect(en[key], key).not.toMatch(/[\u3400-\u9fff]/);
    for (const key of keys) expect(zh[key].replace(/\{\w+\}/g, ''), key).not.toMatch(/[a-z]{2,}\s[a-z]{2,}/i);
  });
  it('[UIR7] every key has words; none works with Ctrl, Alt or Meta, and only moving repeats', () => {
    const plain = { ctrlKey: false, altKey: false, metaKey: false, repeat: false };
    for (const [key, command] of Object.entries(RUN_KEYS)) {
      expect(runKey({ ...plain, key })).toBe(command);
      for (const held of ['ctrlKey', 'altKey', 'metaKey']) expect(runKey({ ...plain, key, [held]: true })).toBeNull();
      expect(runKey({ ...plain, key, repeat: true })).toBe(command === 'next' || command === 'before' ? command : null);
      if (command !== 'next' && command !== 'before') expect(keys).toContain(`key.${command}`);
    }
    expect(runKey({ ...plain, key: 'q' })).toBeNull();
  });
});
