import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#contract/errors';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

function read(path: string): ProcessIdentity | null {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null;
  } catch {
    return null; // gone, or not ours: judged stale by the caller
  }
}

const same = (a: ProcessIdentity | null, b: ProcessIdentity | null): boolean =>
  a?.pid === b?.pid && a?.startedAt === b?.startedAt;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Makes this process the only user of the data folder (created 0700 when missing). The lock names its owner by pid and
 * start time, so that a lock left by a killed server is seen as stale even when its pid lives again.
 * @returns gives the folder free
 * @throws {AppError} `data_dir_locked` when another server has it, `config_invalid` when it cannot be written
 */
export function lockDataDir(dataDir: string): () => void {
  const lock = join(dataDir, 'server.lock');
  const own = join(dataDir, `server.lock.${process.pid}`);
  const me = identify(process.pid);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(own, JSON.stringify(me), { mode: 0o600 });
  } catch (error) {
    throw new AppError('config_invalid', `WARROOM_DATA_DIR: cannot write ${dataDir} (${codeOf(error)})`, {
      cause: error,
    });
  }
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      try {
        linkSync(own, lock); // atomic: exactly one of two wins
        return () => {
          if (same(read(lock), me)) rmSync(lock, { force: true });
        };
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const owner = read(lock);
      if (owner !== null && isAlive(owner)) {
        throw new AppError(
          'data_dir_locked',
          `the data folder ${dataDir} is in use by process ${owner.pid}; stop that server or set WARROOM_DATA_DIR (and PORT)`,
        );
      }
      setStaleAside(lock, owner);
    }
    throw new AppError('data_dir_locked', `the data folder ${dataDir} is being taken by another server; try again`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes the stale lock; if a rival has replaced it in between, what was taken away is his and goes back. */
function setStaleAside(lock: string, stale: ProcessIdentity | null): void {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (!same(read(aside), stale)) {
    try {
      linkSync(aside, lock);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  unlinkSync(aside);
}
