import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlatformLink, PlatformReading } from '#contract/platforms';
import { attribute } from './attribute.ts';
import { driftMinor, emptyBook, enqueue, nextOf, noteReading, type ObjectBook, SETTLE_GRACE_MS, told } from './book.ts';
import { BY_HAND_AFTER_MS, endByHand } from './by-hand.ts';
import { assertCommandTransition, COMMAND_STATES, type CommandState, isEnded } from './command.ts';
import { backoffMs, begin, finish, missed, type Outcome, readBack, TRIES_MAX } from './deliver.ts';
import { nextTokenMs } from './quota.ts';

const link: PlatformLink = {
  objectId: 'o',
  hook: 'ad_platform',
  quotaCount: 4,
  quotaWindowS: 3_600,
  minMinor: 5_000,
  maxMinor: 1_000_000,
  minStepMinor: 5_000,
  floorSpentRatio: 1.2,
  floorSpentPlusMinor: 5_000,
  overdeliveryFactor: 1,
  overdeliveryOf: 'present',
};
const reading = (dailyBudgetMinor: number, change: Partial<PlatformReading> = {}): PlatformReading => ({
  objectId: 'o',
  dailyBudgetMinor,
  spentMinor: 0,
  frozenMinor: 0,
  highestTodayMinor: dailyBudgetMinor,
  version: 1,
  ...change,
});
const start = (budgetMinor = 100_000): ObjectBook => noteReading(emptyBook('o', 'search'), reading(budgetMinor), 0);
const asked = (book: ObjectBook, ...deltas: readonly number[]): ObjectBook =>
  deltas.reduce(
    (now, deltaMinor, at) => enqueue(now, { id: `c${at + 1}`, moveId: `m${at + 1}`, deltaMinor, createdAtMs: at }),
    book,
  );
const chance = { nowMs: 10_000, random: 0.5 };
const sent = (book: ObjectBook, now = reading(100_000), nowMs = 1_000): ObjectBook =>
  begin(book, link, now, { nowMs, token: 't' });
const answered = (now: PlatformReading, rejected: string | null = null): Outcome => ({
  kind: 'answered',
  reading: now,
  rejected,
});
const ends = (book: ObjectBook) => book.owed.map(({ commandId, state, doneMinor }) => [commandId, state, doneMinor]);

describe('told by hand', () => {
  const lost = finish(
    sent(asked(start(), -20_000, -10_000)),
    { kind: 'lost', why: 'no answer' },
    { nowMs: 2_000, random: 0.5 },
  );
  const seen = { commandId: 'c1', appliedMinor: 20_000, reason: 'Ann: looked', nowMs: 1_000 + BY_HAND_AFTER_MS };
  it('[OBX16] only a minute after a call without an answer', () => {
    expect(() => endByHand(lost, { ...seen, nowMs: seen.nowMs - 1 })).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
    expect(() => endByHand(sent(asked(start(), -20_000)), seen)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(() => endByHand(asked(start(), -20_000), seen)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(() => endByHand(lost, { ...seen, commandId: 'c9' })).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(ends(endByHand(lost, seen))).toEqual([['c1', 'confirmed', -20_000]]);
  });
  it('[OBX16] the rest of its batch is read back without it, and a wrong word shows as drift', () => {
    const told = endByHand(lost, seen);
    const right = readBack(told, reading(70_000, { version: 2 }), { nowMs: 90_000, random: 0.5 });
    expect(ends(right)).toEqual([
      ['c1', 'confirmed', -20_000],
      ['c2', 'confirmed', -10_000],
    ]);
    expect(driftMinor(right)).toBe(0);
    const only = endByHand(endByHand(lost, { ...seen, appliedMinor: 0 }), {
      ...seen,
      commandId: 'c2',
      appliedMinor: 4_000,
    });
    expect(ends(only)).toEqual([
      ['c1', 'rejected', 0],
      ['c2', 'partial', -4_000],
    ]);
    expect([only.sent, only.queue]).toEqual([null, []]);
    expect(driftMinor(noteReading(only, reading(70_000), 90_000))).toBe(-26_000);
  });
});

describe('command states', () => {
  const allowed: Readonly<Record<CommandState, readonly CommandState[]>> = {
    queued: ['sent', 'confirmed', 'partial', 'rejected', 'failed'],
    sent: ['queued', 'unknown', 'confirmed', 'partial', 'rejected', 'failed'],
    unknown: ['queued', 'confirmed', 'partial', 'rejected', 'failed'],
    confirmed: [],
    partial: [],
    rejected: [],
    failed: [],
  };
  for (const from of COMMAND_STATES) {
    for (const to of COMMAND_STATES) {
      const fine = allowed[from].includes(to);
      it(`[OBX1] ${from} ${fine ? 'may become' : 'never becomes'} ${to}`, () => {
        const change = (): void => assertCommandTransition(from, to);
        if (fine) expect(change).not.toThrow();
        else expect(change).toThrow(`from ${from} to ${to}`);
      });
    }
  }
  it('[OBX1] an ended command has no way out', () =>
    expect(COMMAND_STATES.filter(isEnded)).toEqual(['confirmed', 'partial', 'rejected', 'failed']));
});

describe('attribute', () => {
  it.each([
    { title: 'all of it', deltas: [-30, -20], got: -50, want: [-30, -20] },
    { title: 'a cut that fell short is short for the youngest', deltas: [-30, -20], got: -35, want: [-30, -5] },
    { title: 'and then for the one before it', deltas: [-30, -20], got: -10, want: [-10, 0] },
    { title: 'a raise that fell short', deltas: [10, 20], got: 15, want: [10, 5] },
    { title: 'both ways: the raise had its way', deltas: [-30, 10], got: -15, want: [-25, 10] },
    { title: 'they cancel out', deltas: [-30, 30], got: 0, want: [-30, 30] },
    { title: 'more than asked is not ours', deltas: [-30], got: -90, want: [-30] },
    { title: 'the other way is not ours', deltas: [-30], got: 90, want: [0] },
  ])('[OBX2] $title', ({ deltas, got, want }) => {
    const commands = deltas.map((deltaMinor, at) => ({ id: String(at), deltaMinor }));
    expect(attribute(commands, got).map(({ doneMinor }) => doneMinor)).toEqual(want);
  });
  it('[OBX2] the shares add up to what was done, and none is beyond what it asked', () => {
    const amounts = fc.array(
      fc.integer({ min: -1_000, max: 1_000 }).filter((delta) => delta !== 0),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(amounts, fc.double({ min: 0, max: 1, noNaN: true }), (deltas, ratio) => {
        const wanted = deltas.reduce((a, b) => a + b, 0);
        const got = Math.trunc(wanted * ratio) + 0; // never -0
        const shares = attribute(
          deltas.map((deltaMinor, at) => ({ id: String(at), deltaMinor })),
          got,
        );
        expect(shares.reduce((sum, { doneMinor }) => sum + doneMinor, 0)).toBe(got);
        for (const { askedMinor, doneMinor } of shares) {
          expect(doneMinor * askedMinor).toBeGreaterThanOrEqual(0);
          expect(Math.abs(doneMinor)).toBeLessThanOrEqual(Math.abs(askedMinor));
        }
      }),
    );
  });
});

describe('quota', () => {
  const quota = { quotaCount: 2, quotaWindowS: 10 };
  it.each([
    { used: [], waiting: 0, now: 5_000, at: 5_000 },
    { used: [1_000], waiting: 0, now: 5_000, at: 5_000 },
    { used: [1_000, 4_000], waiting: 0, now: 5_000, at: 11_000 },
    { used: [1_000, 4_000], waiting: 0, now: 11_000, at: 11_000 },
    { used: [1_000, 4_000], waiting: 1, now: 5_000, at: 14_000 },
    { used: [1_000, 4_000], waiting: 2, now: 5_000, at: 21_000 },
    { used: [1_000], waiting: 1, now: 5_000, at: 11_000 },
  ])('[OBX3] used at $used, $waiting waiting: at $now the next may go at $at', ({ used, waiting, now, at }) =>
    expect(nextTokenMs(used, quota, now, waiting)).toBe(at),
  );
  it('[OBX3] no window anywhere ever holds more than the quota', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 40 }), (gaps) => {
        const used: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now = nextTokenMs(used, quota, now + gap);
          used.push(now);
        }
        for (const from of used)
          expect(used.filter((at) => at >= from && at < from + 10_000).length).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('one object', () => {
  it('[OBX4] what waits goes out as one absolute target, and the same command twice is one', () => {
    const book = sent(asked(asked(start(), -10_000, -20_000), -10_000));
    expect(book.sent).toMatchObject({ commandIds: ['c1', 'c2'], targetMinor: 70_000, beforeMinor: 100_000 });
    expect(ends(finish(book, answered(reading(70_000, { version: 2 })), chance))).toEqual([
      ['c1', 'confirmed', -10_000],
      ['c2', 'confirmed', -20_000],
    ]);
  });
  it('[OBX4] what comes while a call is under way waits for it', () => {
    const book = enqueue(sent(asked(start(), -10_000)), { id: 'c9', moveId: 'm9', deltaMinor: 6_000, createdAtMs: 9 });
    const done = finish(book, answered(reading(90_000, { version: 2 })), chance);
    expect(done.queue).toMatchObject([{ id: 'c9', state: 'queued' }]);
    expect(nextOf(done, link, 10_000)).toEqual({ kind: 'send' });
  });
  it('[OBX5] the floor is kept before anything is sent; what does not fit is said at once', () => {
    const spent = reading(100_000, { spentMinor: 50_000 });
    expect(sent(asked(start(), -60_000), spent).sent).toMatchObject({ targetMinor: 60_000 });
    const none = sent(asked(start(62_000), -60_000), reading(62_000, { spentMinor: 50_000 }));
    expect(none.sent).toBeNull();
    expect(none.owed).toMatchObject([{ commandId: 'c1', state: 'rejected', doneMinor: 0, reason: 'platform_bounds' }]);
    expect(none.usedMs).toEqual([]);
    const small = sent(asked(start(), -4_999));
    expect(small.owed).toMatchObject([{ state: 'rejected', reason: 'platform_step' }]);
  });
  it('[OBX5] opposites that cancel out need no call', () => {
    const book = sent(asked(start(), -10_000, 10_000));
    expect(book.sent).toBeNull();
    expect(ends(book)).toEqual([
      ['c1', 'confirmed', -10_000],
      ['c2', 'confirmed', 10_000],
    ]);
  });
  it('[OBX15] a raise that only pays for what was charged beyond the budget is done without a call', () => {
    const over = reading(100_000, { spentMinor: 180_000 });
    const paid = sent(asked(start(), 80_000), over);
    expect(paid).toMatchObject({ sent: null, expectedMinor: 100_000, driftSinceMs: null });
    expect(ends(paid)).toEqual([['c1', 'confirmed', 80_000]]);
    const more = sent(asked(start(), 90_000), over);
    expect(more.sent).toMatchObject({ targetMinor: 110_000, absorbedMinor: 80_000 });
    const now = reading(110_000, { spentMinor: 180_000, version: 2 });
    const done = finish(more, answered(now), chance);
    expect(ends(done)).toEqual([['c1', 'confirmed', 90_000]]);
    expect(done).toMatchObject({ expectedMinor: 110_000, driftSinceMs: null });
  });
  it('[OBX6] a clamp is partial, by the budget that stands and not by what was said', () => {
    const book = finish(sent(asked(start(), -40_000)), answered(reading(72_000, { version: 2 })), chance);
    expect(ends(book)).toEqual([['c1', 'partial', -28_000]]);
    expect(driftMinor(book)).toBe(0);
  });
  it('[OBX6] "done" with the old budget is not done: it is tried again', () => {
    const book = finish(sent(asked(start(), -40_000)), answered(reading(100_000)), chance);
    expect(book).toMatchObject({ sent: null, owed: [], usedMs: [], queue: [{ state: 'queued', tryCount: 1 }] });
  });
  it('[OBX7] no answer: nothing goes out before a read-back, and no read-back before the grace', () => {
    const lost = finish(sent(asked(start(), -40_000)), { kind: 'lost', why: 'timeout' }, { nowMs: 2_000, random: 0.5 });
    expect(lost).toMatchObject({ sent: { unknown: true }, queue: [{ state: 'unknown' }], owed: [] });
    expect(nextOf(lost, link, 2_000)).toEqual({ kind: 'wait', untilMs: 1_000 + SETTLE_GRACE_MS });
    expect(nextOf(lost, link, 1_000 + SETTLE_GRACE_MS)).toEqual({ kind: 'read_back' });
    expect(ends(readBack(lost, reading(60_000, { version: 2 }), chance))).toEqual([['c1', 'confirmed', -40_000]]);
    const undone = readBack(lost, reading(100_000), chance);
    expect(undone).toMatchObject({ sent: null, owed: [], usedMs: [], queue: [{ state: 'queued', tryCount: 1 }] });
  });
  it('[OBX7] a node that died with its call is read back too', () => {
    const book = sent(asked(start(), -40_000));
    expect(nextOf(book, link, 1_000 + SETTLE_GRACE_MS)).toEqual({ kind: 'read_back' });
    expect(readBack(book, reading(60_000, { version: 2 }), chance).owed).toMatchObject([
      { state: 'confirmed', readBack: true },
    ]);
  });
  it('[OBX7] while nobody can read it stays unknown, however long', () => {
    let book = finish(sent(asked(start(), -40_000)), { kind: 'lost', why: 'timeout' }, chance);
    for (let n = 0; n < 50; n += 1) book = finish(book, { kind: 'lost', why: 'down' }, chance);
    expect(book).toMatchObject({ sent: { unknown: true }, owed: [], queue: [{ state: 'unknown' }] });
  });
  it('[OBX8] eight tries without effect are a dead letter with nothing done; Retry-After is kept', () => {
    let book = asked(start(), -40_000);
    for (let n = 1; n < TRIES_MAX; n += 1) {
      book = finish(sent(book), { kind: 'not_done', why: '429', retryAfterMs: 90_000 }, chance);
      expect(nextOf(book, link, 10_000)).toEqual({ kind: 'wait', untilMs: 100_000 });
    }
    book = finish(sent(book), { kind: 'not_done', why: '429', retryAfterMs: 90_000 }, chance);
    expect(book.owed).toMatchObject([{ state: 'failed', doneMinor: 0, tryCount: TRIES_MAX, reason: '429' }]);
    expect(book.queue).toEqual([]);
  });
  it('[OBX8] a platform that cannot even be read counts as a try', () => {
    let book = asked(start(), -40_000, 10_000);
    for (let n = 0; n < TRIES_MAX; n += 1) book = missed(book, 'down', 0, chance);
    expect(ends(book)).toEqual([
      ['c1', 'failed', 0],
      ['c2', 'failed', 0],
    ]);
  });
  it('[OBX8] waits double up to a minute, spread by a quarter', () => {
    expect([1, 2, 3, 8, 40].map((tries) => backoffMs(tries, 0.5))).toEqual([500, 1_000, 2_000, 60_000, 60_000]);
    expect([backoffMs(1, 0), backoffMs(1, 1)]).toEqual([375, 625]);
  });
  it('[OBX9] a frozen channel sends its cuts and keeps its raises', () => {
    const book = asked(start(), 20_000, -10_000);
    const out = begin(book, link, reading(100_000), { nowMs: 1_000, token: 't', frozen: true });
    expect(out.sent).toMatchObject({ commandIds: ['c2'], targetMinor: 90_000 });
    expect(nextOf(asked(start(), 20_000), link, 1_000, true)).toMatchObject({ kind: 'wait' });
  });
  it('[OBX10] a change behind our back stays and shows; the next move is made on top of it', () => {
    const drifted = noteReading(start(), reading(130_000, { version: 2 }), 5_000);
    expect(driftMinor(drifted)).toBe(30_000);
    const out = sent(asked(drifted, -10_000), reading(130_000, { version: 2 }));
    expect(out.sent).toMatchObject({ targetMinor: 120_000 });
    const done = finish(out, answered(reading(120_000, { version: 3 })), chance);
    expect(ends(done)).toEqual([['c1', 'confirmed', -10_000]]);
    expect(driftMinor(done)).toBe(30_000);
    expect(done.driftSinceMs).toBe(5_000);
  });
  it('[OBX11] an end is told once, and a list that is late brings nothing back', () => {
    const done = finish(sent(asked(start(), -10_000)), answered(reading(90_000, { version: 2 })), chance);
    const after = told(done, ['c1']);
    expect(after.owed).toEqual([]);
    expect(asked(after, -10_000)).toBe(after);
  });
});
