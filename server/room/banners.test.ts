import { describe, expect, it } from 'vitest';
import type { Banner } from '#contract/runbooks';
import { mostUrgent } from './banners.ts';

const text = { zh: '', en: '' };
const banner = (id: string, tier: Banner['tier'], fromMs: number, untilMs: number): Banner => ({
  id,
  tier,
  text,
  by: 'x',
  fromMs,
  untilMs,
});

describe('the line across all walls', () => {
  it('[RUN47] the most urgent one that runs; of two alike the later; none at its end', () => {
    const list = [banner('a', 'yellow', 0, 100), banner('b', 'red', 50, 60), banner('c', 'yellow', 10, 100)];
    expect(mostUrgent(list, 5)?.id).toBe('a');
    expect(mostUrgent(list, 10)?.id).toBe('c');
    expect(mostUrgent(list, 50)?.id).toBe('b');
    expect(mostUrgent(list, 59)?.id).toBe('b');
    expect(mostUrgent(list, 60)?.id).toBe('c');
    expect(mostUrgent(list, 100)).toBeNull();
    expect(mostUrgent([], 0)).toBeNull();
  });
});
