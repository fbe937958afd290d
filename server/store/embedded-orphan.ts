import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { SUPERVISOR_USER } from './embedded-config.ts';
import { goneWithin, isAlive, type ProcessIdentity } from './process-identity.ts';

/** What the next start needs to know about a redis-server whose parent was killed. */
export interface EmbeddedRecord extends ProcessIdentity {
  readonly socket: string;
  readonly password: string;
}
const recordPath = (dataDir: string): string => join(dataDir, 'redis.json');

/** Written before the child gets its configuration: a child without a record has none and ends by itself. */
export const writeRecord = (dataDir: string, record: EmbeddedRecord): void =>
  writeFileSync(recordPath(dataDir), JSON.stringify(record), { mode: 0o600 });
export const removeRecord = (dataDir: string): void => rmSync(recordPath(dataDir), { force: true });

function readRecord(dataDir: string): EmbeddedRecord | null {
  try {
    const record = JSON.parse(readFileSync(recordPath(dataDir), 'utf8')) as Partial<EmbeddedRecord>;
    const { pid, startedAt, socket, password } = record;
    if (typeof pid !== 'number' || typeof startedAt !== 'string') return null;
    return { pid, startedAt, socket: socket ?? '', password: password ?? '' };
  } catch {
    return null; // no record, or one cut off before the child was given its configuration
  }
}

/** Asks a redis-server to end; it answers by closing the connection. @returns false when it could not be asked */
export async function shutDown(socket: string, password: string): Promise<boolean> {
  const redis = new Redis({
    path: socket,
    username: SUPERVISOR_USER,
    password,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: 1_000,
    commandTimeout: 5_000,
  });
  redis.on('error', () => undefined); // reported by the command itself
  let connected = false;
  redis.on('ready', () => {
    connected = true;
  });
  try {
    await redis.shutdown();
  } catch {
    // the usual answer of a server that ends; the caller watches the process
  } finally {
    redis.disconnect();
  }
  return connected;
}

/**
 * Ends the redis-server that a killed parent left on this data folder, so that there are never two. Everything it has
 * acknowledged is on disk. @returns its pid, null when there was none
 */
export async function stopOrphan(dataDir: string): Promise<number | null> {
  const orphan = readRecord(dataDir);
  if (orphan === null) return null;
  const alive = isAlive(orphan);
  if (alive) {
    const asked = shutDown(orphan.socket, orphan.password);
    if (!(await goneWithin(orphan, 2_000))) {
      // frozen, loading, or not answering: its start time says that it is ours
      process.kill(orphan.pid, 'SIGKILL');
      if (!(await goneWithin(orphan, 5_000))) throw new Error(`redis-server ${orphan.pid} could not be ended`);
    }
    await asked;
  }
  const folder = dirname(orphan.socket);
  if (dirname(folder) === tmpdir() && /\/wr-[^/]+$/.test(folder)) rmSync(folder, { recursive: true, force: true });
  removeRecord(dataDir);
  return alive ? orphan.pid : null;
}
