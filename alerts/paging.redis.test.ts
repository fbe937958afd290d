import { describe, expect, it } from 'vitest';
import { DUE_KINDS, type EscalatePayload, type NotifyPayload } from '#contract/alerts';
import { alertsKit, asked, lin } from '../server/test/alerts-kit.ts';

const KINDS = [DUE_KINDS.escalate];
const read = <T>(text: string): T => JSON.parse(text) as T;

describe('paging', () => {
  it('[ALR60] claim, plan, send, done: people by name, the same id on every try, then the next step', async () => {
    const kit = await alertsKit();
    const { paging, due } = kit.first;
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const { id } = kit.only();
    const [item] = await due.claim(KINDS, 10);
    if (item === undefined) throw new Error('nothing is due');
    const payload = read<EscalatePayload>(item.payload);
    expect(payload).toMatchObject({ alertId: id, policy: 'red', cycle: 0, step: 0 });
    const plan = await paging.planStep(payload);
    const again = await paging.planStep(payload);
    expect(plan).toEqual(again);
    if (plan.kind !== 'page') throw new Error(plan.kind);
    expect(plan.pages.map(({ to }) => to.person)).toEqual(['Ann']);
    const outcome = await paging.stepDone(payload, plan);
    expect(outcome).toMatchObject({ kind: 'again' });
    expect(await due.settle(item, outcome)).toBe(true);
    await kit.first.book.poll(true);
    expect(kit.only().escalation).toMatchObject({ cycle: 0, step: 1 });
    const { history, explanation } = await kit.first.detail(id);
    expect(history.at(-1)).toMatchObject({ type: 'notification', text: 'Ann', reason: 'first notification' });
    expect(explanation.find(({ person }) => person === 'Ann')).toMatchObject({
      paged: true,
      reason: 'first notification',
    });
    expect(explanation.find(({ person }) => person === 'Bo')).toMatchObject({
      paged: false,
      reason: 'step not reached',
    });
    // what was done is not done twice: the item's old payload finds that the alert has moved on
    expect((await paging.planStep(payload)).kind).toBe('over');
  });
  it('[ALR89] a page says why its round began: what fired, what was raised, what nobody holds any more', async () => {
    const kit = await alertsKit();
    const { paging, due, commands } = kit.first;
    const said = async () => {
      await kit.first.book.poll(true);
      const [item] = await due.claim(KINDS, 1);
      if (item === undefined) throw new Error('nothing is due');
      const payload = read<EscalatePayload>(item.payload);
      const plan = await paging.planStep(payload);
      await due.settle(item, await paging.stepDone(payload, plan));
      const { history, explanation } = await kit.first.detail(payload.alertId);
      const explained = explanation.find(({ paged }) => paged)?.reason;
      expect(history.at(-1)).toMatchObject({ type: 'notification', reason: explained });
      return explained;
    };
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const { id } = kit.only();
    expect(await said()).toBe('first notification');
    await commands.run(id, { verb: 'acknowledge' }, asked(lin));
    await commands.run(id, { verb: 'unacknowledge' }, asked(lin));
    expect(await said()).toBe('ack withdrawn');
    await commands.run(id, { verb: 'acknowledge' }, asked(lin));
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    expect(await said()).toBe('severity raised');
    const raised = (await kit.first.detail(id)).history.find(({ type }) => type === 'alert_raised');
    expect(raised).toMatchObject({ handling: 'open', from: 'Lin Yue' });
  });
  it('[ALR77] a policy that a changed file no longer has is followed by the one for the tier: no chain ends unseen', async () => {
    const kit = await alertsKit();
    const { paging, due } = kit.first;
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const [item] = await due.claim(KINDS, 10);
    const payload = { ...read<EscalatePayload>(item?.payload ?? '{}'), policy: 'of-yesterday' };
    const plan = await paging.planStep(payload);
    if (plan.kind !== 'page') throw new Error(plan.kind);
    expect(plan.pages.map(({ to }) => to.person)).toEqual(['Ann']);
    expect(await paging.stepDone(payload, plan)).toMatchObject({ kind: 'again' });
    await kit.first.book.poll(true);
    expect(kit.only().escalation).toMatchObject({ cycle: 0, step: 1 });
  });
  it('[ALR61] (P15) acknowledgement against escalation, a hundred times: nothing is claimed after it, one line of versions', async () => {
    const kit = await alertsKit();
    const { paging, due, commands } = kit.first;
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const { id } = kit.only();
    let paged = 0;
    for (let race = 0; race < 100; race += 1) {
      const page = async (): Promise<void> => {
        for (const item of await due.claim(KINDS, 10)) {
          const payload = read<EscalatePayload>(item.payload);
          const plan = await paging.planStep(payload);
          if (plan.kind === 'page') paged += 1;
          await due.settle(item, await paging.stepDone(payload, plan));
        }
      };
      const acknowledge = () => commands.run(id, { verb: 'acknowledge' }, asked(lin));
      await Promise.all(race % 2 === 0 ? [acknowledge(), page()] : [page(), acknowledge()]);
      expect(await due.claim(KINDS, 10)).toEqual([]);
      expect(await kit.dueIds(DUE_KINDS.escalate)).toEqual([]);
      await commands.run(id, { verb: 'unacknowledge' }, asked(lin));
    }
    expect(paged).toBeLessThanOrEqual(101);
    const { history, alert } = await kit.first.detail(id);
    const versions = [...new Set(history.map(({ version }) => version))];
    expect(versions).toEqual(Array.from({ length: alert.version }, (_, index) => index + 1));
  });
  it('[ALR62] a silenced alert waits at its step and says so once; when the silence ends it pages', async () => {
    const kit = await alertsKit();
    const { paging, due, silences } = kit.first;
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const { id } = kit.only();
    const matchers = [{ name: 'alertname', op: '=' as const, value: 'DiskLow' }];
    const { silence } = await silences.create(
      { matchers, endsAt: kit.clock.nowMs() + 60_000, comment: 'x' },
      asked(lin),
    );
    const [item] = await due.claim(KINDS, 1);
    if (item === undefined) throw new Error('nothing is due');
    const payload = read<EscalatePayload>(item.payload);
    for (let look = 0; look < 3; look += 1) {
      const plan = await paging.planStep(payload);
      expect(plan).toMatchObject({ kind: 'hold', reason: 'silence' });
      expect(await paging.stepDone(payload, plan)).toMatchObject({ kind: 'again', inMs: 15_000 });
    }
    expect((await kit.first.detail(id)).history.filter(({ type }) => type === 'no_notification')).toHaveLength(1);
    await silences.expire(silence.id, asked(lin));
    expect((await paging.planStep(payload)).kind).toBe('page');
  });
  it('[ALR80] what a person escalates is paged whatever mutes it; a silence made after that mutes again', async () => {
    const kit = await alertsKit();
    const { paging, due, silences, commands } = kit.first;
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const { id } = kit.only();
    const matchers = [{ name: 'alertname', op: '=' as const, value: 'DiskLow' }];
    const silence = () => silences.create({ matchers, endsAt: kit.clock.nowMs() + 60_000, comment: 'x' }, asked(lin));
    await silence();
    expect(kit.only().suppressedBy).toHaveLength(1);
    const { alert } = await commands.run(id, { verb: 'escalate', comment: 'help' }, asked(lin));
    expect(alert.suppressedBy).toEqual([]);
    const [item] = await due.claim(KINDS, 1);
    if (item === undefined) throw new Error('nothing is due');
    const payload = read<EscalatePayload>(item.payload);
    const plan = await paging.planStep(payload);
    expect(plan).toMatchObject({ kind: 'page', reason: 'escalated by hand', pages: [{ to: { person: 'Ann' } }] });
    await paging.stepDone(payload, plan);
    expect((await kit.first.detail(id)).history.at(-1)).toMatchObject({
      type: 'notification',
      reason: 'escalated by hand',
      text: 'Ann',
    });
    expect(kit.first.frame().openCount).toEqual({ red: 1 });
    await silence();
    expect(kit.only().suppressedBy).toMatchObject([{ kind: 'silence' }]);
  });
  it('[ALR63] a group is flushed with its reason: first, nothing new, then all resolved with what is over', async () => {
    const kit = await alertsKit();
    const { paging, due } = kit.first;
    kit.facts.disk_used_ratio = 0.95;
    await kit.first.tick();
    const { id, group } = kit.only();
    const [item] = await due.claim([DUE_KINDS.notify], 1);
    const payload = read<NotifyPayload>(item?.payload ?? '');
    expect(payload).toEqual({ group, tier: 'red', reason: 'first notification' });
    const plan = await paging.planFlush(payload);
    if (plan.kind !== 'send') throw new Error(plan.reason);
    expect(plan).toMatchObject({ reason: 'first notification', tier: 'red', firing: [{ id }], resolved: [] });
    expect(await paging.planFlush(payload)).toMatchObject({ notificationId: plan.notificationId });
    expect(await paging.flushDone(payload, plan, 1_000)).toEqual({ kind: 'again', inMs: 1_000 });
    expect(await paging.planFlush(payload)).toMatchObject({ kind: 'hold', reason: 'group_interval' });
    kit.facts.disk_used_ratio = 0.2;
    await kit.first.tick();
    const over = await paging.planFlush(payload);
    if (over.kind !== 'send') throw new Error(over.reason);
    expect(over).toMatchObject({ reason: 'all alerts resolved', firing: [], resolved: [{ id, resolvedValue: 0.2 }] });
    expect(await paging.flushDone(payload, over, 1_000)).toEqual({ kind: 'done' });
  });
  it('[ALR63] an alert that is over before the group was paged is never paged', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.75;
    await kit.first.tick();
    const { group } = kit.only();
    kit.facts.disk_used_ratio = 0.2;
    await kit.first.tick();
    expect(await kit.first.paging.planFlush({ group, tier: 'yellow', reason: 'first notification' })).toMatchObject({
      kind: 'hold',
      reason: 'resolved',
      outcome: { kind: 'done' },
    });
  });
});
