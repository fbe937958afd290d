import { describe, expect, it } from 'vitest';
import { readReport, reportToForward } from './client-report.ts';

const meta = { app: { name: 'war-room', version: '0.1.0-abc' }, view: { name: 'wall:overview' } };
const measured = (type: string, values: unknown, context?: unknown) => ({ type, values, timestamp: 't', context });

describe('a browser report', () => {
  it('[FARO1] is read by its known fields: vitals, frame ages by view, kinds of errors, build', () => {
    const report = readReport({
      meta,
      measurements: [
        measured('web-vitals', { lcp: 1_800, delta: 1_800 }),
        measured('web-vitals', { cls: 0, inp: 90 }),
        measured('frame_age_ms', { frame_age_ms: 240 }, { view: 'wall:regions' }),
        measured('frame_age_ms', { frame_age_ms: 9_000 }),
      ],
      exceptions: [
        { type: 'TypeError', value: 'x is not a function' },
        { type: 'Whatever', value: '' },
      ],
    });
    expect(report).toEqual({
      build: '0.1.0-abc',
      vitals: [
        { name: 'lcp', value: 1_800 },
        { name: 'inp', value: 90 },
        { name: 'cls', value: 0 },
      ],
      frameAges: [
        { view: 'wall:regions', ageMs: 240 },
        { view: 'wall:overview', ageMs: 9_000 },
      ],
      errorKinds: ['TypeError', 'other'],
    });
  });
  it('[FARO2] nonsense is passed over and makes no label: wrong types, huge and negative numbers, unknown views and builds', () => {
    for (const body of [null, 7, [], {}, { meta: 7, measurements: { a: 1 }, exceptions: 'x' }]) {
      expect(readReport(body)).toEqual({ build: '', vitals: [], frameAges: [], errorKinds: [] });
    }
    const report = readReport({
      meta: { app: { version: 'a"b\n' }, view: { name: '__proto__' } },
      measurements: [
        null,
        measured('web-vitals', { lcp: -1, inp: 1e9, cls: '0.1' }),
        measured('web-vitals', { lcp: Number.NaN }),
        measured('frame_age_ms', { frame_age_ms: 5 }),
        measured('frame_age_ms', [5]),
      ],
      exceptions: [null, { type: 'constructor' }],
    });
    expect(report).toEqual({
      build: '',
      vitals: [],
      frameAges: [{ view: 'none', ageMs: 5 }],
      errorKinds: ['other', 'other'],
    });
  });
  it('[FARO3] leaves the house without who sent it, without queries and without tokens', () => {
    const token = `wrs_${'a'.repeat(43)}`;
    const text = reportToForward({
      meta: {
        ...meta,
        user: { username: 'Lin', email: 'lin@example.test' },
        session: { id: 'secret-session' },
        page: { url: `http://wall.test/login?next=/wall#access=${token}`, attributes: { a: 'b' } },
      },
      exceptions: [
        { type: 'Error', value: `refused ${token} at /#access=${token}` },
        { type: 'Error', stacktrace: { frames: [{ filename: 'https://wall.test/wall?lang=zh&who=lin', lineno: 3 }] } },
      ],
      traces: { resourceSpans: [] },
      cookies: 'a=b',
    });
    expect(JSON.parse(text)).toEqual({
      meta: { ...meta, page: { url: 'http://wall.test/login' } },
      exceptions: [
        { type: 'Error', value: 'refused wr_… at /#access=wr_…' },
        { type: 'Error', stacktrace: { frames: [{ filename: 'https://wall.test/wall', lineno: 3 }] } },
      ],
    });
  });
});
