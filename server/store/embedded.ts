import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#contract/errors';
import { limit } from '../limits.ts';
import { connectStore } from './connect.ts';
import { diagnose, type EmbeddedLog, type LaunchOptions, type Life, launch } from './embedded-child.ts';
import { APP_USER, createSecrets, redisDir, SUPERVISOR_USER } from './embedded-config.ts';
import { removeRecord, shutDown, stopOrphan } from './embedded-orphan.ts';
import type { StoreTarget } from './redis-url.ts';

export interface EmbeddedOptions {
  /** Locked by the caller (`lockDataDir`). */
  readonly dataDir: string;
  readonly log: EmbeddedLog;
  /** The data turned out to be damaged while serving; the server must stop. */
  readonly onFatal: (error: AppError) => void;
  /** Name or path of the program. */
  readonly program?: string;
}
export interface EmbeddedRedis {
  readonly target: StoreTarget;
  /** Of the running child; null between two of them. */
  readonly pid: number | null;
  /** Flushes and ends the child, at most 5 s; then removes its socket. */
  stop(): Promise<void>;
}

const BACKOFF_MS = { first: 0, least: 100, most: 5_000, healthyAfter: 10_000 } as const;
/** A start that loads for longer comes back meanwhile, so that the server can say "loading". */
const LOADING_SHOWS_MS = 1_000;
/** Starts in a row that may fail before the first one has ever worked. */
const FIRST_START_ATTEMPTS = 3;
/**
 * Starts the private redis-server and keeps it running: at once after the first unexpected end, then after 0.1 to 5 s. It
 * sits in its own process group, so a Ctrl-C in the terminal reaches us first, and nothing secret is in its arguments.
 * @throws {AppError} `redis_missing`, `data_damaged` (files untouched), `config_invalid` (socket path too long)
 */
export async function startEmbedded({
  dataDir,
  log,
  onFatal,
  program = 'redis-server',
}: EmbeddedOptions): Promise<EmbeddedRedis> {
  const orphan = await stopOrphan(dataDir);
  if (orphan !== null) log.warn({ pid: orphan }, 'ended the redis-server that a killed server had left behind');
  mkdirSync(redisDir(dataDir), { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(tmpdir(), 'wr-')); // 0700
  const socket = join(folder, 'redis.sock');
  if (Buffer.byteLength(socket) > limit('socketPathBytes')) {
    rmSync(folder, { recursive: true });
    throw new AppError(
      'config_invalid',
      `the temp folder ${tmpdir()} is too long for a unix socket; set TMPDIR to a shorter one`,
    );
  }
  const secrets = createSecrets();
  const target: StoreTarget = { kind: 'socket', path: socket, db: 0, username: APP_USER, password: secrets.app };
  const supervisor = { ...target, username: SUPERVISOR_USER, password: secrets.supervisor };
  const options: LaunchOptions = { dataDir, socket, secrets, program, log };
  let life: Life | null = null;
  let stopping = false;
  let pause: { timer: NodeJS.Timeout; end: () => void } | null = null;

  /** Runs lives one after another until stopped; tells the start how the first one went. */
  async function supervise(started: (failure: AppError | null) => void): Promise<void> {
    let everReady = false;
    let delayMs: number = BACKOFF_MS.first;
    for (let failed = 0; !stopping; ) {
      const startedMs = performance.now();
      life = launch(options);
      const current = life;
      const probe = connectStore(supervisor, 'commands', 'supervisor');
      let loading: NodeJS.Timeout | undefined;
      probe.once('connect', () => {
        loading = setTimeout(started, LOADING_SHOWS_MS, null);
      });
      let ready = false;
      probe.once('ready', () => {
        const afterMs = Math.round(performance.now() - startedMs);
        log.info({ afterMs, pid: current.child.pid }, everReady ? 'redis-server is back' : 'redis-server is ready');
        ready = true;
        everReady = true;
        started(null);
      });
      await current.exited;
      clearTimeout(loading);
      probe.disconnect();
      life = null;
      if (stopping) return;
      const reason = ready ? null : diagnose(current, options);
      if (reason instanceof AppError) return started(reason);
      if (reason === 'repaired') continue;
      failed += 1;
      const last = current.lastLines.at(-1) ?? '';
      if (!everReady && failed >= FIRST_START_ATTEMPTS) {
        return started(new AppError('store_unavailable', `redis-server does not start: ${last}`));
      }
      if (performance.now() - startedMs > BACKOFF_MS.healthyAfter) delayMs = BACKOFF_MS.first;
      log.warn({ inMs: delayMs, last }, 'redis-server ended; starting it again');
      await sleep(delayMs);
      delayMs = Math.min(BACKOFF_MS.most, Math.max(BACKOFF_MS.least, delayMs * 2));
    }
  }
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        pause = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      pause = { timer, end };
    });

  function cleanUp(): void {
    removeRecord(dataDir);
    rmSync(folder, { recursive: true, force: true });
  }
  let running: Promise<void> = Promise.resolve();
  let returned = false;
  const failure = await new Promise<AppError | null>((resolve) => {
    running = supervise((outcome) => (returned && outcome !== null ? onFatal(outcome) : resolve(outcome)));
  });
  returned = true;
  if (failure !== null) {
    cleanUp();
    throw failure;
  }
  return {
    target,
    get pid() {
      return life?.child.pid ?? null;
    },
    async stop() {
      stopping = true;
      pause?.end();
      const last = life;
      if (last !== null) {
        const asked = shutDown(socket, secrets.supervisor);
        const timers = [
          setTimeout(() => last.child.kill('SIGTERM'), 3_000),
          setTimeout(() => last.child.kill('SIGKILL'), 5_000),
        ];
        void asked.then((could) => could || last.child.kill('SIGTERM'));
        await last.exited;
        for (const timer of timers) clearTimeout(timer);
        await asked;
      }
      await running;
      cleanUp();
    },
  };
}
