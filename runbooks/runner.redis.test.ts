import { describe, expect, it } from 'vitest';
import type { Run } from '#contract/runbooks';
import { verifyWebhook } from '../server/outbound/domain/sign.ts';
import { ask, runbooksKit, SECRET, user } from '../server/test/runbooks-kit.ts';
import type { ActionPort } from './ports.ts';

const [ann, bo, cy] = [user('ann'), user('bo'), user('cy', 'commander')];
type Kit = Awaited<ReturnType<typeof runbooksKit>>;
const refused = (code: string) => expect.objectContaining({ code });
const started = async (kit: Kit, runbook = 'payment-risk'): Promise<Run> =>
  (await kit.runner.start({ runbook }, ask(ann))).run;
const claim = (kit: Kit, id: string, n: number, by = ann, key?: string) =>
  kit.runner.step(id, n, { verb: 'claim', takeOver: false }, ask(by, key));
/** Skips what comes before and claims step `n`. */
async function upTo(kit: Kit, id: string, n: number, by = ann): Promise<void> {
  for (let at = 1; at < n; at += 1) await kit.runner.step(id, at, { verb: 'skip', reason: 'test' }, ask(by));
  await claim(kit, id, n, by);
}
async function execute(kit: Kit, id: string, n: number, by = ann, undo = false): Promise<Run> {
  const { terms } = await kit.runner.preview(id, n, undo ? 'undo' : 'do');
  return (await kit.runner.step(id, n, { verb: 'execute', undo, terms }, ask(by))).run;
}
const execution = async (kit: Kit, id: string, n: number) => (await kit.store.load(id)).run.steps[n - 1]?.execution;

describe('runs in the store', () => {
  it('[RUN30] a run, its end and its entry are written together; a retry is the same run', async () => {
    const kit = await runbooksKit();
    const one = ask(ann, 'same');
    const [first, second] = await Promise.all([
      kit.runner.start({ runbook: 'payment-risk' }, one),
      kit.runner.start({ runbook: 'payment-risk' }, one),
    ]);
    expect(second.run).toEqual(first.run);
    expect([first.replayed, second.replayed].filter(Boolean)).toHaveLength(1);
    expect(await kit.store.list()).toEqual([first.run]);
    expect((await kit.timeline()).map(({ kind, requestId }) => [kind, requestId])).toEqual([['run.started', 'req']]);
    const key = `{${kit.prefix}:i1:core}:due:queue:runbook.timeout`;
    expect(await kit.redis.zscore(key, first.run.id)).toBe(String(first.run.timeoutAt));
    await expect(kit.runner.start({ runbook: 'wash-trading' }, one)).rejects.toThrow(
      refused('idempotency_body_mismatch'),
    );
  });
  it('[RUN31] an alert chooses the plan; all who start it for the same alert are in one run, until it is over', async () => {
    const facts = {
      rule: 'PaidNotUpdated',
      tier: 'orange',
      labels: { domain: 'payments' },
      link: null,
      title: { zh: '已付款订单未更新', en: 'Orders are paid but not updated' },
    } as const;
    const kit = await runbooksKit({
      alerts: [
        { id: 'a-1', ...facts },
        { id: 'a-2', ...facts, rule: 'Unheard', labels: {} },
      ],
    });
    const runs = await Promise.all([ann, bo, cy].map((by) => kit.runner.start({ alertId: 'a-1' }, ask(by))));
    expect(new Set(runs.map(({ run }) => run.id)).size).toBe(1);
    expect(runs.filter(({ joined }) => joined)).toHaveLength(2);
    expect(runs[0]?.run).toMatchObject({
      runbook: 'payment-risk',
      alertId: 'a-1',
      alertRule: 'PaidNotUpdated',
      alertTitle: facts.title, // told by the run itself, also offline and when the alert is forgotten
      tier: 'orange',
    });
    const id = runs[0]?.run.id ?? '';
    await kit.runner.abort(id, 'done with', ask(bo));
    const again = await kit.runner.start({ alertId: 'a-1' }, ask(bo));
    expect(again.run.id).not.toBe(id);
    await expect(kit.runner.start({ alertId: 'a-2' }, ask(ann))).rejects.toThrow(refused('not_found'));
    await expect(kit.runner.start({ alertId: 'a-9' }, ask(ann))).rejects.toThrow(refused('not_found'));
    await expect(kit.runner.start({}, ask(ann))).rejects.toThrow(refused('validation'));
  });
  it('[RUN32] fifty people claim at once: one has it, the others are told who; one entry', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    const people = Array.from({ length: 50 }, (_, index) => user(`p${index}`));
    const tries = await Promise.allSettled(people.map((by) => claim(kit, id, 1, by)));
    const lost = tries.filter((one) => one.status === 'rejected').map(({ reason }) => reason.code);
    const winners = tries.filter((one) => one.status === 'fulfilled').length;
    expect(winners).toBe(1);
    expect(lost.every((code) => code === 'already_claimed' || code === 'conflict')).toBe(true);
    expect((await kit.timeline()).filter(({ kind }) => kind === 'run.step_claimed')).toHaveLength(1);
  });
  it('[RUN33] a double click and a retry count once, whatever has happened since', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    const twice = await Promise.all([claim(kit, id, 1, ann, 'c1'), claim(kit, id, 1, ann, 'c1')]);
    expect(twice[0]?.run).toEqual(twice[1]?.run);
    const complete = { verb: 'complete', outcome: 'done', note: 'ok' } as const;
    const done = await kit.runner.step(id, 1, complete, ask(ann, 'd1'));
    await claim(kit, id, 2, bo);
    const again = await kit.runner.step(id, 1, complete, ask(ann, 'd1'));
    expect([again.replayed, again.run]).toEqual([true, done.run]);
    await expect(kit.runner.step(id, 1, complete, ask(ann))).rejects.toThrow(refused('step_settled'));
    expect((await kit.timeline()).filter(({ kind }) => kind === 'run.step_done')).toHaveLength(1);
  });
  it('[RUN34] a command bound to a version of the step is refused when it has moved on', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await claim(kit, id, 1);
    const stale = kit.runner.step(id, 1, { verb: 'claim', takeOver: true }, ask(bo), 1);
    await expect(stale).rejects.toThrow(refused('already_claimed')); // by ann, whom bo has not seen
    await kit.runner.step(id, 1, { verb: 'claim', takeOver: true }, ask(bo), 2);
  });
  it('[RUN35] machines carry out no plan', async () => {
    const kit = await runbooksKit();
    const kiosk = { kind: 'kiosk', id: 'k', name: 'k', role: 'viewer', sessionId: 's' } as const;
    await expect(kit.runner.start({ runbook: 'payment-risk' }, ask(kiosk))).rejects.toThrow(refused('forbidden'));
  });
  it('[RUN36] a run that takes too long ends by itself', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    expect(await kit.pass('runbook.timeout')).toBe(1);
    expect((await kit.store.load(id)).run.state).toBe('timedout');
    expect((await kit.timeline()).at(-1)).toMatchObject({ kind: 'run.ended', actor: { kind: 'system' } });
  });
});

describe('actions', () => {
  it('[RUN40] a dry run says what would change and sends nothing', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await expect(kit.runner.preview(id, 3, 'do')).rejects.toThrow(refused('step_order')); // not even looked at
    await upTo(kit, id, 3);
    const { version } = (await kit.store.load(id)).run;
    const preview = await kit.runner.preview(id, 3, 'do');
    expect(preview).toMatchObject({
      secondPerson: true,
      undoable: true,
      diff: [
        { what: 'scale_payment_callbacks.factor', before: '1', after: '2' },
        { what: 'scale_payment_callbacks.service', before: 'payment-callback', after: 'payment-callback' },
      ],
    });
    expect([kit.receiver.seen.length, (await kit.store.load(id)).run.version]).toEqual([0, version]);
  });
  it('[RUN41] hold, second person, countdown, send: signed, once, and then the figures are looked at', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await upTo(kit, id, 3);
    await execute(kit, id, 3);
    expect(await execution(kit, id, 3)).toMatchObject({ state: 'awaiting', requestedBy: { id: 'ann' } });
    const { terms } = await kit.runner.preview(id, 3, 'do');
    const approve = (by: typeof ann, bound = terms) =>
      kit.runner.step(id, 3, { verb: 'approve', terms: bound }, ask(by));
    await expect(approve(user('ann', 'commander', 'another-session'))).rejects.toThrow(refused('self_approval'));
    await expect(approve(bo, '0'.repeat(64))).rejects.toThrow(refused('terms_changed'));
    await approve(bo);
    await expect(approve(cy)).rejects.toThrow(refused('conflict'));
    expect(kit.receiver.seen).toHaveLength(0);
    await kit.pass('runbook.execute');
    expect(await execution(kit, id, 3)).toMatchObject({
      state: 'sent',
      approvedBy: { id: 'bo' },
      outcome: 'scale_payment_callbacks: 204',
    });
    const [call] = kit.receiver.seen;
    expect(JSON.parse(call?.body ?? '')).toEqual({
      run: id,
      hook: 'scale_payment_callbacks',
      direction: 'do',
      by: 'ann',
      body: { service: 'payment-callback', factor: 2 },
    });
    expect(verifyWebhook([SECRET], call?.headers as Record<string, string>, call?.body ?? '', kit.nowMs())).toBe(true);
    kit.values.paid_not_updated_rate = 0.05;
    await kit.pass('runbook.verify');
    const verification = async () => (await kit.store.load(id)).run.steps[2]?.verification;
    expect(await verification()).toMatchObject({ state: 'waiting' });
    kit.values.paid_not_updated_rate = 0.01;
    await kit.pass('runbook.verify');
    expect(await verification()).toMatchObject({ state: 'passed', reading: { values: [0.01] } });
    expect((await kit.timeline()).map(({ kind }) => kind).slice(-4)).toEqual([
      'run.action_requested',
      'run.action_approved',
      'run.action_sent',
      'run.verified',
    ]);
  });
  it('[RUN42] fifty approve at once: one counts, one thing is sent', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await upTo(kit, id, 3);
    await execute(kit, id, 3);
    const { terms } = await kit.runner.preview(id, 3, 'do');
    const people = Array.from({ length: 50 }, (_, index) => user(`p${index}`));
    const tries = await Promise.allSettled(
      people.map((by) => kit.runner.step(id, 3, { verb: 'approve', terms }, ask(by))),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await kit.pass('runbook.execute');
    await kit.pass('runbook.execute');
    expect(kit.receiver.seen).toHaveLength(1);
  });
  it('[RUN43] cancelled in the countdown, nothing is ever sent', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await upTo(kit, id, 4);
    await execute(kit, id, 4); // below the limit: straight to the countdown
    expect(await execution(kit, id, 4)).toMatchObject({ state: 'countdown', dueAt: kit.nowMs() + 5_000 });
    await kit.runner.step(id, 4, { verb: 'cancel', reason: null }, ask(bo));
    expect(await kit.pass('runbook.execute')).toBe(0);
    expect([(await execution(kit, id, 4))?.state, kit.receiver.seen.length]).toEqual(['cancelled', 0]);
  });
  it('[RUN44] an approval that nobody gave expires by itself', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await upTo(kit, id, 3);
    await execute(kit, id, 3);
    await kit.pass('runbook.approval');
    expect(await execution(kit, id, 3)).toMatchObject({ state: 'expired' });
    const { terms } = await kit.runner.preview(id, 3, 'do');
    await expect(kit.runner.step(id, 3, { verb: 'approve', terms }, ask(bo))).rejects.toThrow(
      refused('approval_expired'),
    );
  });
  it('[RUN45] a sink that fails is tried three times with one id; then the action has failed and says why', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await upTo(kit, id, 4);
    await execute(kit, id, 4);
    kit.receiver.answers.push(500, 503, 500);
    for (let tries = 0; tries < 3; tries += 1) await kit.pass('runbook.execute');
    expect(await execution(kit, id, 4)).toMatchObject({
      state: 'failed',
      outcome: expect.stringContaining('serverError'),
    });
    expect(new Set(kit.receiver.seen.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(kit.receiver.seen).toHaveLength(3);
    await execute(kit, id, 4); // and may be asked for again, as a new attempt with a new id
    kit.receiver.answers.push(400);
    await kit.pass('runbook.execute');
    expect(await execution(kit, id, 4)).toMatchObject({
      state: 'failed',
      outcome: expect.stringContaining('clientError'),
    });
    expect(new Set(kit.receiver.seen.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });
  it('[RUN46] a node that dies after sending leaves it to another one, with the same id', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await upTo(kit, id, 4);
    await execute(kit, id, 4);
    const item = `${id}.4`;
    kit.clock.nowMs += 5_000;
    await kit.runner.change(id, null, null, async ({ run, runbook }) => {
      const { decide } = await import('./domain/decide.ts');
      return decide(run, runbook, { verb: 'send', n: 4 }, kit.nowMs());
    }); // the dead node got this far
    expect(await execution(kit, id, 4)).toMatchObject({ state: 'sending' });
    await expect(kit.runner.step(id, 4, { verb: 'cancel', reason: null }, ask(bo))).rejects.toThrow(
      refused('already_sent'),
    );
    expect(await kit.redis.hexists(`{${kit.prefix}:i1:core}:due:items`, `runbook.execute|${item}`)).toBe(1);
    await kit.pass('runbook.execute');
    expect(await execution(kit, id, 4)).toMatchObject({ state: 'sent' });
  });
  it('[RUN47] what was sent can be undone, also after the end; a banner goes up and comes down', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await upTo(kit, id, 6);
    await execute(kit, id, 6);
    await kit.pass('runbook.execute');
    expect(await kit.banners.current(kit.nowMs())).toMatchObject({ tier: 'orange', by: 'ann' });
    expect(kit.banners.shown(kit.nowMs() + 60 * 60_000)).toBeNull(); // it ends by itself
    await kit.runner.abort(id, 'over', ask(bo));
    const { diff, secondPerson } = await kit.runner.preview(id, 6, 'undo');
    expect([diff[0]?.after, secondPerson]).toEqual([null, false]);
    await execute(kit, id, 6, bo, true);
    await kit.pass('runbook.execute');
    expect(await kit.banners.current(kit.nowMs())).toBeNull();
    expect((await kit.store.load(id)).run.steps[5]).toMatchObject({
      rolledBackAt: expect.any(Number),
      execution: { direction: 'undo', state: 'sent' },
    });
  });
  it('[RUN48] when what would be changed has changed, it is not done as it was shown', async () => {
    const kit = await runbooksKit();
    const { id } = await started(kit);
    await upTo(kit, id, 6);
    const { terms } = await kit.runner.preview(id, 6, 'do');
    const text = { zh: '别的', en: 'another' };
    await kit.banners.show({ id: 'x', tier: 'red', text, by: 'cy', fromMs: kit.nowMs(), untilMs: kit.nowMs() + 9e6 });
    const late = kit.runner.step(id, 6, { verb: 'execute', undo: false, terms }, ask(ann));
    await expect(late).rejects.toThrow(refused('terms_changed'));
    expect((await kit.runner.preview(id, 6, 'do')).diff[0]?.before).toEqual(text);
  });
  it('[RUN49] what the product cannot do yet is said, not pretended; with its part there it is done', async () => {
    const bare = await runbooksKit();
    const { id } = await started(bare);
    await expect(bare.runner.preview(id, 1, 'do')).rejects.toThrow(refused('action_unavailable'));
    await upTo(bare, id, 5);
    await expect(bare.runner.preview(id, 5, 'do').then(({ diff }) => diff.length)).resolves.toBeGreaterThan(0);
    const unset = await runbooksKit();
    const logistics = await started(unset, 'logistics-interruption');
    await upTo(unset, logistics.id, 2);
    await expect(unset.runner.preview(logistics.id, 2, 'do')).rejects.toThrow(
      /reroute_parcels is not set up in HOOKS_FILE/,
    );
    const frozen: string[] = [];
    const freeze: ActionPort<'budget.freeze'> = {
      diff: async ({ spec }) => [{ what: 'budget.increases', before: 'open', after: spec.direction }],
      inEffect: async () => frozen.at(-1)?.startsWith('do') === true,
      perform: async ({ key, direction }) => {
        frozen.push(`${direction} ${key}`);
        return { ok: true, outcome: direction };
      },
    };
    const kit = await runbooksKit({ freeze });
    const run = await started(kit);
    await claim(kit, run.id, 1);
    await execute(kit, run.id, 1);
    await kit.pass('runbook.execute');
    expect(frozen).toHaveLength(1);
    // the check looks at what the action does, and would fail without it
    frozen.push('somebody lifted it');
    await kit.pass('runbook.verify');
    const check = async () => (await kit.store.load(run.id)).run.steps[0]?.verification?.state;
    expect(await check()).toBe('waiting');
    frozen.pop();
    await kit.pass('runbook.verify');
    expect(await check()).toBe('passed');
    // the preview of undoing it tells of undoing it
    const undo = await kit.runner.preview(run.id, 1, 'undo');
    expect(undo.effect.en).toBe('Lifts this freeze: channels that nothing else freezes may get more budget again');
    expect(undo.effect).not.toEqual((await kit.runner.preview(run.id, 1, 'do')).effect);
  });
  it('[RUN50] a drill goes through everything and sends nothing', async () => {
    const kit = await runbooksKit();
    const { run } = await kit.runner.start({ runbook: 'payment-risk', drill: true }, ask(ann));
    await upTo(kit, run.id, 4);
    await execute(kit, run.id, 4);
    await kit.pass('runbook.execute');
    expect(await execution(kit, run.id, 4)).toMatchObject({ state: 'sent', outcome: 'drill: nothing was sent' });
    expect(kit.receiver.seen).toHaveLength(0);
  });
});
