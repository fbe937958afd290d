import { createHash, randomBytes } from 'node:crypto';
import { totalmem } from 'node:os';
import { join } from 'node:path';

/** Made anew at each start; Redis gets hashes, the supervisor's word is also in the record (0600) for the next start. */
export interface EmbeddedSecrets {
  /** For the product: everything but administration. */
  readonly app: string;
  /** For the supervisor: everything. */
  readonly supervisor: string;
}
export const APP_USER = 'warroom';
export const SUPERVISOR_USER = 'supervisor';

export const createSecrets = (): EmbeddedSecrets => ({
  app: randomBytes(24).toString('base64url'),
  supervisor: randomBytes(24).toString('base64url'),
});

const hashed = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Redis has no cap by default and the system's out-of-memory killer would take it; at the cap it answers OOM instead. */
const MEMORY_SHARE = 0.6;

/** The folder of the append-only files inside the data folder. */
export const redisDir = (dataDir: string): string => join(dataDir, 'redis');

/**
 * What redis-server reads from standard input. A 2xx is sent after its fsync (`always`). A short last file is not cut by
 * Redis itself (`aof-load-truncated no`): embedded-aof.ts decides whether that is an unfinished write or damage.
 */
export function embeddedConfig(dataDir: string, socket: string, secrets: EmbeddedSecrets): string {
  const quoted = (path: string): string => `"${path.replace(/["\\]/g, '\\$&')}"`;
  return `${[
    'port 0',
    `unixsocket ${quoted(socket)}`,
    'unixsocketperm 700',
    `dir ${quoted(redisDir(dataDir))}`,
    'daemonize no',
    'loglevel notice',
    'logfile ""',
    'appendonly yes',
    'appendfsync always',
    // writes that wait longer for the disk are noted: the rule about slow fsyncs reads them
    'latency-monitor-threshold 20',
    'no-appendfsync-on-rewrite no',
    'auto-aof-rewrite-min-size 256mb',
    'auto-aof-rewrite-percentage 100',
    'aof-load-truncated no',
    'aof-rewrite-incremental-fsync yes',
    'save ""',
    `maxmemory ${Math.floor(totalmem() * MEMORY_SHARE)}`,
    'maxmemory-policy noeviction',
    'hash-max-listpack-entries 64',
    'lazyfree-lazy-expire yes',
    'lazyfree-lazy-user-del yes',
    'maxclients 1000',
    'timeout 0',
    // Off for everybody, yet with every right: redis-server replays its log as this user, and refuses what it may not do
    'user default off ~* &* +@all',
    `user ${APP_USER} on #${hashed(secrets.app)} ~* +@all -@admin -@dangerous +info +latency|history`,
    `user ${SUPERVISOR_USER} on #${hashed(secrets.supervisor)} ~* &* +@all`,
  ].join('\n')}\n`;
}
