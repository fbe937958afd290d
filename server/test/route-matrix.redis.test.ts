import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { PERSON_ROLES } from '#contract/people';
import { type Role, roleMay } from '#contract/permissions';
import { bundledCampaign } from '../campaigns/load.ts';
import { composeServer } from '../compose.ts';
import { readConfig } from '../config.ts';
import { QUICK_PASSWORDS } from './people.ts';
import { testRedis } from './redis.ts';

/** All that anybody may ask for. A route added here is open to the world: say why in its own file. */
const PUBLIC = new Set([
  'GET /-/healthy',
  'HEAD /-/healthy',
  'GET /-/ready',
  'HEAD /-/ready',
  'GET /-/watchdog',
  'HEAD /-/watchdog',
  'GET /api/openapi.json',
  'HEAD /api/openapi.json',
  'POST /api/v1/sessions',
  'POST /api/v1/kiosks/pairings',
  'POST /api/v1/kiosks/pairings/claim',
]);

/** The whole server as `npm start` wires it, on the tiny campaign, with the demo's people. */
async function wholeServer() {
  const { prefix } = testRedis();
  const dataDir = mkdtempSync(join(tmpdir(), 'wr-matrix-'));
  const config = readConfig({
    LOG_LEVEL: 'silent',
    REDIS_PREFIX: prefix,
    WARROOM_DATA_DIR: dataDir,
    CAMPAIGN: bundledCampaign('tiny'),
    OPENS_AT: new Date(Date.now() - 60_000).toISOString(),
  });
  const server = await composeServer(config, {
    log: fastify({ logger: { level: 'silent' } }).log,
    target: { kind: 'socket', path: inject('redisSocket'), db: 0 },
    clientDir: null,
    build: 'test',
    passwordCost: QUICK_PASSWORDS,
    demo: null,
  });
  await server.start();
  onTestFinished(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { ...server, access: await server.access('http://127.0.0.1:8080') };
}

describe('every route × every role', () => {
  it('[AUTH80] answers 401 and 403 exactly as the permission table says', { timeout: 90_000 }, async () => {
    const { app, access } = await wholeServer();
    const people = Object.fromEntries(PERSON_ROLES.map((role) => [role, access.roles[role].token]));
    const tokens: Record<string, string | null> = { ...people, producer: access.ingestKey, nobody: null };
    const link = (role: Role): string | undefined =>
      role === 'producer' ? undefined : access.roles[role].link.split('#access=')[1];
    const wrong: string[] = [];
    let cells = 0;
    for (const { methods, url, policy } of app.routePolicies) {
      for (const method of methods) {
        const name = `${method} ${url}`;
        if ((policy === 'public') !== PUBLIC.has(name)) wrong.push(`${name} is ${policy}`);
        const wanted = (role: string): 401 | 403 | null =>
          policy === 'public' ? null : role === 'nobody' ? 401 : roleMay(role as Role, policy) ? null : 403;
        const ask = async ([role, given]: readonly [string, string | null]): Promise<void> => {
          let token = given;
          // signing out ends the token it is asked with: take a fresh one
          if (name === 'DELETE /api/v1/sessions/current' && role !== 'producer' && role !== 'nobody') {
            const payload = { link: link(role as Role), bearer: true };
            token = (await app.inject({ method: 'POST', url: '/api/v1/sessions', payload })).json().token;
          }
          const reply = await app.inject({
            method: method as 'GET',
            url: url.replaceAll(/:\w+/g, 'x').replace('*', 'x'),
            headers: token === null ? {} : { authorization: `Bearer ${token}` },
          });
          const want = wanted(role);
          const got = [401, 403].includes(reply.statusCode) ? reply.statusCode : null;
          if (got !== want) wrong.push(`${name} as ${role}: ${reply.statusCode}, not ${want ?? 'let in'}`);
          if (want === null && reply.statusCode >= 500) wrong.push(`${name} as ${role}: ${reply.statusCode}`);
          cells += 1;
        };
        const all = Object.entries(tokens);
        // who is refused changes nothing and is asked side by side: one after another a thousand answers take half a minute
        await Promise.all(all.filter(([role]) => wanted(role) !== null).map(ask));
        for (const each of all.filter(([role]) => wanted(role) === null)) await ask(each);
      }
    }
    expect(wrong).toEqual([]);
    expect(cells).toBeGreaterThan(100);
  });
  it('[AUTH81] no way of writing a path gets round the policy of its route', async () => {
    const { app } = await wholeServer();
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const raw = (line: string, headers = ''): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(`${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n${headers}\r\n`),
        );
        let text = '';
        socket.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        socket.on('end', () => resolve(text)).on('error', reject);
      });
    expect(await raw('GET /-/healthy')).toMatch(/^HTTP\/1\.1 200/); // the probe itself works
    for (const path of [
      '/api/v1/users',
      '//api/v1/users',
      '/api//v1/users',
      '/api/./v1/users',
      '/api/v1/../v1/users',
      '/api/v1/%2e%2e/v1/users',
      '/-/healthy/../../api/v1/users',
      '/-/%2e%2e/api/v1/users',
      '/api%2Fv1%2Fusers',
      '/api/v1/users%2F',
      '/api/v1/users/',
      '/api/v1/users;x',
      '/api/v1/users;/-/healthy',
      '/api/v1/users%00',
      '/api/v1/users%20',
      '/API/V1/USERS',
      '/api/v1/Users',
      '/api/v1/users?policy=public',
      '/api/v1/users#/-/healthy',
      'http://evil.test/api/v1/users',
      `http://127.0.0.1:${port}/api/v1/users`,
    ]) {
      for (const headers of [
        '',
        'X-HTTP-Method-Override: GET\r\n',
        'X-Original-URL: /-/healthy\r\nX-Forwarded-For: 127.0.0.1\r\n',
      ])
        expect(await raw(`GET ${path}`, headers), path).toMatch(/^HTTP\/1\.1 4\d\d/);
    }
    for (const method of ['TRACE', 'PROPFIND', 'PATCH', 'PURGE'])
      expect(await raw(`${method} /api/v1/users`), method).toMatch(/^HTTP\/1\.1 4\d\d/);
  });
});
