import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Access, readAccess } from '../access.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const START_MS = 60_000;
const STOP_MS = 12_000;
/** What the child needs of this environment; nothing of the server's settings leaks in. */
const KEPT = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'USER'];

export interface ServerOptions {
  /** Events a second that the campaign's targets are scaled to. */
  readonly ratePerSecond?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Goes on with the campaign instance that is there: a second node of another server. */
  readonly resume?: boolean;
  /** More arguments of the demo. */
  readonly args?: readonly string[];
}

/** Servers that a drill has not stopped yet: none outlives this process, however it ends. */
const running = new Set<ServerUnderTest>();
process.once('exit', () => {
  for (const server of running) server.abandon();
});

/** Ends this process in order when it is asked to, so that what it started is cleaned up. */
export function cleanUpOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stderr.write(`\n${signal}: cleaning up\n`);
      process.exit(130);
    });
  }
}

/** A real server of this checkout in a process of its own, with its own embedded Redis and a data folder that is removed. */
export class ServerUnderTest {
  readonly dataDir: string;
  readonly #port: number;
  readonly #options: ServerOptions;
  #child: ChildProcess | null = null;
  #output = '';
  #access: Access | null = null;

  private constructor(port: number, options: ServerOptions) {
    this.#port = port;
    this.#options = options;
    this.dataDir = mkdtempSync(join(tmpdir(), 'wr-drill-'));
    running.add(this);
  }

  static async start(options: ServerOptions = {}): Promise<ServerUnderTest> {
    const server = new ServerUnderTest(await freePort(), options);
    try {
      await server.launch(options.resume === true);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** As the last start handed it out. */
  get access(): Access {
    if (this.#access === null) throw new Error('the server has not started');
    return this.#access;
  }
  get serverPid(): number {
    return this.#child?.pid ?? 0;
  }
  /** Of the embedded Redis; 0 while there is none. */
  get redisPid(): number {
    try {
      return (JSON.parse(readFileSync(join(this.dataDir, 'redis.json'), 'utf8')) as { pid: number }).pid;
    } catch {
      return 0;
    }
  }

  /** @param resume - go on with the campaign instance of the last start */
  async launch(resume: boolean): Promise<void> {
    const { ratePerSecond = 2_000, env = {} } = this.#options;
    const kept = Object.fromEntries(
      KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    );
    const args = [
      'server/launch.mjs',
      'server/demo.ts',
      '--no-traffic',
      '--rate',
      String(ratePerSecond),
      ...(this.#options.args ?? []),
    ];
    const child = spawn(process.execPath, resume ? [...args, '--resume'] : args, {
      cwd: ROOT,
      env: { ...kept, HOST: '127.0.0.1', PORT: String(this.#port), WARROOM_DATA_DIR: this.dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#output = '';
    let ended = false;
    child.once('exit', () => {
      ended = true;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-4_000);
      });
    }
    // The access file is written last, so the line that names it means: listening, loaded, keys handed out.
    await until(
      () => ended || this.#output.includes('Ctrl-C stops'),
      START_MS,
      () => `the server did not start:\n${this.#output}`,
    );
    if (ended) throw new Error(`the server ended at once:\n${this.#output}\n${this.#logTail()}`);
    this.#access = readAccess({ access: join(this.dataDir, 'demo-access.json') });
  }

  #logTail(): string {
    try {
      return readFileSync(join(this.dataDir, 'server.log'), 'utf8').slice(-3_000);
    } catch {
      return 'it wrote no log';
    }
  }

  /** Stops it where it is, or lets it go on (SIGSTOP, SIGCONT). */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }
  /** What it has logged so far. */
  log(): string {
    return readFileSync(join(this.dataDir, 'server.log'), 'utf8');
  }

  /** kill -9, no chance to clean up; resolves when the process is gone. */
  async killServer(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  killRedis(): void {
    kill(this.redisPid);
  }

  /** Whether the server says that it takes and shows events. */
  async isReady(): Promise<boolean> {
    try {
      return (
        (await fetch(`http://127.0.0.1:${this.#port}/-/ready`, { signal: AbortSignal.timeout(1_000) })).status === 200
      );
    } catch {
      return false;
    }
  }

  async untilReady(): Promise<void> {
    await until(
      () => this.isReady(),
      START_MS,
      () => `the server did not become ready:\n${this.#output}`,
    );
  }

  /** Waits for the supervisor's next child. */
  async untilRedisIsNot(pid: number): Promise<void> {
    await until(
      () => this.redisPid !== 0 && this.redisPid !== pid,
      START_MS,
      () => 'Redis was not started again',
    );
  }

  /** SIGTERM, then harder; leaves no process and no file behind. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(hard);
    }
    this.abandon();
  }

  /** At once and without waiting: the last resort when this process ends. */
  abandon(): void {
    running.delete(this);
    this.#child?.kill('SIGKILL');
    kill(this.redisPid);
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function kill(pid: number): void {
  if (pid === 0) return;
  try {
    // A pid that was reused must not be hit: only a redis-server is.
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'redis-server') process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}

async function until(done: () => boolean | Promise<boolean>, withinMs: number, why: () => string): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await done())) {
    if (performance.now() > endMs) throw new Error(why());
    await wait(50);
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
