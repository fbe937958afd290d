import { expect, it } from 'vitest';
import { hasDrift, settledBy } from './drift.ts';

const VIEW = { readBackMinor: 700, targetMinor: 500, spentMinor: 600 };
it('[MON16] adopting takes theirs for the day, asking again leads back to ours; what may still be spent is never below 0', () => {
  expect(settledBy(VIEW, 'adopt')).toEqual({ platform: [700, 700], ours: [500, 700], leftToday: [100, 100] });
  expect(settledBy(VIEW, 'reassert')).toEqual({ platform: [700, 500], ours: [500, 500], leftToday: [100, 0] });
  expect([null, 0, -3].map((driftMinor) => hasDrift({ driftMinor }))).toEqual([false, false, true]);
});
