import { existsSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildClient } from '../run-client-build.ts';
import { run, say, withProgress } from '../run-progress.ts';
import { ensureTestTools } from '../setup.ts';

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

async function vitest(paths: readonly string[]): Promise<{ passed: number; failed: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'wr-counts-'));
  const file = join(folder, 'counts.json');
  try {
    const { code } = await run(bin('vitest'), ['run', '--config', 'server/test/vitest.config.ts', ...paths], {
      cwd: root,
      env: { WARROOM_TEST_COUNTS: file },
      show: true,
      withinMs: VITEST_MS,
    });
    if (!existsSync(file)) {
      say(
        code === 124
          ? `the tests did not end within ${VITEST_MS / 60_000} minutes`
          : `vitest ended with ${code} before it counted`,
      );
      return { passed: 0, failed: 1 };
    }
    const counts = JSON.parse(readFileSync(file, 'utf8')) as { passed: number; failed: number };
    // a crash after counting, or no test found, is a failure too
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let failed = await attempt('set-up', ensureTestTools);
failed += await step('checking types', bin('tsc'), ['--noEmit', '-p', '.']);
failed += await step('checking style', bin('biome'), ['check', '.']);
failed += await attempt('client build', buildClient);
const counts = await vitest(process.argv.slice(2));
failed += counts.failed;
process.exitCode = failed === 0 && counts.passed > 0 ? 0 : 1;
// written at once, so that nothing can come after it
writeSync(1, `${counts.passed} passed, ${failed} failed\n`);
