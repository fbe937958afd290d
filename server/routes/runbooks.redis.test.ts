import { describe, expect, it } from 'vitest';
import { testApp } from '../test/app.ts';
import { runbooksKit } from '../test/runbooks-kit.ts';
import { runbookRoutes } from './runbooks.ts';

async function house() {
  const alerts = [
    { id: 'a-1', rule: 'PaidNotUpdated', tier: 'orange', labels: {}, link: '/runbooks/payment-risk' },
  ] as const;
  const kit = await runbooksKit({ alerts });
  const { runbooks, runner, nowMs } = kit;
  const roster = [{ post: 'risk_lead', a: 'Deng Kai', b: 'Feng Xue' }];
  const posts = [{ id: 'risk_lead', zh: '风控负责人', en: 'Risk lead' }];
  const deps = { runbooks, runner, alerts: kit.alerts, roster, posts, phase: () => null, nowMs };
  const refusedCodes: string[] = [];
  const app = await testApp({
    onRefused: (_request, { code }) => refusedCodes.push(code),
    plugins: [async (scope) => void (await scope.register(runbookRoutes, deps))],
  });
  const numbers = { keys: 0 };
  const call = (method: 'GET' | 'POST', url: string, payload?: object, role = 'oncall', key?: string) => {
    numbers.keys += 1;
    return app.inject({
      method,
      url: `/api/v1${url}`,
      headers: {
        authorization: `Bearer ${role}`,
        ...(method === 'POST' ? { 'idempotency-key': key ?? `k${numbers.keys}` } : {}),
      },
      ...(payload === undefined ? {} : { payload }),
    });
  };
  return { ...kit, app, call, refusedCodes };
}

describe('/api/v1/runbooks', () => {
  it('[RUN51] lists the plans, chooses them by rule, tier or alert, and shows one as nodes', async () => {
    const { call, clock } = await house();
    const all = (await call('GET', '/runbooks', undefined, 'viewer')).json().runbooks;
    expect(all).toHaveLength(8);
    expect(all.find(({ id }: { id: string }) => id === 'payment-risk')).toMatchObject({
      owner: { zh: '风控负责人', en: 'Risk lead' },
      overdue: false,
      stepCount: 8,
    });
    clock.nowMs = Date.UTC(2027, 0, 23);
    expect(
      (await call('GET', '/runbooks')).json().runbooks.find(({ id }: { id: string }) => id === 'payment-risk').overdue,
    ).toBe(true);
    const ids = async (query: string) =>
      (await call('GET', `/runbooks?${query}`))
        .json()
        .runbooks.map(({ id, matched }: { id: string; matched: string }) => `${id} ${matched}`);
    expect(await ids('rule=PaidNotUpdated&tier=red')).toEqual(['payment-risk rule']);
    expect(await ids('alert=a-1')).toEqual(['payment-risk link']);
    expect((await call('GET', '/runbooks?alert=a-9')).statusCode).toBe(404);
    expect((await call('GET', '/runbooks?tier=purple')).statusCode).toBe(422);
    const { runbook, posts } = (await call('GET', '/runbooks/payment-risk')).json();
    expect(runbook.steps).toHaveLength(8);
    expect(posts.lead).toEqual({
      post: 'risk_lead',
      title: { zh: '风控负责人', en: 'Risk lead' },
      a: 'Deng Kai',
      b: 'Feng Xue',
    });
    expect(posts.users).toBeNull();
    expect(JSON.stringify(runbook)).not.toMatch(/<[a-z]+[ >]/i);
    expect((await call('GET', '/runbooks/nothing')).json().code).toBe('not_found');
  });
});

describe('/api/v1/runs', () => {
  it('[RUN52] a run from start to end over HTTP, with its plan as it was when it began', async () => {
    const { call } = await house();
    const started = await call('POST', '/runs', { alertId: 'a-1' });
    expect([started.statusCode, started.json().run.runbook]).toEqual([201, 'payment-risk']);
    const { id } = started.json().run;
    expect((await call('POST', '/runs', { alertId: 'a-1' }, 'commander')).statusCode).toBe(200); // joined
    const key = 'claim-1';
    const claimed = await call('POST', `/runs/${id}/steps/1/claim`, {}, 'oncall', key);
    expect(claimed.json().run.steps[0]).toMatchObject({ state: 'claimed', owner: { name: 'oncall' } });
    const again = await call('POST', `/runs/${id}/steps/1/claim`, {}, 'oncall', key);
    expect([again.headers['idempotent-replayed'], again.json().run]).toEqual(['true', claimed.json().run]);
    expect((await call('POST', `/runs/${id}/steps/1/claim`, { takeOver: true }, 'oncall', key)).json().code).toBe(
      'idempotency_body_mismatch',
    );
    const other = await call('POST', `/runs/${id}/steps/1/claim`, {}, 'commander');
    expect([other.statusCode, other.json().code, other.json().owner.name]).toEqual([409, 'already_claimed', 'oncall']);
    expect((await call('POST', `/runs/${id}/steps/1/complete`, { note: 'confirmed' })).json().run.steps[0].state).toBe(
      'done',
    );
    expect((await call('POST', `/runs/${id}/steps/3/skip`, { reason: 'x' })).json()).toMatchObject({
      code: 'step_order',
      step: 2,
    });
    expect((await call('POST', `/runs/${id}/steps/2/skip`, {})).statusCode).toBe(422); // a reason is needed
    const { run, runbook } = (await call('GET', `/runs/${id}`, undefined, 'viewer')).json();
    expect([run.steps[0].note, runbook.id]).toEqual(['confirmed', 'payment-risk']);
    expect((await call('POST', `/runs/${id}/abort`, { reason: 'drill over' })).json().run.state).toBe('aborted');
    expect((await call('GET', '/runs?state=running')).json().runs).toEqual([]);
    expect((await call('GET', '/runs?alert=a-1')).json().runs).toHaveLength(1);
  });
  it('[RUN53] who may what, and what a command must bring', async () => {
    const { app, call } = await house();
    const { id } = (await call('POST', '/runs', { runbook: 'payment-risk' })).json().run;
    for (const role of ['viewer', 'marketing', 'finance', 'admin'])
      expect([role, (await call('POST', '/runs', { runbook: 'payment-risk' }, role)).statusCode]).toEqual([role, 403]);
    const approve = await call('POST', `/runs/${id}/steps/3/approve`, { terms: 'a'.repeat(64) }, 'marketing');
    expect(approve.statusCode).toBe(403);
    const bare = await app.inject({
      method: 'POST',
      url: '/api/v1/runs',
      headers: { authorization: 'Bearer oncall' },
      payload: { runbook: 'payment-risk' },
    });
    expect([bare.statusCode, bare.json().code]).toEqual([400, 'idempotency_key_missing']);
    expect((await call('POST', '/runs', { runbook: 'payment-risk', force: true })).statusCode).toBe(422);
    expect((await call('POST', '/runs/r-none/steps/1/claim', {})).json().code).toBe('not_found');
    expect((await call('POST', `/runs/${id}/steps/0/claim`, {})).statusCode).toBe(422);
    expect((await call('POST', `/runs/${id}/steps/99/claim`, {})).json().code).toBe('not_found');
  });
  it('[RUN54] dry run, then execute with its terms; without or with others it is refused', async () => {
    const { call, receiver, refusedCodes } = await house();
    const { id } = (await call('POST', '/runs', { runbook: 'payment-risk' })).json().run;
    for (const n of [1, 2]) await call('POST', `/runs/${id}/steps/${n}/skip`, { reason: 'test' });
    await call('POST', `/runs/${id}/steps/3/claim`, {});
    const { preview } = (await call('POST', `/runs/${id}/steps/3/execute`, { dryRun: true })).json();
    expect(preview).toMatchObject({
      direction: 'do',
      secondPerson: true,
      terms: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await call('POST', `/runs/${id}/steps/3/execute`, {})).json().field).toBe('/body/terms');
    const wrong = await call('POST', `/runs/${id}/steps/3/execute`, { terms: 'f'.repeat(64) });
    expect([wrong.statusCode, wrong.json().code]).toEqual([412, 'terms_changed']);
    const asked = await call('POST', `/runs/${id}/steps/3/execute`, { terms: preview.terms });
    expect(asked.json().run.steps[2].execution).toMatchObject({ state: 'awaiting' });
    const own = await call('POST', `/runs/${id}/steps/3/approve`, { terms: preview.terms });
    expect([own.statusCode, own.json().code]).toEqual([403, 'self_approval']);
    expect(refusedCodes).toEqual(['self_approval']); // and is on the record
    const approved = await call('POST', `/runs/${id}/steps/3/approve`, { terms: preview.terms }, 'finance');
    expect(approved.json().run.steps[2].execution).toMatchObject({
      state: 'countdown',
      approvedBy: { name: 'finance' },
    });
    const stopped = await call('POST', `/runs/${id}/steps/3/cancel`, { reason: 'wait' }, 'commander');
    expect(stopped.json().run.steps[2].execution).toMatchObject({ state: 'cancelled', outcome: 'wait' });
    const freeze = await call('POST', `/runs/${id}/steps/1/execute`, { dryRun: true });
    expect([freeze.statusCode, freeze.json().code]).toEqual([409, 'action_unavailable']);
    expect(receiver.seen).toHaveLength(0);
  });
});
