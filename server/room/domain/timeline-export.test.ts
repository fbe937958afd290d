import { describe, expect, it } from 'vitest';
import { csvField, csvRow } from './timeline-export.ts';

describe('csv', () => {
  for (const [value, want] of [
    ['plain', 'plain'],
    [12, '12'],
    [-5, '-5'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['@cmd', "'@cmd"],
    ['-2+3', "'-2+3"],
    ['+44', "'+44"],
    ['=A1,"x"', `"'=A1,""x"""`],
  ] as const)
    it(`[PAGE11] ${JSON.stringify(value)} is written ${want}`, () => expect(csvField(value)).toBe(want));
  it('[PAGE11] a row has who, when, what, and all parameters', () => {
    const row = csvRow({
      seq: 7,
      atMs: Date.UTC(2026, 10, 11, 16, 0, 1, 5),
      kind: 'note',
      actor: { kind: 'user', id: 'u1', name: '值班丙' },
      params: { text: '网关,已切换' },
    });
    expect(row).toBe('7,2026-11-11T16:00:01.005Z,note,user,u1,值班丙,,"网关,已切换","{""text"":""网关,已切换""}"');
  });
});
