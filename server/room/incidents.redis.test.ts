import { describe, expect, it } from 'vitest';
import { INCIDENT_DUE } from '#contract/incidents';
import type { Run } from '#contract/runbooks';
import { anAlert } from '../test/alert-kit.ts';
import { asking, incidentsKit, person } from '../test/incidents-kit.ts';
import { dueKeys } from './due.ts';

const ann = person('ann');
const bo = person('bo');
const alerts = [
  anAlert({ id: 'a1', tier: 'orange', peakTier: 'orange', costMinor: 700, labels: { region: 'east' } }),
  anAlert({ id: 'a2', tier: 'red', peakTier: 'red', costMinor: 300, labels: { region: 'south' } }),
];
const run = { id: 'r-1', title: { zh: '支付', en: 'Payment' }, state: 'running' } as Run;

describe('incidents', () => {
  it('[INC10] declared from alerts: title and tier of the worst, the declarer commands, one entry; a retry answers the same', async () => {
    const { incidents, kinds } = incidentsKit({ alerts, runs: [run] });
    const ask = asking(ann);
    const { incident } = await incidents.declare({ alertIds: ['a1', 'a2'], runIds: ['r-1'] }, ask);
    expect(incident).toMatchObject({
      id: 'inc-1',
      number: 1,
      title: 'Payments fail',
      tier: 'red',
      state: 'open',
      alertIds: ['a1', 'a2'],
      runIds: ['r-1'],
      version: 1,
      roles: { commander: { id: 'ann', name: 'ann' } },
    });
    const again = await incidents.declare({ alertIds: ['a1', 'a2'], runIds: ['r-1'] }, ask);
    expect(again).toEqual({ incident, replayed: true });
    await expect(incidents.declare({ title: 'other' }, ask)).rejects.toMatchObject({
      code: 'idempotency_body_mismatch',
    });
    await expect(incidents.declare({ alertIds: ['a1', 'nope'] }, asking(ann))).rejects.toMatchObject({
      code: 'not_found',
      options: { field: '/alertIds/1' },
    });
    await expect(incidents.declare({}, asking(ann))).rejects.toMatchObject({ code: 'validation' });
    expect(await kinds()).toEqual(['incident.declared']);
    expect(incidents.shown()).toMatchObject({ id: 'inc-1', openCount: 1, commander: 'ann' });
  });

  it('[INC23] two people declare the same alert at once: one incident, the other is told which; once it is resolved, anew', async () => {
    const { incidents, node, kinds } = incidentsKit({ alerts });
    const both = await Promise.allSettled([
      incidents.declare({ alertIds: ['a1'] }, asking(ann)),
      node().declare({ alertIds: ['a2', 'a1'] }, asking(bo)),
    ]);
    const [made] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value.incident] : []));
    const [refused] = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toMatchObject({ code: 'incident_open', options: { extra: { incident: made?.id } } });
    expect(await kinds()).toEqual(['incident.declared']);
    const { version } = await incidents
      .act(made?.id ?? '', { verb: 'resolve', despiteFiring: true, note: 'over' }, asking(ann), 1)
      .then(({ incident }) => incident);
    expect(version).toBe(2);
    expect((await incidents.declare({ alertIds: ['a1'] }, asking(bo))).replayed).toBe(false);
  });

  it('[INC11] a change decided on an old version is refused with both versions and what it is now; nothing is written', async () => {
    const { incidents, kinds } = incidentsKit();
    const { incident } = await incidents.declare({ title: 'Checkout is slow' }, asking(ann));
    await incidents.act(incident.id, { verb: 'status', en: 'looking' }, asking(bo), 1);
    await expect(incidents.act(incident.id, { verb: 'status', en: 'mine' }, asking(ann), 1)).rejects.toMatchObject({
      code: 'version_conflict',
      options: { extra: { expected: 1, actual: 2, incident: { status: { en: 'looking' } } } },
    });
    expect(await kinds()).toEqual(['incident.declared', 'incident.status']);
  });

  it('[INC12] two people at once: both changes stand, versions are one line, each with its entry', async () => {
    const { incidents, node, kinds } = incidentsKit();
    const { incident } = await incidents.declare({ title: 'x' }, asking(ann));
    const other = node();
    const roles = ['ops_lead', 'communications', 'scribe'] as const;
    await Promise.all(
      roles.map((role, index) =>
        [incidents, other, incidents][index]?.act(
          incident.id,
          { verb: 'role', role, person: { id: role, name: role } },
          asking(index === 1 ? bo : ann),
        ),
      ),
    );
    const { incident: now } = await incidents.detail(incident.id);
    expect(now.version).toBe(4);
    expect(roles.map((role) => now.roles[role]?.name)).toEqual([...roles]);
    expect((await kinds()).filter((kind) => kind === 'incident.role')).toHaveLength(3);
    // of two that exclude each other one wins, the other is told why
    const ends = await Promise.allSettled([
      incidents.act(incident.id, { verb: 'resolve' }, asking(ann)),
      other.act(incident.id, { verb: 'resolve' }, asking(bo)),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await kinds()).filter((kind) => kind === 'incident.resolved')).toHaveLength(1);
  });

  it('[INC13] the reminder is due work of the same step: set, moved by a status, taken away by the end; given once', async () => {
    const kit = incidentsKit();
    const { incidents, clock, redis, prefix, instance } = kit;
    const queue = dueKeys(prefix, instance).queue(INCIDENT_DUE);
    const dueAt = async (): Promise<number | null> => {
      const score = await redis.zscore(queue, 'inc-1');
      return score === null ? null : Number(score);
    };
    const { incident } = await incidents.declare({ title: 'x', nextUpdateMinutes: 10 }, asking(ann));
    expect(await dueAt()).toBe(clock.nowMs + 600_000);
    clock.nowMs += 300_000;
    const { incident: said } = await incidents.act(
      incident.id,
      { verb: 'status', zh: '处理中', nextUpdateMinutes: 20 },
      asking(ann),
    );
    expect(await dueAt()).toBe(clock.nowMs + 1_200_000);
    clock.nowMs += 1_199_999;
    expect(await kit.work(INCIDENT_DUE, said)).toEqual({ kind: 'again', inMs: 50 });
    clock.nowMs += 1;
    expect(await kit.work(INCIDENT_DUE, said)).toEqual({ kind: 'done' });
    expect(await kit.work(INCIDENT_DUE, said)).toEqual({ kind: 'done' });
    expect((await kit.kinds()).filter((kind) => kind === 'incident.update_due')).toHaveLength(1);
    await incidents.act(incident.id, { verb: 'resolve' }, asking(ann));
    expect(await dueAt()).toBeNull();
    expect(await kit.work(INCIDENT_DUE, said)).toEqual({ kind: 'done' });
  });

  it('[INC14] closed with a summary of what it held and cost; its own timeline holds what was done to its links', async () => {
    const { incidents, timeline, clock } = incidentsKit({ alerts, runs: [run] });
    await timeline.append({ kind: 'note', actor: { kind: 'system', id: 'x' }, params: { text: 'before' } });
    const { incident } = await incidents.declare({ alertIds: ['a1', 'a2'], runIds: ['r-1'] }, asking(ann));
    await timeline.append({ kind: 'alert.acknowledged', actor: { kind: 'system', id: 'x' }, params: { alert: 'a1' } });
    await timeline.append({
      kind: 'alert.acknowledged',
      actor: { kind: 'system', id: 'x' },
      params: { alert: 'other' },
    });
    await timeline.append({
      kind: 'run.step_done',
      actor: { kind: 'system', id: 'x' },
      params: { run: 'r-1', step: 1 },
    });
    clock.nowMs += 90_000;
    await incidents.act(incident.id, { verb: 'mitigate', at: clock.nowMs - 30_000 }, asking(ann));
    // a linked Critical alert still fires: only by who says so, and why
    await expect(
      incidents.act(incident.id, { verb: 'resolve', note: 'switched back' }, asking(ann)),
    ).rejects.toMatchObject({ code: 'incident_alerts_firing', options: { extra: { alerts: [{ id: 'a2' }] } } });
    await expect(
      incidents.act(incident.id, { verb: 'resolve', despiteFiring: true }, asking(ann)),
    ).rejects.toMatchObject({ code: 'validation', options: { field: '/note' } });
    const { incident: over } = await incidents.act(
      incident.id,
      { verb: 'resolve', note: 'switched back', despiteFiring: true },
      asking(ann),
    );
    expect(over.summary).toEqual({
      durationMs: 90_000,
      toMitigateMs: 60_000,
      alerts: [
        { id: 'a2', rule: 'PaymentSuccessLow', summary: 'Payments fail', tier: 'red', resolved: false, costMinor: 300 },
        {
          id: 'a1',
          rule: 'PaymentSuccessLow',
          summary: 'Payments fail',
          tier: 'orange',
          resolved: false,
          costMinor: 700,
        },
      ],
      runs: [{ id: 'r-1', title: run.title, state: 'running' }],
      costMinor: 1_000,
    });
    const { entries, costMinor } = await incidents.detail(incident.id);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'incident.declared',
      'alert.acknowledged',
      'run.step_done',
      'incident.mitigated',
      'incident.resolved',
    ]);
    expect(costMinor).toBe(1_000);
    expect(incidents.shown()).toBeNull();
  });

  it('[INC15] walls show the worst open incident; another node hears of it by itself', async () => {
    const { incidents, node } = incidentsKit();
    await incidents.declare({ title: 'small', tier: 'yellow' }, asking(ann));
    await incidents.declare({ title: 'large', tier: 'red' }, asking(ann));
    const other = node();
    await other.start();
    try {
      expect(other.shown()).toMatchObject({ title: 'large', openCount: 2 });
      await incidents.act('inc-2', { verb: 'resolve' }, asking(ann));
      await expect.poll(() => other.shown()?.title).toBe('small');
    } finally {
      other.stop();
    }
  });
});
