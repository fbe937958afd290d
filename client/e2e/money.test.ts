import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { asking } from './money/asking.ts';
import { blocked } from './money/blocked.ts';
import { conflict } from './money/conflict.ts';
import { forms } from './money/forms.ts';
import { looks } from './money/looks.ts';
import { platform } from './money/platform.ts';
import { type MoneyHouse, moneyHouse } from './money-house.ts';

/** One server, one browser, and pages that one part hands to the next; what the last part does to the feeds stays. */
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
  asking(at);
  conflict(at);
  looks(at);
  forms(at);
  platform(at);
  blocked(at);
});
