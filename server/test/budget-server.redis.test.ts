import { describe, expect, it } from 'vitest';
import { until } from './people.ts';
import { connected, join, openScreen, watchFrames } from './realtime-kit.ts';
import { type Answer, type WholeServer, wholeServer } from './whole-server.ts';

let keys = 0;
const asker =
  (server: WholeServer) =>
  async (
    token: string,
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const startedMs = performance.now();
    const reply = await fetch(`${server.url}/api/v1/budget${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' ? {} : { 'idempotency-key': `w${++keys}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    const isJson = /json\b(?!l)/.test(reply.headers.get('content-type') ?? '') && !text.includes('}\n{');
    return {
      status: reply.status,
      headers: reply.headers,
      body: isJson ? JSON.parse(text) : text,
      tookMs: performance.now() - startedMs,
    };
  };

describe('money in the whole server', () => {
  it('[BUD60] reported spend is booked; asked, decided and frozen over HTTP; on screens; exported and checked', {
    timeout: 60_000,
  }, async () => {
    const server = await wholeServer();
    const ask = asker(server);
    const { roles, people } = server.access;
    const [chen = roles.marketing, zhao = roles.marketing] = people.filter(({ role }) => role === 'marketing');
    const read = async (id: string) =>
      (await ask(chen.token, 'GET', '')).body.accounts.find((one: { id: string }) => one.id === id);
    const radio = await read('chan:radio');
    expect(radio).toMatchObject({ spent: 0, held: 0, platform: null, channel: 'radio' });

    // who may
    for (const role of ['viewer', 'oncall', 'admin'] as const)
      expect((await ask(roles[role].token, 'GET', '')).status).toBe(403);
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect([404, 405]).toContain((await ask(roles.finance.token, method, '/ledger', {})).status);

    // facts
    const screen = openScreen(server.url, { token: chen.token });
    await connected(screen);
    const frames = watchFrames(screen);
    await join(screen, { view: 'desk:marketing' });
    const report = {
      id: 'a1',
      source: '/ads',
      type: 'ad.reported',
      ts: server.nowMs,
      channel: 'radio',
      day: new Date(server.nowMs).toISOString().slice(0, 10),
      revision: 1,
      spendMinor: 3,
    };
    // the newest report is five minutes old: nobody adds to what nobody sees
    expect((await server.post([{ ...report, id: 'a0', ts: server.nowMs - 300_000, spendMinor: 2 }])).status).toBe(200);
    await until(async () => (await read('chan:radio')).frozen[0]?.by === 'feed');
    const more = {
      legs: [{ from: 'env:adverts', to: 'chan:radio', amountMinor: 1 }],
      expected: { 'chan:radio': radio.allocationVersion, 'env:adverts': (await read('env:adverts')).allocationVersion },
      reason: 'more',
      validateOnly: true,
    };
    const stopped = async (): Promise<unknown> =>
      (await ask(chen.token, 'POST', '/transfers', more)).body.preview.bounds.find(
        ({ code }: { code: string }) => code === 'frozen',
      );
    expect(await stopped()).toMatchObject({ violated: true, by: 'feed', who: 'ads' });
    expect((await server.post([report])).status).toBe(200);
    await until(async () => (await read('chan:radio')).spent === 3);
    await until(async () => (await read('chan:radio')).frozen.length === 0);
    expect(await stopped()).toBeUndefined();
    const shown = await frames.until(
      ({ rows }) => rows.budget?.find(({ id }) => id === 'chan:radio')?.figures.budget_spent?.value === 3,
    );
    expect(shown.rows.budget?.map(({ id }) => id)).toEqual(['chan:radio', 'env:adverts', 'reserve:hq']);

    // asked by one, decided by another; nobody of the roster has an account here, so the role decides
    const amountMinor = Math.max(1, Math.floor(radio.allocated / 100));
    const { allocationVersion } = await read('chan:radio');
    const version = (await read('env:adverts')).allocationVersion;
    const legs = [{ from: 'chan:radio', to: 'env:adverts', amountMinor }];
    const body = { legs, expected: { 'chan:radio': allocationVersion, 'env:adverts': version }, reason: 'saturated' };
    const preview = await ask(
      chen.token,
      'POST',
      '/transfers',
      { ...body, validateOnly: true },
      { 'idempotency-key': '' },
    );
    expect(preview).toMatchObject({ status: 200, body: { move: null, preview: { refusal: null, tier: 'T1' } } });
    const key = { 'idempotency-key': 'once' };
    const asked = await ask(chen.token, 'POST', '/transfers', body, key);
    expect(asked).toMatchObject({
      status: 201,
      body: { move: { state: 'awaiting_approval', terms: preview.body.preview.terms } },
    });
    const again = await ask(chen.token, 'POST', '/transfers', body, key);
    expect([again.headers.get('idempotent-replayed'), again.body.move.id]).toEqual(['true', asked.body.move.id]);
    // the same key of somebody else is another key; one of 300 characters is none
    expect((await ask(zhao.token, 'POST', '/transfers', body, key)).status).toBe(201);
    expect((await ask(chen.token, 'POST', '/transfers', body, { 'idempotency-key': 'x'.repeat(300) })).status).toBe(
      400,
    );
    const at = `/transfers/${asked.body.move.id}`;
    expect((await ask(roles.admin.token, 'POST', `${at}/approve`, { terms: asked.body.move.terms })).status).toBe(403);
    const done = await ask(zhao.token, 'POST', `${at}/approve`, { terms: asked.body.move.terms });
    expect(done).toMatchObject({ status: 200, body: { move: { state: 'settled' } } });
    expect((await ask(zhao.token, 'GET', at)).body.move.approvals).toHaveLength(1);
    expect((await ask(chen.token, 'GET', '/transfers')).body.moves).toHaveLength(2);

    // figures are of the ledger, which has moved money since the opening
    const figures = async (): Promise<{ id: string; numerator: number; denominator: number }[]> =>
      (
        (await (
          await fetch(`${server.url}/api/v1/kpis?ids=budget_utilisation,reserve_ratio`, {
            headers: { authorization: `Bearer ${chen.token}` },
          })
        ).json()) as { kpis: { id: string; numerator: number; denominator: number }[] }
      ).kpis;
    await until(async () => (await figures())[0]?.denominator === radio.allocated - amountMinor);
    const reserve = await read('reserve:hq');
    expect((await figures()).find(({ id }) => id === 'reserve_ratio')).toMatchObject({
      numerator: reserve.available,
      denominator: (await ask(chen.token, 'GET', '')).body.funded,
    });

    // frozen and lifted
    const frozen = await ask(roles.marketing.token, 'POST', '/freezes', {
      channels: ['*'],
      direction: 'all',
      reason: 'public opinion',
    });
    expect(frozen).toMatchObject({ status: 201, body: { freeze: { source: 'kill_switch' } } });
    expect((await read('chan:radio')).frozen).toMatchObject([{ by: 'kill_switch', direction: 'all' }]);
    expect((await ask(roles.marketing.token, 'DELETE', `/freezes/${frozen.body.freeze.id}`)).status).toBe(403);
    expect((await ask(roles.finance.token, 'DELETE', `/freezes/${frozen.body.freeze.id}`)).status).toBe(200);
    expect((await read('chan:radio')).frozen).toEqual([]);

    // the ledger
    const page = await ask(roles.finance.token, 'GET', '/ledger?account=chan:radio');
    const lines = page.body.lines as { kind: string; amountMinor: string }[];
    expect(lines[0]).toMatchObject({ kind: 'fund', credit: 'chan:radio' });
    // in one line or two: the report of five minutes ago may have been booked before the newest came
    const spends = lines.filter(({ kind }) => kind === 'spend');
    expect(spends[0]).toMatchObject({ debit: 'chan:radio' });
    expect(spends.reduce((sum, { amountMinor }) => sum + Number(amountMinor), 0)).toBe(3);
    const exported = await ask(roles.finance.token, 'GET', '/ledger', undefined, { accept: 'application/x-ndjson' });
    expect(String(exported.body).split('\n')[0]).toMatch(/^\{"seq":1,.*"hash":"[0-9a-f]{40}"\}$/);
    const csv = await ask(roles.finance.token, 'GET', '/ledger', undefined, { accept: 'text/csv' });
    expect(String(csv.body).split('\n')[0]).toContain('seq,ts,kind');
    await until(async () => (await ask(chen.token, 'GET', '')).body.ledger.checkedAt !== null);
    expect((await ask(chen.token, 'GET', '')).body.ledgerFrozen).toBeNull();
  });
});
