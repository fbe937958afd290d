import { describe, expect, it } from 'vitest';
import { until } from '../people.ts';
import { wholeServer } from '../whole-server.ts';
import { ALERTMANAGER, startAlertmanager, titled } from './peer-processes.ts';

const iso = (inMs: number): string => new Date(Date.now() + inMs).toISOString();
const JSON_TYPE = { 'content-type': 'application/json' };

describe.skipIf(ALERTMANAGER === null)(titled('Alertmanager', ALERTMANAGER), () => {
  it('[AM52] delivers its webhook: fired, repeated, resolved', { timeout: 90_000 }, async () => {
    const server = await wholeServer();
    const { token } = await server.key(['alertmanager']);
    const webhook = {
      url: `${server.url}/api/v1/integrations/alertmanager`,
      http_config: { authorization: { credentials: token } },
    };
    const { url } = await startAlertmanager(
      JSON.stringify({
        route: {
          receiver: 'warroom',
          group_by: ['alertname'],
          group_wait: '0s',
          group_interval: '1s',
          repeat_interval: '1s',
        },
        receivers: [{ name: 'warroom', webhook_configs: [webhook] }],
      }),
    );
    const labels = { alertname: 'FromAfar', severity: 'error', service: 'cart' };
    const send = (endsAt: string) =>
      fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: JSON_TYPE,
        body: JSON.stringify([{ labels, annotations: { summary: 's' }, startsAt: iso(-1_000), endsAt }]),
      });
    const found = async () => (await server.ask('GET', '/api/v1/alerts?rule=FromAfar')).body.alerts;
    expect((await send(iso(120_000))).status).toBe(200);
    await until(async () => (await found()).length === 1);
    const [alert] = await found();
    expect(alert).toMatchObject({
      origin: 'alertmanager',
      tier: 'orange',
      labels,
      annotations: { summary: 's' },
      policy: 'orange',
    });
    const heardAt = async (): Promise<string> =>
      (await server.ask('GET', '/api/v2/alerts?filter=alertname%3DFromAfar')).body[0].updatedAt;
    const before = await heardAt();
    // what it repeats is new only by its words here: nothing else is worth a write within a day
    await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify([{ labels, annotations: { summary: 't' }, startsAt: iso(-1_000), endsAt: iso(120_000) }]),
    });
    await until(async () => (await heardAt()) > before);
    expect(await found()).toMatchObject([{ id: alert.id, annotations: { summary: 't' } }]);
    expect((await send(iso(-1))).status).toBe(200);
    await until(async () => (await found()).length === 0);
  });

  it('[AM53] and the console, asked the same, answer the same', { timeout: 90_000 }, async () => {
    const server = await wholeServer();
    const { url } = await startAlertmanager(
      JSON.stringify({
        route: { receiver: 'r', group_by: ['alertname', 'service', 'domain', 'method'] },
        receivers: [{ name: 'r' }],
      }),
    );
    const { token } = server.access.roles.oncall;
    interface Said {
      readonly status: number;
      readonly body: unknown;
    }
    async function ask(base: string, method: string, path: string, body?: unknown): Promise<Said> {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : JSON_TYPE) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
    }
    /** Names of receivers and authors, times and ids differ; everything else must not. */
    const plain = ({ status, body }: Said): Said => ({
      status,
      body: JSON.parse(
        JSON.stringify(body, (key, value) => {
          if (key === 'receivers' || key === 'receiver' || key === 'createdBy') return 'somebody';
          if (key === 'updatedAt' || key === 'uptime' || (key === 'startsAt' && typeof value === 'string'))
            return 'a time';
          if (typeof value === 'string')
            return value.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'an id');
          return value;
        }),
      ),
    });
    const compare = async (
      method: string,
      path: string | ((mine: boolean) => string),
      body?: unknown | ((mine: boolean) => unknown),
    ) => {
      const of = (mine: boolean) =>
        [typeof path === 'string' ? path : path(mine), typeof body === 'function' ? body(mine) : body] as const;
      const [theirs, ours] = await Promise.all([ask(url, method, ...of(false)), ask(server.url, method, ...of(true))]);
      expect(plain(ours), `${method} ${of(true)[0]} ${JSON.stringify(of(true)[1])}`).toEqual(plain(theirs));
      return { theirs, ours };
    };
    // only what this test sends is compared: our own rules may fire meanwhile
    const only = 'filter=test%3D%22here%22';
    const test = 'here';
    const endsAt = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 600_000).toISOString();
    await compare('POST', '/api/v2/alerts', []);
    await compare('POST', '/api/v2/alerts', [
      {
        labels: { alertname: 'A', service: 'x', test },
        annotations: { summary: 'größer' },
        startsAt: iso(-5_000),
        endsAt,
        generatorURL: 'http://x/y',
      },
      { labels: { alertname: 'A', service: 'y', test, empty: '' }, endsAt },
      { labels: { alertname: 'A', service: 'x', test, instance: 'b', job: 'j' }, endsAt },
      { labels: { alertname: 'A', service: 'x', test, instance: 'a', job: 'j', more: '1' }, endsAt },
      { labels: { alertname: 'B', severity: 'critical', test, 名: 'x' }, endsAt },
      { labels: { alertname: 'B', severity: 'critical', test }, endsAt },
    ]);
    await compare('POST', '/api/v2/alerts', [{ labels: {} }]);
    await compare('POST', '/api/v2/alerts', [{ labels: { alertname: '' } }]);
    await compare('POST', '/api/v2/alerts', [{ labels: { '1bad': 'x' } }]);
    await compare('POST', '/api/v2/alerts', [
      { labels: { a: 'b' }, startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' },
    ]);
    await compare('POST', '/api/v2/alerts', [
      { labels: { alertname: 'C', test }, startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-02T00:00:00Z' },
    ]);
    await until(async () => ((await ask(url, 'GET', `/api/v2/alerts/groups?${only}`)).body as unknown[]).length === 3);
    await compare('GET', `/api/v2/alerts?${only}`);
    await compare('GET', `/api/v2/alerts/groups?${only}`);
    for (const query of [
      'filter=alertname%3D%22A%22',
      'filter=service%3D~%22x%7Cz%22',
      'filter=service!%3Dx',
      'filter=service%3D%22%22',
      'filter=service!%3D%22%22',
      'active=false',
      'active=nonsense',
      'silenced=false',
      'inhibited=false',
      'unprocessed=false',
      'unknown=1',
      'receiver=nowhere',
    ])
      for (const path of ['/api/v2/alerts', '/api/v2/alerts/groups']) await compare('GET', `${path}?${only}&${query}`);
    for (const query of ['filter=nonsense', 'filter=', 'filter=%7Ba%3D%22b%22%7D', 'filter=a%3D%22b%22%2Cc%3D%22d%22'])
      for (const path of ['/api/v2/alerts', '/api/v2/silences']) await compare('GET', `${path}?${query}`);
    // a regular expression that is none: the same status, the words of the engine differ
    expect((await ask(server.url, 'GET', '/api/v2/alerts?filter=a%3D~%22(%22')).status).toBe(
      (await ask(url, 'GET', '/api/v2/alerts?filter=a%3D~%22(%22')).status,
    );

    const silence = (more: object) => ({
      matchers: [
        { name: 'test', value: 'here', isRegex: false },
        { name: 'alertname', value: 'A', isRegex: false },
      ],
      startsAt: iso(0),
      endsAt,
      createdBy: 'me',
      comment: 'c',
      ...more,
    });
    const mine = 'filter=test%3D%22here%22';
    const made = await compare('POST', '/api/v2/silences', silence({ startsAt: iso(-60_000) }));
    const idOf = ({ body }: Said): string => (body as { silenceID: string }).silenceID;
    const id = (ours: boolean): string => idOf(ours ? made.ours : made.theirs);
    await compare('GET', `/api/v2/silences?${mine}`);
    await compare('GET', (ours) => `/api/v2/silence/${id(ours)}`);
    for (const base of [url, server.url])
      await until(
        async () => ((await ask(base, 'GET', `/api/v2/alerts?${only}&silenced=false`)).body as unknown[]).length === 1,
      );
    await compare('GET', `/api/v2/alerts?${only}&active=false`);
    const shown = await compare('GET', (ours) => `/api/v2/silence/${id(ours)}`);
    const startsAt = (ours: boolean): string =>
      ((ours ? shown.ours : shown.theirs).body as { startsAt: string }).startsAt;
    await compare('POST', '/api/v2/silences', (ours: boolean) =>
      silence({ id: id(ours), startsAt: startsAt(ours), comment: 'longer' }),
    );
    await compare('GET', `/api/v2/silences?${mine}`);
    await compare('POST', '/api/v2/silences', (ours: boolean) =>
      silence({ id: id(ours), startsAt: startsAt(ours), matchers: [{ name: 'test', value: 'here', isRegex: false }] }),
    );
    const states = async (base: string) =>
      ((await ask(base, 'GET', `/api/v2/silences?${mine}`)).body as { status: { state: string } }[]).map(
        ({ status }) => status.state,
      );
    for (const base of [url, server.url]) await until(async () => (await states(base)).join() === 'active,expired');
    await compare('POST', '/api/v2/silences', (ours: boolean) => silence({ id: id(ours), startsAt: startsAt(ours) }));
    await compare('DELETE', (ours) => `/api/v2/silence/${id(ours)}`);
    await compare('POST', '/api/v2/silences', silence({ id: '6b1a1d8a-0000-4000-8000-000000000000' }));
    await compare('POST', '/api/v2/silences', silence({ startsAt: iso(20_000), endsAt: iso(10_000) }));
    await compare('POST', '/api/v2/silences', silence({ startsAt: iso(-20_000), endsAt: iso(-10_000) }));
    await compare('POST', '/api/v2/silences', silence({ matchers: [{ name: 'a', value: '.*', isRegex: true }] }));
    await compare('POST', '/api/v2/silences', silence({ matchers: [{ name: '1a', value: 'x', isRegex: false }] }));
  });
});
