import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Counts tests for the last line of `npm test` (`N passed, N failed`), which `server/test/run.ts` prints after vitest has ended. */
export default class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandled.length;
    const retried: string[] = [];
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0) failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
        if (test.diagnostic()?.flaky === true) retried.push(test.fullName);
      }
    }
    const file = process.env.WARROOM_TEST_COUNTS;
    if (file) writeFileSync(file, JSON.stringify({ passed, failed, retried }));
  }
}
