import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { AppError } from '#contract/errors';
import { repairTail } from './embedded-aof.ts';
import { type EmbeddedSecrets, embeddedConfig, redisDir } from './embedded-config.ts';
import { writeRecord } from './embedded-orphan.ts';
import { identify } from './process-identity.ts';

export interface EmbeddedLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}
export interface LaunchOptions {
  readonly dataDir: string;
  readonly socket: string;
  readonly secrets: EmbeddedSecrets;
  readonly program: string;
  readonly log: EmbeddedLog;
}
/** One life of the child. */
export interface Life {
  readonly child: ChildProcess;
  /** What it said last, at most 40 lines. */
  readonly lastLines: string[];
  readonly exited: Promise<void>;
}

/** Lines that redis-server marks as warnings at every start and stop. */
const ORDINARY = /Reading config|oO0OoO0|Redis version=|Configuration loaded|Server initialized|shutdown|ready to exit/;
const SHORT = /Unexpected end of file reading the append only file/;
const DAMAGED =
  /Bad file format reading|the truncated file is not the last|rdb file reading failure|Internal error in RDB|Wrong signature|invalid manifest|AOF file .* (doesn't|not) exist|Unrecoverable error reading/i;

/**
 * Starts redis-server in its own process group. Its configuration goes in by standard input, after its record is written:
 * a child that the next start could not find has no configuration and ends by itself.
 */
export function launch({ dataDir, socket, secrets, program, log }: LaunchOptions): Life {
  const before = process.umask(0o077);
  let child: ChildProcess;
  try {
    // "--port 0" again: a child whose parent dies before the configuration is written must not open a port, and ends
    child = spawn(program, ['-', '--port', '0'], {
      cwd: redisDir(dataDir),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  } finally {
    process.umask(before);
  }
  const lastLines: string[] = [];
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      lastLines.push((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'ENOENT' : error.message);
      resolve();
    });
    child.once('close', () => resolve());
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (lastLines.push(line) > 40) lastLines.shift();
      if (/ # /.test(line) && !ORDINARY.test(line)) log.warn({ redis: line.slice(0, 300) }, 'redis-server');
    });
  }
  if (child.pid !== undefined) {
    writeRecord(dataDir, { ...identify(child.pid), socket, password: secrets.supervisor });
    child.stdin?.on('error', () => undefined); // it ended first; `exited` tells
    child.stdin?.end(embeddedConfig(dataDir, socket, secrets));
  }
  return { child, lastLines, exited };
}

const damaged = (where: string): AppError =>
  new AppError(
    'data_damaged',
    `the stored data is damaged (${where}) and nothing was changed; restore a copy of the folder, or start with another WARROOM_DATA_DIR`,
  );

/**
 * Why a child ended before it served: fatal, null when nothing is known, or `repaired` when its unfinished last write has
 * just been cut off and it can be started again.
 */
export function diagnose({ lastLines }: Life, { dataDir, program, log }: LaunchOptions): 'repaired' | AppError | null {
  const said = lastLines.join('\n');
  if (said.includes('ENOENT') && lastLines.length === 1) {
    return new AppError('redis_missing', `${program} was not found; install Redis 7 or set REDIS_URL`);
  }
  if (SHORT.test(said)) {
    const repair = repairTail(redisDir(dataDir));
    if ('cutBytes' in repair && repair.cutBytes > 0) {
      log.warn(
        repair,
        'the last write was unfinished (never acknowledged) and has been cut off; a copy is beside the file',
      );
      return 'repaired';
    }
    const where = 'damaged' in repair ? `${repair.damaged} at byte ${repair.atByte}` : redisDir(dataDir);
    return damaged(where);
  }
  return DAMAGED.test(said) ? damaged(redisDir(dataDir)) : null;
}
