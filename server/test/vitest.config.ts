import { defineConfig } from 'vitest/config';

const root = new URL('../../', import.meta.url).pathname;
/** Tests share one private redis-server (global-setup.ts); every file uses a key prefix of its own. */
export default defineConfig({
  root,
  test: {
    include: ['{server,client,load,alerts,runbooks}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'client/dist/**'],
    globalSetup: [`${root}server/test/global-setup.ts`],
    reporters: ['default', `${root}server/test/plain-reporter.ts`],
    pool: 'forks',
    maxWorkers: 3, // most tests wait for servers, browsers and deadlines more than they compute
    // Real servers, browsers and kills on a busy machine lose a race now and then: one more try, and `npm test` names who needed it.
    retry: 1,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000, interval: 30 } },
  },
});
