import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ensureRedis, findProgram } from './setup.ts';

/** A PATH of one folder, with a redis-server that says what version it is; nothing may be installed. */
function onlyRedis(says: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'wr-path-'));
  const before = { PATH: process.env.PATH, WARROOM_NO_SETUP: process.env.WARROOM_NO_SETUP };
  onTestFinished(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  });
  if (says !== null) {
    writeFileSync(join(folder, 'redis-server'), `#!/bin/sh\necho "${says}"\n`);
    chmodSync(join(folder, 'redis-server'), 0o755);
  }
  process.env.PATH = folder;
  process.env.WARROOM_NO_SETUP = '1';
  return folder;
}

describe('set-up', () => {
  it('[OPS12] finds a program that may be run, and no other file', () => {
    const folder = onlyRedis('Redis server v=7.2.4 sha=0:0');
    writeFileSync(join(folder, 'plain'), '');
    expect(findProgram('redis-server')).toBe(join(folder, 'redis-server'));
    expect(findProgram('plain')).toBeNull();
    expect(findProgram('absent')).toBeNull();
  });
  it('[OPS12] takes Redis 7 and later', async () => {
    const folder = onlyRedis('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64');
    expect(await ensureRedis()).toBe(join(folder, 'redis-server'));
  });
  for (const { title, says } of [
    { title: 'no Redis at all', says: null },
    { title: 'a Redis that is too old', says: 'Redis server v=6.2.14 sha=0:0' },
    { title: 'something else by that name', says: 'hello' },
  ])
    it(`[OPS12] ${title}: one line that says what to do`, async () => {
      onlyRedis(says);
      const error = await ensureRedis().catch((caught: unknown) => caught as Error);
      expect(error).toMatchObject({ code: 'redis_missing' });
      expect((error as Error).message).toMatch(/install|brew/);
      expect((error as Error).message).not.toContain('\n');
    });
});
