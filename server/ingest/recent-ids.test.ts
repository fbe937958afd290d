import { describe, expect, it } from 'vitest';
import { RecentIds } from './recent-ids.ts';

describe('identities seen lately', () => {
  it('[ING32] knows what was added and suspects hardly anybody else', () => {
    const recent = new RecentIds();
    for (let i = 0; i < 50_000; i += 1) recent.add(`AbCdEfGh:o-${i}`);
    let kept = 0;
    for (let i = 0; i < 50_000; i += 1) if (recent.has(`AbCdEfGh:o-${i}`)) kept += 1;
    let strangers = 0;
    for (let i = 50_000; i < 250_000; i += 1) if (recent.has(`AbCdEfGh:o-${i}`)) strangers += 1;
    expect(kept).toBeGreaterThan(49_000);
    expect(strangers).toBeLessThan(5);
  });
});
