import { spawn } from 'node:child_process';

/** Where a person reads; tests and pipes get plain lines. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Runs a step and shows that it is alive: anything over a second gets a line, which then counts the seconds (on a
 * terminal each second, elsewhere every ten).
 */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const { isTTY } = process.stderr;
  let shown = false;
  let toldS = 0;
  const timer = setInterval(() => {
    const seconds = Math.floor((performance.now() - startedMs) / 1_000);
    if (isTTY) process.stderr.write(`\r  ${what} … ${seconds} s`);
    else if (!shown || seconds - toldS >= 10) {
      toldS = seconds;
      say(`  ${what} … ${seconds} s`);
    }
    shown = true;
  }, 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    if (shown) say(`${isTTY ? '\r' : ''}  ${what}: ${seconds} s`);
  }
}

export interface Ran {
  readonly code: number;
  /** Both streams, in the order they came. */
  readonly output: string;
}
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Show what it prints, instead of keeping it for a failure. */
  readonly show?: boolean;
  /** Ends the command and all it started after this; its code is then 124. */
  readonly withinMs?: number;
}

/** Runs a command to its end; a command that cannot be started has the code 127. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd, env, show = false, withinMs } = options;
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    detached: withinMs !== undefined, // its own group, so that the whole of it can be ended
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return await new Promise<Ran>((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, withinMs ?? 2_147_483_647);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: error.message });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: late ? 124 : (code ?? 1), output });
    });
  });
}
