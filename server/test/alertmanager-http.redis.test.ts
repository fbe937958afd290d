import { describe, expect, it } from 'vitest';
import { createAlertmanager } from '../../alerts/alertmanager/alertmanager.ts';
import { listenFrom } from '../../alerts/alertmanager/domain/listening.ts';
import { withDeps } from '../app.ts';
import { alertmanagerRoutes } from '../routes/alertmanager.ts';
import { alertRoutes } from '../routes/alerts.ts';
import { silenceRoutes } from '../routes/silences.ts';
import { alertsKit } from './alerts-kit.ts';
import { principalOf, testApp } from './app.ts';
import { readText } from './delivery-kit.ts';
import { silentLog } from './silent-log.ts';

const RECEIVERS = readText(`receivers:
  - { id: bell, kind: sound, least_tier: orange }
  - { id: web-room, kind: sound, match: ['instance=~"web-.*"'] }
  - { id: outside, kind: sound, sends: [], watchdog: true }
`).receivers;

/** One node as an Alertmanager, asked over HTTP as any role; `another` is a second node over the same store. */
async function kit() {
  const alerts = await alertsKit();
  let aheadMs = 0;
  const nowMs = (): number => alerts.clock.nowMs() + aheadMs;
  /** Lets time pass for what takes alerts in. */
  const pass = (ms: number): void => {
    aheadMs += ms;
  };
  const outside = (node: Awaited<ReturnType<typeof alerts.node>>) =>
    createAlertmanager({ alerts: node.alerts, receivers: () => RECEIVERS, nowMs, log: silentLog, build: 'test' });
  async function doorOf(node: Awaited<ReturnType<typeof alerts.node>>) {
    const alertmanager = outside(node);
    const app = await testApp({
      plugins: [
        withDeps(alertmanagerRoutes, { alertmanager }),
        withDeps(alertRoutes, { alerts: node.alerts, verifiedAgoMs: () => 0 }),
        withDeps(silenceRoutes, { silences: node.silences }),
      ],
      authenticate: async ({ headers }) => {
        const role = headers.authorization?.replace(/^Bearer /, '');
        if (role === undefined) return null;
        if (role === 'shop-key') return { ...(principalOf('producer') as object), sources: ['/shop/7'] } as never;
        if (role.startsWith('replica-'))
          return { ...(principalOf('producer') as object), id: role, sources: ['alertmanager'] } as never;
        return principalOf(role as 'oncall');
      },
    });
    const ask = async (role: string, method: 'GET' | 'POST' | 'DELETE' | 'PUT', url: string, body?: unknown) => {
      const reply = await app.inject({
        method,
        url,
        headers: {
          authorization: `Bearer ${role}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(url.startsWith('/api/v1/alerts') || url.startsWith('/api/v1/silences')
            ? { 'idempotency-key': `k${Math.random()}` }
            : {}),
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return {
        status: reply.statusCode,
        type: String(reply.headers['content-type'] ?? '').split(';')[0],
        // biome-ignore lint/suspicious/noExplicitAny: JSON as it came, looked into by the test that asked for it
        body: (reply.body === '' ? null : reply.json()) as any,
      };
    };
    return { node, alertmanager, ask };
  }
  const first = await doorOf(alerts.first);
  const iso = (inMs: number): string => new Date(nowMs() + inMs).toISOString();
  const post = (list: unknown, role = 'producer') => first.ask(role, 'POST', '/api/v2/alerts', list);
  const get = async (query = '') => (await first.ask('viewer', 'GET', `/api/v2/alerts${query}`)).body;
  const history = async (id: string) => (await alerts.first.detail(id)).history;
  return { ...first, alerts, doorOf, iso, post, get, nowMs, pass, history };
}
const filter = (...texts: string[]): string =>
  `?${texts.map((text) => `filter=${encodeURIComponent(text)}`).join('&')}`;
const CPU = { alertname: 'CpuHigh', severity: 'critical', instance: 'web-1:9100' };

describe('alerts from outside', () => {
  it('[AM1] one is in our list with everything of its own, paged by its tier, and in theirs as it came', async () => {
    const { post, get, alerts, iso, history } = await kit();
    const startsAt = iso(-60_000);
    const generatorURL = 'http://prometheus:9090/graph?g0.expr=up';
    const annotations = { summary: 'CPU is high', runbook_url: '/runbooks/technical-failure' };
    expect(await post([{ labels: CPU, annotations, startsAt, endsAt: iso(240_000), generatorURL }])).toMatchObject({
      status: 200,
      body: null,
    });
    const alert = alerts.only();
    expect(alert).toMatchObject({
      rule: 'CpuHigh',
      origin: 'alertmanager',
      labels: CPU,
      annotations,
      tier: 'red',
      evaluation: 'firing',
      handling: 'open',
      startsAt: Date.parse(startsAt),
      generatorUrl: generatorURL,
      policy: 'red',
      version: 1,
      escalation: { cycle: 0, step: 0 },
    });
    expect((await history(alert.id)).map(({ type }) => type)).toEqual(['alert_created', 'alert_fired']);
    expect(await alerts.entries()).toContain('alert.fired');
    expect(await alerts.dueIds('alert.escalate')).toEqual([alert.id]);
    expect(await alerts.dueIds('alert.notify')).toEqual([alert.group]);
    expect(await get()).toMatchObject([
      {
        labels: CPU,
        annotations,
        startsAt,
        generatorURL,
        receivers: [{ name: 'bell' }, { name: 'web-room' }],
        status: { state: 'active', silencedBy: [], inhibitedBy: [] },
      },
    ]);
  });
  it('[AM1] with the name and the labels of one of ours it is another one', async () => {
    const { post, alerts, iso } = await kit();
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    const own = alerts.only();
    await post([{ labels: own.labels, endsAt: iso(240_000) }]);
    const foreign = alerts.first.list().alerts.find(({ origin }) => origin === 'alertmanager');
    expect(foreign).toMatchObject({ rule: own.rule, labels: own.labels, tier: 'yellow' });
    expect([foreign?.fingerprint, foreign?.group]).not.toEqual([own.fingerprint, own.group]);
    expect((await alerts.first.detail(foreign?.id ?? '')).rule).toBeNull();
    await alerts.first.tick();
    expect(alerts.first.list().alerts).toHaveLength(2);
    alerts.facts.disk_used_ratio = 0.1;
    for (let ticks = 0; ticks < 3; ticks += 1) await alerts.first.tick();
    expect(alerts.only().origin).toBe('alertmanager');
  });
  it('[AM2] repeated every minute, by two replicas, it stays one alert; words are the newest, startsAt the earliest', async () => {
    const { post, alerts, iso, history, nowMs } = await kit();
    await post([{ labels: CPU, startsAt: iso(-10_000), endsAt: iso(240_000), annotations: { summary: '91 %' } }]);
    const before = alerts.only();
    await post([{ labels: CPU, startsAt: iso(-10_000), endsAt: iso(240_000), annotations: { summary: '91 %' } }]);
    expect(alerts.only()).toEqual(before);
    const earlier = nowMs() - 25_000;
    await post(
      [
        {
          labels: CPU,
          startsAt: new Date(earlier).toISOString(),
          endsAt: iso(300_000),
          annotations: { summary: '95 %' },
        },
      ],
      'replica-b',
    );
    expect(alerts.only()).toMatchObject({
      id: before.id,
      version: 1,
      startsAt: earlier,
      annotations: { summary: '95 %' },
    });
    expect(await history(before.id)).toHaveLength(2);
  });
  it('[AM3] resolved, it ends and is told; resolved again, or never heard of, changes nothing; firing again is a new alert', async () => {
    const { post, get, alerts, iso, history } = await kit();
    const gone = { labels: CPU, startsAt: iso(-10_000), endsAt: iso(-1_000) };
    await post([gone]);
    expect(alerts.first.list().alerts).toEqual([]);
    await post([{ labels: CPU, endsAt: iso(240_000) }]);
    const { id } = alerts.only();
    await post([gone]);
    await post([gone]);
    expect(await get()).toEqual([]);
    expect(alerts.first.list().alerts).toEqual([]);
    expect((await history(id)).map(({ type }) => type)).toEqual(['alert_created', 'alert_fired', 'alert_resolved']);
    expect(await alerts.dueIds('alert.escalate')).toEqual([]);
    await post([{ labels: CPU, endsAt: iso(240_000) }]);
    expect(alerts.only().id).not.toBe(id);
  });
  it('[AM3] one that comes and goes four times within ten minutes flaps, and the outside is told', async () => {
    const { post, get, iso } = await kit();
    for (let times = 0; times < 4; times += 1) {
      if (times > 0) await post([{ labels: CPU, startsAt: iso(-1), endsAt: iso(-1) }]);
      await post([{ labels: CPU, endsAt: iso(240_000) }]);
    }
    await expect
      .poll(async () => (await get())[0].status)
      .toEqual({ state: 'suppressed', silencedBy: [], inhibitedBy: [], mutedBy: ['flapping'] });
  });
  it('[AM4] two replicas with keys of their own: it ends when both say so; the silence of both ends it too', async () => {
    const { post, alerts, iso, alertmanager, nowMs, pass } = await kit();
    const over = { labels: CPU, startsAt: iso(-10_000), endsAt: iso(-1) };
    await post([{ labels: CPU, endsAt: iso(240_000) }], 'replica-a');
    await post([{ labels: CPU, endsAt: iso(240_000) }], 'replica-b');
    await post([over], 'replica-a');
    expect(alerts.only()).toMatchObject({ handling: 'open', version: 1 });
    await post([over], 'replica-b');
    expect(alerts.first.list().alerts).toEqual([]);
    await post([{ labels: CPU, startsAt: iso(-10_000), endsAt: iso(240_000) }], 'replica-a');
    const ago = (ms: number) => listenFrom(nowMs() - ms);
    expect(await alertmanager.foreign.lapse(ago(600_000))).toBe(0); // its time is not up
    pass(300_000);
    // a node that has only just begun to listen ends nothing
    expect(await alertmanager.foreign.lapse(ago(60_000))).toBe(0);
    expect(await alertmanager.foreign.lapse(ago(121_000))).toBe(1);
    expect(alerts.first.list().alerts).toEqual([]);
  });
  it('[AM5] without an end it fires for 5 min; one that begins in the future begins now', async () => {
    const { post, get, iso, nowMs } = await kit();
    await post([{ labels: CPU, startsAt: iso(900_000) }]);
    const [{ startsAt, endsAt }] = await get();
    expect(Date.parse(startsAt)).toBeLessThanOrEqual(nowMs());
    expect(Math.abs(Date.parse(endsAt) - nowMs() - 300_000)).toBeLessThan(30_000);
  });
  it('[AM6] handled like any other: acknowledged, escalated, resolved by hand it stays quiet while it is repeated', async () => {
    const { post, get, ask, alerts, iso } = await kit();
    const firing = { labels: { ...CPU, severity: 'warning' }, endsAt: iso(240_000) };
    await post([firing]);
    const { id } = alerts.only();
    const verb = (name: string, body: object = {}) => ask('oncall', 'POST', `/api/v1/alerts/${id}/${name}`, body);
    expect(await verb('acknowledge')).toMatchObject({ status: 200 });
    expect(await get()).toMatchObject([{ status: { state: 'active' }, annotations: { acknowledged_by: 'oncall' } }]);
    expect(await verb('escalate', { tier: 'red' })).toMatchObject({
      status: 200,
      body: { alert: { tier: 'red', handling: 'open' } },
    });
    await post([firing]);
    expect(alerts.only()).toMatchObject({ tier: 'red' });
    expect(await verb('resolve')).toMatchObject({ status: 200 });
    await post([firing]);
    expect(alerts.only()).toMatchObject({ id, handling: 'resolved' });
    expect(await get()).toEqual([]);
    await post([{ ...firing, startsAt: iso(-10), endsAt: iso(-1) }]);
    expect(alerts.first.list().alerts).toEqual([]);
  });
  it('[AM7] words for how bad it is become tiers; what is not understood is yellow, and its history says so', async () => {
    const { post, alerts, iso, history } = await kit();
    const named = (alertname: string, severity?: string) => ({
      labels: { alertname, ...(severity === undefined ? {} : { severity }) },
      endsAt: iso(240_000),
    });
    await post([named('A', 'PAGE-ME'), named('B'), named('C', 'Sev0'), named('Watchdog', 'none')]);
    const all = new Map(alerts.first.list().alerts.map((alert) => [alert.rule, alert]));
    expect([...all].map(([rule, { tier }]) => [rule, tier]).sort()).toEqual([
      ['A', 'yellow'],
      ['B', 'yellow'],
      ['C', 'red'],
      ['Watchdog', 'yellow'],
    ]);
    expect((await history(all.get('A')?.id ?? ''))[0]?.text).toBe(
      'severity "PAGE-ME" is not known here: taken as yellow',
    );
    expect((await history(all.get('B')?.id ?? ''))[0]?.text).toMatch(/no label severity/);
    // a watchdog fires so that it is heard; it wakes nobody
    expect(all.get('Watchdog')?.escalation).toBeNull();
  });
  it('[AM8] good ones are taken, the others named in a bare string; beyond the room for them 429', {
    timeout: 60_000,
  }, async () => {
    const { post, alerts, iso, pass } = await kit();
    const endsAt = iso(240_000);
    const good = { labels: CPU, endsAt };
    for (const [bad, want] of [
      [{ labels: {} }, /^at least one label pair required$/],
      [{ labels: { alertname: '' } }, /^at least one label pair required$/],
      [{ labels: { alertname: 'A', '1bad': 'x' } }, /^invalid label set: invalid name "1bad"$/],
      [{ labels: { alertname: 'A', a: 'x'.repeat(1_025) } }, /value of a is longer than 1024/],
      [
        { labels: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`l${at}`, 'x'])) },
        /65 labels, 64 are the most/,
      ],
      [
        { labels: { a: 'b' }, startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' },
        /^start time must be before end time$/,
      ],
      [{ labels: { a: 'b' }, startsAt: '2026-02-31T00:00:00Z' }, /is not a time/],
    ] as const) {
      const reply = await post([bad, good]);
      expect(reply).toMatchObject({ status: 400, type: 'application/json', body: expect.stringMatching(want) });
    }
    expect(alerts.only().labels).toEqual(CPU);
    const many = Array.from({ length: 2_001 }, (_, at) => ({ labels: { alertname: 'Many', at: `${at}` }, endsAt }));
    expect(await post(many.slice(0, 1_001))).toMatchObject({
      status: 400,
      body: expect.stringMatching(/1001 alerts in one body/),
    });
    expect(await post(many.slice(0, 1_000))).toMatchObject({ status: 200 });
    expect(await post(many.slice(1_000, 2_000))).toMatchObject({
      status: 429,
      body: expect.stringMatching(/1 were not taken/),
    });
    // what is known is taken on
    expect(await post([good])).toMatchObject({ status: 200 });
    // what comes and goes all the time is refused too, until five minutes have passed
    for (const part of [many.slice(0, 1_000), many.slice(1_000, 2_000)])
      await post(part.map(({ labels }) => ({ labels, startsAt: iso(-1), endsAt: iso(-1) })));
    expect(alerts.only().labels).toEqual(CPU);
    expect(await post(many.slice(0, 1))).toMatchObject({ status: 429 });
    pass(300_000);
    expect(await post([{ labels: { alertname: 'Many', at: '0' } }])).toMatchObject({ status: 200 });
  });
  it('[AM8] text that could deceive is made visible, a link that is none left out, a long description cut', async () => {
    const { post, alerts, iso } = await kit();
    const labels = { alertname: 'A\u202eB', note: 'a\nb' };
    const annotations = { summary: 'x\ny', description: 'l1\nl2', long: 'z'.repeat(5_000), 'no-name': 'x' };
    await post([{ labels, annotations, generatorURL: 'javascript:alert(1)', endsAt: iso(240_000) }]);
    expect(alerts.only()).toMatchObject({
      labels: { alertname: 'A\ufffdB', note: 'a\ufffdb' },
      annotations: {
        summary: 'x\ufffdy',
        description: 'l1\nl2',
        long: expect.stringMatching(/^z{4096}… \(5000 characters\)$/),
      },
      generatorUrl: null,
    });
    expect(alerts.only().annotations['no-name']).toBeUndefined();
  });
  it('[AM9] who may send: people who act on alerts, and keys bound to the source alertmanager', async () => {
    const { post, iso } = await kit();
    const list = [{ labels: CPU, endsAt: iso(240_000) }];
    for (const role of ['producer', 'replica-a', 'oncall', 'commander', 'admin'])
      expect((await post(list, role)).status).toBe(200);
    for (const role of ['viewer', 'marketing', 'finance'])
      expect(await post(list, role)).toMatchObject({ status: 403, type: 'application/json', body: { code: 403 } });
    expect(await post(list, 'shop-key')).toMatchObject({
      status: 403,
      body: { message: expect.stringMatching(/source alertmanager/) },
    });
  });
  it('[AM10] two nodes that hear of it at once make one alert', async () => {
    const { post, alerts, iso, doorOf } = await kit();
    const second = await doorOf(await alerts.node('n2'));
    const list = Array.from({ length: 20 }, (_, at) => ({ labels: { ...CPU, at: `${at}` }, endsAt: iso(240_000) }));
    await Promise.all([
      post(list, 'replica-a'),
      second.ask('replica-b', 'POST', '/api/v2/alerts', list),
      post(list, 'replica-a'),
    ]);
    await alerts.first.book.poll(true);
    expect(alerts.first.list().alerts).toHaveLength(20);
    const firings = await Promise.all(
      alerts.first.list().alerts.map(async ({ id }) => (await alerts.first.detail(id)).history.length),
    );
    expect(firings).toEqual(Array(20).fill(2));
  });
});

describe('what the outside is told', () => {
  it('[AM20] ours are listed with their tier; flags, filters and receivers choose', async () => {
    const { post, get, ask, alerts, iso } = await kit();
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    await post([{ labels: { ...CPU, severity: 'info' }, endsAt: iso(240_000) }]);
    const names = async (query: string): Promise<string[]> =>
      (await get(query)).map((alert: { labels: { alertname: string } }) => alert.labels.alertname).sort();
    expect(await names('')).toEqual(['CpuHigh', 'DiskLow']);
    expect(await names(filter('tier="red"'))).toEqual(['DiskLow']);
    expect(await names(filter('instance=~"web-[0-9]+:.*"'))).toEqual(['CpuHigh']);
    expect(await names(filter('instance=""'))).toEqual(['DiskLow']);
    expect(await names(filter('alertname=CpuHigh', 'severity!=critical'))).toEqual(['CpuHigh']);
    expect(await names(filter('alertname=CpuHigh', 'severity=critical'))).toEqual([]);
    expect(await names('?active=false')).toEqual([]);
    expect(await names('?active=nonsense')).toEqual([]);
    expect(await names('?unprocessed=false&unknown=1')).toEqual(['CpuHigh', 'DiskLow']);
    expect(await names('?receiver=bel')).toEqual([]);
    expect(await names('?receiver=bel.|x')).toEqual(['DiskLow']);
    expect(await names('?receiver=nobody')).toEqual([]);
    for (const [query, want] of [
      [filter('nonsense'), 'bad matcher format: nonsense'],
      ['?filter=', 'bad matcher format: '],
      [filter('a="b",c="d"'), 'matcher value contains unescaped double quote: "b",c="d"'],
      [filter('a=~"("'), 'error parsing regexp: missing closing )'],
      ['?receiver=(', 'failed to parse receiver param: error parsing regexp: missing closing )'],
    ])
      for (const path of ['/api/v2/alerts', '/api/v2/alerts/groups'])
        expect(await ask('viewer', 'GET', `${path}${query}`)).toEqual({
          status: 400,
          type: 'application/json',
          body: want,
        });
    const groups = (await ask('viewer', 'GET', '/api/v2/alerts/groups')).body;
    expect(groups).toMatchObject([
      {
        labels: { alertname: 'CpuHigh' },
        receiver: { name: 'web-room' },
        alerts: [{ labels: { alertname: 'CpuHigh' } }],
      },
      {
        labels: { alertname: 'DiskLow', domain: 'console' },
        receiver: { name: 'bell' },
        alerts: [{ labels: { tier: 'red' } }],
      },
    ]);
  });
  it('[AM20] who is told: a receiver whose tier and matchers fit, the watchdog where it is wanted, else nobody', async () => {
    const { post, get, iso } = await kit();
    const of = (alertname: string, severity: string, more = {}) => ({
      labels: { alertname, severity, ...more },
      endsAt: iso(240_000),
    });
    await post([of('A', 'p0', { instance: 'web-2' }), of('B', 'p4', { instance: 'web-2' }), of('C', 'p4')]);
    await post([of('Watchdog', 'none')]);
    const told = new Map<string, string[]>(
      (await get()).map(({ labels, receivers }: { labels: { alertname: string }; receivers: { name: string }[] }) => [
        labels.alertname,
        receivers.map(({ name }) => name),
      ]),
    );
    expect(told.get('A')).toEqual(['bell', 'web-room']);
    expect(told.get('B')).toEqual(['web-room']);
    expect(told.get('C')).toEqual(['nobody']);
    expect(told.get('Watchdog')).toEqual(['outside']);
  });
  it('[AM21] status and receivers; refusals in their form', async () => {
    const { ask } = await kit();
    expect((await ask('viewer', 'GET', '/api/v2/status')).body).toMatchObject({
      cluster: { status: 'disabled', peers: [] },
      config: { original: expect.stringContaining('receiver: bell') },
      uptime: expect.stringMatching(/^\d{4}-.*Z$/),
      versionInfo: {
        version: '0.25.0',
        branch: 'campaign-war-room',
        buildDate: '',
        buildUser: '',
        goVersion: '',
        revision: 'test',
      },
    });
    expect((await ask('viewer', 'GET', '/api/v2/receivers')).body).toEqual(
      ['nobody', 'bell', 'web-room', 'outside'].map((name) => ({ name })),
    );
    expect(await ask('producer', 'GET', '/api/v2/alerts')).toMatchObject({ status: 403, body: { code: 403 } });
    expect(await ask('producer', 'POST', '/api/v2/alerts', 'nonsense')).toMatchObject({
      status: 400,
      body: { code: 400 },
    });
    expect(await ask('producer', 'POST', '/api/v2/alerts', {})).toMatchObject({ status: 422, body: { code: 422 } });
    expect(await ask('producer', 'POST', '/api/v2/alerts', [{ annotations: {} }])).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('/0/labels') },
    });
    expect(await ask('producer', 'POST', '/api/v2/alerts', [])).toMatchObject({ status: 200, body: null });
    expect(
      await ask('producer', 'POST', '/api/v2/alerts', `[${'{"labels":{"a":"b"}},'.repeat(30_000)}1]`),
    ).toMatchObject({ status: 413, body: { code: 413 } });
  });
});

describe('silences of the outside', () => {
  const only = { name: 'alertname', value: 'CpuHigh', isRegex: false };
  const of = (iso: (inMs: number) => string, more: object = {}) => ({
    matchers: [only],
    startsAt: iso(0),
    endsAt: iso(600_000),
    createdBy: 'lin',
    comment: 'work',
    ...more,
  });

  it('[AM30] are ours: made there, listed here, muting both; ended here, over there', async () => {
    const { post, get, ask, iso } = await kit();
    await post([{ labels: CPU, endsAt: iso(240_000) }]);
    const { status, body } = await ask('oncall', 'POST', '/api/v2/silences', of(iso));
    expect([status, Object.keys(body)]).toEqual([200, ['silenceID']]);
    const id: string = body.silenceID;
    expect((await ask('viewer', 'GET', '/api/v1/silences')).body.silences).toMatchObject([
      {
        id,
        state: 'active',
        matchedCount: 1,
        createdBy: 'lin (oncall)',
        matchers: [{ name: 'alertname', op: '=', value: 'CpuHigh' }],
      },
    ]);
    expect(await get()).toMatchObject([{ status: { state: 'suppressed', silencedBy: [id], inhibitedBy: [] } }]);
    expect(await get('?silenced=false')).toEqual([]);
    expect((await ask('viewer', 'GET', `/api/v2/silence/${id}`)).body).toMatchObject({
      id,
      status: { state: 'active' },
      comment: 'work',
      matchers: [{ name: 'alertname', value: 'CpuHigh', isRegex: false, isEqual: true }],
    });
    expect(await ask('oncall', 'DELETE', `/api/v1/silences/${id}`)).toMatchObject({ status: 200 });
    expect((await ask('viewer', 'GET', '/api/v2/silences')).body).toMatchObject([{ id, status: { state: 'expired' } }]);
    expect(await get()).toMatchObject([{ status: { state: 'active' } }]);
    expect(await ask('oncall', 'DELETE', `/api/v2/silence/${id}`)).toMatchObject({ status: 200, body: null });
  });
  it('[AM31] a change that keeps history true keeps the id, any other makes a new silence and ends the old one', async () => {
    const { ask, iso } = await kit();
    const put = async (body: object) =>
      (await ask('oncall', 'POST', '/api/v2/silences', body)).body.silenceID as string;
    const show = async (id: string) => (await ask('viewer', 'GET', `/api/v2/silence/${id}`)).body;
    const id = await put(of(iso, { startsAt: iso(-3_600_000) }));
    const { startsAt } = await show(id);
    expect(await put(of(iso, { id, startsAt, endsAt: iso(900_000), comment: 'longer' }))).toBe(id);
    expect(await show(id)).toMatchObject({ comment: 'longer', startsAt });
    const other = await put(
      of(iso, { id, startsAt, matchers: [only, { ...only, value: 'Mem.*', isRegex: true, isEqual: false }] }),
    );
    expect(other).not.toBe(id);
    expect((await show(id)).status.state).toBe('expired');
    expect(await show(other)).toMatchObject({
      status: { state: 'active' },
      matchers: [
        { isRegex: false, isEqual: true },
        { isRegex: true, isEqual: false, value: 'Mem.*' },
      ],
    });
    const third = await put(of(iso, { id, startsAt }));
    expect([id, other]).not.toContain(third);
    const later = await put(of(iso, { startsAt: iso(300_000) }));
    expect(await put(of(iso, { id: later, startsAt: iso(60_000), matchers: [{ ...only, value: 'X' }] }))).toBe(later);
    const states = (await ask('viewer', 'GET', '/api/v2/silences')).body.map(
      (silence: { status: { state: string } }) => silence.status.state,
    );
    expect(states).toEqual(['active', 'active', 'pending', 'expired']);
    const found = async (text: string) => (await ask('viewer', 'GET', `/api/v2/silences${filter(text)}`)).body.length;
    expect(await found('alertname="X"')).toBe(1);
    expect(await found('alertname!~"Mem.*"')).toBe(1);
    expect(await found('alertname=~"X"')).toBe(0);
  });
  it('[AM32] refused in their words', async () => {
    const { ask, iso } = await kit();
    const wrong = async (more: object, status: number, body: unknown) =>
      expect(await ask('oncall', 'POST', '/api/v2/silences', of(iso, more)), JSON.stringify(more)).toMatchObject({
        status,
        type: 'application/json',
        body,
      });
    await wrong(
      { startsAt: iso(10_000), endsAt: iso(5_000) },
      400,
      'Failed to create silence: start time must be before end time',
    );
    await wrong(
      { startsAt: iso(-90_000), endsAt: iso(-60_000) },
      400,
      "Failed to create silence: end time can't be in the past",
    );
    await wrong(
      { endsAt: iso(86_400_000 + 60_000) },
      400,
      expect.stringMatching(/^silence invalid: it lasts longer than 24 h/),
    );
    await wrong(
      { matchers: [{ ...only, value: '.*', isRegex: true }] },
      400,
      'silence invalid: at least one matcher must not match the empty string',
    );
    await wrong(
      { matchers: [{ ...only, value: '(', isRegex: true }] },
      400,
      expect.stringMatching(
        /^silence invalid: invalid label matcher 0: invalid regular expression "\(": error parsing regexp/,
      ),
    );
    await wrong(
      { matchers: [{ ...only, name: '1a' }] },
      400,
      'silence invalid: invalid label matcher 0: invalid label name "1a"',
    );
    await wrong({ comment: '' }, 400, expect.stringMatching(/a comment is required/));
    await wrong({ startsAt: 'nonsense' }, 400, expect.stringMatching(/"nonsense" is not a time/));
    await wrong({ matchers: [] }, 422, { code: 422 });
    await wrong({ comment: undefined }, 422, { code: 422 });
    await wrong({ id: 'nouuid' }, 404, 'silence not found');
    const nobody = '6b1a1d8a-0000-4000-8000-000000000000';
    await wrong({ id: nobody }, 404, 'silence not found');
    expect(await ask('viewer', 'GET', `/api/v2/silence/${nobody}`)).toMatchObject({
      status: 404,
      body: 'silence not found',
    });
    expect(await ask('oncall', 'DELETE', `/api/v2/silence/${nobody}`)).toMatchObject({ status: 404 });
    expect(await ask('viewer', 'GET', '/api/v2/silence/nouuid')).toMatchObject({ status: 422, body: { code: 422 } });
    expect(await ask('viewer', 'GET', `/api/v2/silences${filter('nonsense')}`)).toMatchObject({
      status: 400,
      body: 'bad matcher format: nonsense',
    });
    for (const role of ['viewer', 'marketing', 'producer'])
      expect((await ask(role, 'POST', '/api/v2/silences', of(iso))).status).toBe(403);
    expect((await ask('viewer', 'GET', '/api/v2/silences')).body).toEqual([]);
  });
});

describe("Alertmanager's webhook", () => {
  const url = '/api/v1/integrations/alertmanager';
  const body = (alerts: readonly object[], more: object = {}) => ({
    version: '4',
    groupKey: '{}:{alertname="CpuHigh"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'warroom',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://am:9093',
    alerts,
    ...more,
  });
  it('[AM40] fires, changes nothing when it comes again, resolves; a tool that repeats after hours is not forgotten', async () => {
    const { ask, alerts, iso, alertmanager, nowMs, pass } = await kit();
    const firing = {
      status: 'firing',
      labels: CPU,
      annotations: { summary: 's' },
      startsAt: iso(-30_000),
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: 'x',
    };
    expect(await ask('producer', 'POST', url, body([firing], { truncatedAlerts: 3 }))).toMatchObject({
      status: 200,
      body: { received: 1, fired: 1, repeated: 0, resolved: 0, ignored: 0, refused: [], truncated: 3 },
    });
    expect((await ask('producer', 'POST', url, body([firing]))).body).toMatchObject({ fired: 0, repeated: 1 });
    expect(alerts.only()).toMatchObject({ tier: 'red', version: 1 });
    pass(14_400_000);
    expect(await alertmanager.foreign.lapse(listenFrom(nowMs() - 14_400_000))).toBe(0);
    const resolved = { ...firing, status: 'resolved', endsAt: iso(-1) };
    expect((await ask('producer', 'POST', url, body([resolved], { status: 'resolved' }))).body).toMatchObject({
      resolved: 1,
    });
    expect((await ask('producer', 'POST', url, body([resolved]))).body).toMatchObject({ resolved: 0, ignored: 1 });
    expect(alerts.first.list().alerts).toEqual([]);
  });
  it('[AM41] a bad body is refused with the field', async () => {
    const { ask, alerts } = await kit();
    const send = (given: unknown) => ask('producer', 'POST', url, given);
    expect(await send('{')).toMatchObject({ status: 400, body: { code: 'bad_json' } });
    expect(await send({ version: '3', alerts: [] })).toMatchObject({
      status: 422,
      body: { code: 'validation', field: '/version' },
    });
    expect(await send({ version: '4' })).toMatchObject({ status: 422, body: { field: '/alerts' } });
    expect(await send(body([{ status: 'maybe', labels: CPU }]))).toMatchObject({
      status: 422,
      body: { field: '/alerts/0/status' },
    });
    expect(await send(body([{ status: 'firing', labels: {} }]))).toMatchObject({
      status: 422,
      body: { field: '/alerts/0/labels' },
    });
    expect(await send(body([{ status: 'firing', labels: CPU, startsAt: 'x' }]))).toMatchObject({
      status: 422,
      body: { field: '/alerts/0/startsAt' },
    });
    expect(alerts.first.list().alerts).toEqual([]);
    expect(
      (
        await send(
          body([
            { status: 'firing', labels: {} },
            { status: 'firing', labels: CPU },
          ]),
        )
      ).body,
    ).toMatchObject({
      received: 2,
      fired: 1,
      refused: [{ index: 0, message: 'at least one label pair required' }],
    });
    expect((await ask('shop-key', 'POST', url, body([]))).body).toMatchObject({ code: 'source_not_allowed' });
  });
});
