import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EDGES_MS } from '#contract/events';
import { quantileOfBins } from './quantile.ts';

const bins = (counts: Record<number, number>): number[] => EDGES_MS.map((edge) => counts[edge] ?? 0);

describe('quantileOfBins', () => {
  for (const { title, counts, share, want } of [
    { title: 'nothing counted is null', counts: {}, share: 0.99, want: null },
    { title: 'inside a bin it is linear', counts: { 100: 10 }, share: 0.5, want: 87.5 },
    { title: 'the first bin starts at 0', counts: { 1: 4 }, share: 0.5, want: 0.5 },
    { title: 'a rank on a border is the edge', counts: { 100: 50, 133: 50 }, share: 0.5, want: 100 },
    { title: 'just over it is in the next bin', counts: { 100: 50, 133: 50 }, share: 0.51, want: 100.66 },
    { title: 'empty bins between are skipped', counts: { 10: 99, 1000: 1 }, share: 0.999, want: 975 },
    { title: 'the last bin answers its edge: at least', counts: { 100000: 3 }, share: 0.5, want: 100_000 },
  ]) {
    it(`[KPI14] ${title}`, () => {
      const value = quantileOfBins(bins(counts), share);
      if (want === null) expect(value).toBeNull();
      else expect(value).toBeCloseTo(want, 6);
    });
  }
  it('[KPI14] lies in the bin that holds the exact quantile', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 74_000 }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = [...values].sort((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] as number;
          const bin = EDGES_MS.findIndex((edge) => edge >= exact);
          const counts = EDGES_MS.map(
            (edge, i) => values.filter((v) => v <= edge && v > (EDGES_MS[i - 1] ?? 0)).length,
          );
          const value = quantileOfBins(counts, share) as number;
          expect(value).toBeLessThanOrEqual((EDGES_MS[bin] as number) + 1e-6);
          expect(value).toBeGreaterThanOrEqual((EDGES_MS[bin - 1] ?? 0) - 1e-6);
        },
      ),
      { numRuns: 200 },
    );
  });
});
