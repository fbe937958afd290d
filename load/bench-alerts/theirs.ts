import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../drills/server-under-test.ts';
import { METRIC, theirRules } from './rules.ts';

/** Debian calls it after its project, upstream not. */
const PROGRAMS = { prometheus: ['prometheus'], alertmanager: ['prometheus-alertmanager', 'alertmanager'] } as const;
const START_MS = 30_000;

function find(names: readonly string[]): string | null {
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
/** What is missing on this machine, with what to do; null when both are there. */
export function missingPeers(): string | null {
  const missing = Object.values(PROGRAMS).filter((names) => find(names) === null);
  if (missing.length === 0) return null;
  return `${missing.map(([name]) => name).join(' and ')} not found: apt-get install -y prometheus prometheus-alertmanager`;
}

/** Prometheus and Alertmanager as fast as they go: 1 s scrape, 1 s evaluation, no wait for a group. */
export interface Theirs {
  readonly pids: Readonly<Record<'prometheus' | 'alertmanager', number>>;
  /** The fault, told to whoever scrapes next. */
  setFaults(count: number): void;
  stop(): Promise<void>;
}

export async function startTheirs(tries: number, webhookUrl: string): Promise<Theirs> {
  const prometheus = find(PROGRAMS.prometheus);
  const alertmanager = find(PROGRAMS.alertmanager);
  if (prometheus === null || alertmanager === null) throw new Error(missingPeers() ?? '');
  let faults = 0;
  const target = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(`${METRIC} ${faults}\n`);
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'wr-bench-'));
  const [alertsPort, ownPort] = [await freePort(), await freePort()];
  const targetPort = (target.address() as { port: number }).port;
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  write('rules.yml', theirRules(tries));
  write('am.yml', {
    route: {
      receiver: 'bench',
      group_by: ['alertname'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '24h',
    },
    receivers: [{ name: 'bench', webhook_configs: [{ url: webhookUrl, send_resolved: false }] }],
  });
  write('prometheus.yml', {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertsPort}`] }] }] },
    scrape_configs: [{ job_name: 'bench', static_configs: [{ targets: [`127.0.0.1:${targetPort}`] }] }],
  });
  const children: ChildProcess[] = [];
  const start = (program: string, args: readonly string[]): number => {
    const child = spawn(program, args, { cwd: folder, stdio: 'ignore', env: { PATH: process.env.PATH, HOME: folder } });
    children.push(child);
    return child.pid ?? 0;
  };
  const kill = (): void => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  process.once('exit', kill);
  const pids = {
    alertmanager: start(alertmanager, [
      `--config.file=${folder}/am.yml`,
      `--storage.path=${folder}/am`,
      `--web.listen-address=127.0.0.1:${alertsPort}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ]),
    prometheus: start(prometheus, [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${ownPort}`,
      '--log.level=error',
    ]),
  };
  const stop = async (): Promise<void> => {
    const gone = children.map((child) =>
      child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : null,
    );
    for (const child of children) child.kill('SIGTERM');
    const hard = setTimeout(kill, 5_000);
    await Promise.all(gone);
    clearTimeout(hard);
    process.removeListener('exit', kill);
    kill();
    target.closeAllConnections();
    target.close();
  };
  try {
    await Promise.all([alertsPort, ownPort].map(untilReady));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pids,
    setFaults: (count) => {
      faults = count;
    },
    stop,
  };
}

async function untilReady(port: number): Promise<void> {
  const endMs = performance.now() + START_MS;
  for (;;) {
    const ok = await fetch(`http://127.0.0.1:${port}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (performance.now() > endMs) throw new Error(`the peer on port ${port} did not become ready`);
    await wait(100);
  }
}
