import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run, say, withProgress } from './run-progress.ts';

const root = new URL('..', import.meta.url).pathname;
const dist = join(root, 'client', 'dist');
const stamp = join(dist, '.stamp');
const SOURCES = ['client', 'server/contract', 'package.json', 'package-lock.json'];

/** Names, sizes and times of all that goes into the client: equal stamps mean an up-to-date build. */
function sourceStamp(): string {
  const hash = createHash('sha1');
  const visit = (path: string): void => {
    const stat = statSync(join(root, path));
    if (stat.isFile()) hash.update(`${path}:${stat.size}:${stat.mtimeMs}\n`);
    if (!stat.isDirectory()) return;
    for (const name of readdirSync(join(root, path)).sort()) {
      if (!name.startsWith('dist') && !name.startsWith('.') && name !== 'e2e') visit(join(path, name));
    }
  };
  for (const path of SOURCES) if (existsSync(join(root, path))) visit(path);
  return hash.digest('hex');
}

/** Files of earlier builds are kept so long: a screen that has loaded one asks for the rest of it, ms. */
const ASSET_KEEP_MS = 3 * 86_400_000;
/** Screens that still run the build before go on: what they have not loaded yet stays beside the new files, whose names differ. */
export function keepOldAssets(from: string, to: string, nowMs = Date.now()): void {
  if (!existsSync(from) || !existsSync(to)) return;
  for (const name of readdirSync(from)) {
    const { mtimeMs } = statSync(join(from, name));
    if (nowMs - mtimeMs < ASSET_KEEP_MS && !existsSync(join(to, name))) linkSync(join(from, name), join(to, name));
  }
}

/** The built client; null when there is no client in this checkout. */
export const clientDir = (): string | null => (existsSync(join(root, 'client', 'vite.config.ts')) ? dist : null);

/** Whether the build in place was made from the sources as they are. */
export const isBuilt = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceStamp();

/**
 * Builds the client when its sources have changed since the last build. It is built beside and then put in place, so that
 * a server that is running, or another start, never serves half a build.
 * @throws {Error} with the builder's output
 */
export async function buildClient(): Promise<void> {
  if (clientDir() === null) return;
  if (isBuilt()) return;
  const wanted = sourceStamp();
  const fresh = `dist-${process.pid}`;
  const freshDir = join(root, 'client', fresh);
  const old = join(root, 'client', `${fresh}-old`);
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  try {
    const ran = await withProgress('building the client', () =>
      run(process.execPath, [vite, 'build', '--config', 'client/vite.config.ts', '--logLevel', 'warn'], {
        cwd: root,
        env: { WARROOM_CLIENT_OUT: fresh, NODE_ENV: 'production' },
      }),
    );
    if (ran.code !== 0) throw new Error(`the client does not build:\n${ran.output}`);
    keepOldAssets(join(dist, 'assets'), join(freshDir, 'assets'));
    writeFileSync(join(freshDir, '.stamp'), wanted);
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(freshDir, dist);
  } finally {
    for (const path of [old, freshDir]) rmSync(path, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildClient();
  say('the client is built: client/dist');
}
