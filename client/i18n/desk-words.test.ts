import { describe, expect, it } from 'vitest';
import { HISTORY_TYPES, NOTIFICATION_REASONS, SUPPRESSION_REASONS } from '#contract/alerts';
import { DELIVERY_FAILURES } from '#contract/receivers';
import { DESK_KEYS } from '../screens/desk/keys.ts';
import { enDesk } from './en-desk.ts';
import { enPhone } from './en-phone.ts';
import { type DeskKey, zhDesk as onlyDesk } from './zh-desk.ts';
import { zhPhone } from './zh-phone.ts';

const parameters = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();
const zhDesk = { ...onlyDesk, ...zhPhone };
const en = { ...enDesk, ...enPhone };
const keys = Object.keys(zhDesk) as DeskKey[];

describe('words of the desk', () => {
  it('[UI33] both languages have the same parameters, no Han in English, no Latin sentence in Chinese', () => {
    for (const key of keys) {
      expect(parameters(en[key]), key).toEqual(parameters(zhDesk[key]));
      expect(en[key], key).not.toMatch(/[\u3400-\u9fff]/);
      expect(zhDesk[key].replace(/\{\w+\}/g, ''), key).not.toMatch(/[a-z]{2,}\s[a-z]{2,}/i);
    }
  });
  it('[DESK7] every line of history, every reason and every key has words', () => {
    const wanted = [
      ...HISTORY_TYPES.map((type) => `history.${type}`),
      ...[...NOTIFICATION_REASONS, ...SUPPRESSION_REASONS, ...DELIVERY_FAILURES].map((reason) => `reason.${reason}`),
      ...Object.values(DESK_KEYS).map((verb) => `key.${verb}`),
    ];
    expect(wanted.filter((key) => !(key in zhDesk))).toEqual([]);
  });
});
