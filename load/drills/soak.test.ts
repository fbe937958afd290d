import { describe, expect, it } from 'vitest';
import { judgeSoak } from './soak.ts';

const warm = { heapBytes: 10e6, nodesCount: 1_000, listenersCount: 100, busyS: 10, atMs: 0 };
const end = { ...warm, heapBytes: 10.9e6, nodesCount: 1_049, listenersCount: 104, busyS: 49, atMs: 100_000 };

describe('a wall that runs all night', () => {
  it('[TAKE45] [UI39] below all limits it is proved', () => expect(judgeSoak({ warm, end, faults: [] }).ok).toBe(true));
  for (const [title, change] of [
    ['heap grows by a tenth', { end: { ...end, heapBytes: 11e6 } }],
    ['nodes grow by a twentieth', { end: { ...end, nodesCount: 1_050 } }],
    ['listeners grow by a twentieth', { end: { ...end, listenersCount: 105 } }],
    ['the main thread is busy two fifths of the time', { end: { ...end, busyS: 50 } }],
    ['the page had an error', { faults: ['TypeError'] }],
  ] as const)
    it(`[TAKE45] [UI39] not when ${title}`, () =>
      expect(judgeSoak({ warm, end, faults: [], ...change }).ok).toBe(false));
});
