import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { asking } from './money/asking.ts';
import { blocked } from './money/blocked.ts';
import { conflict } from './money/conflict.ts';
import { forms } from './money/forms.ts';
import { looks } from './money/looks.ts';
import { platform } from './money/platform.ts';
import { type MoneyHouse, moneyHouse } from './money-house.ts';

/** One server, one browser, and pages that one part hands to the next of its group; what the last part does to the feeds stays. */
describe('the marketing desk', { timeout: 120_000 }, () => {
  let house: MoneyHouse;
  beforeAll(async () => {
    house = await moneyHouse();
  }, 180_000);
  afterAll(() => house?.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await house.afresh();
  });
  const at = (): MoneyHouse => house;
  for (const [what, ...parts] of [
    ['asking', asking, conflict],
    ['in Chinese', looks('zh')],
    ['limits', looks('en'), forms],
    ['platforms', platform],
    ['blocked', blocked],
  ] as const)
    describe(what, () => {
      for (const part of parts) part(at);
      // a page that nobody looks at still draws every frame: those that the next parts do not share are closed
      afterAll(() => house?.afresh());
    });
});
