import { describe, expect, it } from 'vitest';
import {
  APPROVAL_TIERS,
  BUDGET_REFUSALS,
  ENTRY_KINDS,
  FREEZE_DIRECTIONS,
  MOVE_STATES,
  OBJECTIVES,
  SEATS,
} from '#contract/budget';
import { ADVICE_NOTES, CARD_REASONS, VETO_CODES } from '#contract/recommendations';
import { pageWordTables } from '../../i18n/page-words.ts';
import './code-words.ts';
import './words.ts';

const parameters = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe('words of the marketing desk', () => {
  it.each(['money', 'money-codes'])('[UI33] %s: both languages, same parameters, no foreign words', (page) => {
    const { zh, en } = pageWordTables.get(page) as { zh: Record<string, string>; en: Record<string, string> };
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    for (const [key, text] of Object.entries(zh)) {
      expect(parameters(en[key] ?? ''), key).toEqual(parameters(text));
      expect(en[key], key).not.toMatch(/[\u3400-\u9fff]/);
      expect(text.replace(/\{\w+\}/g, ''), key).not.toMatch(/[a-z]{2,}\s[a-z]{2,}/i);
    }
  });
  it('[MON10] every code the server may send about money has words', () => {
    const { zh } = pageWordTables.get('money-codes') as { zh: Record<string, string> };
    const wanted = [
      ...BUDGET_REFUSALS.map((code) => `no.${code}`),
      ...CARD_REASONS.map((code) => `why.${code}`),
      ...VETO_CODES.map((code) => `veto.${code}`),
      ...ADVICE_NOTES.map((code) => `note.${code}`),
      ...MOVE_STATES.map((code) => `state.${code}`),
      ...APPROVAL_TIERS.map((code) => `tier.${code}`),
      ...SEATS.map((code) => `seat.${code}`),
      ...ENTRY_KINDS.map((code) => `entry.${code}`),
      ...FREEZE_DIRECTIONS.map((code) => `direction.${code}`),
      ...OBJECTIVES.map((code) => `objective.${code}`),
      ...['person', 'runbook', 'tier', 'kill_switch', 'feed'].map((by) => `by.${by}`),
    ];
    expect(wanted.filter((key) => !(key in zh))).toEqual([]);
  });
});
