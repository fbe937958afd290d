import { describe, expect, it } from 'vitest';
import { compileExpr } from './cel.ts';

describe('expressions', () => {
  it('[ALR30] readings are found at load, each once, with literal arguments', () => {
    const { readings, gives } = compileExpr(
      'kpi("a", "1m") < target("a") && kpi("a", "1m") > kpi("a", "1m", {"service": "x"})',
    );
    expect(readings.map(({ name, args, labels }) => [name, args, labels])).toEqual([
      ['kpi', ['a', '1m'], null],
      ['target', ['a'], null],
      ['kpi', ['a', '1m'], { service: 'x' }],
    ]);
    expect(gives).toBe('bool');
  });
  it('[ALR31] integer literals are doubles: no mixed-type surprise, anywhere', () => {
    expect(compileExpr('kpi("a","1m") < 1').run([0.5]).rank).toBe(1);
    expect(compileExpr('kpi("a","1m") / 2 * 100 >= 25').run([0.5]).rank).toBe(1);
    expect(compileExpr('over(kpi("a","1m"), [1, 2, 3])').run([2.5]).rank).toBe(4);
    expect(compileExpr('-1 < kpi("a","1m")').run([0]).rank).toBe(1);
  });
  it('[ALR32] a ladder gives the rank, the value and the limit it reached', () => {
    const down = compileExpr('under(kpi("a","1m"), [0.99, 0.97, 0.92])');
    expect(down.gives).toBe('rank');
    expect(down.run([0.995])).toMatchObject({ rank: 0, probe: { value: 0.995, limit: 0.99, rank: 0 } });
    expect(down.run([0.99])).toMatchObject({ rank: 3, probe: { value: 0.99, limit: 0.99, rank: 3 } });
    expect(down.run([0.5])).toMatchObject({ rank: 5, probe: { value: 0.5, limit: 0.92, rank: 5 } });
    expect(compileExpr('kpi("a","1m") < 0.9').run([0.5]).probe).toEqual({ value: 0.5, limit: 0.9, rank: 1 });
    expect(compileExpr('max(over(kpi("a","1m"),[1]), over(kpi("b","1m"),[2]))').run([0, 3]).probe).toMatchObject({
      value: 3,
      limit: 2,
      rank: 5,
    });
  });
  for (const [source, isShare] of [
    ['over(kpi("a","1m") / baseline("a","1m"), [2])', true],
    ['under(kpi("a","1m") / kpi("b","1m") * kpi("b","1h") / kpi("a","1h"), [0.5])', true],
    ['kpi("a","1m") / target("a") < 0.9 && kpi("b","1m") > 1', true],
    ['min(over(kpi("a","1m") / kpi("b","1m"), [2]), kpi("c","1m") >= 9 ? 5 : 0)', true],
    ['kpi("a","1m") < plan("a","1m") * 0.05', false],
    ['over(kpi("a","1m") / 1000, [2])', false],
    ['over(max(kpi("a","1m"), kpi("b","1m")), [2])', false],
    ['tier("a","1m")', false],
  ] as const)
    it(`[ALR87] ${source} measures ${isShare ? 'a share' : 'in its reading’s unit'}`, () =>
      expect(compileExpr(source).isShare).toBe(isShare));
  for (const [source, why] of [
    ['"x".matches("(a+)+$") && kpi("a","1m") > 1', /methods such as .matches/],
    ['[1,2].exists(x, x > 1)', /not available/],
    ['kpi(name, "1m") > 1', /written out/],
    ['kpi("a") > 1', /takes 2 texts/],
    ['nope("a") > 1', /no function nope/],
    ['x > 1', /no name x/],
    ['1 > 2', /reads no figure/],
    ['kpi("a","1m") >', /Unexpected/],
    ['kpi("a","1m") > true', /not defined|overload/i],
    ['system("x", {"a":"b"}) > 1', /takes no labels/],
    [`kpi("a","1m") > ${'1 + '.repeat(150)}1`, /limit|exceed|nodes|depth/i],
    [`${'('.repeat(40)}kpi("a","1m")${')'.repeat(40)} > 1`, /depth|exceed|limit/i],
    [`over(kpi("a","1m"), [${'1,'.repeat(20)}1])`, /list|exceed|limit/i],
    [`kpi("a","1m") > 1 ${' '.repeat(2_000)}`, /characters/],
  ] as const)
    it(`[ALR33] refused: ${source.slice(0, 50)}`, () => expect(() => compileExpr(source)).toThrow(why));
  it('[ALR33] a rank that is none is an error of the rule, not a tier', () =>
    expect(() => compileExpr('kpi("a","1m") * 2').run([2.75])).toThrow(/no rank/));
});
