import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { Principal, Role } from '#contract/permissions';
import { type AppDeps, buildApp } from '../app.ts';
import { readConfig } from '../config.ts';

/** A principal of any role, for tests. */
export const principalOf = (role: Role): Principal => {
  const who = { id: `u-${role}`, name: role, sessionId: 's-test' };
  if (role === 'producer') {
    return { kind: 'key', id: who.id, name: role, role, sources: ['*'], quotaPerSecond: null };
  }
  return { kind: 'user', ...who, role };
};

/**
 * The real application around the given plugins, not listening (`app.inject`). A request is who its bearer token says:
 * `authorization: Bearer oncall`. Closed when the test ends.
 */
export async function testApp(overrides: Partial<AppDeps> = {}): Promise<FastifyInstance> {
  const app = await buildApp({
    config: readConfig({ LOG_LEVEL: 'silent' }),
    authenticate: async ({ headers }) => {
      const role = headers.authorization?.replace(/^Bearer /, '') ?? /wr=(\w+)/.exec(headers.cookie ?? '')?.[1];
      return role === undefined ? null : principalOf(role as Role);
    },
    plugins: [],
    ready: () => ({ ok: true, reasons: [] }),
    ...overrides,
  });
  onTestFinished(() => app.close());
  return app;
}
