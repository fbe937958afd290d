/** What vitest counted, as plain-reporter.ts wrote it. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Titles of tests that passed at their second try only. */
  readonly retried?: readonly string[];
}

/**
 * The last line of `npm test` and the exit code; they never disagree.
 * @param counts - null when the run ended before it counted
 * @param vitestCode - exit code of vitest
 * @param failedSteps - set-up, types, style and build that failed, each counted as one
 */
export function verdict(
  counts: Counts | null,
  vitestCode: number,
  failedSteps: number,
): { line: string; exitCode: 0 | 1 } {
  const passed = counts?.passed ?? 0;
  // a crash after counting, or a run without a single test, is a failure although no test failed
  const silent = (counts?.failed ?? 0) === 0 && (counts === null || vitestCode !== 0 || passed === 0);
  const failed = (counts?.failed ?? 0) + (silent ? 1 : 0) + failedSteps;
  return { line: `${passed} passed, ${failed} failed`, exitCode: failed === 0 ? 0 : 1 };
}
