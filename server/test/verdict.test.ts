import { describe, expect, it } from 'vitest';
import { verdict } from './verdict.ts';

describe('the last line of npm test', () => {
  for (const { title, counts, code = 0, steps = 0, line, exitCode } of [
    { title: 'all well', counts: { passed: 9, failed: 0 }, line: '9 passed, 0 failed', exitCode: 0 },
    { title: 'a red test', counts: { passed: 8, failed: 1 }, code: 1, line: '8 passed, 1 failed', exitCode: 1 },
    { title: 'a crash before counting', counts: null, code: 134, line: '0 passed, 1 failed', exitCode: 1 },
    { title: 'an end without counting', counts: null, code: 0, line: '0 passed, 1 failed', exitCode: 1 },
    {
      title: 'a crash after counting',
      counts: { passed: 9, failed: 0 },
      code: 1,
      line: '9 passed, 1 failed',
      exitCode: 1,
    },
    { title: 'no test at all', counts: { passed: 0, failed: 0 }, line: '0 passed, 1 failed', exitCode: 1 },
    {
      title: 'types and style wrong',
      counts: { passed: 9, failed: 0 },
      steps: 2,
      line: '9 passed, 2 failed',
      exitCode: 1,
    },
  ])
    it(`[OPS11] ${title}: ${line}`, () => expect(verdict(counts, code, steps)).toEqual({ line, exitCode }));
});
