/**
 * A recording is one file a view an hour: concatenated gzip members, each a few seconds of frames as lines of JSON, so
 * `zcat` reads it. Each member's header says in its extra field (RFC 1952, subfield "WR") how long the member is and which
 * seconds it holds: the file is its own index, and a torn tail is found by hopping from header to header.
 */
export interface MemberInfo {
  /** Whole member with header and trailer, bytes. */
  readonly lengthBytes: number;
  /** Seconds since the Unix epoch, both inclusive. */
  readonly firstSecond: number;
  readonly lastSecond: number;
  readonly frameCount: number;
}
export const HEADER_BYTES = 32;
const TRAILER_BYTES = 8;
const FIXED = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 20, 0, 0x57, 0x52, 16, 0]);

/** @param deflated - raw deflate of the lines; `crc` and `sizeBytes` are of the lines before it */
export function encodeMember(
  deflated: Buffer,
  { crc, sizeBytes }: { readonly crc: number; readonly sizeBytes: number },
  seconds: Omit<MemberInfo, 'lengthBytes'>,
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  FIXED.copy(header);
  header.writeUInt32LE(HEADER_BYTES + deflated.length + TRAILER_BYTES, 16);
  header.writeUInt32LE(seconds.firstSecond, 20);
  header.writeUInt32LE(seconds.lastSecond, 24);
  header.writeUInt32LE(seconds.frameCount, 28);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(crc >>> 0, 0);
  trailer.writeUInt32LE(sizeBytes >>> 0, 4);
  return Buffer.concat([header, deflated, trailer]);
}

/** Reads a header; null when these bytes are none, or name a length or a span that cannot be. */
export function decodeHeader(header: Buffer): MemberInfo | null {
  if (header.length < HEADER_BYTES || !header.subarray(0, FIXED.length).equals(FIXED)) return null;
  const info = {
    lengthBytes: header.readUInt32LE(16),
    firstSecond: header.readUInt32LE(20),
    lastSecond: header.readUInt32LE(24),
    frameCount: header.readUInt32LE(28),
  };
  const possible = info.lengthBytes > HEADER_BYTES + TRAILER_BYTES && info.firstSecond <= info.lastSecond;
  return possible ? info : null;
}

const HOUR_S = 3_600;
export const hourOf = (second: number): number => second - (second % HOUR_S);
/** `2026-11-11T16.ndjson.gz`, the hour in UTC. */
export const fileNameOf = (second: number): string =>
  `${new Date(hourOf(second) * 1_000).toISOString().slice(0, 13)}.ndjson.gz`;
/** First second of the hour a file is of; null when it is no recording. */
export function hourOfFile(name: string): number | null {
  const hour = /^(\d{4}-\d{2}-\d{2}T\d{2})\.ndjson\.gz$/.exec(name)?.[1];
  return hour === undefined ? null : Date.parse(`${hour}:00:00Z`) / 1_000;
}

export interface RecordedFile {
  readonly path: string;
  readonly hourSecond: number;
  readonly sizeBytes: number;
}
/**
 * Which files must go: those whose hour ended before the days kept, then the oldest until the rest fits. The newest hour
 * stays, whatever its size.
 */
export function filesToDrop(
  files: readonly RecordedFile[],
  nowSecond: number,
  keep: { readonly days: number; readonly bytes: number },
): readonly RecordedFile[] {
  const oldestFirst = [...files].sort((a, b) => a.hourSecond - b.hourSecond);
  const newest = oldestFirst.at(-1)?.hourSecond;
  let bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return oldestFirst.filter(({ hourSecond, sizeBytes }) => {
    const tooOld = hourSecond + HOUR_S <= nowSecond - keep.days * 86_400;
    if (!tooOld && (bytes <= keep.bytes || hourSecond === newest)) return false;
    bytes -= sizeBytes;
    return true;
  });
}
