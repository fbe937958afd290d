import { existsSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildClient } from '../run-client-build.ts';
import { run, say, withProgress } from '../run-progress.ts';
import { ensureTestTools } from '../setup.ts';
import { type Counts, verdict } from './verdict.ts';

/**
 * `npm test [-- path…]`: set-up, types, style, client build, then every test. Each step that fails counts as one failure;
 * the tests run all the same. The last line is `N passed, N failed` and nothing else.
 */
const root = new URL('../../', import.meta.url).pathname;
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
/** A run that takes longer hangs. */
const VITEST_MS = 15 * 60_000;

async function step(what: string, command: string, args: readonly string[]): Promise<number> {
  const ran = await withProgress(what, () => run(command, args, { cwd: root }));
  if (ran.code === 0) return 0;
  say(`${what} failed:\n${ran.output}`);
  return 1;
}

async function attempt(what: string, work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    say(`${what} failed: ${(error as Error).message}`);
    return 1;
  }
}

/** Runs every test; what it counted and how it ended. */
async function vitest(paths: readonly string[]): Promise<{ counts: Counts | null; code: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'wr-counts-'));
  const file = join(folder, 'counts.json');
  try {
    const { code } = await run(bin('vitest'), ['run', '--config', 'server/test/vitest.config.ts', ...paths], {
      cwd: root,
      env: { WARROOM_TEST_COUNTS: file },
      show: true,
      withinMs: VITEST_MS,
    });
    if (code === 124) say(`the tests did not end within ${VITEST_MS / 60_000} minutes`);
    return { counts: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Counts) : null, code };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let failedSteps = await attempt('set-up', ensureTestTools);
// side by side: none of them reads what another writes
const prepared = await Promise.all([
  step('checking types', bin('tsc'), ['--noEmit', '-p', '.']),
  step('checking style', bin('biome'), ['check', '.']),
  attempt('client build', buildClient),
]);
for (const failed of prepared) failedSteps += failed;
const { counts, code } = await vitest(process.argv.slice(2));
for (const title of counts?.retried ?? []) say(`needed a second try: ${title}`);
const { line, exitCode } = verdict(counts, code, failedSteps);
process.exitCode = exitCode;
// written at once, so that nothing can come after it
writeSync(1, `${line}\n`);
