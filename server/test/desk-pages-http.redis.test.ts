import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { DUE_KINDS, type EscalatePayload } from '#contract/alerts';
import { withDeps } from '../app.ts';
import { alertRoutes } from '../routes/alerts.ts';
import { dutyRoutes } from '../routes/duty.ts';
import { alertsKit, DISK_RULE } from './alerts-kit.ts';
import { testApp } from './app.ts';
import { bySequence, paidOrder } from './windows-kit.ts';

const HOUR = 3_600_000;
const ORDERS_FALL = `
groups:
  - name: test
    interval: 0s
    rules:
      - alert: OrdersFall
        expr: kpi("orders_per_s", "1m") < 0.7
        labels: { tier: red }
        annotations: { summary: Orders fall, runbook_url: /runbooks/technical-failure }
`;
async function kit(rules?: string) {
  const alerts = await alertsKit(rules);
  const { first } = alerts;
  const app = await testApp({
    plugins: [
      withDeps(alertRoutes, { alerts: first.alerts }),
      withDeps(dutyRoutes, { duty: first.duty, load: first.pageLoad }),
    ],
  });
  let keys = 0;
  const ask = async (
    role: string,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    key = `k${++keys}`,
  ) => {
    const headers = { authorization: `Bearer ${role}`, 'idempotency-key': key };
    const reply = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
    return { status: reply.statusCode, body: reply.json(), headers: reply.headers };
  };
  return { alerts, ask, nowMs: alerts.clock.nowMs() };
}

describe('shifts over HTTP', () => {
  it('[PAGE22] are put and deleted under their version, by those who may, on the timeline, on every node', async () => {
    const { alerts, ask, nowMs } = await kit();
    const body = { post: 'boss', role: 'A', person: 'Lin', startsAt: nowMs - HOUR, endsAt: nowMs + HOUR };
    const url = '/api/v1/duty/shifts/s-1';
    expect((await ask('oncall', 'PUT', url, body)).status).toBe(403);
    const made = await ask('commander', 'PUT', url, body, 'one');
    expect(made).toMatchObject({
      status: 200,
      body: { shift: { id: 's-1', person: 'Lin', version: 1 }, warnings: [] },
    });
    const again = await ask('commander', 'PUT', url, body, 'one');
    expect(again.body.shift).toEqual(made.body.shift);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const on = async () =>
      (await ask('viewer', 'GET', '/api/v1/duty')).body.people.find(
        ({ post, role }: { post: string; role: string }) => post === 'boss' && role === 'A',
      );
    expect(await on()).toMatchObject({ person: 'Lin', by: 'shift', untilMs: body.endsAt });
    const other = await alerts.node('n2');
    expect(other.duty.roster().shifts).toMatchObject([{ id: 's-1', person: 'Lin' }]);
    // two people change it at once: one is told what the other made of it
    const changed = await ask('commander', 'PUT', url, { ...body, person: 'Zhao', version: 1 });
    expect(changed.body.shift).toMatchObject({ person: 'Zhao', version: 2 });
    expect(await ask('commander', 'PUT', url, { ...body, person: 'Sun', version: 1 })).toMatchObject({
      status: 409,
      body: { code: 'version_conflict', theirs: { person: 'Zhao', version: 2 } },
    });
    expect(await ask('commander', 'PUT', url, body)).toMatchObject({ status: 409 });
    expect(await ask('commander', 'DELETE', `${url}?version=1`)).toMatchObject({ status: 409 });
    expect(await ask('commander', 'DELETE', `${url}?version=2`, undefined, 'gone')).toMatchObject({ status: 200 });
    const replayed = await ask('commander', 'DELETE', `${url}?version=2`, undefined, 'gone');
    expect([replayed.status, replayed.headers['idempotent-replayed']]).toEqual([200, 'true']);
    expect(await ask('commander', 'DELETE', `${url}?version=2`)).toMatchObject({ status: 404 });
    expect(await on()).toMatchObject({ by: 'roster' });
    expect(await alerts.entries()).toEqual(['duty.changed', 'duty.changed', 'duty.changed']);
  });
  it('[PAGE22] what cannot be is refused in words; gaps and overlaps are allowed and said', async () => {
    const { ask, nowMs } = await kit();
    const put = (id: string, more: object = {}) =>
      ask('admin', 'PUT', `/api/v1/duty/shifts/${id}`, {
        post: 'boss',
        role: 'A',
        person: 'Lin',
        startsAt: nowMs,
        endsAt: nowMs + HOUR,
        ...more,
      });
    expect(await put('a', { post: 'cook' })).toMatchObject({ status: 404, body: { field: '/post' } });
    expect(await put('a', { endsAt: nowMs })).toMatchObject({ status: 422, body: { code: 'silence_times' } });
    expect(await put('a', { endsAt: nowMs + 8 * 24 * HOUR })).toMatchObject({ status: 422 });
    expect(await put('a', { startsAt: nowMs - 2 * HOUR, endsAt: nowMs - HOUR })).toMatchObject({ status: 422 });
    expect(await put('a', { role: 'C' })).toMatchObject({ status: 422 });
    await put('a');
    const gap = await put('b', { person: 'Zhao', startsAt: nowMs + 2 * HOUR, endsAt: nowMs + 3 * HOUR });
    expect(gap.body.warnings).toMatchObject([{ kind: 'gap', shifts: ['a', 'b'], person: 'Ann' }]);
    const overlap = await put('c', { person: 'Sun', startsAt: nowMs, endsAt: nowMs + 2 * HOUR });
    expect(overlap.body.warnings).toMatchObject([{ kind: 'overlap', shifts: ['a', 'c'], person: 'Sun' }]);
    const week = await ask('viewer', 'GET', `/api/v1/duty/schedule?from=${nowMs}&to=${nowMs + 4 * HOUR}`);
    const lead = week.body.segments.filter(({ post, role }: { post: string; role: string }) => post + role === 'bossA');
    expect(lead.map(({ person, id }: { person: string; id: string }) => [person, id])).toEqual([
      ['Sun', 'c'],
      ['Zhao', 'b'],
      ['Ann', null],
    ]);
    expect(await ask('viewer', 'GET', `/api/v1/duty/schedule?from=${nowMs}&to=${nowMs}`)).toMatchObject({
      status: 422,
    });
  });
  it('[PAGE23] how often people were paged is counted from the histories of alerts, also those that are over', async () => {
    const { alerts, ask } = await kit();
    alerts.facts.disk_used_ratio = 0.95;
    await alerts.first.tick();
    const { id } = alerts.only();
    expect((await ask('viewer', 'GET', '/api/v1/duty/load')).body).toMatchObject({ people: [], complete: true });
    const [key] = await alerts.dueIds(DUE_KINDS.escalate);
    expect(key).toBe(id);
    const { policy } = alerts.only();
    const payload: EscalatePayload = { alertId: id, policy, cycle: 0, step: 0 };
    const { paging } = alerts.first;
    await paging.stepDone(payload, await paging.planStep(payload));
    const other = await alerts.node('n2'); // its own answer, not one it gave a moment ago
    const load = await other.pageLoad();
    expect(load.people.map(({ person, hourCount }) => [person, hourCount])).toEqual([['Ann', 1]]);
    await ask('oncall', 'POST', `/api/v1/alerts/${id}/resolve`, {});
    alerts.facts.disk_used_ratio = 0.1;
    const later = await alerts.node('n3');
    expect((await later.pageLoad()).people).toMatchObject([{ person: 'Ann', hourCount: 1 }]);
  });
});

describe('rules over HTTP', () => {
  it('[PAGE30] tell how they stand now on any node: state, last value, limits, why they cannot be judged', async () => {
    const { alerts, ask } = await kit();
    const state = async () => (await ask('viewer', 'GET', '/api/v1/rules/states')).body.states[0];
    expect(await state()).toMatchObject({ rule: 'DiskLow', evaluation: 'nodata', counts: { nodata: 1 } });
    alerts.facts.disk_used_ratio = 0.2;
    expect(await state()).toMatchObject({ evaluation: 'normal', worst: { value: 0.2, tier: null } });
    alerts.facts.disk_used_ratio = 0.75;
    await alerts.first.tick();
    const other = await alerts.node('n2');
    for (const views of [alerts.first.alerts, other.alerts])
      expect(views.ruleStates().states[0]).toMatchObject({
        evaluation: 'firing',
        matchCount: 1,
        worst: { value: 0.75, tier: 'yellow', limit: 0.7 },
        limits: [0.5, 0.6, 0.7, 0.8, 0.9],
      });
  });
  it('[PAGE30] what is good again, and only held for windows still to come, recovers: as the desk tells it', async () => {
    const { alerts } = await kit(DISK_RULE.replace('        labels:', '        lower_after: 3\n        labels:'));
    for (const [ratio, evaluation] of [
      [0.95, 'firing'],
      [0.2, 'recovering'],
      [0.95, 'firing'],
    ] as const) {
      alerts.facts.disk_used_ratio = ratio;
      await setTimeout(2); // its interval is 0: each millisecond is a window
      await alerts.first.tick();
      const [state] = alerts.first.ruleStates().states;
      expect(state).toMatchObject({
        evaluation,
        counts: { [evaluation]: 1 },
        worst: { evaluation, alertTier: 'red', tier: ratio > 0.5 ? 'red' : null, value: ratio },
      });
    }
  });
  it('[ALR88] what nobody sent while no node evaluated raises nothing: no data, on every node that saw the outage end', async () => {
    const { alerts } = await kit(ORDERS_FALL);
    const second = (ago: number) => Math.floor(alerts.clock.nowMs() / 1_000) * 1_000 - ago * 1_000;
    const heard = [...Array.from({ length: 60 }, (_, n) => 100 - n), 4, 3, 2, 1]; // nothing for 36 s
    const orders = heard.map((ago) => paidOrder(`o${ago}`, second(ago)));
    await alerts.ingest.submit(bySequence(orders, 1));
    const stood = await alerts.node('stood'); // sees no outage: the fall is one
    expect(stood.ruleStates().states[0]).toMatchObject({ worst: { tier: 'red' } });
    await alerts.first.store.markEvaluated(second(41));
    const back = await alerts.node('back');
    await back.tick();
    expect(back.list().alerts).toEqual([]);
    expect(back.ruleStates().states[0]).toMatchObject({ evaluation: 'nodata', worst: { tier: null, value: null } });
  });
  it('[PAGE31] one rule has its own text, which can be back-tested as it is, and its tests', async () => {
    const { ask } = await kit();
    const detail = await ask('viewer', 'GET', '/api/v1/rules/DiskLow');
    expect(detail.body.rule).toMatchObject({ id: 'DiskLow', group: 'test' });
    expect(detail.body.yaml).toContain('alert: DiskLow');
    const tried = await ask('oncall', 'POST', '/api/v1/rules/backtest', { yaml: detail.body.yaml });
    expect(tried).toMatchObject({ status: 200, body: { unjudged: [{ rule: 'DiskLow' }] } });
    expect((await ask('viewer', 'GET', '/api/v1/rules/Nope')).status).toBe(404);
    expect((await ask('viewer', 'POST', '/api/v1/rules/backtest', {})).status).toBe(403);
  });
});
