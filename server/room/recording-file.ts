import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { crc32, deflateRaw, gunzip } from 'node:zlib';
import { decodeHeader, encodeMember, HEADER_BYTES, type MemberInfo } from './domain/recording-format.ts';

const deflate = promisify(deflateRaw);
const unzip = promisify(gunzip);

export interface RecordedLine {
  readonly second: number;
  /** JSON of one frame, without a line end. */
  readonly json: string;
}
interface Placed extends MemberInfo {
  readonly at: number;
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

/** The whole members from `from` on, and where the last of them ends. */
async function hop(file: FileHandle, from: number): Promise<{ members: Placed[]; endBytes: number }> {
  const { size } = await file.stat();
  const members: Placed[] = [];
  let at = from;
  while (at + HEADER_BYTES <= size) {
    const info = decodeHeader(await readAt(file, at, HEADER_BYTES));
    if (info === null || at + info.lengthBytes > size) break;
    members.push({ ...info, at });
    at += info.lengthBytes;
  }
  return { members, endBytes: at };
}

/** Checks that a member can be read back: a power cut may leave its length right and its bytes not. */
async function isWhole(file: FileHandle, { at, lengthBytes }: Placed): Promise<boolean> {
  return unzip(await readAt(file, at, lengthBytes)).then(
    () => true,
    () => false,
  );
}

/**
 * Opens a file to go on with it. What a crash left half-written at its end is cut off first.
 * @returns the file and how many bytes were cut
 */
export async function openForAppend(path: string): Promise<{ file: RecordingWriter; cutBytes: number }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  const { size } = await file.stat();
  let { members, endBytes } = await hop(file, 0);
  for (let last = members.at(-1); last !== undefined && !(await isWhole(file, last)); last = members.at(-1)) {
    endBytes = last.at;
    members = members.slice(0, -1);
  }
  if (endBytes < size) {
    await file.truncate(endBytes);
    await file.datasync();
  }
  return { file: new RecordingWriter(file), cutBytes: size - endBytes };
}

/** Appends members to one file; each is on disk when `append` comes back. */
export class RecordingWriter {
  private readonly file: FileHandle;
  constructor(file: FileHandle) {
    this.file = file;
  }

  /** Lines in the order of their seconds, at least one. Returns the bytes written. */
  async append(lines: readonly RecordedLine[]): Promise<number> {
    const [first] = lines;
    const last = lines.at(-1);
    if (first === undefined || last === undefined) return 0;
    const text = Buffer.from(lines.map(({ json }) => `${json}\n`).join(''));
    const member = encodeMember(
      await deflate(text),
      { crc: crc32(text), sizeBytes: text.length },
      { firstSecond: first.second, lastSecond: last.second, frameCount: lines.length },
    );
    await this.file.appendFile(member);
    await this.file.datasync();
    return member.length;
  }
  close(): Promise<void> {
    return this.file.close();
  }
}

const secondOf = (json: string): number => {
  const { serverMs } = JSON.parse(json) as { serverMs: number };
  return Math.floor(serverMs / 1_000);
};

/**
 * The frame of one second, as JSON; null when the file has none. Of two (two nodes, a restart within the second) the later.
 * @param previous - the newest second before it that has one, for a caller who asks what to show instead
 */
export async function readSecond(
  path: string,
  second: number,
): Promise<{ json: string | null; previousSecond: number | null }> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { json: null, previousSecond: null };
    throw error;
  }
  try {
    const { members } = await hop(file, 0);
    let previousSecond: number | null = null;
    for (const { at, lengthBytes, firstSecond, lastSecond } of members.reverse()) {
      if (firstSecond > second) continue;
      if (lastSecond < second) {
        previousSecond = Math.max(previousSecond ?? 0, lastSecond);
        break;
      }
      const lines = (await unzip(await readAt(file, at, lengthBytes))).toString().trimEnd().split('\n');
      const json = lines.findLast((line) => secondOf(line) === second);
      if (json !== undefined) return { json, previousSecond: null };
      for (const line of lines)
        if (secondOf(line) < second) previousSecond = Math.max(previousSecond ?? 0, secondOf(line));
    }
    return { json: null, previousSecond };
  } finally {
    await file.close();
  }
}
