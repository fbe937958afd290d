import { beforeAll, describe, expect, it } from 'vitest';
import { TIMELINE_KINDS, type TimelineEntry } from '#contract/timeline';
import { kindWords } from '../panels/TimelineLine.tsx';
import { enBase } from './en.ts';
import { enScenes } from './en-scenes.ts';
import { fill, loadMessages, maybe } from './t.ts';
import { type MessageKey, zhBase } from './zh.ts';
import { zhScenes } from './zh-scenes.ts';

const parameters = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();
const zh = { ...zhScenes, ...zhBase };
const en = { ...enScenes, ...enBase };
const keys = Object.keys(zh) as MessageKey[];

describe('messages', () => {
  beforeAll(() => loadMessages('en'));
  it('[UI33] both languages have the same parameters', () => {
    for (const key of keys) expect(parameters(en[key]), key).toEqual(parameters(zh[key]));
  });
  it('[UI33] no Han in English, no Latin sentence in Chinese', () => {
    for (const key of keys) {
      if (key === 'app.otherLang') continue;
      expect(en[key], key).not.toMatch(/[\u3400-\u9fff]/);
      expect(zh[key].replace(/\{\w+\}/g, ''), key).not.toMatch(/[a-z]{2,}\s[a-z]{2,}/i);
    }
  });
  it('[UI33] every kind of timeline entry has words', () => {
    expect(TIMELINE_KINDS.filter((kind) => maybe('en', `time.${kind}`) === null)).toEqual([]);
  });
  it('[ALR85] a take-over says from whom; an acknowledgement of what was nobody’s says nobody', () => {
    const entry = { seq: 1, atMs: 1, kind: 'alert.acknowledged', actor: { kind: 'system', id: 'x' } } as const;
    const words = (more: object) =>
      kindWords({ ...entry, params: { summary: 'Payments fail', ...more } } as unknown as TimelineEntry, 'en', null);
    expect(words({ from: 'Lin Yue' })).toBe('Payments fail: taken over from Lin Yue');
    expect(words({})).toBe('Acknowledged Payments fail');
  });
  it('a missing parameter leaves a gap, not a crash', () => expect(fill('a {b} c')).toBe('a  c'));
  it('[UI33] what is counted has its form in English: one alert, two alerts, none were given up', () => {
    const told = (n: number | string) => fill('{n} alert{n:s} {n:were|was} given up', { n });
    expect([0, 1, '1', 2].map(told)).toEqual([
      '0 alerts were given up',
      '1 alert was given up',
      '1 alert was given up',
      '2 alerts were given up',
    ]);
  });
});
