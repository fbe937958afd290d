import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppError } from '#contract/errors';
import { dataFolder } from '../test/processes.ts';
import { connectStore, storeReady, storeState } from './connect.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { type EmbeddedRedis, startEmbedded } from './embedded.ts';
import { identify, isAlive } from './process-identity.ts';
import type { StoreTarget } from './redis-url.ts';
import { asStoreError } from './store-error.ts';

const root = new URL('../../', import.meta.url).pathname;

interface Run {
  readonly redis: EmbeddedRedis;
  readonly notes: { fields: Record<string, unknown>; message: string }[];
  /** Resolves with the fields of the next note that matches. */
  noted(pattern: RegExp): Promise<Record<string, unknown>>;
  readonly fatal: Promise<AppError>;
}
async function embedded(dataDir: string): Promise<Run> {
  const notes: Run['notes'] = [];
  const waiting: { pattern: RegExp; resolve: (fields: Record<string, unknown>) => void }[] = [];
  const note = (fields: Record<string, unknown>, message: string): void => {
    notes.push({ fields, message });
    for (const wait of waiting) if (wait.pattern.test(message)) wait.resolve(fields);
  };
  let tell: (error: AppError) => void = () => undefined;
  const fatal = new Promise<AppError>((resolve) => {
    tell = resolve;
  });
  const redis = await startEmbedded({ dataDir, log: { info: note, warn: note }, onFatal: tell });
  onTestFinished(() => redis.stop());
  return { redis, notes, fatal, noted: (pattern) => new Promise((resolve) => waiting.push({ pattern, resolve })) };
}
async function client(target: StoreTarget): Promise<Redis> {
  const redis = connectStore(target, 'commands', 'test');
  onTestFinished(() => redis.disconnect());
  await storeReady(redis, 5_000);
  return redis;
}
/** Asks again until Redis answers: every refusal on the way must be one of ours. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      expect(asStoreError(error)?.code).toMatch(/^store_/);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
function hashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, createHash('sha1').update(readFileSync(path)).digest('hex')];
    }),
  );
}

/** `run-embedded.ts` as a process of its own; the first line it prints. */
async function parent(
  dataDir: string,
): Promise<{ child: ChildProcess; line: { pid: number; target: StoreTarget; code?: string; message?: string } }> {
  const child = spawn(process.execPath, ['server/launch.mjs', 'server/test/run-embedded.ts', dataDir], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout! }).once('line', resolve));
  return { child, line: JSON.parse(line) };
}

/** Asks a parent to stop; its exit code. */
const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });

describe('the embedded Redis', () => {
  it('[EMB1] listens on a private socket only; nothing secret is in its arguments', async () => {
    const dataDir = dataFolder();
    const { redis } = await embedded(dataDir);
    const { path, password = '' } = redis.target as { path: string; password?: string };
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    if (process.getuid?.() === 0) {
      // another user of the machine does not get as far as the password
      const stranger = spawnSync('redis-cli', ['-s', path, 'ping'], { uid: 65_534, gid: 65_534, encoding: 'utf8' });
      expect(stranger.stderr + stranger.stdout).toMatch(/Permission denied/);
    }
    const args = execFileSync('ps', ['-o', 'args=', '-p', String(redis.pid)]).toString();
    expect(args).not.toContain(password);
    expect(args).toContain('unixsocket:');
    for (const file of Object.keys(hashes(dataDir))) expect(statSync(file).mode & 0o077, file).toBe(0);
    // its own process group: a Ctrl-C in the terminal does not reach it
    expect(
      execFileSync('ps', ['-o', 'pgid=', '-p', String(redis.pid)])
        .toString()
        .trim(),
    ).toBe(String(redis.pid));
  });
  it('[EMB2] the product may not administrate', async () => {
    const { redis } = await embedded(dataFolder());
    const app = await client(redis.target);
    for (const call of [
      ['config', 'get', 'dir'],
      ['module', 'list'],
      ['keys', '*'],
      ['flushall'],
      ['flushdb'],
      ['shutdown'],
      ['acl', 'list'],
      ['monitor'],
      ['save'],
    ]) {
      await expect(app.call(call[0] ?? '', ...call.slice(1)), call.join(' ')).rejects.toThrow(/NOPERM/);
    }
    await expect(app.call('debug', 'sleep', '0')).rejects.toThrow(/not allowed|NOPERM/);
    const stranger = connectStore({ ...redis.target, password: 'guess' }, 'commands', 'test');
    onTestFinished(() => stranger.disconnect());
    await expect(storeReady(stranger, 500)).rejects.toThrow(/WRONGPASS/);
  });
  it('[EMB3] a killed child is back within 2 s with everything it had acknowledged', async () => {
    const { redis, noted } = await embedded(dataFolder());
    const app = await client(redis.target);
    const before = redis.pid ?? 0;
    await app.hincrby('cells', 'gmv', 7);
    const back = noted(/is back/);
    const killedMs = performance.now();
    process.kill(before, 'SIGKILL');
    await back;
    expect(await answered(() => app.hget('cells', 'gmv'))).toBe('7');
    expect(performance.now() - killedMs).toBeLessThan(2_000);
    expect(redis.pid).not.toBe(before);
  });
  it('[EMB3] while it is away every command is refused at once, none waits', async () => {
    const { redis } = await embedded(dataFolder());
    const app = await client(redis.target);
    const inFlight = app
      .call('xread', 'BLOCK', '60000', 'STREAMS', 'x', '0')
      .catch((error: unknown) => asStoreError(error));
    const closed = new Promise((resolve) => app.once('close', resolve));
    process.kill(redis.pid ?? 0, 'SIGKILL');
    await closed;
    const away = await app.hincrby('cells', 'gmv', 1).catch((error: unknown) => asStoreError(error));
    expect(away).toMatchObject({
      code: 'store_unavailable',
      options: expect.not.objectContaining({ outcome: 'unknown' }),
    });
    expect(await inFlight).toMatchObject({ code: 'store_unavailable', options: { outcome: 'unknown' } });
  });
  it('[EMB4] frozen, a command is refused after 2 s with an unknown outcome; thawed, it is as it says', async () => {
    const { redis } = await embedded(dataFolder());
    const app = await client(redis.target);
    const pid = redis.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(pid, 'SIGCONT'));
    const startedMs = performance.now();
    const error = await app.hincrby('cells', 'gmv', 1).catch((caught: unknown) => asStoreError(caught));
    expect(error).toMatchObject({ code: 'store_timeout', options: { outcome: 'unknown' } });
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(await storeState(app)).toEqual({ state: 'away' });
    process.kill(pid, 'SIGCONT');
    expect(Number(await answered(() => app.hget('cells', 'gmv')))).toBe(1);
    expect(await storeState(app)).toEqual({ state: 'ready' });
  });
  it('[EMB5] stops cleanly, twice in a row, and keeps its data', async () => {
    const dataDir = dataFolder();
    for (const want of [1, 2]) {
      const { redis } = await embedded(dataDir);
      const child = identify(redis.pid ?? 0);
      expect(await (await client(redis.target)).hincrby('cells', 'starts', 1)).toBe(want);
      await redis.stop();
      expect(isAlive(child)).toBe(false);
      expect(existsSync((redis.target as { path: string }).path)).toBe(false);
    }
  });
  it('[EMB6] an unfinished last write is cut off, said and kept aside', async () => {
    const dataDir = dataFolder();
    const first = await embedded(dataDir);
    const app = await client(first.redis.target);
    await app.set('acknowledged', 'yes');
    await app.set('unfinished', 'x'.repeat(500));
    await first.redis.stop();
    const folder = join(dataDir, 'redis', 'appendonlydir');
    const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.incr.aof')) ?? '');
    truncateSync(file, statSync(file).size - 100);
    const second = await embedded(dataDir);
    const again = await client(second.redis.target);
    expect(await again.mget('acknowledged', 'unfinished')).toEqual(['yes', null]);
    expect(second.notes.find((note) => /has been cut off/.test(note.message))?.fields.cutBytes).toBeGreaterThan(300);
    expect(readdirSync(folder).some((name) => /\.cut-\d+$/.test(name))).toBe(true);
  });
  it('[EMB7] bytes lost in the middle: refuses, and touches no file', async () => {
    const dataDir = dataFolder();
    const first = await embedded(dataDir);
    const app = await client(first.redis.target);
    for (let i = 0; i < 50; i += 1) await app.set(`key-${i}`, 'x'.repeat(200));
    await first.redis.stop();
    const folder = join(dataDir, 'redis');
    const file = Object.keys(hashes(folder)).find((path) => path.endsWith('.incr.aof')) ?? '';
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 3_000), bytes.subarray(3_777)]));
    const before = hashes(folder);
    await expect(embedded(dataDir)).rejects.toMatchObject({ code: 'data_damaged' });
    expect(hashes(folder)).toEqual(before);
  });
  it('[EMB8] an orphan of a killed server is ended before the next one starts', async () => {
    const dataDir = dataFolder();
    const { child, line } = await parent(dataDir);
    const orphan = identify(line.pid);
    await (await client(line.target)).set('acknowledged', 'yes');
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect(isAlive(orphan)).toBe(true);
    const unlock = lockDataDir(dataDir); // the lock of the killed server is stale
    const { redis, notes } = await embedded(dataDir);
    expect(isAlive(orphan)).toBe(false);
    expect(notes.some((note) => note.fields.pid === orphan.pid)).toBe(true);
    expect(await (await client(redis.target)).get('acknowledged')).toBe('yes');
    expect(existsSync((line.target as { path: string }).path)).toBe(false);
    unlock();
  });
  it('[EMB8] after kill -9 of everything the next start works, frozen orphan or none', async () => {
    const dataDir = dataFolder();
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      const { child, line } = await parent(dataDir);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      process.kill(line.pid, signal);
      await gone;
    }
    const { child, line } = await parent(dataDir);
    expect(line.pid).toBeGreaterThan(0);
    expect(await ended(child)).toBe(0);
  });
  it('[EMB9] a second server on the same data folder is refused, the first one goes on', async () => {
    const dataDir = dataFolder();
    const first = await parent(dataDir);
    const second = await parent(dataDir);
    expect(second.line.code).toBe('data_dir_locked');
    expect(second.line.message).toContain(String(first.child.pid));
    expect(await (await client(first.line.target)).ping()).toBe('PONG');
    expect(await ended(first.child)).toBe(0);
    expect(existsSync(join(dataDir, 'server.lock'))).toBe(false);
  });
  it('[EMB9] of many that start together exactly one gets the folder', async () => {
    const dataDir = dataFolder();
    writeFileSync(join(dataDir, 'server.lock'), JSON.stringify({ pid: 999_999, startedAt: '1' }));
    const all = await Promise.all([1, 2, 3, 4].map(() => parent(dataDir)));
    const winners = all.filter(({ line }) => line.code === undefined);
    expect(winners).toHaveLength(1);
    expect(all.filter(({ line }) => line.code === 'data_dir_locked')).toHaveLength(3);
    for (const { child } of winners) expect(await ended(child)).toBe(0);
  });
  it('[EMB10] a program that is not there, or a temp folder that is too deep, is said in one line', async () => {
    const log = { info: () => undefined, warn: () => undefined };
    const start = (): Promise<EmbeddedRedis> =>
      startEmbedded({ dataDir: dataFolder(), log, onFatal: () => undefined, program: 'redis-server-not-here' });
    await expect(start()).rejects.toMatchObject({ code: 'redis_missing' });
    const deep = mkdtempSync(join(dataFolder(), 'd'.repeat(100)));
    const before = process.env.TMPDIR;
    process.env.TMPDIR = deep;
    try {
      await expect(startEmbedded({ dataDir: deep, log, onFatal: () => undefined })).rejects.toMatchObject({
        code: 'config_invalid',
      });
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});
