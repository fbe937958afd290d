import { describe, expect, it } from 'vitest';
import { anAlert } from '../../../server/test/alert-kit.ts';
import { readFromWebhook, readPosted } from './delivery.ts';
import { outsideError } from './errors.ts';
import { outsideFingerprint, printable, readLabels } from './labels.ts';
import { goOnListening, hasListened, listenFrom } from './listening.ts';
import { readMatcherText } from './matcher-text.ts';
import { firesUntilMs, heardFiring, heardResolved, isWorthWriting } from './senders.ts';
import { DEFAULT_TIER, tierOf } from './severity.ts';
import { gettableAlert, readFlag } from './show-alert.ts';
import { readTime } from './times.ts';

describe('severity words', () => {
  for (const [tier, words] of Object.entries({
    red: 'critical disaster fatal sev0 p0 CRITICAL Fatal',
    orange: 'error urgent major sev1 p1',
    yellow: 'warn warning unknown sev2 p2 none high page constructor __proto__',
    cyan: 'info minor sev3 p3',
    blue: 'debug trivial sev4 p4',
  }))
    it(`[AM7] ${tier}: ${words}`, () => {
      for (const severity of words.split(' ')) expect(tierOf({ severity }).tier, severity).toBe(tier);
    });
  it('[AM7] severity goes before priority and level; what is not understood says so', () => {
    expect(tierOf({ priority: 'p0', severity: 'info' })).toEqual({ tier: 'cyan', doubt: null });
    expect(tierOf({ level: 'error' }).tier).toBe('orange');
    expect(tierOf({})).toEqual({ tier: DEFAULT_TIER, doubt: expect.stringContaining('yellow') });
    expect(tierOf({ severity: 'moderate' }).doubt).toContain('"moderate"');
  });
});

describe('identity as the outside computes it', () => {
  // taken from Alertmanager 0.25 itself
  for (const [labels, want] of [
    [{ alertname: 'A', service: 'x' }, '8760e5311ece6a7e'],
    [{ alertname: 'B' }, 'd2c2efc389db2050'],
  ] as const)
    it(`[AM20] ${JSON.stringify(labels)} is ${want}`, () => expect(outsideFingerprint(labels)).toBe(want));
  it('[AM8] sanitized text is the same every time; limits count', () => {
    expect(printable('a\u0000b\u202ec\ud800d')).toBe('a\ufffdb\ufffdc\ufffdd');
    expect(printable('订单 😀')).toBe('订单 😀');
    expect(readLabels({ a: '', b: 'x' })).toEqual({ ok: true, labels: { b: 'x' } });
    expect(readLabels({ a: 'x'.repeat(1_024) }).ok).toBe(true);
    expect(readLabels({ a: 'x'.repeat(1_025) }).ok).toBe(false);
    expect(readLabels({ ['a'.repeat(129)]: 'x' }).ok).toBe(false);
  });
});

describe('matchers as text', () => {
  for (const [text, want] of [
    ['a="b"', ['a', '=', 'b']],
    ['a=b', ['a', '=', 'b']],
    [' a != "b c" ', ['a', '!=', 'b c']],
    ['a=~"x|y"', ['a', '=~', 'x|y']],
    ['a!~x.*', ['a', '!~', 'x.*']],
    ['a=', ['a', '=', '']],
    ['a=""', ['a', '=', '']],
    ['a="q\\"q\\\\d\\n"', ['a', '=', 'q"q\\d\n']],
    ['a=~"\\d+"', ['a', '=~', '\\d+']],
    ['a=b=c', ['a', '=', 'b=c']],
  ] as const)
    it(`[AM20] ${text}`, () => {
      const [name, op, value] = want;
      expect(readMatcherText(text)).toEqual({ ok: true, matcher: { name, op, value } });
    });
  for (const text of ['', 'nonsense', '{a="b"}', '1a="b"', 'a="b', 'a=b"', 'a="b"c"', 'a="b\\"', '="b"'])
    it(`[AM20] ${JSON.stringify(text)} is none`, () => expect(readMatcherText(text).ok).toBe(false));
});

describe('times', () => {
  for (const [text, want] of [
    ['2026-11-11T00:00:00Z', Date.UTC(2026, 10, 11)],
    ['2026-11-11T08:00:00.123456789+08:00', Date.UTC(2026, 10, 11, 0, 0, 0, 123)],
    ['2026-11-11T00:00:00.5Z', Date.UTC(2026, 10, 11, 0, 0, 0, 500)],
    ['2026-11-11 00:00:00', Date.UTC(2026, 10, 11)],
    ['0001-01-01T00:00:00Z', 0],
    ['0001-01-01T00:00:00.000Z', 0],
    ['', 0],
    [undefined, 0],
    ['nonsense', null],
    ['2026-13-01T00:00:00Z', null],
    ['2026-02-31T00:00:00Z', null],
    ['2026-11-11T25:00:00Z', null],
    ['1762819200', null],
  ] as const)
    it(`[AM8] ${text} is ${want}`, () => expect(readTime(text)).toBe(want));
});

describe('deliveries', () => {
  const labels = { alertname: 'A' };
  const at = (ms: number): string => new Date(ms).toISOString();
  const read = (given: object) => {
    const got = readPosted({ labels, ...given }, 1_000_000);
    return got.ok ? [got.delivery.startsAt, got.delivery.untilMs] : got.why;
  };
  for (const { title, given, want } of [
    { title: 'no times: from now for 5 min', given: {}, want: [1_000_000, 1_300_000] },
    { title: 'both', given: { startsAt: at(500_000), endsAt: at(1_200_000) }, want: [500_000, 1_200_000] },
    { title: 'only the end: it began then', given: { endsAt: at(900_000) }, want: [900_000, 900_000] },
    { title: 'a start in the future is now', given: { startsAt: at(5_000_000) }, want: [1_000_000, 1_300_000] },
    {
      title: 'an end before the start',
      given: { startsAt: at(2), endsAt: at(1) },
      want: 'start time must be before end time',
    },
  ])
    it(`[AM5] ${title}`, () => expect(read(given)).toEqual(want));
  it("[AM40] the webhook's status says whether it is over, not its times", () => {
    const until = (given: object) => {
      const got = readFromWebhook({ status: 'firing', labels, ...given }, 1_000_000);
      return got.ok ? got.delivery.untilMs : got.why;
    };
    expect(until({ endsAt: at(1) })).toBe(1_000_000 + 86_400_000);
    expect(until({ status: 'resolved', endsAt: at(900_000) })).toBe(900_000);
    expect(until({ status: 'resolved', endsAt: at(9_000_000) })).toBe(1_000_000);
    expect(until({ status: 'resolved' })).toBe(1_000_000);
  });
});

describe('senders', () => {
  it('[AM4] it fires as long as one of them says so', () => {
    const both = heardFiring(heardFiring({}, 'a', 100, 0), 'b', 200, 0);
    expect(firesUntilMs(both)).toBe(200);
    expect(heardResolved(both, 'b', 50)).toEqual({ a: 100 });
    expect(heardResolved(both, 'b', 100)).toEqual({});
    expect(heardFiring(both, 'b', 150, 50)).toEqual(both); // an end further away stays
    let many = {};
    for (let at = 0; at < 20; at += 1) many = heardFiring(many, `s${at}`, 1_000 + at, 0);
    expect(Object.keys(many)).toHaveLength(8);
  });
  it('[AM2] a repetition is written when a fifth of its time is used up, or a sender is new', () => {
    const known = { a: 240_000 };
    expect(isWorthWriting(known, { a: 270_000 }, 30_000)).toBe(false);
    expect(isWorthWriting(known, { a: 300_000 }, 60_000)).toBe(true);
    expect(isWorthWriting(known, { a: 240_000, b: 241_000 }, 1_000)).toBe(true);
    expect(isWorthWriting({ a: 4_000 }, { a: 5_000 }, 1_000)).toBe(true);
  });
});

describe('listening', () => {
  it('[AM4] an outage, a freeze and a start begin anew; nothing lapses within the first two minutes', () => {
    let listening = listenFrom(0);
    for (let at = 1_000; at <= 130_000; at += 1_000) listening = goOnListening(listening, at);
    expect(hasListened(listening, 119_999)).toBe(false);
    expect(hasListened(listening, 130_000)).toBe(true);
    expect(hasListened(goOnListening(listening, 140_000), 140_000)).toBe(true);
    const thawed = goOnListening(listening, 140_001); // nobody looked for more than ten seconds
    expect(hasListened(thawed, 260_000)).toBe(false);
    expect(hasListened(goOnListening(thawed, 150_000), 260_001)).toBe(true);
  });
});

describe('words towards the outside', () => {
  const context = {
    nowMs: 1_000_000,
    receiversOf: () => ['red'],
    find: () => anAlert({ labels: { alertname: 'B' }, origin: 'alertmanager' }),
  };
  it('[AM20] suppression has their words; what mutes by itself is named too', () => {
    const shown = (kinds: readonly ('silence' | 'inhibition' | 'flapping' | 'storm')[]) =>
      gettableAlert(anAlert({ suppressedBy: kinds.map((kind) => ({ kind, id: kind })) }), null, context).status;
    expect(shown([])).toEqual({ inhibitedBy: [], silencedBy: [], state: 'active' });
    expect(shown(['silence'])).toEqual({ inhibitedBy: [], silencedBy: ['silence'], state: 'suppressed' });
    expect(shown(['inhibition'])).toEqual({ inhibitedBy: ['d2c2efc389db2050'], silencedBy: [], state: 'suppressed' });
    expect(shown(['storm'])).toEqual({ inhibitedBy: [], silencedBy: [], state: 'suppressed', mutedBy: ['storm'] });
  });
  it('[AM20] ours carry the tier as a label and end in 5 min unless they go on', () => {
    expect(gettableAlert(anAlert(), null, context)).toMatchObject({
      labels: { tier: 'orange' },
      endsAt: new Date(1_300_000).toISOString(),
    });
  });
  it('[AM21] refusals are bare strings where theirs are', () => {
    expect(outsideError(400, { code: 'bad_request', message: 'x' })).toBe('x');
    expect(outsideError(400, { code: 'bad_json', message: 'x' })).toEqual({ code: 400, message: 'x' });
    expect(outsideError(401, { code: 'unauthenticated', message: 'x' })).toEqual({ code: 401, message: 'x' });
    expect(outsideError(503, { code: 'store_unavailable', message: 'x' })).toBe('x');
  });
  it('[AM20] a flag that is no word for yes is no', () => {
    for (const text of [undefined, 'true', 'TRUE', '1', 'yes', 'on', 't']) expect(readFlag(text)).toBe(true);
    for (const text of ['false', '0', '', 'nonsense']) expect(readFlag(text)).toBe(false);
  });
});
