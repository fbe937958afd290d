import { describe, expect, it } from 'vitest';
import type { Matcher } from '#contract/alerts';
import { TIERS, type Tier } from '#contract/tiers';
import { anAlert } from '../../server/test/alert-kit.ts';
import type { EvaluationState } from './evaluation.ts';
import { alertId, fingerprint } from './fingerprint.ts';
import { cameDown, countStart, FLAP_WINDOW_MS, isFlapping, swingsTo } from './flap.ts';
import { decideFlush, flushAtMs, GROUP_LEAST_MS, type GroupState, groupKey, NEW_GROUP } from './group.ts';
import { foldTier, NO_FOLD, settledFold } from './hysteresis.ts';
import { inhibitIndex } from './inhibit.ts';
import { matchesAll } from './matchers.ts';
import { byUrgency } from './order.ts';
import { recoveryOf } from './recovery.ts';
import { canUpdate, checkSilence, expire, silencedBy, silenceState } from './silence.ts';

const fold = (tiers: readonly (Tier | null)[], start = NO_FOLD) =>
  tiers.reduce((state, tier) => foldTier(state, tier, { raiseAfterCount: 2, lowerAfterCount: 3 }), start).tier;

describe('recovery', () => {
  const rule = { lowerAfterCount: 3, keepFiringForMs: 30_000 };
  const firing: EvaluationState = { evaluation: 'firing', sinceMs: 100, activeSinceMs: 100, fired: true };
  const of = (recent: readonly (Tier | null)[], state = firing) =>
    recoveryOf({ fold: { tier: 'yellow', recent }, state, reached: recent.at(-1) ?? null, rule, sinceMs: 500 });
  it('[ALR68] none while the value is at or beyond the limit of the tier, nor while nothing fires', () => {
    expect(of(['yellow', 'yellow', 'yellow'])).toBeNull();
    expect(of(['blue', 'blue', 'red'])).toBeNull();
    expect(of(['yellow', null, null], { ...firing, evaluation: 'pending', fired: false })).toBeNull();
  });
  it('[ALR68] a better tier counts too; each good window is one less to go', () => {
    expect(of(['yellow', 'yellow', 'cyan'])).toEqual({ sinceMs: 500, windowsLeftCount: 2, untilMs: null });
    expect(of(['yellow', 'cyan', null])).toMatchObject({ windowsLeftCount: 1 });
    expect(of(['cyan', 'yellow', null])).toMatchObject({ windowsLeftCount: 2 });
  });
  it('[ALR68] with keep_firing_for it says when it is over', () =>
    expect(
      recoveryOf({
        fold: { tier: null, recent: [null, null, null] },
        state: { ...firing, evaluation: 'recovering', sinceMs: 1_000 },
        reached: null,
        rule,
        sinceMs: 700,
      }),
    ).toEqual({ sinceMs: 700, windowsLeftCount: 0, untilMs: 31_000 }));
});

describe('hysteresis', () => {
  for (const { title, tiers, want } of [
    { title: 'one bad window raises nothing', tiers: ['red'], want: null },
    { title: 'two raise to what both reached', tiers: ['red', 'yellow'], want: 'yellow' },
    { title: 'a third one raises further', tiers: ['red', 'yellow', 'red', 'red'], want: 'red' },
    { title: 'two clean ones lower nothing', tiers: ['red', 'red', null, null], want: 'red' },
    { title: 'three lower to the highest of them', tiers: ['red', 'red', 'cyan', null, null], want: 'cyan' },
    { title: 'three clean ones end it', tiers: ['red', 'red', null, null, null], want: null },
    { title: 'chatter changes nothing', tiers: ['red', 'red', null, 'red', null, 'red'], want: 'red' },
  ] as const)
    it(`[ALR10] ${title}`, () => expect(fold(tiers)).toBe(want));
  it('[ALR10] a node that takes over goes on from the tier it finds', () => {
    expect(fold([null, null], settledFold('red', 3))).toBe('red');
    expect(fold([null, null, null], settledFold('red', 3))).toBeNull();
  });
});

describe('identity', () => {
  it('[ALR11] sorted labels make the fingerprint; annotations and tier do not', () => {
    expect(fingerprint('r', { a: '1', b: '2' })).toBe(fingerprint('r', { b: '2', a: '1' }));
    expect(fingerprint('r', { a: '12' })).not.toBe(fingerprint('r', { a: '1', '2': '' }));
    expect(fingerprint('r', { a: '1' })).not.toBe(fingerprint('s', { a: '1' }));
    expect(fingerprint('r', {})).toMatch(/^[0-9a-f]{16}$/);
    expect(alertId('f', 1_000)).not.toBe(alertId('f', 1_001));
  });
});

const m = (name: string, op: Matcher['op'], value: string): Matcher => ({ name, op, value });
describe('matchers', () => {
  const labels = { service: 'payment', region: 'zhejiang' };
  for (const [matcher, want] of [
    [m('service', '=', 'payment'), true],
    [m('service', '!=', 'payment'), false],
    [m('other', '=', ''), true],
    [m('other', '!=', 'x'), true],
    [m('service', '=~', 'pay.*'), true],
    [m('service', '=~', 'pay'), false],
    [m('service', '=~', 'cart|payment'), true],
    [m('service', '=~', '^(cart|payment)$'), true],
    [m('service', '!~', 'cart|order'), true],
    [m('service', '=~', '.*'), true],
    [m('service', '=~', 'pay\\.ment'), false],
  ] as const)
    it(`[ALR12] ${matcher.name} ${matcher.op} "${matcher.value}": ${want}`, () =>
      expect(matchesAll([matcher], labels)).toBe(want));
  for (const value of [
    '(?=x)a',
    '(a)\\1',
    '\\bpay',
    '\\p{L}',
    '(',
    'a)',
    '[a',
    '*',
    'a**',
    'a{3,2}',
    'a{900}b{900}',
    '(?P<x>a)',
  ])
    it(`[ALR12] (F47) ${value} is refused`, () =>
      expect(() => matchesAll([m('service', '=~', value)], labels)).toThrow(
        expect.objectContaining({ code: 'unsafe_pattern' }),
      ));
});

const silence = {
  id: 's1',
  matchers: [m('service', '=', 'payment')],
  startsAt: 1_000,
  endsAt: 2_000,
  createdBy: 'Lin',
  comment: 'x',
  updatedAt: 0,
  version: 1,
};
describe('silences', () => {
  for (const [nowMs, want] of [
    [999, 'pending'],
    [1_000, 'active'],
    [1_999, 'active'],
    [2_000, 'expired'],
  ] as const)
    it(`[ALR13] at ${nowMs} it is ${want}`, () => expect(silenceState(silence, nowMs)).toBe(want));
  it('[ALR13] mutes only while active, only what matches', () => {
    expect(silencedBy({ service: 'payment' }, [silence], 1_500)).toEqual(['s1']);
    expect(silencedBy({ service: 'payment' }, [silence], 2_000)).toEqual([]);
    expect(silencedBy({ service: 'cart' }, [silence], 1_500)).toEqual([]);
  });
  for (const [title, fields, code] of [
    ['24 h is the most', { startsAt: 0, endsAt: 24 * 3_600_000 + 1 }, 'silence_times'],
    ['an end before the start', { startsAt: 10, endsAt: 10 }, 'silence_times'],
    ['a start in the past', { startsAt: -61_000, endsAt: 10 }, 'silence_times'],
    ['what matches everything', { startsAt: 0, endsAt: 10, matchers: [m('x', '=~', '.*')] }, 'validation'],
    ['every name', { startsAt: 0, endsAt: 10, matchers: [m('alertname', '=~', '.+')] }, 'validation'],
    ['every tier', { startsAt: 0, endsAt: 10, matchers: [m('tier', '=~', '[a-z]+'), m('x', '!=', 'y')] }, 'validation'],
    ['a pattern that is none', { startsAt: 0, endsAt: 10, matchers: [m('x', '=~', '(a)\\1')] }, 'unsafe_pattern'],
  ] as const)
    it(`[ALR14] refused: ${title}`, () =>
      expect(() => checkSilence({ ...silence, ...fields }, 0)).toThrow(expect.objectContaining({ code })));
  it('[ALR14] 24 h to the ms are allowed', () =>
    expect(() => checkSilence({ ...silence, startsAt: 0, endsAt: 86_400_000 }, 0)).not.toThrow());
  for (const [state, nowMs, next, want] of [
    ['pending', 500, { matchers: [m('a', '=', 'b')] }, true],
    ['active', 1_500, { endsAt: 3_000 }, true],
    ['active', 1_500, { startsAt: 1_200 }, false],
    ['active', 1_500, { matchers: [m('a', '=', 'b')] }, false],
    ['expired', 2_000, { endsAt: 3_000 }, false],
  ] as const)
    it(`[ALR15] ${state}: ${JSON.stringify(next)} keeps history true: ${want}`, () =>
      expect(canUpdate(silence, { ...silence, ...next }, nowMs)).toBe(want));
  it('[ALR15] deleting is expiring now', () => {
    expect(expire(silence, 1_500)).toMatchObject({ startsAt: 1_000, endsAt: 1_500, version: 2 });
    expect(expire(silence, 500)).toMatchObject({ startsAt: 500, endsAt: 500 });
    expect(expire(silence, 2_000)).toBeNull();
  });
});

describe('inhibition', () => {
  const rules = [
    {
      name: 'down',
      source: [m('alertname', '=', 'Down')],
      target: [m('alertname', '=~', 'Slow|Down')],
      equal: ['service'],
    },
  ];
  const down = anAlert({ id: 'c', labels: { alertname: 'Down', service: 'payment' } });
  const slow = anAlert({ id: 's', labels: { alertname: 'Slow', service: 'payment' } });
  it('[ALR16] a cause mutes its symptoms with equal labels, never itself', () => {
    const mutedBy = inhibitIndex(rules, [down, slow]);
    expect(mutedBy(slow)).toEqual(['c']);
    expect(mutedBy(down)).toEqual([]);
    expect(mutedBy(anAlert({ id: 'x', labels: { alertname: 'Slow', service: 'cart' } }))).toEqual([]);
  });
  it('[ALR16] a cause that is resolved or still pending mutes nobody', () => {
    expect(inhibitIndex(rules, [{ ...down, handling: 'resolved' }])(slow)).toEqual([]);
    expect(inhibitIndex(rules, [{ ...down, firedAt: null }])(slow)).toEqual([]);
  });
  it('[ALR82] an alert of a higher tier than its cause pages; any cause as high mutes it', () => {
    const red = anAlert({ ...slow, id: 'r', tier: 'red' });
    expect(inhibitIndex(rules, [down, red])(red)).toEqual([]);
    const many = Array.from({ length: 6 }, (_, n) => ({ ...down, id: `c${n}` }));
    const highest = { ...down, id: 'top', tier: 'red' as const };
    expect(inhibitIndex(rules, [...many, highest])(red)).toEqual(['top']);
  });
});

describe('groups', () => {
  const paged = { notifiedAtMs: 1_000, firingIds: ['a'], tier: 'yellow' as const };
  it('[ALR17] grouped by rule and the labels named', () =>
    expect(groupKey('R', { service: 's', region: 'r' }, ['service', 'none'])).toBe('R/service=s'));
  for (const [title, group, tier, want] of [
    ['yellow waits 30 s', NEW_GROUP, 'yellow', 32_000],
    ['orange waits 10 s', NEW_GROUP, 'orange', 12_000],
    ['red waits for nothing', NEW_GROUP, 'red', 2_000],
    ['then group_interval', paged, 'yellow', 301_000],
    ['a raised tier breaks through', paged, 'orange', 2_000],
    ['red again is held back 30 s at most', { ...paged, tier: 'red' as const }, 'red', 1_000 + GROUP_LEAST_MS],
  ] as const)
    it(`[ALR17] ${title}`, () => expect(flushAtMs(group, tier, 2_000)).toBe(want));
  for (const [title, args, want] of [
    ['first', [NEW_GROUP, ['a'], 0, 'yellow', 2_000], 'first notification'],
    ['gone before group_wait', [NEW_GROUP, [], 1, null, 2_000], 'resolved'],
    ['one more', [paged, ['a', 'b'], 0, 'yellow', 2_000], 'new alerts added'],
    ['raised', [paged, ['a'], 0, 'red', 2_000], 'severity raised'],
    ['one less', [{ ...paged, firingIds: ['a', 'b'] }, ['a'], 1, 'yellow', 2_000], 'some alerts resolved'],
    ['all gone', [paged, [], 1, null, 2_000], 'all alerts resolved'],
    ['nothing new', [paged, ['a'], 0, 'yellow', 2_000], 'group_interval'],
    ['nothing new for four hours', [paged, ['a'], 0, 'yellow', 1_000 + 4 * 3_600_000], 'repeat interval elapsed'],
  ] as const)
    it(`[ALR18] ${title}: ${want}`, () =>
      expect(decideFlush(...(args as unknown as Parameters<typeof decideFlush>)).reason).toBe(want));
});

describe('a group whose alerts come and go each second', () => {
  it.each(TIERS)('[ALR17] [ALR18] (F46) %s: at most one page in 30 s, and it goes on being paged', (tier) => {
    let group: GroupState = NEW_GROUP;
    let dueMs = Number.POSITIVE_INFINITY;
    let firing: string[] = [];
    const sentMs: number[] = [];
    for (let atMs = 0; atMs < 1_200_000; atMs += 100) {
      if (atMs % 1_000 === 0) {
        firing = firing.length === 0 ? [`a${atMs}`] : [];
        dueMs = Math.min(dueMs, flushAtMs(group, tier, atMs)); // as due work keeps the earliest
      }
      if (atMs < dueMs) continue;
      const overCount = group.firingIds.filter((id) => !firing.includes(id)).length;
      const decision = decideFlush(group, firing, overCount, firing.length === 0 ? null : tier, atMs);
      dueMs = decision.kind === 'send' ? Number.POSITIVE_INFINITY : (decision.untilMs ?? Number.POSITIVE_INFINITY);
      if (decision.kind !== 'send') continue;
      group = { notifiedAtMs: atMs, firingIds: firing, tier: firing.length === 0 ? null : tier };
      sentMs.push(atMs);
    }
    expect(sentMs.length).toBeGreaterThanOrEqual(4);
    const gapsMs = sentMs.slice(1).map((atMs, index) => atMs - (sentMs[index] ?? 0));
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(30_000);
  });
});

describe('flapping, storms, order', () => {
  it('[ALR86] a raise swings for ten minutes to no more than the highest tier it came down from', () => {
    const down = cameDown(cameDown(undefined, 'red', 1_000), 'orange', 2_000);
    expect(down).toEqual({ tier: 'red', atMs: 1_000 });
    for (const tier of ['yellow', 'orange', 'red'] as const) {
      expect(swingsTo(down, tier, 999 + FLAP_WINDOW_MS)).toBe(true);
      expect(swingsTo(down, tier, 1_000 + FLAP_WINDOW_MS)).toBe(false);
    }
    expect(swingsTo({ tier: 'orange', atMs: 1_000 }, 'red', 1_001)).toBe(false);
    expect(swingsTo(undefined, 'blue', 1_001)).toBe(false);
    expect(cameDown(down, 'yellow', 1_000 + FLAP_WINDOW_MS)).toEqual({ tier: 'yellow', atMs: 1_000 + FLAP_WINDOW_MS });
  });
  it('[ALR19] four starts in ten minutes flap, three do not, and it ends by itself', () => {
    let starts: readonly number[] = [];
    for (const atMs of [0, 60_000, 120_000]) starts = countStart(starts, atMs);
    expect(isFlapping(starts, 120_000)).toBe(false);
    starts = countStart(starts, 180_000);
    expect(isFlapping(starts, 180_000)).toBe(true);
    expect(isFlapping(starts, 599_999)).toBe(true);
    expect(isFlapping(starts, 600_000)).toBe(false);
  });
  it('[ALR21] tier, then money a minute, then age', () => {
    const list = [
      anAlert({ id: 'a', tier: 'yellow', costMinorPerMinute: 9 }),
      anAlert({ id: 'b', tier: 'red' }),
      anAlert({ id: 'c', tier: 'red', costMinorPerMinute: 5 }),
      anAlert({ id: 'd', tier: 'red', startsAt: 500 }),
    ];
    expect([...list].sort(byUrgency).map(({ id }) => id)).toEqual(['c', 'd', 'b', 'a']);
  });
});
