import { describe, expect, it } from 'vitest';
import { judgeDesk } from './desk.ts';

const good = { alertCount: 10_000, mostLines: 24, longTasksMs: [], seenMs: [90, 120, 300], faults: [] };
describe('the desk with ten thousand alerts', () => {
  it('[DESK10] within its limits it is proved', () => expect(judgeDesk(good, true).ok).toBe(true));
  for (const [title, change] of [
    ['too many lines are in the page', { mostLines: 61 }],
    ['a task takes long while scrolling', { longTasksMs: [51] }],
    ['one acknowledgement is seen late', { seenMs: [90, 301] }],
    ['none was seen', { seenMs: [] }],
    ['a page had an error', { faults: ['TypeError'] }],
  ] as const)
    it(`[DESK10] not when ${title}`, () => expect(judgeDesk({ ...good, ...change }, true).ok).toBe(false));
  it('[DESK10] times do not count at a part of the size', () =>
    expect(judgeDesk({ ...good, seenMs: [900], longTasksMs: [80] }, false).ok).toBe(true));
});
