import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from './timeline.ts';
import { isWanted, type TimelineFilter } from './timeline-filter.ts';

const entry: TimelineEntry = {
  seq: 4,
  atMs: 5_000,
  kind: 'alert.fired',
  actor: { kind: 'user', id: 'u-lin', name: 'Lin Yue' },
  params: { rule: 'PaymentSuccessLow', tier: 'orange', value: 0.97, summary: '支付失败' },
};

describe('isWanted', () => {
  for (const [title, filter, want] of [
    ['nothing asked, nothing left out', {}, true],
    ['the first ms of the span is in', { fromMs: 5_000 }, true],
    ['one ms before is not', { fromMs: 5_001 }, false],
    ['the end of the span is not in', { toMs: 5_000 }, false],
    ['one ms before the end is', { toMs: 5_001 }, true],
    ['its kind', { kinds: ['note', 'alert.fired'] }, true],
    ['another kind', { kinds: ['note'] }, false],
    ['its person', { actorId: 'u-lin' }, true],
    ['another person', { actorId: 'u-zhao' }, false],
    ['its tier', { tier: 'orange' }, true],
    ['another tier', { tier: 'red' }, false],
    ['text in a parameter, case aside', { text: 'paymentsuccess' }, true],
    ['text in Chinese', { text: '失败' }, true],
    ['text in a number', { text: '0.97' }, true],
    ['the person by name', { text: 'lin y' }, true],
    ['the kind', { text: 'fired' }, true],
    ['text that is nowhere', { text: 'refund' }, false],
    ['all conditions hold together', { text: 'payment', tier: 'red' }, false],
  ] as const satisfies readonly (readonly [string, TimelineFilter, boolean])[])
    it(`[PAGE10] ${title}`, () => expect(isWanted(filter, entry)).toBe(want));
  it('[PAGE10] no filter finds what is hidden', () => {
    const hidden = { ...entry, kind: 'hidden' as const, params: {}, actor: { kind: 'system' as const, id: 'hidden' } };
    expect(isWanted({}, hidden)).toBe(true);
    expect(isWanted({ text: 'hidden' }, hidden)).toBe(false);
    expect(isWanted({ kinds: ['login.refused'] }, hidden)).toBe(false);
  });
});
