import { describe, expect, it } from 'vitest';
import { APPROVAL_MS, COUNTDOWN_MS, CompleteBody, type Run, type RunPerson } from '#contract/runbooks';
import { readCatalog } from '../catalog.ts';
import { decide } from './decide.ts';
import { type Decision, type RunCommand, startRun } from './run.ts';

const found = readCatalog().find(({ file }) => file === 'payment-risk.md')?.parsed?.runbook;
if (found === undefined) throw new Error('no plan');
const runbook = { ...found, steps: found.steps.slice(0, 3) };
const [ann, bo, cy]: [RunPerson, RunPerson, RunPerson] = [
  { id: 'u1', name: 'Ann' },
  { id: 'u2', name: 'Bo' },
  { id: 'u3', name: 'Cy' },
];
const T = 1_800_000_000_000;
const terms = 'a'.repeat(64);
const given = {
  id: 'r1',
  drill: false,
  alertId: null,
  alertRule: null,
  tier: null,
  startedBy: { kind: 'user', ...ann },
} as const;

/** A run that commands are tried on, one after the other, at times of their own. */
function room(steps = runbook.steps.length) {
  const book = { ...runbook, steps: runbook.steps.slice(0, steps) };
  let run: Run = startRun(book, given, T).run;
  const told: Decision[] = [];
  const go = (command: RunCommand, atMs = T): Run => {
    const decision = decide(run, book, command, atMs);
    if (decision !== null) {
      told.push(decision);
      run = decision.run;
    }
    return run;
  };
  return { go, told, book, run: () => run, last: () => told.at(-1) };
}
const claim = (n: number, by = ann, takeOver = false, seenVersion = 0): RunCommand => ({
  verb: 'claim',
  n,
  by,
  takeOver,
  ...(seenVersion === 0 ? {} : { seenVersion }),
});
const complete = (n: number, by = ann, outcome: 'done' | 'failed' | 'released' = 'done'): RunCommand => ({
  verb: 'complete',
  n,
  by,
  outcome,
  note: null,
});
const skip = (n: number, by = ann): RunCommand => ({ verb: 'skip', n, by, reason: 'not needed' });
const ask = (n: number, by = ann, more: Partial<Extract<RunCommand, { verb: 'request' }>> = {}): RunCommand => ({
  verb: 'request',
  n,
  by,
  direction: 'do',
  terms,
  diff: [],
  secondPerson: false,
  executionId: `e${n}`,
  ...more,
});
const refused = (code: string) => expect.objectContaining({ code });

describe('starting', () => {
  it('[RUN21] all steps are free, the end is due, and the record says who and what', () => {
    const { run, entries, due } = startRun(runbook, { ...given, alertRule: 'PaidNotUpdated', tier: 'red' }, T);
    expect(run).toMatchObject({ state: 'running', version: 1, timeoutAt: T + 7_200_000, tier: 'red' });
    expect(run.steps.map(({ state, owner }) => [state, owner])).toEqual([
      ['pending', null],
      ['pending', null],
      ['pending', null],
    ]);
    expect(entries).toEqual([
      expect.objectContaining({
        kind: 'run.started',
        actor: { kind: 'user', ...ann },
        params: expect.objectContaining({ rule: 'PaidNotUpdated' }),
      }),
    ]);
    expect(due).toEqual([{ op: 'set', due: 'timeout', id: 'r1', atMs: T + 7_200_000 }]);
  });
});

describe('one owner a step', () => {
  it('[RUN22] the second to claim is told who has it; taking over is said', () => {
    const { go, last } = room();
    go(claim(1));
    expect(() => go(claim(1, bo))).toThrow(refused('already_claimed'));
    // to take it one must have seen who has it, as it is now
    expect(() => go(claim(1, bo, true))).toThrow(refused('already_claimed'));
    expect(() => go(claim(1, bo, true, 1))).toThrow(
      expect.objectContaining({
        code: 'already_claimed',
        options: expect.objectContaining({ extra: { owner: ann, since: T, version: 2 } }),
      }),
    );
    const { steps } = go(claim(1, bo, true, 2));
    expect(steps[0]).toMatchObject({
      owner: bo,
      attempts: [
        { by: ann, outcome: 'released' },
        { by: bo, outcome: null },
      ],
    });
    expect(last()?.entries[0]).toMatchObject({ kind: 'run.step_claimed', params: { attempt: 2, from: 'Ann' } });
  });
  it('[RUN22] claiming what one has changes nothing', () => {
    const { go, told } = room();
    go(claim(1));
    go(claim(1));
    expect(told).toHaveLength(1);
  });
  it('[RUN22] only the owner completes, skips or acts; an unclaimed step cannot be completed', () => {
    const { go } = room();
    expect(() => go(complete(1))).toThrow(refused('not_claimed'));
    expect(() => go(ask(1))).toThrow(refused('not_claimed'));
    go(claim(1));
    expect(() => go(complete(1, bo))).toThrow(refused('already_claimed'));
    expect(() => go(complete(1, bo, 'released'))).toThrow(refused('already_claimed'));
    expect(() => go(skip(1, bo))).toThrow(refused('already_claimed'));
    expect(() => go(ask(1, bo))).toThrow(refused('already_claimed'));
    expect(go(complete(1, ann, 'released')).steps[0]).toMatchObject({ state: 'pending', owner: null });
  });
  it('[RUN22] a step that is not there', () => expect(() => room().go(claim(9))).toThrow(refused('not_found')));
});

describe('order', () => {
  it('[RUN23] a later step is refused at the first touch, and the one that comes first is named', () => {
    const { go } = room();
    expect(() => go(claim(2, bo))).toThrow(refused('step_order'));
    expect(() => go(skip(2, bo))).toThrow(refused('step_order'));
    expect(() => go(claim(3, cy))).toThrow(/step 1 · Confirm the fault and freeze increases comes first/);
    go(skip(1));
    go(claim(2, bo));
    expect(go(complete(2, bo)).steps[1]?.state).toBe('done');
  });
  it('[RUN23] a failed step holds the next ones until it is done or skipped', () => {
    const { go } = room();
    go(claim(1));
    go(complete(1, ann, 'failed'));
    expect(() => go(claim(2, bo))).toThrow(refused('step_order'));
    expect(go(claim(1, cy)).steps[0]?.attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'failed'],
      [2, null],
    ]);
  });
});

describe('the end of a run', () => {
  const through = (last: (r: ReturnType<typeof room>) => void) => {
    const r = room(2);
    r.go(claim(1));
    r.go(complete(1));
    last(r);
    return r;
  };
  it('[RUN24] succeeded when the last step is settled; its due work is taken off', () => {
    const r = through(({ go }) => {
      go(claim(2));
      go(complete(2));
    });
    expect(r.run()).toMatchObject({ state: 'succeeded', endedAt: T });
    expect(r.last()?.entries.map(({ kind }) => kind)).toEqual(['run.step_done', 'run.ended']);
    expect(r.last()?.due).toContainEqual({ op: 'cut', due: 'timeout', id: 'r1' });
    expect(() => r.go(claim(1))).toThrow(refused('run_ended'));
  });
  it('[RUN24] skipping for a reason is no failure; skipping after a failure is', () => {
    expect(through(({ go }) => void go(skip(2))).run().state).toBe('succeeded');
    const failed = through(({ go }) => {
      go(claim(2));
      go(complete(2, ann, 'failed'));
      go(skip(2));
    });
    expect(failed.run().state).toBe('failed');
  });
  it('[RUN24] aborted with a reason, timed out by itself, both once', () => {
    const { go, run, last } = room();
    expect(go({ verb: 'abort', by: bo, reason: 'false alarm' })).toMatchObject({
      state: 'aborted',
      endNote: 'false alarm',
    });
    expect(last()?.entries[0]).toMatchObject({
      kind: 'run.ended',
      params: { state: 'aborted', reason: 'false alarm' },
    });
    expect(() => go({ verb: 'abort', by: bo, reason: 'again' })).toThrow(refused('run_ended'));
    const before = run();
    expect(go({ verb: 'timeout' })).toBe(before);
    expect(room().go({ verb: 'timeout' }).state).toBe('timedout');
  });
  it('[RUN24] an abort stops what has not been sent', () => {
    const { go, last } = room();
    go(claim(1));
    go(ask(1));
    const { steps } = go({ verb: 'abort', by: bo, reason: 'stop' });
    expect(steps[0]?.execution).toMatchObject({ state: 'cancelled', dueAt: null });
    expect(last()?.due).toContainEqual({ op: 'cut', due: 'execute', id: 'r1.1' });
    expect(go({ verb: 'send', n: 1 }, T + 60_000).steps[0]?.execution?.state).toBe('cancelled');
  });
});

describe('an action', () => {
  const asked = (secondPerson = false) => {
    const r = room();
    r.go(claim(1));
    r.go(ask(1, ann, { secondPerson }));
    return r;
  };
  const execution = (r: ReturnType<typeof room>) => r.run().steps[0]?.execution;

  it('[RUN25] counts down 5 s; nothing is sent a millisecond earlier', () => {
    const r = asked();
    expect(execution(r)).toMatchObject({ state: 'countdown', dueAt: T + COUNTDOWN_MS });
    expect(r.last()?.due).toEqual([{ op: 'set', due: 'execute', id: 'r1.1', atMs: T + COUNTDOWN_MS }]);
    r.go({ verb: 'send', n: 1 }, T + COUNTDOWN_MS - 1);
    expect(execution(r)?.state).toBe('countdown');
    r.go({ verb: 'send', n: 1 }, T + COUNTDOWN_MS);
    expect(execution(r)?.state).toBe('sending');
  });
  it('[RUN25] cancelled within the countdown, nothing is sent; after it, it can only be undone', () => {
    const r = asked();
    r.go({ verb: 'cancel', n: 1, by: bo, reason: null }, T + 4_999);
    expect(execution(r)).toMatchObject({ state: 'cancelled', cancelledBy: { name: bo.name } });
    expect(r.last()?.due).toContainEqual({ op: 'cut', due: 'execute', id: 'r1.1' });
    r.go({ verb: 'send', n: 1 }, T + 9_000);
    expect(execution(r)?.state).toBe('cancelled');
    const late = asked();
    late.go({ verb: 'send', n: 1 }, T + COUNTDOWN_MS);
    expect(() => late.go({ verb: 'cancel', n: 1, by: bo, reason: null })).toThrow(refused('already_sent'));
  });
  it('[RUN25] the step cannot be completed, skipped or taken over meanwhile, nor the action asked for twice', () => {
    const r = asked();
    for (const command of [complete(1), skip(1), claim(1, bo, true, 3), ask(1)])
      expect(() => r.go(command), command.verb).toThrow(refused('conflict'));
  });
  it('[RUN26] above the limit it waits for another person, by person, whatever the session', () => {
    const r = asked(true);
    expect(execution(r)).toMatchObject({ state: 'awaiting', dueAt: T + APPROVAL_MS });
    expect(() => r.go({ verb: 'approve', n: 1, by: { ...ann, name: 'Ann again' }, terms })).toThrow(
      refused('self_approval'),
    );
    r.go({ verb: 'approve', n: 1, by: bo, terms }, T + 1_000);
    expect(execution(r)).toMatchObject({ state: 'countdown', approvedBy: bo, dueAt: T + 1_000 + COUNTDOWN_MS });
    expect(r.last()?.due).toEqual([
      { op: 'cut', due: 'approval', id: 'r1.1' },
      { op: 'set', due: 'execute', id: 'r1.1', atMs: T + 6_000 },
    ]);
    expect(() => r.go({ verb: 'approve', n: 1, by: cy, terms })).toThrow(refused('conflict'));
  });
  it('[RUN26] an approval of other terms is refused', () => {
    const r = asked(true);
    expect(() => r.go({ verb: 'approve', n: 1, by: bo, terms: 'b'.repeat(64) })).toThrow(refused('terms_changed'));
    expect(execution(r)?.state).toBe('awaiting');
  });
  it('[RUN26] it expires after 15 min, on the millisecond, whether or not time has been told of it', () => {
    const r = asked(true);
    r.go({ verb: 'expire', n: 1 }, T + APPROVAL_MS - 1);
    expect(execution(r)?.state).toBe('awaiting');
    expect(() => r.go({ verb: 'approve', n: 1, by: bo, terms }, T + APPROVAL_MS)).toThrow(refused('approval_expired'));
    r.go({ verb: 'expire', n: 1 }, T + APPROVAL_MS);
    expect(execution(r)).toMatchObject({ state: 'expired' });
    expect(() => r.go({ verb: 'approve', n: 1, by: bo, terms }, T + APPROVAL_MS)).toThrow(refused('approval_expired'));
  });
  it('[RUN27] once sent it is checked: a pass ends the check early, time makes a fail of everything else', () => {
    const sent = () => {
      const r = asked();
      r.go({ verb: 'send', n: 1 }, T + 5_000);
      r.go({ verb: 'sent', n: 1, executionId: 'e1', ok: true, outcome: '204' }, T + 5_100);
      return r;
    };
    const r = sent();
    expect(execution(r)).toMatchObject({ state: 'sent', outcome: '204' });
    expect(r.last()?.due).toEqual([{ op: 'set', due: 'verify', id: 'r1.1', atMs: T + 5_100 }]);
    const look = (on: typeof r, outcome: 'passed' | 'failed' | 'unknown', atMs: number) =>
      on.go({ verb: 'verified', n: 1, reading: { outcome, values: [0.5] } }, atMs).steps[0]?.verification?.state;
    expect(look(r, 'unknown', T + 6_000)).toBe('waiting');
    expect(look(r, 'failed', T + 7_000)).toBe('waiting');
    expect(look(r, 'passed', T + 8_000)).toBe('passed');
    expect(look(r, 'failed', T + 9e6)).toBe('passed');
    const other = sent();
    expect(look(other, 'unknown', T + 5_100 + 600_000)).toBe('failed');
    expect(other.last()?.entries[0]).toMatchObject({
      kind: 'run.verified',
      params: { state: 'failed', outcome: 'unknown' },
    });
  });
  it('[RUN27] what came of an older action, and of one already told, changes nothing', () => {
    const r = asked();
    r.go({ verb: 'send', n: 1 }, T + 5_000);
    const before = r.run();
    expect(r.go({ verb: 'sent', n: 1, executionId: 'e0', ok: true, outcome: '' })).toBe(before);
    r.go({ verb: 'sent', n: 1, executionId: 'e1', ok: false, outcome: 'no answer in 5 s' });
    expect(execution(r)).toMatchObject({ state: 'failed', outcome: 'no answer in 5 s' });
    const ended = r.run();
    expect(r.go({ verb: 'sent', n: 1, executionId: 'e1', ok: true, outcome: '' })).toBe(ended);
    expect(r.go(ask(1)).steps[0]?.execution?.state).toBe('countdown'); // and may be tried again
  });
  it('[RUN28] what was sent can be undone by anybody, also when the run is over; only once, and only what was sent', () => {
    const r = room(1);
    r.go(claim(1));
    expect(() => r.go(ask(1, bo, { direction: 'undo' }))).toThrow(refused('conflict'));
    r.go(ask(1));
    r.go({ verb: 'send', n: 1 }, T + 5_000);
    r.go({ verb: 'sent', n: 1, executionId: 'e1', ok: true, outcome: '200' }, T + 5_000);
    r.go(complete(1), T + 6_000);
    expect(r.run().state).toBe('succeeded');
    r.go(ask(1, bo, { direction: 'undo', executionId: 'e2' }), T + 7_000);
    r.go({ verb: 'send', n: 1 }, T + 12_000);
    r.go({ verb: 'sent', n: 1, executionId: 'e2', ok: true, outcome: '200' }, T + 12_100);
    expect(r.run().steps[0]).toMatchObject({
      rolledBackAt: T + 12_100,
      execution: { direction: 'undo', state: 'sent' },
    });
    expect(() => r.go(ask(1, bo, { direction: 'undo' }))).toThrow(refused('conflict'));
  });
  it('[RUN28] an undoing that was cancelled or that nobody approved leaves the way back open', () => {
    const r = asked();
    r.go({ verb: 'send', n: 1 }, T + 5_000);
    r.go({ verb: 'sent', n: 1, executionId: 'e1', ok: true, outcome: '200' }, T + 5_000);
    r.go(ask(1, bo, { direction: 'undo', executionId: 'e2' }), T + 6_000);
    r.go({ verb: 'cancel', n: 1, by: ann, reason: null }, T + 7_000);
    r.go(ask(1, bo, { direction: 'undo', executionId: 'e3' }), T + 8_000);
    expect(execution(r)).toMatchObject({ id: 'e3', direction: 'undo', undoes: 'e1', state: 'countdown' });
  });
  it('[RUN29] done although the action was not run and its check is not true: only when said so, and it is on the record', () => {
    const reading = { outcome: 'failed', values: [2.3] } as const;
    const done = (more: object): RunCommand => ({ ...complete(1), ...more }) as RunCommand;
    const { go, last } = room();
    go(claim(1));
    expect(() => go(done({ reading }))).toThrow(refused('check_not_true'));
    expect(() => go(done({ reading }))).toThrow(/send despite: true/);
    expect(CompleteBody.properties.despite).toMatchObject({ description: expect.stringContaining('check_not_true') });
    const check = runbook.steps[0]?.verify?.text;
    expect(go(done({ reading, despite: true })).steps[0]).toMatchObject({
      state: 'done',
      despite: { check, actionRan: false, reading },
    });
    expect(last()?.entries[0]).toMatchObject({ kind: 'run.step_done', params: { despite: check } });
    for (const outcome of ['passed', 'unknown'] as const) {
      const other = room();
      other.go(claim(1));
      const [step] = other.go(done({ reading: { outcome, values: [] } })).steps;
      expect([step?.state, step?.despite === undefined]).toEqual(['done', outcome === 'passed']);
    }
  });
  it('[RUN28] a step without an action has none', () => {
    const r = room();
    r.go(skip(1));
    r.go(claim(2));
    expect(() => r.go(ask(2))).toThrow(refused('not_found'));
  });
  it('[RUN21] every change raises the versions of run and step by one', () => {
    const r = asked();
    expect([r.run().version, r.run().steps.map(({ version }) => version)]).toEqual([3, [3, 1, 1]]);
  });
});
