import { expect, it } from 'vitest';
import { AppError } from '#contract/errors';
import { patiently } from './patiently.ts';

it('[OPS15] a step of the start is taken again while the store is slow, and no other error is', async () => {
  let tries = 0;
  const told: unknown[] = [];
  const slow = async (): Promise<number> => {
    tries += 1;
    if (tries < 3) throw new AppError('store_timeout', 'slow');
    return tries;
  };
  expect(await patiently(slow, (error) => told.push(error))).toBe(3);
  expect(told).toHaveLength(2);
  await expect(
    patiently(
      () => Promise.reject(new TypeError('a bug')),
      () => expect.unreachable(),
    ),
  ).rejects.toThrow('a bug');
});
