import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AppError } from '#contract/errors';
import { run, say, withProgress } from './run-progress.ts';

/** First file of this name on the PATH that may be run; null when there is none. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | null {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // not in this folder
    }
  }
  return null;
}

const mayInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== null;

/** One line that a person can follow, for the platform we are on. */
export function installHint(what: { debian: string; mac: string; fedora: string; alpine: string }): string {
  if (process.platform === 'darwin') return `run: brew install ${what.mac}`;
  if (process.platform === 'win32') return 'use WSL (Ubuntu or Debian), or set REDIS_URL to a Redis elsewhere';
  if (findProgram('apt-get') !== null) return `run: sudo apt-get install -y ${what.debian}`;
  if (findProgram('dnf') !== null) return `run: sudo dnf install -y ${what.fedora}`;
  if (findProgram('apk') !== null) return `run: sudo apk add ${what.alpine}`;
  return `install ${what.debian} with your package manager`;
}

/** @returns what went wrong in its last line; empty when all is installed */
async function aptInstall(packages: readonly string[]): Promise<string> {
  // no service is started by the packages: the server runs a private redis-server of its own
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = () =>
    run('apt-get', ['install', '-y', '--no-install-recommends', '--no-upgrade', ...packages], { env });
  const names = packages.join(', ');
  await withProgress('reading package lists', () => run('apt-get', ['update', '-qq'], { env }));
  const ran = await withProgress(`installing ${names}`, install);
  return ran.code === 0 ? '' : ` (apt-get: ${ran.output.trim().split('\n').at(-1) ?? ran.code})`;
}

const LEAST_MAJOR = 7;
const REDIS = { debian: 'redis-server', mac: 'redis', fedora: 'redis', alpine: 'redis' };

/**
 * Finds the redis-server that the embedded store runs, and installs it where we may (root on Debian).
 * @throws {AppError} `redis_missing` in one line that says what to do
 */
export async function ensureRedis(): Promise<string> {
  let trouble = '';
  let found = findProgram('redis-server') ?? findProgram('valkey-server');
  if (found === null && mayInstall() && process.env.WARROOM_NO_SETUP !== '1') {
    say('redis-server is missing; installing it (Debian package, no service is started)');
    // judged by what is there afterwards: a package may complain of a service that could not be started
    trouble = await aptInstall(['redis-server']);
    found = findProgram('redis-server');
  }
  if (found === null) {
    throw new AppError('redis_missing', `redis-server is missing${trouble}; ${installHint(REDIS)} (or set REDIS_URL)`);
  }
  const { output } = await run(found, ['--version']);
  const major = Number(/v=(\d+)\./.exec(output)?.[1] ?? 0);
  if (major < LEAST_MAJOR) {
    throw new AppError(
      'redis_missing',
      `${found} is version ${major || 'unknown'}, ${LEAST_MAJOR} or newer is needed; ${installHint(REDIS)}`,
    );
  }
  return found;
}

/** What the browser tests need besides Redis: Chromium, and a font with Han characters. */
export async function ensureTestTools(): Promise<void> {
  await ensureRedis();
  const missing: string[] = [];
  if (!existsSync('/usr/bin/chromium')) missing.push('chromium');
  if (!existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc')) missing.push('fonts-noto-cjk');
  if (missing.length === 0) return;
  if (mayInstall() && process.env.WARROOM_NO_SETUP !== '1') {
    say(`${missing.join(', ')} missing; installing for the browser tests`);
    const trouble = await aptInstall(missing);
    if (trouble !== '') say(`not everything was installed${trouble}`);
    return;
  }
  const names = missing.join(' ');
  const hint = installHint({
    debian: names,
    mac: '--cask chromium',
    fedora: 'chromium google-noto-sans-cjk-fonts',
    alpine: 'chromium font-noto-cjk',
  });
  say(`the browser tests need ${names}; ${hint}. They fail until then.`);
}
