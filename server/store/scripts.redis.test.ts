import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testRedis } from '../test/redis.ts';
import { loadScript, runScript, scriptProblem } from './scripts.ts';
import { appendEntry, timelineKeys } from './timeline.ts';

const folder = new URL('./scripts/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.lua'))
  .map((file) => file.slice(0, -4));

describe('scripts', () => {
  it.each(names)('[SCRIPT1] %s: name, header and keys agree, and Redis compiles it', async (name) => {
    expect(scriptProblem(name, readFileSync(new URL(`${name}.lua`, folder), 'utf8'))).toBeNull();
    const { redis } = testRedis();
    const script = loadScript(name);
    expect(await redis.script('LOAD', script.lua)).toBe(script.sha1);
  });
  it('[SCRIPT1] a wrong count, a missing header and an undeclared key are found', () => {
    const header = '-- x\n-- KEYS[1] a\n-- ARGV[1] b\n-- Returns c\n';
    expect(scriptProblem('take-1', `${header}return KEYS[1]`)).toBeNull();
    expect(scriptProblem('take-2', header)).toMatch(/names 1 keys/);
    expect(scriptProblem('take-1', `${header}return KEYS[2]`)).toMatch(/uses KEYS\[2\]/);
    expect(scriptProblem('take-1', 'return 1')).toMatch(/header/);
    expect(scriptProblem('take', header)).toMatch(/name/);
  });
  it('[SCRIPT2] a script survives SCRIPT FLUSH', async () => {
    const { redis, prefix } = testRedis();
    const keys = timelineKeys(prefix, 'i1');
    const note = { kind: 'note', actor: { kind: 'system', id: 'test' }, params: {} } as const;
    await appendEntry(redis, keys, note);
    await redis.script('FLUSH');
    expect(await appendEntry(redis, keys, note)).toBe(2);
  });
  it('[SCRIPT3] keys of two hash tags are refused before they are sent', async () => {
    const { redis } = testRedis();
    const script = loadScript('append-entry-3');
    await expect(runScript(redis, script, ['{a}:1', '{a}:2', '{b}:3'], [])).rejects.toThrow(/hash tag/);
    await expect(runScript(redis, script, ['{a}:1'], [])).rejects.toThrow(/1 keys/);
  });
});

describe('timeline', () => {
  it('[TL1] entries are numbered without gaps under one epoch, from many writers at once', async () => {
    const { redis, prefix } = testRedis();
    const keys = timelineKeys(prefix, 'i1');
    const actor = { kind: 'user', id: 'u1', name: 'Lin' } as const;
    const seqs = await Promise.all(
      Array.from({ length: 50 }, (_, index) => appendEntry(redis, keys, { kind: 'note', actor, params: { index } })),
    );
    expect([...seqs].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    const epoch = await redis.get(keys.epoch);
    await appendEntry(redis, keys, { kind: 'note', actor, params: { text: 'a"b\r\n\u001b[31m' }, requestId: 'r1' });
    expect(await redis.get(keys.epoch)).toBe(epoch);
    const [row] = await redis.xrevrange(keys.stream, '+', '-', 'COUNT', 1);
    expect(row?.[0]).toBe('51-0');
    const entry = JSON.parse(row?.[1][1] ?? '');
    expect(entry).toMatchObject({ seq: 51, kind: 'note', actor, params: { text: 'a"b   [31m' }, requestId: 'r1' });
    const [seconds] = await redis.time();
    expect(Math.abs(entry.atMs - Number(seconds) * 1_000)).toBeLessThan(5_000);
  });
});
