import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, ViewId } from '#contract/frames';
import { fileNameOf, filesToDrop, hourOf, hourOfFile, type RecordedFile } from './domain/recording-format.ts';
import type { HeldClaim } from './held-claim.ts';
import type { Log } from './log.ts';
import { openForAppend, type RecordedLine, type RecordingWriter, readSecond } from './recording-file.ts';

export interface RecorderOptions {
  /** `<dataDir>/recordings`; one folder an instance and view below it. */
  readonly folder: string;
  readonly instance: string;
  /** Who may write: one node at a time. */
  readonly claim: HeldClaim;
  readonly log: Log;
  /** ms since the Unix epoch. */
  readonly nowMs: () => number;
  readonly keepDays: number;
  readonly keepBytes: number;
  /** ms; at most 10,000: what a crash may cost. */
  readonly flushMs?: number;
}
export interface RecordedFrame {
  readonly frame: Frame | null;
  /** When there is none: the newest second before it that has one, ms; null when the hour has none. */
  readonly previousAtMs: number | null;
}
export interface RecorderStats {
  readonly isHeld: boolean;
  readonly framesCount: number;
  readonly writtenBytes: number;
  readonly droppedCount: number;
  readonly cutBytes: number;
}
/** Keeps what screens showed: one frame a view a second, for "as shown" (replay, hand-over, disputes). */
export interface Recorder {
  wants(): boolean;
  /** At most one a view a second is kept, the first. */
  offer(frame: Frame): void;
  /** The frame that was shown at that second. */
  read(view: ViewId, atMs: number): Promise<RecordedFrame>;
  /** Hours with a recording, first ms of each, oldest first. */
  hours(view: ViewId): Promise<readonly number[]>;
  start(): void;
  flush(): Promise<void>;
  stop(): Promise<void>;
  stats(): RecorderStats;
}

const RENEW_MS = 1_000;
/** Frames of one view that wait for a disk that does not take them, s; older ones are dropped and counted. */
const WAITING_MAX = 60;
const folderOf = (view: ViewId): string => view.replace(':', '-');

export function createRecorder(options: RecorderOptions): Recorder {
  const { folder, instance, claim, log, nowMs, keepDays, keepBytes, flushMs = 5_000 } = options;
  if (flushMs > 10_000) throw new Error('recorder: flushMs above 10,000 loses more than we promise');
  const home = join(folder, instance);
  const waiting = new Map<ViewId, RecordedLine[]>();
  const writers = new Map<ViewId, { hour: number; file: RecordingWriter }>();
  const counts = { frames: 0, written: 0, dropped: 0, cut: 0 };
  const timers: NodeJS.Timeout[] = [];
  let flushing: Promise<void> = Promise.resolve();
  let trimmedHour = -1;
  let failing = false;

  const pathOf = (view: ViewId, second: number): string => join(home, folderOf(view), fileNameOf(second));

  async function writerOf(view: ViewId, second: number): Promise<RecordingWriter> {
    const known = writers.get(view);
    const hour = hourOf(second);
    if (known?.hour === hour) return known.file;
    writers.delete(view);
    await known?.file.close();
    const { file, cutBytes } = await openForAppend(pathOf(view, second));
    if (cutBytes > 0) log.warn({ view, cutBytes }, 'a recording ended torn; its tail was cut');
    counts.cut += cutBytes;
    writers.set(view, { hour, file });
    return file;
  }

  async function flushView(view: ViewId, lines: RecordedLine[]): Promise<void> {
    while (lines.length > 0) {
      const hour = hourOf(lines[0]?.second ?? 0);
      const part = lines.filter(({ second }) => hourOf(second) === hour);
      const file = await writerOf(view, hour);
      counts.written += await file.append(part);
      lines.splice(0, part.length);
    }
  }
  async function flushAll(): Promise<void> {
    try {
      for (const [view, lines] of waiting) await flushView(view, lines);
      await trim();
      failing = false;
    } catch (error) {
      if (!failing) log.error({ err: error }, 'the recording cannot be written; what waits is kept for a minute');
      failing = true;
      for (const { file } of writers.values()) await file.close().catch(() => undefined);
      writers.clear(); // opened anew, so that a half-written member is cut
    }
    for (const lines of waiting.values())
      counts.dropped += lines.splice(0, Math.max(0, lines.length - WAITING_MAX)).length;
  }
  const flush = (): Promise<void> => {
    flushing = flushing.then(flushAll);
    return flushing;
  };

  async function listFiles(): Promise<RecordedFile[]> {
    const files: RecordedFile[] = [];
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names) {
      const hourSecond = hourOfFile(name.split(/[\\/]/).at(-1) ?? '');
      if (hourSecond === null) continue;
      const path = join(folder, name);
      const info = await stat(path).catch(() => null);
      if (info !== null) files.push({ path, hourSecond, sizeBytes: info.size });
    }
    return files;
  }
  /** Once an hour: the disk a recording takes is bounded in days and in bytes, over all instances. */
  async function trim(): Promise<void> {
    const second = Math.floor(nowMs() / 1_000);
    if (hourOf(second) === trimmedHour) return;
    trimmedHour = hourOf(second);
    for (const { path } of filesToDrop(await listFiles(), second, { days: keepDays, bytes: keepBytes })) {
      await rm(path, { force: true });
    }
  }

  return {
    wants: () => claim.isHeld(),
    offer(frame) {
      if (!claim.isHeld()) return;
      const lines = waiting.get(frame.view) ?? [];
      waiting.set(frame.view, lines);
      const second = Math.floor(frame.serverMs / 1_000);
      if ((lines.at(-1)?.second ?? 0) >= second) return;
      lines.push({ second, json: JSON.stringify(frame) });
      counts.frames += 1;
    },
    async read(view, atMs) {
      const second = Math.floor(atMs / 1_000);
      const own = waiting.get(view)?.find((line) => line.second === second);
      if (own !== undefined) return { frame: JSON.parse(own.json) as Frame, previousAtMs: null };
      const { json, previousSecond } = await readSecond(pathOf(view, second), second);
      const frame = json === null ? null : (JSON.parse(json) as Frame);
      return { frame, previousAtMs: previousSecond === null ? null : previousSecond * 1_000 };
    },
    async hours(view) {
      const names = await readdir(join(home, folderOf(view))).catch(() => []);
      const hours = names.map(hourOfFile).filter((hour) => hour !== null);
      return hours.sort((a, b) => a - b).map((hour) => hour * 1_000);
    },
    start() {
      const renew = (): void => {
        claim.renew().catch(() => undefined); // away: the claim lapses by itself, and the screens say why
      };
      renew();
      timers.push(
        setInterval(renew, RENEW_MS),
        setInterval(() => void flush(), flushMs),
      );
    },
    flush,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await flush();
      for (const { file } of writers.values()) await file.close();
      writers.clear();
      await claim.release().catch(() => undefined);
    },
    stats: () => ({
      isHeld: claim.isHeld(),
      framesCount: counts.frames,
      writtenBytes: counts.written,
      droppedCount: counts.dropped,
      cutBytes: counts.cut,
    }),
  };
}
