import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { SendResult } from './send.ts';

const script = (name: string): string => new URL(name, import.meta.url).pathname;
const CONFIG = 'port 0\nsave ""\nappendonly yes\nappendfsync always\nmaxmemory-policy noeviction\n';

/** Runs the naive client against a redis-server of its own, configured as ours is. */
export async function runNaive(seconds: number, batch: number): Promise<SendResult> {
  const folder = mkdtempSync(join(tmpdir(), 'wr-naive-'));
  const socket = join(folder, 'redis.sock');
  const redis = spawn('redis-server', ['-'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const gone = ended(redis);
  try {
    redis.stdin?.end(`${CONFIG}unixsocket ${socket}\nunixsocketperm 700\ndir ${folder}\n`);
    for (let tries = 0; !existsSync(socket) && tries < 100; tries += 1) await wait(50);
    const args = ['--import', 'tsx', script('naive.ts'), socket, String(redis.pid), String(seconds), String(batch)];
    const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return JSON.parse(await firstLine(client)) as SendResult;
  } finally {
    redis.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface DiscardPeer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}
export async function startDiscard(): Promise<DiscardPeer> {
  const child = spawn(process.execPath, ['--import', 'tsx', script('discard.ts')], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const gone = ended(child);
  const port = await firstLine(child);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
  };
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
}

const ended = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.once('exit', () => resolve()));

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) return line;
  throw new Error('the peer ended without a word');
}
