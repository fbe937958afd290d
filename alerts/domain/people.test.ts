import { describe, expect, it } from 'vitest';
import type { EscalationPolicy, PageExplanation, Roster, SuppressionReason } from '#contract/alerts';
import { anAlert } from '../../server/test/alert-kit.ts';
import { firstStep, mayPage, nextStep, pagedBy, policyFor, policyProblems } from './escalation.ts';
import { explain } from './explain.ts';
import { onDuty, whoIsOn } from './roster.ts';

const DAY = 86_400_000;
const roster: Roster = {
  posts: [
    { post: 'commander', a: 'Lin', b: 'Zhao' },
    { post: 'tech', a: 'Guo', b: 'Luo' },
  ],
  shifts: [{ post: 'tech', role: 'A', person: 'Shen', startsAt: 100, endsAt: 200 }],
  overrides: [
    {
      id: 'o1',
      post: 'tech',
      role: 'A',
      person: 'Ren',
      startsAt: 150,
      endsAt: 160,
      createdBy: 'x',
      createdAt: 0,
      comment: 'ill',
    },
  ],
  rotation: { post: 'commander', people: ['Lin', 'Zhao', 'Sun'], fromMs: 0, everyMs: DAY },
};
/** A line of history of a page, or of one that was spared. */
const said = (type: 'notification' | 'no_notification', text: string, reason: PageExplanation['reason']) =>
  ({
    type,
    at: 1,
    version: 1,
    actor: { kind: 'system', id: 'x' },
    evaluation: 'firing',
    handling: 'open',
    tier: 'red',
    value: 1,
    text,
    reason,
  }) as const;

describe('duty', () => {
  for (const [nowMs, person, by] of [
    [99, 'Guo', 'roster'],
    [100, 'Shen', 'shift'],
    [150, 'Ren', 'override'],
    [160, 'Shen', 'shift'],
    [200, 'Guo', 'roster'],
  ] as const)
    it(`[ALR22] at ${nowMs} ${person} is on, by ${by}`, () =>
      expect(onDuty(roster, 'tech', 'A', nowMs)).toMatchObject({ person, by }));
  for (const [nowMs, a, b] of [
    [0, 'Lin', 'Zhao'],
    [DAY - 1, 'Lin', 'Zhao'],
    [DAY, 'Zhao', 'Sun'],
    [3 * DAY, 'Lin', 'Zhao'],
    [-1, 'Sun', 'Lin'],
  ] as const)
    it(`[ALR22] the rotating commander at ${nowMs} is ${a}, followed by ${b}`, () => {
      expect(onDuty(roster, 'commander', 'A', nowMs)?.person).toBe(a);
      expect(onDuty(roster, 'commander', 'B', nowMs)?.person).toBe(b);
    });
  it('[ALR22] who is on now, and until when', () => {
    expect(whoIsOn(roster, 50).map(({ post, role, person, untilMs }) => [post, role, person, untilMs])).toEqual([
      ['commander', 'A', 'Lin', DAY],
      ['commander', 'B', 'Zhao', DAY],
      ['tech', 'A', 'Guo', 100],
      ['tech', 'B', 'Luo', null],
    ]);
  });
});

const policy: EscalationPolicy = {
  id: 'red',
  tiers: ['red', 'orange'],
  steps: [
    { waitMs: 0, posts: ['tech'], role: 'A' },
    { waitMs: 60_000, posts: ['tech'], role: 'B' },
    { waitMs: 120_000, posts: ['commander'], role: 'A', minOpenCount: 2 },
  ],
  repeatCount: 1,
  repeatWaitMs: 300_000,
};
describe('escalation', () => {
  it('[ALR23] steps, waits and repeats, then an end', () => {
    expect(firstStep(policy, 10)).toEqual({ cycle: 0, step: 0, dueAtMs: 10 });
    expect(nextStep(policy, { cycle: 0, step: 0 }, 10)).toEqual({ cycle: 0, step: 1, dueAtMs: 60_010 });
    expect(nextStep(policy, { cycle: 0, step: 2 }, 10)).toEqual({ cycle: 1, step: 0, dueAtMs: 300_010 });
    expect(nextStep(policy, { cycle: 1, step: 2 }, 10)).toBeNull();
  });
  it('[ALR23] pages who is on duty, B when A has nobody', () => {
    expect(pagedBy({ waitMs: 0, posts: ['tech'], role: 'both' }, roster, 150).map(({ person }) => person)).toEqual([
      'Ren',
      'Luo',
    ]);
    expect(pagedBy({ waitMs: 0, posts: ['nobody'], role: 'A' }, roster, 0)).toEqual([]);
  });
  it('[ALR23] why a due step does not page', () => {
    const step = policy.steps[2];
    if (step === undefined) throw new Error('no step');
    expect(mayPage(anAlert({ handling: 'acknowledged' }), step, 9)).toEqual({ ok: false, reason: 'acknowledged' });
    expect(mayPage(anAlert({ suppressedBy: [{ kind: 'silence', id: 's' }] }), step, 9)).toEqual({
      ok: false,
      reason: 'silence',
    });
    expect(mayPage(anAlert(), step, 1)).toEqual({ ok: false, reason: 'condition not met' });
    expect(mayPage(anAlert(), step, 2)).toEqual({ ok: true });
  });
  it('[ALR23] no tier is without a policy; unknown posts and endless repeats are found', () => {
    expect(policyFor([policy], 'blue')).toBe(policy);
    expect(policyProblems({ ...policy, repeatCount: 6 }, new Set(['tech']))).toEqual([
      'repeats 6 times; 5 is the most',
      'step 2: there is no post commander',
    ]);
  });
});

describe('explain', () => {
  const base = { history: [], policy, roster, openInGroupCount: 3, nowMs: 50 };
  const reasons = (input: Parameters<typeof explain>[0]) =>
    Object.fromEntries(
      explain(input).map(({ person, reason, paged }) => [person, paged ? `paged: ${reason}` : reason]),
    );
  it('[ALR24] every person on duty gets a reason', () => {
    const alert = anAlert({ escalation: { cycle: 0, step: 1, dueAt: 60_000 } });
    const history = [
      {
        type: 'notification',
        at: 1,
        version: 1,
        actor: { kind: 'system', id: 'x' },
        evaluation: 'firing',
        handling: 'open',
        tier: 'red',
        value: 1,
        text: 'Guo',
        reason: 'escalation step',
      },
    ] as const;
    expect(reasons({ ...base, alert, history })).toEqual({
      Guo: 'paged: escalation step',
      Luo: 'step not reached',
      Lin: 'step not reached',
      Zhao: 'not in the policy',
    });
  });
  it('[ALR24] in a later round the next step is due again, also for who was called before', () => {
    const alert = anAlert({ escalation: { cycle: 1, step: 0, dueAt: 70_000 } });
    const history = [
      said('notification', 'Guo', 'escalation step'),
      said('no_notification', 'Luo', 'fatigue limit'),
      said('no_notification', 'Zhao', 'quiet tier'), // under the policy of a lower tier
    ];
    const told = explain({ ...base, alert, history });
    expect(
      Object.fromEntries(told.map(({ person, reason, paged, dueAt }) => [person, [paged, reason, dueAt]])),
    ).toEqual({
      Guo: [true, 'escalation step', 70_000],
      Luo: [false, 'fatigue limit', null],
      Lin: [false, 'step not reached', null], // on duty since the round before
      Zhao: [false, 'not in the policy', null],
    });
  });
  it('[ALR93] who would be spared is not called next: a tired step gives way at once, the end of a Major alert’s chain does not', () => {
    const due = (alert: Parameters<typeof anAlert>[0], spared: Record<string, SuppressionReason>) =>
      explain({
        ...base,
        alert: anAlert({ escalation: { cycle: 0, step: 0, dueAt: 60_000 }, ...alert }),
        spared: new Map(Object.entries(spared)),
      }).flatMap(({ person, dueAt }) => (dueAt === null ? [] : [[person, dueAt]]));
    const enough = 'fatigue limit' as const;
    expect(due({}, {})).toEqual([['Guo', 60_000]]);
    expect(due({}, { Guo: enough })).toEqual([['Luo', 60_000]]);
    expect(due({}, { Guo: 'no receiver' })).toEqual([['Luo', 120_000]]);
    const all = { Guo: enough, Luo: enough, Lin: enough, Zhao: enough };
    expect(due({ tier: 'orange' }, all)).toEqual([['Lin', 60_000]]);
    expect(due({ tier: 'yellow' }, all)).toEqual([]);
  });
  it('[ALR24] who was called and has gone off duty since is answered too; who was spared then is not on duty now', () => {
    const history = [said('notification', 'Shen', 'severity raised'), said('no_notification', 'Ren', 'fatigue limit')];
    const told = explain({ ...base, alert: anAlert(), history });
    expect(told.slice(4).map(({ person, post, paged, reason }) => [person, post, paged, reason])).toEqual([
      ['Shen', '', true, 'severity raised'],
      ['Ren', '', false, 'not on duty'],
    ]);
  });
  it('[ALR24] a silence, an acknowledgement and a resolve are named', () => {
    expect(reasons({ ...base, alert: anAlert({ suppressedBy: [{ kind: 'silence', id: 's' }] }) }).Guo).toBe('silence');
    expect(reasons({ ...base, alert: anAlert({ suppressedBy: [{ kind: 'inhibition', id: 's' }] }) }).Guo).toBe(
      'inhibition',
    );
    expect(reasons({ ...base, alert: anAlert({ handling: 'acknowledged' }) }).Guo).toBe('acknowledged');
    expect(reasons({ ...base, alert: anAlert({ handling: 'resolved' }) }).Guo).toBe('resolved');
  });
});
