import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { DemoAccess } from '#contract/people';

const root = new URL('../../', import.meta.url).pathname;

/** A data folder of its own; gone when the test ends, and with it a Redis that the test's servers left behind. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wr-data-'));
  onTestFinished(() => {
    const pid = redisPid(folder);
    if (pid !== null) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The embedded Redis of a data folder, from its record; null when none runs. */
export function redisPid(dataDir: string): number | null {
  try {
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'redis.json'), 'utf8')) as { pid: number };
    process.kill(pid, 0);
    return pid;
  } catch {
    return null; // no record, or no process
  }
}

export interface ServerProcess {
  readonly child: ChildProcess;
  /** Everything it has said to people so far. */
  readonly said: string[];
  /** Resolves with the first line that matches; rejects with all that was said when the process ends first. */
  line(pattern: RegExp): Promise<string>;
  readonly exited: Promise<number | null>;
  /** As a terminal's Ctrl-C: the signal goes to the whole process group. */
  signal(signal: NodeJS.Signals): void;
}
export interface StartOptions {
  readonly script?: 'main' | 'demo';
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Loaded before the server, to make it misbehave. */
  readonly preload?: string;
}

/** The real server as a process: tiny campaign, free port, no set-up. Killed when the test ends. */
export function startServer(
  dataDir: string,
  { script = 'main', args = [], env = {}, preload }: StartOptions = {},
): ServerProcess {
  const early = preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const child = spawn(process.execPath, [...early, 'server/launch.mjs', `server/${script}.ts`, ...args], {
    cwd: root,
    detached: true, // a group of its own, as under a shell
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      PORT: '0',
      CAMPAIGN: 'server/campaigns/tiny.yaml',
      WARROOM_DATA_DIR: dataDir,
      WARROOM_NO_SETUP: '1',
      LOG_LEVEL: 'error',
      ...env,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  const waiting = new Set<(line: string) => void>();
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    said.push(line);
    for (const wait of waiting) wait(line);
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    said,
    exited,
    signal: (signal) => void process.kill(-(child.pid ?? 0), signal),
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const known = said.find((line) => pattern.test(line));
        if (known !== undefined) return resolve(known);
        waiting.add((line) => {
          if (pattern.test(line)) resolve(line);
        });
        void exited.then((code) => reject(new Error(`ended with ${code}:\n${said.join('\n')}`)));
      }),
  };
}

export const urlOf = async (server: ServerProcess): Promise<string> =>
  /http:\/\/\S+/.exec(await server.line(/^Campaign War Room/))?.[0] ?? '';

export interface DemoProcess extends ServerProcess {
  readonly access: DemoAccess;
  /** Posts events as NDJSON; null when no answer came. */
  post(events: readonly object[]): Promise<{ status: number; body: Record<string, unknown> } | null>;
  get(path: string): Promise<{ status: number; body: Record<string, unknown> }>;
}
/** The demo without its simulator, ready to take events. */
export async function startDemo(
  dataDir: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<DemoProcess> {
  const server = startServer(dataDir, { ...options, script: 'demo', args: ['--no-traffic', ...args] });
  await server.line(/ingest key/);
  const access = JSON.parse(readFileSync(join(dataDir, 'demo-access.json'), 'utf8')) as DemoAccess;
  const answer = async (response: Response) => ({
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
  });
  return {
    ...server,
    access,
    post: async (events) => {
      try {
        const response = await fetch(`${access.url}/api/v1/events`, {
          method: 'POST',
          headers: { authorization: `Bearer ${access.ingestKey}`, 'content-type': 'application/x-ndjson' },
          body: events.map((event) => JSON.stringify(event)).join('\n'),
        });
        return await answer(response);
      } catch {
        return null; // refused or cut: the outcome is unknown
      }
    },
    get: async (path) => {
      const headers = { authorization: `Bearer ${access.roles.admin.token}` };
      return answer(await fetch(`${access.url}${path}`, { headers }));
    },
  };
}
