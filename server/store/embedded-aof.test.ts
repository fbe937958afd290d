import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { judgeAof, repairTail } from './embedded-aof.ts';

const command = (...parts: string[]): string =>
  `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
const ONE = command('HINCRBY', '{a}:1s:1', 'gmv_paid_minor', '100');
const ALL = ONE + command('MULTI') + ONE + ONE + command('EXEC') + ONE;

function folderWith(...contents: string[]): { folder: string; path: (i: number) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'wr-aof-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = (i: number): string => join(folder, 'appendonlydir', `appendonly.aof.${i + 1}.incr.aof`);
  mkdirSync(join(folder, 'appendonlydir'));
  const lines = contents.map((_, i) => `file appendonly.aof.${i + 1}.incr.aof seq ${i + 1} type i`);
  writeFileSync(join(folder, 'appendonlydir', 'appendonly.aof.manifest'), `${lines.join('\n')}\n`);
  for (const [i, text] of contents.entries()) writeFileSync(path(i), text);
  return { folder, path };
}

describe('the append-only file', () => {
  it('[EMB6] a whole file is whole, with notes and an empty one too', () => {
    for (const text of [ALL, `#TS:1763740800\r\n${ALL}`, '']) {
      expect(judgeAof(folderWith(text).path(0))).toEqual({ kind: 'whole' });
    }
  });
  it('[EMB6] cut at any byte of its last write it is short, and what stays is whole commands', () => {
    for (let size = ALL.length - ONE.length + 1; size < ALL.length; size += 1) {
      const validBytes = ALL.length - ONE.length;
      expect(judgeAof(folderWith(ALL.slice(0, size)).path(0))).toEqual({
        kind: 'short',
        validBytes,
        cutBytes: size - validBytes,
      });
    }
  });
  it('[EMB6] a transaction without its end is cut as a whole', () => {
    const text = ONE + command('MULTI') + ONE + ONE;
    expect(judgeAof(folderWith(text).path(0))).toMatchObject({ kind: 'short', validBytes: ONE.length });
  });
  it('[EMB7] bytes lost in the middle are damage, wherever they were', () => {
    const text = ONE.repeat(6);
    const start = ONE.length * 2;
    for (let lost = 1; lost < ONE.length; lost += 1) {
      const broken = text.slice(0, start) + text.slice(start + lost);
      expect(judgeAof(folderWith(broken).path(0)), `lost ${lost}`).toMatchObject({ kind: 'damaged' });
    }
  });
  it('[EMB7] a length that swallows the rest is damage, not an unfinished write', () => {
    const text = ONE + ONE.replace('$7\r\n', '$99999\r\n') + ONE + ONE;
    expect(judgeAof(folderWith(text).path(0))).toEqual({ kind: 'damaged', atByte: ONE.length });
  });
  it('[EMB6] repair keeps what it cuts', () => {
    const { folder, path } = folderWith(ALL, ALL.slice(0, -5));
    const cutBytes = ONE.length - 5;
    expect(repairTail(folder)).toEqual({ cutBytes });
    expect(readFileSync(path(1), 'latin1')).toBe(ALL.slice(0, -ONE.length));
    expect(readFileSync(`${path(1)}.cut-${cutBytes}`, 'latin1')).toBe(ONE.slice(0, -5));
    expect(repairTail(folder)).toEqual({ cutBytes: 0 });
  });
  it('[EMB7] a short file that is not the last one is damage, and stays as it is', () => {
    const { folder, path } = folderWith(ALL.slice(0, -5), ALL);
    expect(repairTail(folder)).toMatchObject({ damaged: path(0) });
    expect(readFileSync(path(0), 'latin1')).toBe(ALL.slice(0, -5));
  });
});
