import { describe, expect, it } from 'vitest';
import { createAnnouncer } from './announce.ts';

describe('what is spoken', () => {
  it('[TAKE6] fifty changes in ten seconds are said at most three times, the last words among them', () => {
    const said: string[] = [];
    let timer: { run: () => void; atMs: number } | null = null;
    let nowMs = 0;
    const announcer = createAnnouncer(
      (words) => said.push(words),
      (run, ms) => {
        timer = { run, atMs: nowMs + ms };
        return () => {
          timer = null;
        };
      },
    );
    const pass = (toMs: number): void => {
      nowMs = toMs;
      const due = timer as { run: () => void; atMs: number } | null;
      if (due !== null && due.atMs <= nowMs) {
        timer = null;
        due.run();
      }
    };
    for (let n = 1; n <= 50; n += 1) {
      pass(n * 200);
      announcer.offer(`${n} open`, nowMs);
    }
    expect(said.length).toBeLessThanOrEqual(3);
    pass(60_000);
    expect(said.at(-1)).toBe('50 open');
    announcer.offer('50 open', 90_000);
    expect(said).toHaveLength(new Set(said).size);
  });
});
