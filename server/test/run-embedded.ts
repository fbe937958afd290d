import { lockDataDir } from '../store/data-dir-lock.ts';
import { startEmbedded } from '../store/embedded.ts';

/** A server reduced to its Redis, as a process that tests can kill. Argument: the data folder. Prints one JSON line. */
const dataDir = process.argv[2] ?? '';
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
try {
  const unlock = lockDataDir(dataDir);
  const log = { info: () => undefined, warn: () => undefined };
  const redis = await startEmbedded({ dataDir, log, onFatal: (error) => say({ fatal: error.code }) });
  process.once('SIGTERM', async () => {
    await redis.stop();
    unlock();
  });
  say({ pid: redis.pid, target: redis.target });
} catch (error) {
  say({ code: (error as { code?: string }).code, message: (error as Error).message });
  process.exitCode = 1;
}
