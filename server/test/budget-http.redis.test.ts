import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BUDGET_REFUSALS, type BudgetRefusal } from '#contract/budget';
import { ERROR_STATUS } from '#contract/errors';
import { house, type Who } from './budget-house.ts';
import { PROVOKE } from './budget-provocations.ts';

describe('a silent feed', () => {
  it('[BUD21] typed moves are refused when they are asked for and when they are approved, until it speaks again', async () => {
    const h = await house();
    const asked = await h.move('chan:search', 'chan:content', 5_000_000);
    h.silence('ads');
    const allowed = ['to_envelope', 'reverse', 'emergency'];
    const refused = { status: 423, body: { code: 'frozen', by: 'feed', who: 'ads', account: 'chan:search', allowed } };
    expect(await h.approve('gao', asked)).toMatchObject(refused);
    expect(await h.move('chan:search', 'chan:content', 4_000_000)).toMatchObject(refused);
    const preview = await h.move('chan:search', 'chan:content', 4_000_000, { validateOnly: true });
    expect(preview.body.preview.refusal).toMatchObject({
      code: 'frozen',
      message: expect.stringContaining('the ads feed is silent'),
      allowed: ['to_envelope', 'reverse', 'emergency'],
    });
    expect((await h.account('chan:kol')).frozen).toEqual([{ by: 'feed', who: 'ads', direction: 'all', until: null }]);
    expect((await h.account('reserve:hq')).frozen).toEqual([]);
    h.silence(null);
    expect(await h.approve('gao', asked)).toMatchObject({ status: 200, body: { move: { state: 'settled' } } });
  });
  it('[BUD21] money leaves ads, moves are taken back, and an emergency with two signatures goes on meanwhile', async () => {
    const h = await house();
    const done = await h.settled();
    h.silence('orders');
    expect((await h.move('chan:social', 'env:marketing', 5_000_000)).status).toBe(201);
    expect((await h.move('chan:social', 'chan:kol', 5_000_000)).body).toMatchObject({ by: 'feed', who: 'orders' });
    const draw = await h.move('reserve:hq', 'chan:kol', 5_000, { emergency: true });
    expect(draw.body.move.tier).toBe('T3');
    await h.approve('lin', draw);
    expect((await h.approve('chen', draw)).body.move.state).toBe('settled');
    const back = await h.send('sun', 'POST', `/transfers/${done.body.move.id}/reverse`, { reason: 'wrong' });
    expect((await h.approve('gao', back)).body.move.state).toBe('settled');
  });
  it('[BUD21] a freeze says who stopped it', async () => {
    const h = await house();
    await h.send('lin', 'POST', '/freezes', { channels: ['content'], direction: 'increases', reason: 'stock is out' });
    expect((await h.move('chan:search', 'chan:content', 5_000_000)).body).toMatchObject({
      by: 'person',
      who: 'Lin Yue',
      allowed: ['to_envelope'],
    });
    h.alarms.set('social', 'orange');
    expect((await h.move('chan:search', 'chan:social', 5_000_000)).body).toMatchObject({ by: 'tier', who: 'RoasLow' });
  });
});

/** The names that the model lists (with what makes them this product's own), by status. A new name has a place here and a way to get it. */
const NAMES: Readonly<Record<number, string>> = {
  400: 'amount_not_positive same_account unknown_channel currency_mismatch',
  403: 'self_approval approver_limit_exceeded role_not_on_duty',
  404: 'pending_not_found',
  409: 'card_taken version_stale already_settled already_undone campaign_closed already_posted already_voided',
  410: 'pending_expired',
  412: 'approval_void_body_changed',
  422: 'idempotency_body_mismatch insufficient_available below_floor above_cap reserve_breach step_too_large not_releasable platform_floor split_limit_exceeded infeasible exceeds_pending',
  423: 'cooldown frozen',
  429: 'platform_quota',
  502: 'platform_rejected',
  503: 'ledger_frozen',
  504: 'platform_unknown',
};

describe('refusals over HTTP', () => {
  it('[BUD2] every name has a way to get it here, a status, and words in PROTOCOL.md; there are no others', () => {
    const listed = Object.entries(NAMES).flatMap(([status, names]) =>
      names.split(' ').map((name) => [name, Number(status)]),
    );
    expect(Object.keys(PROVOKE).sort()).toEqual(listed.map(([name]) => name).sort());
    expect([...BUDGET_REFUSALS].sort()).toEqual(Object.keys(PROVOKE).sort());
    for (const [name, status] of listed) expect([name, ERROR_STATUS[name as BudgetRefusal]]).toEqual([name, status]);
    const words = readFileSync(new URL('../contract/PROTOCOL.md', import.meta.url), 'utf8');
    const rule = words.slice(words.indexOf('- BUD2 '), words.indexOf('- BUD3 '));
    expect([...BUDGET_REFUSALS].filter((name) => !rule.includes(`\`${name}`))).toEqual([]);
  });
  it('[BUD2] amounts, ends and campaigns that cannot be; a key again with another body, of somebody else, too long', async () => {
    const h = await house();
    const code = async (from: string, to: string, amountMinor: number): Promise<string> =>
      (await h.move(from, to, amountMinor)).body.code;
    expect(await code('chan:search', 'chan:search', 5)).toBe('same_account');
    for (const amountMinor of [0, -5])
      expect(await code('chan:search', 'chan:content', amountMinor)).toBe('amount_not_positive');
    expect(await code('chan:search', 'chan:content', 300_000_000)).toBe('above_cap');
    for (const to of ['chan:mars', 'cover:kol', 'spend:kol', 'funding'])
      expect(await code('chan:search', to, 5)).toBe('unknown_channel');
    for (const amountMinor of [0.5, 1e16, '5', null])
      expect((await h.move('chan:search', 'chan:content', amountMinor as number)).body).toMatchObject({
        code: 'validation',
      });
    const rails = [1, 2].map((floor) => ({ account: 'chan:kol', floor, cap: null, pinned: false }));
    for (const asked of [{ legs: [] }, { legs: [], rails }])
      expect((await h.move('chan:search', 'chan:kol', 5, asked)).body).toMatchObject({ code: 'validation' });
    // blanks are no reason to move money or to freeze it
    for (const [path, asked] of [
      ['/transfers', await h.body('chan:search', 'chan:content', 5_000_000, { reason: ' \u00a0 ' })],
      ['/freezes', { channels: ['kol'], direction: 'increases', reason: '  ' }],
    ] as const)
      expect(await h.send('sun', 'POST', path, asked), path).toMatchObject({ status: 422, body: { field: '/reason' } });
    const body = await h.body('chan:search', 'chan:content', 5_000_000);
    const send = (who: Who, key: string, payload: object) => h.send(who, 'POST', '/transfers', payload, key);
    const first = await send('sun', 'k44', body);
    expect((await send('sun', 'k44', { ...body, reason: 'other' })).body.code).toBe('idempotency_body_mismatch');
    const other = await send('gao', 'k44', body);
    expect([first.status, other.status, first.body.move.id === other.body.move.id]).toEqual([201, 201, false]);
    expect(await send('sun', 'x'.repeat(300), body)).toMatchObject({
      status: 400,
      body: { code: 'idempotency_key_invalid' },
    });
    expect(await send('sun', '', body)).toMatchObject({ status: 400, body: { code: 'idempotency_key_missing' } });
    h.later(2 * 86_400_000);
    expect(await code('chan:search', 'chan:content', 5_000_000)).toBe('campaign_closed');
  });
  it.each(BUDGET_REFUSALS)('[BUD2] %s', async (code) => {
    const answer = await PROVOKE[code]();
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: ERROR_STATUS[code], code });
    expect(answer.body.message.length).toBeGreaterThan(10);
    if (code === 'infeasible') expect(answer.body.binding).toEqual(['chan:social']);
  });
  it('[BUD2] of several reasons the first in the list is the answer, in the request and in its preview', async () => {
    const h = await house();
    await h.settled(); // both rest now
    await h.send('lin', 'POST', '/freezes', { channels: ['*'], direction: 'all', reason: 'stop' });
    const code = async (amountMinor: number, more: object = {}): Promise<string[]> => {
      const asked = await h.move('chan:search', 'chan:content', amountMinor, more);
      const preview = await h.move('chan:search', 'chan:content', amountMinor, { ...more, validateOnly: true });
      return [asked.body.code, preview.body.preview?.refusal?.code ?? preview.body.code];
    };
    expect(await code(5_000_000)).toEqual(['cooldown', 'cooldown']);
    expect(await code(110_000_000)).toEqual(['step_too_large', 'step_too_large']);
    expect(await code(300_000_000)).toEqual(['above_cap', 'above_cap']);
    expect(await code(900_000_000)).toEqual(['insufficient_available', 'insufficient_available']);
    const expected = { 'chan:search': 99, 'chan:content': 99 };
    expect(await code(900_000_000, { expected })).toEqual(['version_stale', 'version_stale']);
    expect(await code(0, { expected })).toEqual(['amount_not_positive', 'amount_not_positive']);
    expect((await h.move('chan:kol', 'chan:social', 5_000_000)).body.code).toBe('frozen');
  });
});
