import { expect, it } from 'vitest';
import { ownReason, spokenReason } from './own-reasons.ts';

it('[MON25] a reason that was filled in is read in the reader’s language; what somebody typed stays as typed', () => {
  for (const which of ['advice', 'undo'] as const)
    for (const asked of ['zh', 'en'] as const)
      for (const read of ['zh', 'en'] as const)
        expect(spokenReason(ownReason(which, asked), read)).toBe(ownReason(which, read));
  expect(spokenReason('search is saturated', 'zh')).toBe('search is saturated');
  expect(spokenReason('采用建议，但少一半', 'en')).toBe('采用建议，但少一半');
});
