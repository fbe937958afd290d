import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** What is at one place of an append-only file. */
type Item =
  | { readonly kind: 'command'; readonly next: number; readonly name: string }
  | { readonly kind: 'note'; readonly next: number }
  | { readonly kind: 'short' } // the file ends inside it
  | { readonly kind: 'bad' };
type Read = (at: number, length: number) => Buffer;

const LINE_BYTES = 32;
const WINDOW_BYTES = 4 * 1024 * 1024;
/** No single write of ours is as long; a longer rest behind the last whole command is damage. */
const LONGEST_TAIL_BYTES = 64 * 1024 * 1024;

/** `*3\r\n` or `$5\r\n` → the number and where the line ends. */
function header(read: Read, at: number, mark: string): { value: number; next: number } | 'short' | 'bad' {
  const line = read(at, LINE_BYTES).toString('latin1');
  const end = line.indexOf('\r\n');
  if (end < 0) {
    const fits = line === '' || new RegExp(`^\\${mark}(\\d*\\r?)$`).test(line);
    return fits && line.length < LINE_BYTES ? 'short' : 'bad';
  }
  const [, digits] = new RegExp(`^\\${mark}(\\d{1,10})$`).exec(line.slice(0, end)) ?? [];
  return digits === undefined ? 'bad' : { value: Number(digits), next: at + end + 2 };
}

function itemAt(read: Read, at: number, size: number): Item {
  if (read(at, 1).toString('latin1') === '#') {
    const end = read(at, 1_024).indexOf(10);
    return end < 0 ? { kind: size - at < 1_024 ? 'short' : 'bad' } : { kind: 'note', next: at + end + 1 };
  }
  const count = header(read, at, '*');
  if (typeof count === 'string') return { kind: count };
  if (count.value < 1) return { kind: 'bad' };
  let { next } = count;
  let name = '';
  for (let i = 0; i < count.value; i += 1) {
    const length = header(read, next, '$');
    if (typeof length === 'string') return { kind: length };
    const end = length.next + length.value;
    if (end + 2 > size) return { kind: 'short' };
    if (i === 0) name = read(length.next, Math.min(length.value, 16)).toString('latin1').toLowerCase();
    if (read(end, 2).toString('latin1') !== '\r\n') return { kind: 'bad' };
    next = end + 2;
  }
  return { kind: 'command', next, name };
}

/** Whole commands behind a broken place: then it is no unfinished last write but a hole in the middle. */
function commandsBehind(read: Read, from: number, size: number): boolean {
  const rest = read(from, size - from);
  for (let at = rest.indexOf('\r\n*', 1); at >= 0; at = rest.indexOf('\r\n*', at + 1)) {
    if (itemAt(read, from + at + 2, size).kind === 'command') return true;
  }
  return false;
}

export type AofVerdict =
  | { readonly kind: 'whole' }
  /** An unfinished last write: nothing of it was ever acknowledged. */
  | { readonly kind: 'short'; readonly validBytes: number; readonly cutBytes: number }
  | { readonly kind: 'damaged'; readonly atByte: number };

/** Reads an append-only file of commands to its end; changes nothing. A transaction counts as one write. */
export function judgeAof(path: string): AofVerdict {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const window = Buffer.allocUnsafe(WINDOW_BYTES);
    let windowAt = 0;
    let windowEnd = 0;
    const read: Read = (at, length) => {
      if (length > WINDOW_BYTES) {
        const large = Buffer.allocUnsafe(length);
        return large.subarray(0, readSync(file, large, 0, length, at));
      }
      if (at < windowAt || at + length > windowEnd) {
        windowAt = at;
        windowEnd = at + readSync(file, window, 0, WINDOW_BYTES, at);
      }
      return window.subarray(at - windowAt, Math.min(at - windowAt + length, windowEnd - windowAt));
    };
    let at = 0;
    let openTransaction: number | null = null;
    while (at < size) {
      const item = itemAt(read, at, size);
      if (item.kind === 'bad') return { kind: 'damaged', atByte: at };
      if (item.kind === 'short') {
        if (size - at > LONGEST_TAIL_BYTES || commandsBehind(read, at, size)) return { kind: 'damaged', atByte: at };
        break;
      }
      if (item.kind === 'command' && item.name === 'multi') openTransaction = at;
      if (item.kind === 'command' && item.name === 'exec') openTransaction = null;
      at = item.next;
    }
    const validBytes = openTransaction ?? at;
    return validBytes === size ? { kind: 'whole' } : { kind: 'short', validBytes, cutBytes: size - validBytes };
  } finally {
    closeSync(file);
  }
}

/** The append-only files in the order Redis loads them, from its manifest; empty when there is none. */
export function aofFiles(redisFolder: string): string[] {
  const folder = join(redisFolder, 'appendonlydir');
  const manifest = join(folder, 'appendonly.aof.manifest');
  if (!existsSync(manifest)) return [];
  const names = readFileSync(manifest, 'utf8').matchAll(/^file (\S+) seq \d+ type i/gm);
  return [...names].map(([, name]) => join(folder, name ?? ''));
}

/**
 * Cuts an unfinished last write off and keeps what was cut beside it (`<file>.cut-<bytes>`).
 * @returns bytes cut, or where the damage is; then no file has been touched
 */
export function repairTail(redisFolder: string): { cutBytes: number } | { damaged: string; atByte: number } {
  const files = aofFiles(redisFolder);
  for (const [i, path] of files.entries()) {
    const verdict = judgeAof(path);
    if (verdict.kind === 'whole') continue;
    if (verdict.kind === 'damaged') return { damaged: path, atByte: verdict.atByte };
    if (i < files.length - 1) return { damaged: path, atByte: verdict.validBytes }; // only the last one is ever unfinished
    const file = openSync(path, 'r+');
    try {
      const cut = Buffer.alloc(verdict.cutBytes);
      readSync(file, cut, 0, cut.length, verdict.validBytes);
      writeFileSync(`${path}.cut-${verdict.cutBytes}`, cut, { mode: 0o600 });
      ftruncateSync(file, verdict.validBytes);
    } finally {
      closeSync(file);
    }
    return { cutBytes: verdict.cutBytes };
  }
  return { cutBytes: 0 };
}
