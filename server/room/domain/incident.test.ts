import { describe, expect, it } from 'vitest';
import { INCIDENT_STATES, type Incident, type IncidentCommand, type IncidentState } from '#contract/incidents';
import {
  assertIncidentTransition,
  decideIncident,
  declareIncident,
  INCIDENT_TRANSITIONS,
  remindOf,
} from './incident.ts';
import { totalCostMinor } from './incident-cost.ts';

const ann = { id: 'u1', name: 'Ann' };
const bo = { id: 'u2', name: 'Bo' };
const NOTHING = { alerts: [], runs: [] };
const DECLARED = 1_000_000;
const fresh = (patch: Partial<Incident> = {}): Incident => ({
  ...declareIncident(
    { id: 'inc-1', number: 1, title: 'Payments', tier: 'red', by: ann, commander: ann, alertIds: [], runIds: [] },
    DECLARED,
  ).incident,
  ...patch,
});
const decide = (incident: Incident, command: IncidentCommand, nowMs = DECLARED + 60_000, facts = NOTHING) =>
  decideIncident(incident, command, bo, facts, nowMs);

/** Written out a second time on purpose: a change of the table must be meant. */
const ALLOWED = ['open→mitigated', 'open→resolved', 'mitigated→resolved', 'mitigated→open', 'resolved→open'];

describe('incident states', () => {
  for (const from of INCIDENT_STATES)
    for (const to of INCIDENT_STATES)
      it(`[INC1] ${from} → ${to}`, () => {
        const go = () => assertIncidentTransition(from, to);
        if (ALLOWED.includes(`${from}→${to}`)) expect(go).not.toThrow();
        else expect(go).toThrow(expect.objectContaining({ code: 'incident_state' }));
        expect(INCIDENT_TRANSITIONS[from].includes(to)).toBe(ALLOWED.includes(`${from}→${to}`));
      });

  const state: Readonly<Record<IncidentState, Partial<Incident>>> = {
    open: {},
    mitigated: { state: 'mitigated', mitigatedAt: DECLARED + 10_000 },
    resolved: { state: 'resolved', mitigatedAt: DECLARED + 10_000, resolvedAt: DECLARED + 20_000 },
  };
  const VERB = { mitigate: 'mitigated', resolve: 'resolved', reopen: 'open' } as const;
  for (const from of INCIDENT_STATES)
    for (const verb of ['mitigate', 'resolve', 'reopen'] as const)
      it(`[INC1] ${verb} when ${from}`, () => {
        const command = verb === 'reopen' ? { verb, reason: 'again' } : { verb };
        const go = () => decide(fresh(state[from]), command);
        if (ALLOWED.includes(`${from}→${VERB[verb]}`)) expect(go()?.incident.state).toBe(VERB[verb]);
        else expect(go).toThrow(expect.objectContaining({ code: 'incident_state' }));
      });
});

describe('times that cannot contradict', () => {
  for (const { title, incident, command, nowMs, want } of [
    {
      title: 'mitigated on the ms it was declared',
      incident: {},
      command: { verb: 'mitigate', at: DECLARED },
      nowMs: DECLARED + 9,
      want: DECLARED,
    },
    {
      title: 'mitigated a ms before it was declared',
      incident: {},
      command: { verb: 'mitigate', at: DECLARED - 1 },
      nowMs: DECLARED + 9,
      want: 'incident_times',
    },
    { title: 'mitigated now', incident: {}, command: { verb: 'mitigate' }, nowMs: DECLARED + 9, want: DECLARED + 9 },
    {
      title: 'mitigated in the future',
      incident: {},
      command: { verb: 'mitigate', at: DECLARED + 10 },
      nowMs: DECLARED + 9,
      want: 'incident_times',
    },
    {
      title: 'a clock that stepped back',
      incident: {},
      command: { verb: 'mitigate' },
      nowMs: DECLARED - 5,
      want: DECLARED,
    },
  ] as const)
    it(`[INC2] ${title}`, () => {
      const go = () => decide(fresh(incident), command, nowMs);
      if (typeof want === 'number') expect(go()?.incident.mitigatedAt).toBe(want);
      else expect(go).toThrow(expect.objectContaining({ code: want }));
    });
  const mitigated = fresh({ state: 'mitigated', mitigatedAt: DECLARED + 50 });
  it('[INC2] resolved not before mitigated; a direct end is mitigated at that instant', () => {
    expect(() => decide(mitigated, { verb: 'resolve', at: DECLARED + 49 })).toThrow(
      expect.objectContaining({ code: 'incident_times' }),
    );
    expect(decide(mitigated, { verb: 'resolve', at: DECLARED + 50 })?.incident).toMatchObject({
      mitigatedAt: DECLARED + 50,
      resolvedAt: DECLARED + 50,
    });
    expect(decide(fresh(), { verb: 'resolve', at: DECLARED + 7 })?.incident).toMatchObject({
      mitigatedAt: DECLARED + 7,
      resolvedAt: DECLARED + 7,
      nextUpdateAt: null,
    });
  });
  it('[INC2] re-opening clears both times and the summary, and promises a status again', () => {
    const over = decide(mitigated, { verb: 'resolve' })?.incident as Incident;
    expect(over.summary).toMatchObject({ durationMs: 60_000, toMitigateMs: 50, costMinor: null });
    const again = decide(over, { verb: 'reopen', reason: 'it is back' }, DECLARED + 90_000);
    expect(again?.incident).toMatchObject({
      state: 'open',
      mitigatedAt: null,
      resolvedAt: null,
      summary: null,
      reopenedCount: 1,
      nextUpdateAt: DECLARED + 90_000 + 15 * 60_000,
      version: over.version + 1,
    });
    expect(again?.remindAtMs).toBe(DECLARED + 90_000 + 15 * 60_000);
  });
  it('[INC2] what ends a re-opened incident comes after its re-opening, to the millisecond', () => {
    const over = decide(mitigated, { verb: 'resolve' })?.incident as Incident;
    const again = decide(over, { verb: 'reopen', reason: 'it is back' }, DECLARED + 90_000)?.incident as Incident;
    for (const verb of ['mitigate', 'resolve'] as const) {
      const at = (ms: number) => decide(again, { verb, at: DECLARED + ms }, DECLARED + 120_000);
      expect(() => at(89_999), verb).toThrow(expect.objectContaining({ code: 'incident_times' }));
      expect(at(90_000)?.incident.mitigatedAt, verb).toBe(DECLARED + 90_000);
    }
    // a clock that stepped back does not re-open before the end
    const back = decide(over, { verb: 'reopen', reason: 'again' }, DECLARED)?.incident;
    expect(back?.reopenedAt).toBe(over.resolvedAt);
  });
});

describe('people and words', () => {
  it('[INC3] a role is handed over, said with both names; a commander is never missing; the same person changes nothing', () => {
    const handed = decide(fresh(), { verb: 'role', role: 'commander', person: bo });
    expect(handed?.incident.roles.commander).toEqual(bo);
    expect(handed?.entries).toEqual([{ kind: 'incident.role', params: { role: 'commander', from: 'Ann', to: 'Bo' } }]);
    expect(decide(fresh(), { verb: 'role', role: 'commander', person: ann })).toBeNull();
    expect(() => decide(fresh(), { verb: 'role', role: 'commander', person: null })).toThrow(
      expect.objectContaining({ code: 'validation' }),
    );
    expect(decide(fresh(), { verb: 'role', role: 'scribe', person: null })).toBeNull();
    const scribe = decide(fresh(), { verb: 'role', role: 'scribe', person: bo })?.incident as Incident;
    expect(decide(scribe, { verb: 'role', role: 'scribe', person: null })?.incident.roles.scribe).toBeNull();
  });
  it('[INC4] a status is kept as typed, and promises the next one; without words it is refused', () => {
    const said = decide(fresh(), { verb: 'status', zh: '已切到备用通道', nextUpdateMinutes: 10 });
    expect(said?.incident.status).toEqual({ zh: '已切到备用通道', en: null, by: bo, at: DECLARED + 60_000 });
    expect(said?.incident.nextUpdateAt).toBe(DECLARED + 660_000);
    expect(said?.remindAtMs).toBe(DECLARED + 660_000);
    expect(decide(fresh(), { verb: 'status', en: 'x', nextUpdateMinutes: null })?.remindAtMs).toBeNull();
    expect(() => decide(fresh(), { verb: 'status' })).toThrow(expect.objectContaining({ code: 'validation' }));
  });
  it('[INC5] a promised status that does not come is said once, on its ms, and anew for the next promise', () => {
    const due = fresh().nextUpdateAt as number;
    expect(remindOf(fresh(), due - 1)).toBeNull();
    const reminded = remindOf(fresh(), due);
    expect(reminded?.incident.remindedAt).toBe(due);
    expect(remindOf(reminded?.incident as Incident, due + 1)).toBeNull();
    const said = decide(reminded?.incident as Incident, { verb: 'status', en: 'better' }, due + 5)
      ?.incident as Incident;
    expect(said.remindedAt).toBeNull();
    expect(remindOf(said, said.nextUpdateAt as number)).not.toBeNull();
  });
  it('[INC6] what is over is not led any more; notes are always taken', () => {
    const over = decide(fresh(), { verb: 'resolve' })?.incident as Incident;
    for (const command of [
      { verb: 'status', en: 'x' },
      { verb: 'role', role: 'scribe', person: bo },
      { verb: 'link', alertIds: ['a'], runIds: [], remove: false },
    ] as const)
      expect(() => decide(over, command)).toThrow(expect.objectContaining({ code: 'incident_state' }));
    expect(decide(over, { verb: 'note', text: 'for the review' })?.entries[0]?.kind).toBe('incident.noted');
  });
  it('[INC7] links are sets: linking twice changes nothing', () => {
    const one = decide(fresh(), { verb: 'link', alertIds: ['a', 'b'], runIds: ['r'], remove: false })
      ?.incident as Incident;
    expect(one).toMatchObject({ alertIds: ['a', 'b'], runIds: ['r'] });
    expect(decide(one, { verb: 'link', alertIds: ['a'], runIds: [], remove: false })).toBeNull();
    expect(decide(one, { verb: 'link', alertIds: ['a', 'x'], runIds: [], remove: true })?.incident.alertIds).toEqual([
      'b',
    ]);
  });
});

describe('what it cost', () => {
  it('[INC8] meters of different parts of the sale add up, meters of the same part count once', () => {
    const meter = (costMinor: number | null, labels = {}) => ({ costMinor, labels });
    expect(totalCostMinor([meter(null)])).toBeNull();
    expect(totalCostMinor([meter(100), meter(70)])).toBe(100);
    expect(totalCostMinor([meter(100, { region: 'a' }), meter(70, { region: 'b' }), meter(9, { region: 'a' })])).toBe(
      170,
    );
    expect(totalCostMinor([meter(100, { region: 'a' }), meter(70, { channel: 'x' })])).toBe(100);
    expect(totalCostMinor([meter(50, { service: 'pay' }), meter(40, { service: 'cart' }), meter(null)])).toBe(50);
  });
});
