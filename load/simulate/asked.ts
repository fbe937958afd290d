import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isTroubleName, type TroubleName } from './troubles.ts';

/** One kind of trouble that a person asked the running sale for; milliseconds since 1970. */
export interface Asked {
  /** The sale it was asked of: the next one begins calm. */
  readonly sale: string;
  readonly name: TroubleName;
  readonly fromMs: number;
  readonly untilMs: number;
}
const LOOK_EVERY_MS = 500;

/** Beside the access file of the demo: who may read that one may make trouble. */
export const askedFile = (accessFile: string): string => join(dirname(accessFile), 'demo-trouble.json');

/** What a file of asked troubles holds; what is no trouble is left out. Pure. */
export function parseAsked(text: string): Asked[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(parsed)) return [];
  return parsed.filter((item: unknown): item is Asked => {
    if (typeof item !== 'object' || item === null) return false;
    const { sale, name, fromMs, untilMs } = item as Record<string, unknown>;
    if (typeof sale !== 'string') return false;
    return typeof name === 'string' && isTroubleName(name) && Number.isFinite(fromMs) && Number.isFinite(untilMs);
  });
}

/** Reads what was asked for; none where there is no such file. */
export function readAsked(file: string): Asked[] {
  try {
    return parseAsked(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

/** Written beside and renamed, so that the sale never reads half of it. */
export function writeAsked(file: string, asked: readonly Asked[]): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(asked)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The same, looked at again twice a second and read only when it has changed. */
export function watchAsked(file: string): (atMs: number) => readonly Asked[] {
  let asked: readonly Asked[] = [];
  let lookedMs = -LOOK_EVERY_MS;
  let changedMs = 0;
  return () => {
    const nowMs = performance.now();
    if (nowMs - lookedMs < LOOK_EVERY_MS) return asked;
    lookedMs = nowMs;
    const newMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (newMs === changedMs) return asked;
    changedMs = newMs;
    asked = readAsked(file);
    return asked;
  };
}
