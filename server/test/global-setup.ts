import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    redisSocket: string;
  }
}

/** One real redis-server for the whole run: unix socket in a private folder, no TCP, everything fsynced as in production. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'wr-test-'));
  const socket = join(folder, 'redis.sock');
  const child: ChildProcess = spawn('redis-server', ['-'], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  child.stdin?.end(
    `port 0\nunixsocket ${socket}\nunixsocketperm 700\ndir ${folder}\nappendonly yes\nappendfsync always\nsave ""\nmaxmemory-policy noeviction\nhash-max-listpack-entries 64\n`,
  );
  const redis = new Redis({ path: socket, retryStrategy: () => 50, maxRetriesPerRequest: null });
  redis.on('error', () => undefined); // refused until the server listens; the ping below waits for it
  await redis.ping();
  redis.disconnect();
  project.provide('redisSocket', socket);
  return async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
}
