import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Account, createOwners } from '../../alerts/owner.ts';
import { DUTY_FILE } from '../../alerts/read-duty.ts';
import { withDeps } from '../app.ts';
import { alertRoutes } from '../routes/alerts.ts';
import { dutyRoutes } from '../routes/duty.ts';
import { silenceRoutes } from '../routes/silences.ts';
import { alertsKit, asked, zhao } from './alerts-kit.ts';
import { testApp } from './app.ts';

async function kit(accounts: readonly Account[] = []) {
  const alerts = await alertsKit();
  const { first } = alerts;
  const ownerOf = createOwners({
    accounts: async () => accounts,
    roster: () => first.duty.roster(),
    contacts: () => ({}),
  });
  const app = await testApp({
    plugins: [
      withDeps(alertRoutes, { alerts: { ...first.alerts, ownerOf } }),
      withDeps(silenceRoutes, { silences: alerts.first.silences }),
      withDeps(dutyRoutes, { duty: alerts.first.duty, load: alerts.first.pageLoad }),
    ],
  });
  let keys = 0;
  const ask = async (
    role: string,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ) => {
    const reply = await app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${role}`,
        ...(method === 'POST' || method === 'PUT' ? { 'idempotency-key': `k${++keys}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: reply.statusCode, body: reply.body === '' ? null : reply.json(), headers: reply.headers };
  };
  return { alerts, ask };
}

describe('alerts over HTTP', () => {
  it('[ALR56] read by a viewer, acted on by on-call, refused to marketing', async () => {
    const { alerts, ask } = await kit();
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    const list = await ask('viewer', 'GET', '/api/v1/alerts');
    expect(list).toMatchObject({
      status: 200,
      body: { totalCount: 1, openCount: { red: 1 }, alerts: [{ rule: 'DiskLow', tier: 'red' }] },
    });
    const { id } = list.body.alerts[0];
    for (const role of ['viewer', 'marketing', 'finance'])
      expect((await ask(role, 'POST', `/api/v1/alerts/${id}/acknowledge`, {})).status).toBe(403);
    const acked = await ask('oncall', 'POST', `/api/v1/alerts/${id}/acknowledge`, { comment: 'mine' });
    expect(acked).toMatchObject({ status: 200, body: { alert: { handling: 'acknowledged', version: 2 } } });
    expect(await ask('commander', 'POST', `/api/v1/alerts/${id}/acknowledge`, {})).toMatchObject({
      status: 409,
      body: { code: 'already_acknowledged', owner: acked.body.alert.owner },
    });
    const detail = await ask('viewer', 'GET', `/api/v1/alerts/${id}`);
    expect(detail.body.history.at(-1)).toMatchObject({
      type: 'alert_acknowledged',
      text: 'mine',
      actor: { kind: 'user' },
    });
    expect(detail.body.explanation[0]).toMatchObject({ paged: false, reason: 'acknowledged' });
  });
  it('[ALR74] an alert is given to somebody of the roster, or with an account that may act; a ghost, and a viewer, is refused', async () => {
    const { alerts, ask } = await kit([
      { id: 'u-ann', name: 'Ann', role: 'oncall', disabled: false },
      { id: 'u-vi', name: 'Vi', role: 'viewer', disabled: false },
      { id: 'u-ex', name: 'Ex', role: 'oncall', disabled: true },
    ]);
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    const { id } = alerts.only();
    const give = (owner: object) => ask('oncall', 'POST', `/api/v1/alerts/${id}/assign`, { owner });
    for (const owner of [
      { id: 'u-zz', name: 'Ghost' },
      { id: 'u-vi', name: 'Bo' },
      { id: 'Vi', name: 'Vi' },
      { id: 'Ex', name: 'Ex' },
      { id: 'x', name: '__proto__' },
    ])
      expect(await give(owner)).toMatchObject({ status: 422, body: { code: 'validation', field: '/owner' } });
    expect((await give({ id: 'Bo', name: 'Bo' })).body.alert.owner).toEqual({ id: 'Bo', name: 'Bo' });
    // of the roster, and known here: it is theirs when they sign in
    expect((await give({ id: 'Ann', name: 'Ann' })).body.alert).toMatchObject({
      handling: 'acknowledged',
      owner: { id: 'u-ann', name: 'Ann' },
    });
    expect((await give({ id: 'u-ann', name: 'whoever' })).body.alert.owner).toEqual({ id: 'u-ann', name: 'Ann' });
  });
  it('[ALR78] who is paged is loaded anew with the rules, on every node; what is broken is refused whole', async () => {
    const kit = await alertsKit();
    const other = await kit.node('n2');
    const text = readFileSync(DUTY_FILE, 'utf8');
    const admin = { kind: 'user', id: 'u', name: 'Ada', role: 'admin' } as const;
    const seen = async () => {
      await other.followRules();
      const { fatigue, contacts } = other.dutyConfig();
      return [fatigue.perHour, contacts['Luo Bin']?.mobile];
    };
    expect(await seen()).toEqual([20, '10000000002']);
    kit.writeDuty(text.replace('per_hour: 20', 'per_hour: 3').replace('10000000002', '10000000099'));
    await kit.first.reload(admin);
    expect(kit.first.dutyConfig().fatigue.perHour).toBe(3);
    expect(await seen()).toEqual([3, '10000000099']);
    kit.writeDuty(text.replace('wait: 0s', 'wait: soon'));
    await expect(kit.first.reload(admin)).rejects.toMatchObject({ code: 'rules_invalid' });
    expect(await seen()).toEqual([3, '10000000099']);
    expect(other.rules().refused?.problems[0]).toMatch(/^duty.yaml: red: soon is not a duration/);
  });
  it('[ALR75] blanks are no comment, no note and no name', async () => {
    const { alerts, ask } = await kit();
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    const { id } = alerts.only();
    const endsAt = alerts.clock.nowMs() + 600_000;
    const matchers = [{ name: 'alertname', op: '=', value: 'DiskLow' }];
    for (const [url, body, field] of [
      [`/api/v1/alerts/${id}/notes`, { text: ' \u00a0 ' }, '/text'],
      ['/api/v1/silences', { matchers, endsAt, comment: '   ' }, '/comment'],
      ['/api/v1/duty/overrides', { post: 'boss', role: 'A', person: ' ', endsAt, comment: 'x' }, '/person'],
      ['/api/v1/duty/overrides', { post: 'boss', role: 'A', person: 'Bo', endsAt, comment: ' ' }, '/comment'],
    ] as const)
      expect(await ask('commander', 'POST', url, body), url).toMatchObject({
        status: 422,
        body: {
          field,
          message: `${field} must say something, in one line of valid Unicode without control characters`,
        },
      });
  });
  it('[HTTP15] half of a character is no text: refused with its field wherever people type', async () => {
    const { alerts, ask } = await kit();
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    const id = (await ask('viewer', 'GET', '/api/v1/alerts')).body.alerts[0].id as string;
    const endsAt = alerts.clock.nowMs() + 60_000;
    const matching = (value: string) => [{ name: 'alertname', op: '=', value }];
    const silence = { matchers: matching('a'), endsAt, comment: 'x' };
    const half = 'a\ud800b';
    for (const [url, body, field] of [
      ['/api/v1/silences', { ...silence, matchers: matching(half) }, '/matchers/0/value'],
      ['/api/v1/silences', { ...silence, comment: half }, '/comment'],
      [`/api/v1/alerts/${id}/notes`, { text: half }, '/text'],
      [`/api/v1/alerts/${id}/acknowledge`, { comment: half }, '/comment'],
    ] as const)
      expect(await ask('oncall', 'POST', url, body), field).toMatchObject({
        status: 422,
        body: { code: 'validation', field, message: expect.stringContaining('valid Unicode') },
      });
    expect(await ask('oncall', 'POST', `/api/v1/alerts/${id}/notes`, { text: 'a🐧b' })).toMatchObject({ status: 200 });
  });
  it('[ALR56] filters, refusals and replays', async () => {
    const { alerts, ask } = await kit();
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    const { id } = alerts.only();
    const count = async (query: string) => (await ask('viewer', 'GET', `/api/v1/alerts?${query}`)).body.totalCount;
    expect(await count('tier=red')).toBe(1);
    expect(await count('tier=blue')).toBe(0);
    expect(await count('suppressed=true')).toBe(0);
    expect(await count(`filter=${encodeURIComponent('domain=~"con.*"')}`)).toBe(1);
    expect(await ask('viewer', 'GET', `/api/v1/alerts?filter=${encodeURIComponent('a=~"(?=a)"')}`)).toMatchObject({
      status: 422,
      body: { code: 'unsafe_pattern' },
    });
    expect(await ask('viewer', 'GET', '/api/v1/alerts?filter=nonsense')).toMatchObject({ status: 422 });
    expect(
      await ask('oncall', 'POST', `/api/v1/alerts/${id}/acknowledge`, {}, { 'idempotency-key': '' }),
    ).toMatchObject({ status: 400 });
    expect(await ask('oncall', 'POST', `/api/v1/alerts/${id}/resolve`, { version: 9 })).toMatchObject({
      status: 409,
      body: { code: 'version_conflict', version: 1 },
    });
    expect(await ask('oncall', 'POST', `/api/v1/alerts/${id}/resolve`, { reason: 'x' })).toMatchObject({ status: 422 });
    expect(await ask('oncall', 'POST', '/api/v1/alerts/nope/resolve', {})).toMatchObject({ status: 404 });
    const same = { 'idempotency-key': 'same' };
    await ask('oncall', 'POST', `/api/v1/alerts/${id}/notes`, { text: 'seen' }, same);
    const again = await ask('oncall', 'POST', `/api/v1/alerts/${id}/notes`, { text: 'seen' }, same);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await alerts.first.detail(id)).history.filter(({ type }) => type === 'alert_noted')).toHaveLength(1);
    expect(await ask('oncall', 'POST', `/api/v1/alerts/${id}/resolve`, {})).toMatchObject({ status: 200 });
    expect(await ask('oncall', 'POST', `/api/v1/alerts/${id}/acknowledge`, {})).toMatchObject({
      status: 409,
      body: { code: 'already_resolved' },
    });
  });
  it('[DESK12] many are given back as they were taken, each with its own outcome; a line says why it cannot be drawn', async () => {
    const { alerts, ask } = await kit();
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    const { id } = alerts.only();
    const ids = [id, 'nope'];
    const codes = async (verb: string) =>
      (await ask('oncall', 'POST', `/api/v1/alerts/${verb}`, { ids })).body.results.map(
        (one: { code: string }) => one.code,
      );
    expect(await codes('unacknowledge')).toEqual(['not_acknowledged', 'not_found']);
    expect(await codes('acknowledge')).toEqual(['acknowledged', 'not_found']);
    expect(await codes('unacknowledge')).toEqual(['unacknowledged', 'not_found']);
    expect(alerts.only()).toMatchObject({ handling: 'open', owner: null });
    expect((await ask('marketing', 'POST', '/api/v1/alerts/unacknowledge', { ids })).status).toBe(403);
    expect(await ask('viewer', 'GET', `/api/v1/alerts/${id}/line`)).toMatchObject({
      status: 200,
      body: { points: [], why: 'not_recorded' },
    });
    expect((await ask('viewer', 'GET', '/api/v1/alerts/nope/line')).status).toBe(404);
  });
  it('[ALR56] silences: made, listed, ended; rules, duty and reload', async () => {
    const { alerts, ask } = await kit();
    const endsAt = alerts.clock.nowMs() + 60_000;
    const body = { matchers: [{ name: 'alertname', op: '=', value: 'DiskLow' }], endsAt, comment: 'work' };
    const made = await ask('oncall', 'POST', '/api/v1/silences', body);
    expect(made).toMatchObject({ status: 201, body: { state: 'active' } });
    expect((await ask('viewer', 'GET', '/api/v1/silences')).body.silences).toHaveLength(1);
    expect(await ask('marketing', 'POST', '/api/v1/silences', body)).toMatchObject({ status: 403 });
    expect(await ask('oncall', 'POST', '/api/v1/silences', { ...body, endsAt: endsAt + 86_400_000 })).toMatchObject({
      status: 422,
      body: { code: 'silence_times' },
    });
    expect(await ask('oncall', 'POST', '/api/v1/silences', { ...body, comment: '' })).toMatchObject({ status: 422 });
    expect(
      await ask('oncall', 'PUT', `/api/v1/silences/${made.body.id}`, { ...body, endsAt: endsAt + 1_000 }),
    ).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await ask('oncall', 'DELETE', `/api/v1/silences/${made.body.id}`)).toMatchObject({
      status: 200,
      body: { state: 'expired' },
    });
    expect((await ask('viewer', 'GET', '/api/v1/rules')).body.rules).toMatchObject([
      { id: 'DiskLow', file: 'rules/test.yaml' },
    ]);
    expect((await ask('viewer', 'GET', '/api/v1/duty')).body.people[0]).toMatchObject({
      post: 'boss',
      role: 'A',
      person: 'Ann',
    });
    alerts.writeRules('groups: nonsense\n');
    expect(await ask('oncall', 'POST', '/-/reload')).toMatchObject({ status: 403 });
    expect(await ask('admin', 'POST', '/-/reload')).toMatchObject({
      status: 422,
      body: { code: 'rules_invalid', problems: [expect.stringMatching(/^rules\/test\.yaml:1: /)] },
    });
  });
  it('[ALR67] [ALR84] an override puts somebody else on duty, for pages and explanations too, and ends', async () => {
    const { alerts, ask } = await kit();
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    const body = {
      post: 'boss',
      role: 'A',
      person: 'Cy',
      endsAt: alerts.clock.nowMs() + 60_000,
      comment: 'Ann is ill',
    };
    expect(await ask('oncall', 'POST', '/api/v1/duty/overrides', body)).toMatchObject({ status: 403 });
    expect(await ask('commander', 'POST', '/api/v1/duty/overrides', { ...body, post: 'nobody' })).toMatchObject({
      status: 404,
    });
    expect(await ask('commander', 'POST', '/api/v1/duty/overrides', { ...body, endsAt: 5 })).toMatchObject({
      status: 422,
    });
    const made = await ask('commander', 'POST', '/api/v1/duty/overrides', body, { 'idempotency-key': 'o' });
    expect(made).toMatchObject({ status: 201, body: { person: 'Cy', createdBy: 'commander' } });
    const again = await ask('commander', 'POST', '/api/v1/duty/overrides', body, { 'idempotency-key': 'o' });
    expect([again.headers['idempotent-replayed'], again.body.id]).toEqual(['true', made.body.id]);
    const onDuty = async () =>
      (await ask('viewer', 'GET', '/api/v1/duty')).body.people.map((row: { person: string }) => row.person);
    expect(await onDuty()).toEqual(['Cy', 'Bo']);
    const { id } = alerts.only();
    const plan = await alerts.first.paging.planStep({ alertId: id, policy: 'red', cycle: 0, step: 0 });
    expect(plan).toMatchObject({ kind: 'page', pages: [{ to: { person: 'Cy', by: 'override' } }] });
    expect((await alerts.first.detail(id)).explanation[0]?.person).toBe('Cy');
    expect(await ask('commander', 'DELETE', `/api/v1/duty/overrides/${made.body.id}`)).toMatchObject({ status: 200 });
    expect(await onDuty()).toEqual(['Ann', 'Bo']);
    expect((await alerts.entries()).filter((kind) => kind === 'duty.changed')).toHaveLength(2);
    // [ALR84] where people have accounts, whoever is put on duty must be somebody a page finds, or be meant as they are
    const people: Account[] = [
      { id: 'u-cy', name: 'Cy', role: 'oncall', disabled: false },
      { id: 'u-vi', name: 'Vi', role: 'viewer', disabled: false },
      { id: 'u-ex', name: 'Ex', role: 'oncall', disabled: true },
    ];
    const { duty } = await alerts.node('n2', 3_000, { accounts: async () => people });
    const put = (person: string, more: object = {}) =>
      duty.create({ ...body, role: 'A', person, ...more }, asked(zhao));
    for (const person of ['Vi', 'Ex', 'Cyy', 'cy'])
      await expect(put(person)).rejects.toMatchObject({ code: 'validation', options: { field: '/person' } });
    await expect(put('cy')).rejects.toThrow('did you mean Cy?');
    await expect(
      duty.shifts.put(
        's1',
        { post: 'boss', role: 'A', endsAt: body.endsAt, person: 'Cyy', startsAt: body.endsAt - 1_000 },
        asked(zhao),
      ),
    ).rejects.toMatchObject({ options: { field: '/person' } });
    expect((await put('Cy')).override.person).toBe('Cy');
    expect((await put('Ann')).override.person).toBe('Ann');
    const guest = await put('Guest', { unknown: true });
    expect(guest.override).toMatchObject({ person: 'Guest' });
    expect(guest.override).not.toHaveProperty('unknown');
    const known = await duty.known();
    expect(known).toContainEqual({ name: 'Cy', account: true, contact: false });
    expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining(['Ann', 'Bo']));
    expect(known.map(({ name }) => name)).not.toContain('Guest');
  });
  it('[ALR64] the watchdog is 200 while some node evaluates, 503 when none has for 180 s', async () => {
    const { alerts, ask } = await kit();
    expect(await ask('viewer', 'GET', '/-/watchdog')).toMatchObject({
      status: 503,
      body: { ok: false, evaluatedAgoMs: null },
    });
    await alerts.first.tick();
    await alerts.first.book.poll(true);
    expect(await ask('viewer', 'GET', '/-/watchdog')).toMatchObject({ status: 200, body: { ok: true } });
    await alerts.first.store.markEvaluated(alerts.clock.nowMs() - 181_000);
    await alerts.first.book.poll(true);
    expect(await ask('viewer', 'GET', '/-/watchdog')).toMatchObject({ status: 503, body: { ok: false } });
  });
});
