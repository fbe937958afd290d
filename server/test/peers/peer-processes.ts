import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from '../people.ts';

/** The first of these programs that is on the path; null when none is. */
export function findProgram(...names: string[]): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const name of names) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // not here
      }
    }
  return null;
}
export const PROMETHEUS = findProgram('prometheus');
/** Debian's name first; upstream calls it like its peer. */
export const ALERTMANAGER = findProgram('prometheus-alertmanager', 'alertmanager');
export const AMTOOL = findProgram('amtool');

/** A title that says why its tests are skipped, and prints it. */
export function titled(title: string, ...needed: readonly (string | null)[]): string {
  if (needed.every((program) => program !== null)) return title;
  const why = 'skipped: needs apt-get install -y prometheus prometheus-alertmanager';
  process.stderr.write(`${title}: ${why}\n`);
  return `${title} (${why})`;
}

/** A folder of the test's own with these files; gone when it ends. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'wr-peer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return folder;
}

export interface Peer {
  readonly said: () => string;
}
/** Starts a program that runs until the test ends; what it says is kept for the failure. */
export function startPeer(program: string, args: readonly string[], cwd: string): Peer {
  const child: ChildProcess = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: cwd },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8_000);
    });
  const gone = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  return { said: () => said };
}

/** Runs a program to its end. */
export function runTool(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: cwd },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', () => resolve()));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** A real Alertmanager, alone, listening; `config` is its whole configuration. */
export async function startAlertmanager(config: string): Promise<{ readonly url: string; readonly peer: Peer }> {
  const folder = folderWith({ 'am.yml': config });
  const port = await freePort();
  const peer = startPeer(
    ALERTMANAGER ?? '',
    [
      `--config.file=${folder}/am.yml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    folder,
  );
  const url = `http://127.0.0.1:${port}`;
  await until(() =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return { url, peer };
}
