import { describe, expect, it } from 'vitest';
import { decodeHeader, encodeMember, fileNameOf, filesToDrop, hourOfFile } from './recording-format.ts';

const HOUR = 3_600;
const T = Date.UTC(2026, 10, 11, 16) / 1_000;

describe('recordings', () => {
  it('[REC1] a file is named after its hour in UTC and found by its name', () => {
    expect(fileNameOf(T + 59)).toBe('2026-11-11T16.ndjson.gz');
    expect(hourOfFile(fileNameOf(T + HOUR - 1))).toBe(T);
    expect(fileNameOf(T + HOUR)).toBe('2026-11-11T17.ndjson.gz');
    for (const name of ['notes.txt', '2026-11-11T16.ndjson', '2026-11-11T16.ndjson.gz.tmp'])
      expect(hourOfFile(name)).toBeNull();
  });
  it('[REC2] a header says what it holds; other bytes are none', () => {
    const member = encodeMember(
      Buffer.from('abc'),
      { crc: 1, sizeBytes: 3 },
      { firstSecond: T, lastSecond: T + 4, frameCount: 5 },
    );
    expect(decodeHeader(member)).toEqual({
      lengthBytes: member.length,
      firstSecond: T,
      lastSecond: T + 4,
      frameCount: 5,
    });
    expect(decodeHeader(member.subarray(0, 31))).toBeNull();
    expect(decodeHeader(Buffer.alloc(32))).toBeNull();
    expect(decodeHeader(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(40)]))).toBeNull();
  });
  const file = (hours: number, sizeBytes: number) => ({ path: `${hours}`, hourSecond: T + hours * HOUR, sizeBytes });
  for (const { title, files, keep, want } of [
    { title: 'all fits', files: [file(0, 5), file(1, 5)], keep: { days: 1, bytes: 10 }, want: [] },
    {
      title: 'the oldest go until it fits',
      files: [file(2, 5), file(0, 5), file(1, 5)],
      keep: { days: 1, bytes: 9 },
      want: ['0', '1'],
    },
    { title: 'the newest hour stays', files: [file(0, 50)], keep: { days: 1, bytes: 9 }, want: [] },
    {
      title: 'an hour that ended a day ago goes',
      files: [file(-22, 1), file(-21, 1), file(0, 1)],
      keep: { days: 1, bytes: 9 },
      want: ['-22'],
    },
  ])
    it(`[REC4] bounded disk: ${title}`, () => {
      expect(filesToDrop(files, T + 3 * HOUR, keep).map(({ path }) => path)).toEqual(want);
    });
});
