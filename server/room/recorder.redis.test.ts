import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Frame, ViewId } from '#contract/frames';
import { testRedis } from '../test/redis.ts';
import { silentLog } from '../test/silent-log.ts';
import { createHeldClaim } from './held-claim.ts';
import { createRecorder } from './recorder.ts';
import { openForAppend, readSecond } from './recording-file.ts';

const T = Date.UTC(2026, 10, 11, 15, 59, 50);
const frame = (view: ViewId, serverMs: number, seq: number) => ({ view, serverMs, seq }) as unknown as Frame;
const tempFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'wr-rec-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
const line = (second: number) => ({ second, json: JSON.stringify({ serverMs: second * 1_000 }) });

function setup(folder = tempFolder()) {
  const { redis, prefix } = testRedis();
  const clock = { monotonicMs: 0 };
  const node = (nodeId: string, where = folder) => {
    const claim = createHeldClaim({
      redis,
      prefix,
      instance: 'i1',
      name: 'recorder',
      nodeId,
      monotonicMs: () => clock.monotonicMs,
    });
    const recorder = createRecorder({
      folder: where,
      instance: 'i1',
      claim,
      log: silentLog,
      nowMs: () => T,
      keepDays: 15,
      keepBytes: 1e9,
    });
    onTestFinished(() => recorder.stop());
    return { claim, recorder };
  };
  return { folder, clock, node };
}

describe('recorder', () => {
  it('[REC1] keeps one frame a view a second and gives it back, before and after it is on disk, over an hour change', async () => {
    const { folder, node } = setup();
    const { claim, recorder } = node('a');
    recorder.offer(frame('wall:overview', T, 0)); // no claim yet
    await claim.renew();
    for (let n = 0; n < 100; n += 1) recorder.offer(frame('wall:overview', T + n * 200, n));
    recorder.offer(frame('wall:checkout', T, 1_000));
    const shown = async (view: ViewId, atMs: number) => (await recorder.read(view, atMs)).frame;
    for (const _ of ['waiting', 'on disk']) {
      expect(await shown('wall:overview', T + 3_999)).toEqual(frame('wall:overview', T + 3_000, 15));
      expect(await shown('wall:overview', T + 15_000)).toEqual(frame('wall:overview', T + 15_000, 75));
      expect(await shown('wall:checkout', T)).toMatchObject({ seq: 1_000 });
      await recorder.flush();
    }
    expect(await recorder.read('wall:checkout', T + 5_000)).toEqual({ frame: null, previousAtMs: T });
    expect(await recorder.read('wall:supply', T)).toEqual({ frame: null, previousAtMs: null });
    expect(await recorder.hours('wall:overview')).toEqual([T - 3_590_000, T + 10_000]);
    const text = gunzipSync(readFileSync(join(folder, 'i1/wall-overview/2026-11-11T15.ndjson.gz'))).toString();
    expect(text.trimEnd().split('\n')).toHaveLength(10);
  });
  it('[REC5] only the node that holds the claim records; when it freezes another goes on and it stops by itself', async () => {
    const { clock, node } = setup();
    const [a, b] = [node('a'), node('b', tempFolder())];
    expect(await a.claim.renew()).toBe(true);
    await b.claim.renew();
    a.recorder.offer(frame('wall:overview', T, 1));
    b.recorder.offer(frame('wall:overview', T, 1));
    expect([a, b].map(({ recorder }) => recorder.stats().framesCount)).toEqual([1, 0]);
    clock.monotonicMs = 3_001; // a was frozen: nothing was renewed
    expect(a.recorder.wants()).toBe(false);
    a.recorder.offer(frame('wall:overview', T + 1_000, 2));
    expect(a.recorder.stats().framesCount).toBe(1);
    await a.claim.release();
    expect(await b.claim.renew()).toBe(true);
    b.recorder.offer(frame('wall:overview', T + 1_000, 2));
    expect(b.recorder.stats().framesCount).toBe(1);
  });
  it('[REC3] a tail torn at any byte, filled with zeros or damaged is cut at the next open; what was whole stays', async () => {
    const path = join(tempFolder(), 'x.ndjson.gz');
    const first = await openForAppend(path);
    const lengths = [await first.file.append([line(1), line(2)]), await first.file.append([line(3)])];
    await first.file.close();
    const good = readFileSync(path);
    const [one = 0, two = 0] = lengths;
    const cuts = [one + 1, one + 16, one + 31, one + 32, one + 40, one + two - 8, one + two - 1];
    for (const size of cuts) {
      writeFileSync(path, good);
      truncateSync(path, size);
      const again = await openForAppend(path);
      expect(again.cutBytes).toBe(size - one);
      await again.file.append([line(4)]);
      await again.file.close();
      expect((await readSecond(path, 2)).json).toBe(line(2).json);
      expect(await readSecond(path, 3)).toEqual({ json: null, previousSecond: 2 });
      expect((await readSecond(path, 4)).json).toBe(line(4).json);
      expect(gunzipSync(readFileSync(path)).toString().trimEnd().split('\n')).toHaveLength(3);
    }
    writeFileSync(path, good);
    appendFileSync(path, Buffer.alloc(5_000));
    const zeros = await openForAppend(path);
    expect(zeros.cutBytes).toBe(5_000);
    await zeros.file.close();
    const damaged = Buffer.from(good);
    damaged[one + 36] = (damaged[one + 36] ?? 0) ^ 0xff;
    writeFileSync(path, damaged);
    const cut = await openForAppend(path);
    expect(cut.cutBytes).toBe(two);
    await cut.file.close();
    expect((await readSecond(path, 2)).json).toBe(line(2).json);
  });
  it('[REC3] kill -9 while it writes: every second that was said to be on disk is read back', async () => {
    const path = join(tempFolder(), 'k.ndjson.gz');
    let said = 0;
    for (let round = 0; round < 3; round += 1) {
      const from = said + 1;
      const script = new URL('../test/recording-child.ts', import.meta.url).pathname;
      const child = spawn(process.execPath, ['--import', 'tsx', script, path, String(from)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      let text = '';
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (data) => {
          text += data;
          if (text.split('\n').length > 20 + round * 7) resolve();
        });
      });
      child.kill('SIGKILL');
      await ended;
      said = Number(text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1));
      for (let second = from; second <= said; second += 1) expect((await readSecond(path, second)).json).not.toBeNull();
    }
    const again = await openForAppend(path);
    await again.file.close();
    expect((await readSecond(path, said)).json).not.toBeNull();
  });
});
