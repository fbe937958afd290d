import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = new URL('../../', import.meta.url).pathname;
const all = '{server,client,load,alerts,runbooks}/**/*.test.{ts,tsx}';
const never = ['**/node_modules/**', 'client/dist/**'];
/** Tests of real processes, browsers, sockets to the outside and the process's own environment: each file has a process of its own. */
const real = [
  'server/store/*.redis.test.ts',
  'client/e2e/**/*.test.ts',
  'server/test/peers/*.test.ts',
  'server/test/faults/*.test.ts',
  'server/room/chronicle.redis.test.ts', // sets the clock of its process
  'server/test/{start-up,store-trouble,stores,delivery-http}.redis.test.ts',
  'server/test/{imports,readme,slow-clients,verdict}.test.ts',
  'server/{app,setup,launch}.test.ts',
  'server/outbound/**/*.test.ts',
  'load/{drive,prove}.test.ts',
  'load/simulate/*.test.ts',
];
/** Tests of whole servers and parts of them over the run's Redis, under a key prefix of their own: nothing of them is the process's. */
const store = '{server,alerts,runbooks}/**/*.redis.test.ts';
/** The longest first, as measured: begun last they would run alone at the end. */
const LONGEST = [
  'load/prove',
  'server/test/start-up.redis',
  'client/e2e/money',
  'client/e2e/runbooks',
  'client/e2e/wall-fit',
  'client/e2e/desk',
  'client/e2e/gate',
  'client/e2e/scenes',
  'client/e2e/takeover',
  'server/test/store-trouble.redis',
  'client/e2e/wall-truth',
  'client/e2e/people-pages',
  'client/e2e/phone',
  'client/e2e/timeline',
  'client/e2e/incidents',
  'server/test/faults/counted-once',
  'server/test/stores.redis',
];
/** Files of one project come after one another, because a process that shares its modules ends when another project's is next. */
const PROJECTS = ['real', 'store', 'pure'];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.indexOf(moduleId.slice(root.length).replace(/\.test\.tsx?$/, ''));
      return at < 0 ? LONGEST.length : at;
    };
    const project = (file: TestSpecification): number => PROJECTS.indexOf(file.project.name);
    return (await super.sort(files)).sort((a, b) => project(a) - project(b) || place(a) - place(b));
  }
}
const withRedis = { globalSetup: [`${root}server/test/global-setup.ts`] };

/** Tests share a private redis-server (global-setup.ts); every file uses a key prefix of its own. */
export default defineConfig({
  root,
  test: {
    reporters: ['default', `${root}server/test/plain-reporter.ts`],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    maxWorkers: 3, // most tests wait for servers, browsers and deadlines more than they compute
    projects: [
      { extends: true, test: { name: 'real', include: real, exclude: never, ...withRedis } },
      // a process loads each module once and not once a file, which for a whole server takes longer than most of its tests
      {
        extends: true,
        test: { name: 'store', include: [store], exclude: [...never, ...real], isolate: false, ...withRedis },
      },
      { extends: true, test: { name: 'pure', include: [all], exclude: [...never, ...real, store], isolate: false } },
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
