import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clientDir, isBuilt } from '../../server/run-client-build.ts';

const CLIENT = new URL('../', import.meta.url).pathname;
/** Chromium without anything that leaves this machine. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const CHROMIUM_PATH = process.env.CHROMIUM ?? '/usr/bin/chromium';

function sourceHash(): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(CLIENT, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/(^|\/)(dist|e2e|pictures)(\/|$)/.test(entry) || !/\.(ts|tsx|css|html|svg)$/.test(entry)) continue;
    hash.update(entry).update(readFileSync(join(CLIENT, entry)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** The client as it will be served, built once for these sources; two test files that build at once agree by a rename. */
let built: Promise<string> | null = null;
export function builtClient(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = join(tmpdir(), `wr-client-${sourceHash()}`);
  if (existsSync(join(folder, 'index.html'))) return folder;
  const own = mkdtempSync(join(tmpdir(), 'wr-client-build-'));
  if (!copied(own))
    await promisify(execFile)(
      process.execPath,
      [join(CLIENT, '../node_modules/vite/bin/vite.js'), 'build', '--config', join(CLIENT, 'vite.config.ts')],
      { cwd: join(CLIENT, '..'), env: { ...process.env, NODE_ENV: 'production', WARROOM_CLIENT_OUT: own } },
    );
  try {
    renameSync(own, folder);
  } catch {
    rmSync(own, { recursive: true, force: true }); // somebody else was first, with the same sources
  }
  return folder;
}

/** A copy of the build that `npm test` has just made; false when there is none of these sources. */
function copied(to: string): boolean {
  const from = clientDir();
  if (from === null || !isBuilt()) return false;
  try {
    cpSync(from, to, { recursive: true });
    return isBuilt(); // not replaced meanwhile
  } catch {
    return false; // vite empties the folder before it builds
  }
}
