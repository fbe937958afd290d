import { expect, it } from 'vitest';
import { alertLineOption, axisOf } from './alert-line-option.ts';
import { sinceBegun } from './ChartCard.tsx';
import { ceilingOf } from './ceiling.ts';

it('[DESK8] the axis holds line and limit on round numbers, and does not invent a space below zero', () => {
  expect(axisOf([0.97, 0.995, 0.985])).toMatchObject({ max: expect.closeTo(1, 2) });
  const { min, max } = axisOf([0, 3]);
  expect([min, max >= 3]).toEqual([0, true]);
  expect(axisOf([-2, 2]).min).toBeLessThan(-2);
  expect(axisOf([5]).max).toBeGreaterThan(5);
});
it('[DESK8] limit, alarm and changes are marked; without a limit there is no line of it', () => {
  const line = {
    points: [
      [0, 1],
      [60_000, 2],
    ] as const,
    limit: 1.5,
    limitWords: '1.5',
    tier: 'orange' as const,
    firedAtMs: 30_000,
    marks: [
      { atMs: 10_000, words: 'a' },
      { atMs: 20_000, words: 'b' },
    ],
    trusted: true,
    timeZone: 'Asia/Shanghai',
    textPx: 12,
    tick: String,
  };
  const marksOf = (option: ReturnType<typeof alertLineOption>) =>
    (option.series as { markLine: { data: { yAxis?: number; xAxis?: number }[] } }[])[0]?.markLine.data ?? [];
  expect(marksOf(alertLineOption(line, 'dark')).map(({ yAxis, xAxis }) => yAxis ?? xAxis)).toEqual([
    1.5, 30_000, 10_000, 20_000,
  ]);
  const [{ markLine }] = alertLineOption(line, 'dark').series as [{ markLine: { precision: number } }];
  expect(markLine.precision).toBe(-1); // the limit stands where it is, not at two decimals
  expect(marksOf(alertLineOption({ ...line, limit: null, firedAtMs: null, marks: [] }, 'light'))).toEqual([]);
});
it('[DESK23] what has only begun is drawn from there on, and a point without neighbours as a point: never an empty chart', () => {
  const young = [...Array.from({ length: 60 }, (_, at) => [at * 30_000, null] as const), [1_800_000, 0.9] as const];
  expect(sinceBegun(young)).toEqual([
    [1_770_000, null],
    [1_800_000, 0.9],
  ]);
  const old = young.map(([atMs]) => [atMs, 1] as const);
  expect(sinceBegun(old)).toBe(old);
  const base = { limit: 0.97, limitWords: '97%', tier: 'red', firedAtMs: null, marks: [], trusted: true } as const;
  const drawn = (points: typeof old) =>
    (
      alertLineOption({ ...base, points, timeZone: 'Asia/Shanghai', textPx: 12, tick: String }, 'dark') as unknown as {
        series: { showSymbol: boolean }[];
      }
    ).series[0]?.showSymbol;
  expect([drawn(sinceBegun(young) as typeof old), drawn(old)]).toEqual([true, false]);
  const label = (points: typeof old) =>
    (
      alertLineOption({ ...base, points, timeZone: 'Asia/Shanghai', textPx: 12, tick: String }, 'dark') as unknown as {
        xAxis: { axisLabel: { formatter: (ms: number) => string } };
      }
    ).xAxis.axisLabel.formatter(1_800_000);
  // its labels are not the same minute over and over
  expect([label(sinceBegun(young) as typeof old), label(old)]).toEqual(['08:30:00', '08:30']);
});
it('[DESK8] minutes until sold out are drawn up to six limits: the limit never lies on the floor, and no axis is endless', () => {
  const values = [Number.MAX_SAFE_INTEGER, 40, 12, 2];
  expect(ceilingOf(values, 3, 'minutes')).toBe(18);
  expect(ceilingOf([17, 2], 3, 'minutes')).toBeNull();
  expect(ceilingOf(values, 3, 'count')).toBeNull();
  const option = alertLineOption(
    {
      points: values.map((value, at) => [at * 60_000, value] as const),
      limit: 3,
      limitWords: '3 分',
      tier: 'red',
      firedAtMs: null,
      marks: [],
      trusted: true,
      timeZone: 'Asia/Shanghai',
      textPx: 12,
      tick: (value) => `${value} 分`,
      ceiling: 18,
    },
    'dark',
  ) as unknown as {
    yAxis: { min: number; max: number; axisLabel: { formatter: (value: number) => string } };
    series: { data: [number, number][] }[];
  };
  expect(option.yAxis).toMatchObject({ min: 0, max: 18 });
  expect(option.yAxis.axisLabel.formatter(18)).toBe('≥ 18 分');
  expect(option.yAxis.axisLabel.formatter(6)).toBe('6 分');
  expect(option.series[0]?.data.map(([, value]) => value)).toEqual([18, 18, 12, 2]);
});
