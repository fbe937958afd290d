import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '#contract/timeline';
import { readConfig } from '../config.ts';
import { readMetrics } from './metrics-text.ts';
import { peopleApp, testPeople, timelineOf } from './people.ts';
import { connected, join, openScreen } from './realtime-kit.ts';
import { wholeServer } from './whole-server.ts';

const PROXY = '10.0.0.1';
/** People behind an application that believes `trusted`; each request comes from `peer` and says what it likes. */
async function house(trusted: string) {
  const node = await testPeople();
  const config = readConfig({ LOG_LEVEL: 'silent', TRUSTED_PROXIES: trusted });
  const app = await peopleApp(node.people, { config });
  const access = await node.people.createDemoAccess({ url: 'http://127.0.0.1:8080' });
  const login = async (peer: string, forwardedFor: string) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/sessions',
      remoteAddress: peer,
      headers: { 'x-forwarded-for': forwardedFor },
      payload: { name: `nobody-${forwardedFor}`, password: 'a wrong password' },
    });
    return answer.statusCode;
  };
  const newLink = async (peer: string): Promise<string> => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/users',
      remoteAddress: peer,
      headers: {
        authorization: `Bearer ${access.roles.admin.token}`,
        host: 'own.test',
        'x-forwarded-host': 'said.test',
        'x-forwarded-proto': 'https',
      },
      payload: { name: `p${Math.random()}`.slice(0, 20), role: 'viewer' },
    });
    return (answer.json() as { link: string }).link;
  };
  const refusedFrom = async (): Promise<unknown[]> =>
    (await timelineOf(node)).filter(({ kind }) => kind === 'login.refused').map(({ params }) => params.ip);
  return { login, newLink, refusedFrom };
}

describe('X-Forwarded-*', () => {
  it('[PROXY3] of a peer that is not listed is used nowhere: not in limits, not in the log, not in links (S20)', async () => {
    for (const trusted of ['', '10.0.0.2,fd00::/8']) {
      const { login, newLink, refusedFrom } = await house(trusted);
      for (let i = 0; i < 10; i += 1) expect(await login(PROXY, `1.1.1.${i}`)).toBe(401);
      expect(await login(PROXY, '1.1.1.99')).toBe(429);
      expect(await login('10.0.0.7', '1.1.1.0')).toBe(401);
      expect(new Set(await refusedFrom())).toEqual(new Set([PROXY, '10.0.0.7']));
      expect(await newLink(PROXY)).toMatch(/^http:\/\/own\.test\/#access=/);
    }
  });
  it('[PROXY4] of a listed proxy: each client has a limit of its own, and cannot shed it by writing the header itself', async () => {
    const { login, newLink, refusedFrom } = await house('10.0.0.0/30');
    for (let i = 0; i < 10; i += 1) expect(await login(PROXY, `6.6.6.${i}, 1.1.1.1`)).toBe(401);
    expect(await login(PROXY, '7.7.7.7, 1.1.1.1')).toBe(429);
    expect(await login(PROXY, '1.1.1.2')).toBe(401);
    expect(await login('9.9.9.9', '1.1.1.1')).toBe(401); // a stranger cannot speak for them either
    expect(new Set(await refusedFrom())).toEqual(new Set(['1.1.1.1', '1.1.1.2', '9.9.9.9']));
    expect(await newLink(PROXY)).toMatch(/^https:\/\/said\.test\/#access=/);
    expect(await newLink('9.9.9.9')).toMatch(/^http:\/\/own\.test\/#access=/);
  });
  it('[PROXY5] counts for sockets, too', async () => {
    for (const [trusted, ip] of [
      ['', '127.0.0.1'],
      ['127.0.0.1', '1.1.1.1'],
    ] as const) {
      const server = await wholeServer({ env: { TRUSTED_PROXIES: trusted } });
      const { token } = server.access.roles.viewer;
      const screen = openScreen(server.url, { token, headers: { 'x-forwarded-for': '1.1.1.1' } });
      await connected(screen);
      expect(await join(screen, { view: 'desk:health' })).toMatchObject({ ok: false });
      const { entries } = (await server.ask('GET', '/api/v1/timeline?kinds=access.refused')).body;
      expect(entries.map(({ params }: TimelineEntry) => params.ip)).toEqual([ip]);
    }
  });
});

describe('METRICS_TOKEN', () => {
  it('[MET8] reads /metrics and nothing else, also while nobody can be known', async () => {
    const metricsToken = 'scraper-0123456789';
    const server = await wholeServer({ env: { METRICS_TOKEN: metricsToken } });
    const { status, body } = await server.ask('GET', '/metrics', undefined, metricsToken);
    expect(status).toBe(200);
    expect(readMetrics(body as string).types.size).toBeGreaterThan(50);
    for (const path of ['/api/v1/timeline', '/api/v1/kpis', '/api/v1/users'])
      expect((await server.ask('GET', path, undefined, metricsToken)).status).toBe(401);
    for (const wrong of ['scraper-012345678', `${metricsToken}9`, ''])
      expect((await server.ask('GET', '/metrics', undefined, wrong)).status).toBe(401);
  });
});
