import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = new URL('../../', import.meta.url).pathname;
const all = '{server,client,load,alerts,runbooks}/**/*.test.{ts,tsx}';
const never = ['**/node_modules/**', 'client/dist/**'];
/** Tests of real servers, browsers, sockets and processes: each file has a process of its own. */
const real = [
  '{server,client,load,alerts,runbooks}/**/*.redis.test.ts',
  'client/e2e/**/*.test.ts',
  'server/test/**/*.test.ts',
  'server/{app,setup,launch}.test.ts',
  'server/outbound/**/*.test.ts',
  'load/{drive,prove}.test.ts',
  'load/simulate/*.test.ts',
];
/** The longest, though their files are short: begun last they would run alone at the end. */
const LONGEST = /\/(prove|start-up\.redis|money|runbooks)\.test\.ts$/;
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONGEST.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Tests share one private redis-server (global-setup.ts); every file uses a key prefix of its own. */
export default defineConfig({
  root,
  test: {
    globalSetup: [`${root}server/test/global-setup.ts`],
    reporters: ['default', `${root}server/test/plain-reporter.ts`],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    maxWorkers: 3, // most tests wait for servers, browsers and deadlines more than they compute
    projects: [
      // pure tests have no state to keep apart: a process loads each module once and not once a file
      { extends: true, test: { name: 'pure', include: [all], exclude: [...never, ...real], isolate: false } },
      { extends: true, test: { name: 'real', include: real, exclude: never } },
    ],
    // four hundred small modules in one file: every process of a real test reads them
    deps: { optimizer: { ssr: { enabled: true, include: ['typebox', 'typebox/compile', 'typebox/value'] } } },
    // Real servers, browsers and kills on a busy machine lose a race now and then: one more try, and `npm test` names who needed it.
    retry: 1,
    testTimeout: 60_000, // a guard against hanging, nothing else
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000, interval: 30 } },
  },
});
