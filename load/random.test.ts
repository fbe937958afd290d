import { describe, expect, it } from 'vitest';
import { Random, tagOf, Weighted } from './random.ts';

describe('Random', () => {
  it('[LOAD1] the same seed and stream give the same draws, another stream gives others', () => {
    const draws = (seed: number, stream: number): number[] => {
      const random = new Random(seed, stream);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(draws(7, 3)).toEqual(draws(7, 3));
    expect(draws(7, 3)).not.toEqual(draws(7, 4));
    expect(draws(7, 3)).not.toEqual(draws(8, 3));
  });
  it('[LOAD1] first draws of neighbouring streams are spread evenly', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let stream = 0; stream < 20_000; stream += 1) {
      const tenth = Math.floor(new Random(11, stream).next() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });
  it('weights are kept', () => {
    const choice = new Weighted([
      ['a', 3],
      ['b', 1],
    ]);
    const random = new Random(5);
    let a = 0;
    for (let n = 0; n < 10_000; n += 1) if (choice.draw(random) === 'a') a += 1;
    expect(Math.abs(a - 7_500)).toBeLessThan(200);
  });
  it('a Poisson count keeps its mean, small and large', () => {
    for (const mean of [0.4, 12, 300]) {
      const random = new Random(9, mean);
      let sum = 0;
      for (let n = 0; n < 5_000; n += 1) sum += random.poisson(mean);
      expect(Math.abs(sum / 5_000 / mean - 1)).toBeLessThan(0.06);
    }
  });
  it('tags of two runs differ', () => {
    expect(tagOf(1, 2)).not.toBe(tagOf(1, 3));
    expect(tagOf(1, 2)).toBe(tagOf(1, 2));
  });
});
