import { describe, expect, it } from 'vitest';
import { alertsKit } from '../server/test/alerts-kit.ts';
import { silenceAction } from './action-ports.ts';
import { alertLookup, silencePort } from './alert-ports.ts';

const title = { zh: '静默', en: 'Silence' };
const spec = {
  type: 'silence',
  title,
  effect: title,
  secondPerson: false,
  matchers: [{ name: 'domain', op: '=', value: 'console' }],
  minutes: 30,
} as const;
const by = { id: 'u1', name: 'Lin' };

describe('runs and the alert core', () => {
  it('[RUN31] an alert says its rule, tier, labels and the plan its rule links to', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const { id } = kit.only();
    const found = await alertLookup(kit.first).find(id);
    expect(found).toMatchObject({
      id,
      rule: 'DiskLow',
      tier: 'orange',
      labels: { domain: 'console' },
      link: '/runbooks/technical-failure',
    });
    expect(await alertLookup(kit.first).find('nothing')).toBeNull();
  });
  it('[RUN41] a silence by a step: counted before, made once however often it is tried, ended by undoing it', async () => {
    const kit = await alertsKit();
    kit.facts.disk_used_ratio = 0.85;
    await kit.first.tick();
    const action = silenceAction(silencePort(kit.first));
    const diff = await action.diff({ spec, direction: 'do', doneKey: '' });
    expect(diff).toContainEqual({ what: 'silence.alerts', before: '0', after: '1' });
    const effect = {
      spec,
      direction: 'do',
      key: 'exec-1',
      by,
      runId: 'r-1',
      doneKey: 'exec-1',
      atMs: Date.now(),
    } as const;
    expect(await action.perform(effect)).toMatchObject({ ok: true });
    expect(await action.perform(effect)).toMatchObject({ ok: true }); // a node that died and another one
    expect(await action.inEffect?.({ spec, doneKey: 'exec-1' })).toBe(true);
    const made = kit.first.silences.list();
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({
      state: 'active',
      createdBy: 'Lin',
      endsAt: effect.atMs + 30 * 60_000,
      matchedCount: 1,
    });
    expect(kit.only().suppressedBy).toEqual([{ kind: 'silence', id: made[0]?.id }]);
    await action.perform({ ...effect, direction: 'undo', key: 'exec-2', doneKey: 'exec-1' });
    expect(await action.inEffect?.({ spec, doneKey: 'exec-1' })).toBe(false);
    expect(kit.first.silences.list().map(({ state }) => state)).toEqual(['expired']);
    expect((await kit.entries()).slice(-2)).toEqual(['silence.created', 'silence.expired']);
  });
});
