import { describe, expect, it } from 'vitest';
import { RUN_KEYS, runKeyWord } from './run-keys.ts';
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
  it('[UIR7] every key has words; none is the one that leads to other pages', () => {
    for (const verb of Object.values(RUN_KEYS)) expect(keys).toContain(runKeyWord(verb));
    expect(Object.keys(RUN_KEYS)).not.toContain('g');
  });
});
