import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fastify, { type FastifyBaseLogger } from 'fastify';
import { AppError } from '#contract/errors';
import { loadHooks } from '../runbooks/hooks.ts';
import { loadCampaignFile } from './campaigns/load.ts';
import { type ComposedServer, type ComposeOptions, composeServer } from './compose.ts';
import type { Config } from './config.ts';
import { checkFiles } from './config-files.ts';
import { limit } from './limits.ts';
import { LOG_SERIALIZERS } from './log-error.ts';
import { buildClient, clientDir } from './run-client-build.ts';
import { checkPort, listen } from './run-listen.ts';
import { say } from './run-progress.ts';
import { waitForStore } from './run-waiting.ts';
import { ensureRedis } from './setup.ts';
import { lockDataDir } from './store/data-dir-lock.ts';
import { startEmbedded } from './store/embedded.ts';
import { parseRedisUrl, type StoreTarget } from './store/redis-url.ts';
import { asStoreError } from './store/store-error.ts';

export interface RunOptions {
  readonly config: Config;
  /** Made once the data folder is ours, so that a refused second start does not touch the first one's log. */
  readonly createLog: () => FastifyBaseLogger;
  /** Called when the campaign is known to be wanted, so that an opening "in 60 s" counts from the listening server. */
  readonly demo?: () => NonNullable<ComposeOptions['demo']>;
  /** The server listens and has loaded. What it returns is called first when the server stops. */
  readonly started: (server: ComposedServer, url: string) => Promise<() => Promise<void>>;
}

/**
 * fastify brings pino; this is how to get a logger of it without a second pin. `file` is begun anew, and each line is in it
 * when the call returns: a start that is refused ends the process before a stream would have opened the file.
 */
export function pinoLog(level: Config['logLevel'], file?: string): FastifyBaseLogger {
  if (file === undefined) return fastify({ logger: { level, serializers: LOG_SERIALIZERS } }).log;
  const fd = openSync(file, 'w', 0o600);
  const stream = { write: (line: string): void => void writeSync(fd, line) };
  return fastify({ logger: { level, serializers: LOG_SERIALIZERS, stream } }).log;
}

/** Ends the process with one clear line; only a bug shows its stack. */
export function failStart(error: unknown): never {
  say(error instanceof AppError ? `${error.code}: ${error.message}` : `internal: ${(error as Error).stack ?? error}`);
  process.exit(1);
}

function clientBuild(): string {
  try {
    const file = readFileSync(join(clientDir() ?? '', 'build.json'), 'utf8');
    return (JSON.parse(file) as { build?: string }).build ?? 'none';
  } catch {
    return 'none'; // no client in this checkout
  }
}

/**
 * Runs a server until a signal or a fatal error ends it, then undoes what was started in reverse order: simulator, ready
 * 503, new requests refused, flush, sockets, Redis, lock. Exit code 0 after a signal, 1 after an error; at most 10 s.
 */
export async function runServer({ config, createLog, demo, started }: RunOptions): Promise<void> {
  process.umask(0o077);
  const undo: (() => Promise<void> | void)[] = [];
  let log: FastifyBaseLogger | null = null;
  let stopping: Promise<never> | null = null;
  let leave: () => void = () => undefined;
  let settled: () => void = () => undefined;
  const startSettled = new Promise<void>((resolve) => {
    settled = resolve;
  });
  async function unwind(code: number): Promise<never> {
    setTimeout(() => {
      say('the stop took too long; ending hard');
      log?.fatal('the stop took too long');
      process.exit(1);
    }, limit('stopMs')).unref();
    await startSettled; // a step that is under way ends first, so that it can be undone
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (error) {
        log?.error({ err: error }, 'a step of the stop failed');
        code = 1;
      }
    }
    process.exit(code);
  }
  const stop = (code: number): void => {
    stopping ??= unwind(code);
  };
  const onSignal = (signal: string): void => {
    leave(); // not ready from this moment on, so that others take over
    if (stopping === null) say(`${signal}: stopping …`);
    stop(0);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal); // SIGHUP: the terminal was closed
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log?.fatal({ err: error }, event);
      say(`${event}: ${(error as Error).message}; stopping, see the log`);
      stop(1);
    });
  }
  const alive = (): boolean => stopping === null;
  async function embedded(logger: FastifyBaseLogger): Promise<StoreTarget> {
    const program = await ensureRedis();
    const onFatal = (error: AppError): void => {
      logger.fatal({ err: error }, 'the store cannot go on');
      say(`${error.code}: ${error.message}`);
      stop(1);
    };
    const redis = await startEmbedded({ dataDir: config.dataDir, log: logger, onFatal, program });
    undo.push(() => redis.stop());
    return redis.target;
  }

  try {
    undo.push(lockDataDir(config.dataDir));
    log = createLog();
    await checkPort(config);
    checkFiles(config);
    loadHooks(config.hooksFile);
    loadCampaignFile(config.campaignFile); // a broken one is said before anything is started
    const target = config.redisUrl === null ? await embedded(log) : parseRedisUrl(config.redisUrl);
    if (alive() && process.env.WARROOM_NO_SETUP !== '1') await buildClient();
    if (alive()) await waitForStore({ target, config, log, alive });
    if (!alive()) return;
    const server = await composeServer(config, {
      log,
      target,
      clientDir: clientDir(),
      build: clientBuild(),
      demo: demo?.() ?? null,
    });
    leave = server.leave;
    undo.push(() => server.stop());
    // it still serves meanwhile: others need a moment to see that it is not ready
    undo.push(() => new Promise((resolve) => setTimeout(resolve, config.drainMs)));
    const url = await listen(server.app, config);
    if (alive()) await server.start();
    if (alive()) undo.push(await started(server, url));
  } catch (error) {
    if (alive()) {
      const shown = asStoreError(error) ?? error;
      say(shown instanceof AppError ? `${shown.code}: ${shown.message}` : `internal: ${(shown as Error).stack}`);
      stop(1);
    }
  } finally {
    settled();
  }
}
