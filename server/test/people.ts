import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import type { DemoAccess } from '#contract/people';
import type { TimelineEntry } from '#contract/timeline';
import { type AppDeps, buildApp } from '../app.ts';
import { readConfig } from '../config.ts';
import type { PasswordCost } from '../people/passwords.ts';
import { createPeople } from '../people/people.ts';
import type { People } from '../people/types.ts';
import { peopleDoor, peopleRoutes } from '../routes/people.ts';
import { asStoreError } from '../store/store-error.ts';
import { timelineKeys } from '../store/timeline.ts';
import { testRedis } from './redis.ts';
import { silentLog } from './silent-log.ts';

export const TEST_INSTANCE = 'i1';
/** Each test makes a dozen people; at the cost of production their passwords take longer than most tests. */
export const QUICK_PASSWORDS: PasswordCost = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/** People over the real Redis, started; stopped when the test ends. A second node of the same instance: pass `prefix`. */
export async function testPeople(
  same?: { prefix: string },
  {
    secureCookies = true,
    passwordCost = QUICK_PASSWORDS,
  }: { secureCookies?: boolean; passwordCost?: PasswordCost } = {},
) {
  const { redis, prefix: own } = testRedis();
  const prefix = same?.prefix ?? own;
  const people = createPeople({
    redis,
    prefix,
    instance: TEST_INSTANCE,
    config: { secureCookies },
    log: silentLog,
    passwordCost,
  });
  await people.start();
  onTestFinished(() => people.stop());
  return { people, redis, prefix };
}

/** All entries so far, oldest first. */
export async function timelineOf(on: Awaited<ReturnType<typeof testPeople>>): Promise<TimelineEntry[]> {
  const rows = await on.redis.xrange(timelineKeys(on.prefix, TEST_INSTANCE).stream, '-', '+');
  return rows.map(([, fields]) => JSON.parse(fields[1] ?? '') as TimelineEntry);
}

/** The real application with the real people at its door, not listening. */
export async function peopleApp(people: People, overrides: Partial<AppDeps> = {}): Promise<FastifyInstance> {
  const config = readConfig({ LOG_LEVEL: 'silent' });
  const app = await buildApp({
    config,
    ...peopleDoor(people),
    plugins: [peopleRoutes(people, config)],
    ready: () => ({ ok: true, reasons: [] }),
    asStoreError,
    ...overrides,
  });
  onTestFinished(() => app.close());
  return app;
}

/** One people node with its application and the demo's people. */
export async function peopleHouse(passwordCost = QUICK_PASSWORDS) {
  const node = await testPeople(undefined, { passwordCost });
  const app = await peopleApp(node.people);
  const access: DemoAccess = await node.people.createDemoAccess({ url: 'http://127.0.0.1:8080' });
  const as =
    (token: string) =>
    (method: InjectOptions['method'], url: string, payload?: object): Promise<LightMyRequestResponse> =>
      app.inject({
        method: method ?? 'GET',
        url,
        headers: { authorization: `Bearer ${token}` },
        ...(payload === undefined ? {} : { payload }),
      });
  return { ...node, app, access, as, admin: as(access.roles.admin.token) };
}
/** The `name=value` of the session cookie that an answer set, and its flags. */
export function cookieOf(response: LightMyRequestResponse): { pair: string; flags: string } {
  const header = String(response.headers['set-cookie'] ?? '');
  return { pair: header.split(';', 1)[0] ?? '', flags: header };
}
/** Resolves once the condition holds; fails the test's own timeout otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
