import { describe, expect, it } from 'vitest';
import type { EscalationPolicy, Roster } from '#contract/alerts';
import type { Tier } from '#contract/tiers';
import { type TieredFiring, wouldPage } from './would-page.ts';

const MIN = 60_000;
const roster: Roster = {
  posts: [
    { post: 'tech', a: 'Guo', b: 'Luo' },
    { post: 'data', a: 'Tang', b: 'Song' },
  ],
  shifts: [],
  overrides: [],
  rotation: null,
};
const policies: EscalationPolicy[] = [
  {
    id: 'urgent',
    tiers: ['red', 'orange'],
    steps: [
      { waitMs: 0, posts: ['tech'], role: 'A' },
      { waitMs: 2 * MIN, posts: ['tech'], role: 'B', minOpenCount: 2 },
    ],
    repeatCount: 0,
    repeatWaitMs: 0,
  },
  {
    id: 'quiet',
    tiers: ['yellow', 'cyan', 'blue'],
    steps: [{ waitMs: 0, posts: ['data'], role: 'A' }],
    repeatCount: 0,
    repeatWaitMs: 0,
  },
];
const fires = (
  tiers: readonly (readonly [tier: Tier, atMs: number])[],
  endsAt: number | null,
  labels: Readonly<Record<string, string>> = {},
): TieredFiring => ({
  rule: 'R',
  labels,
  firedAt: tiers[0]?.[1] ?? 0,
  endsAt,
  tiers: tiers.map(([tier, atMs]) => ({ tier, atMs })),
});
const paged = (firings: readonly TieredFiring[], toMs = 60 * MIN) => {
  const pages = wouldPage(firings, { policies, roster, groupBy: [] }, toMs);
  return firings.map((one) => pages.get(one)?.map(({ person, atMs }) => [person, atMs / MIN]));
};

describe('whom a back-test would have paged', () => {
  it('[ALR65] the chain of the tier it had at the time: a raise begins that of its tier, a fall begins none', () => {
    const low = ['yellow', 0] as const;
    expect(paged([fires([low, ['red', 10 * MIN], ['blue', 11 * MIN]], 30 * MIN)])).toEqual([
      [
        ['Tang', 0],
        ['Guo', 10],
      ],
    ]);
    expect(paged([fires([low], null)])).toEqual([[['Tang', 0]]]);
  });
  it('[ALR65] [ALR86] a raise that only swings back calls nobody anew', () => {
    const swinging = fires(
      [
        ['red', 0],
        ['orange', MIN],
        ['red', 3 * MIN],
      ],
      30 * MIN,
    );
    expect(paged([swinging])).toEqual([[['Guo', 0]]]);
  });
  it('[ALR65] a step’s condition counts what would have been open in the group; what had ended pages nobody', () => {
    const two = ['a', 'b'].map((service) => fires([['red', 0]], 5 * MIN, { service }));
    const both = [
      ['Guo', 0],
      ['Luo', 2],
    ];
    expect(paged(two)).toEqual([both, both]);
    expect(paged([fires([['red', 0]], MIN)])).toEqual([[['Guo', 0]]]);
    expect(paged([fires([['red', 0]], null)], MIN)).toEqual([[['Guo', 0]]]);
  });
  it('[ALR65] [ALR19] [ALR20] nobody for the fourth start in ten minutes, one for all of a storm', () => {
    const flaps = [0, 1, 2, 3].map((n) => fires([['red', n * MIN]], n * MIN + 30_000));
    expect(paged(flaps).map((pages) => pages?.length)).toEqual([1, 1, 1, 0]);
    const storm = Array.from({ length: 30 }, (_, n) => fires([['red', 0]], MIN, { service: `s${n}` }));
    expect(paged(storm).flatMap((pages) => pages ?? [])).toHaveLength(1);
    const slow = Array.from({ length: 22 }, (_, n) => fires([['red', n * 1_000]], 5 * MIN, { service: `s${n}` }));
    expect(paged(slow).map((pages) => (pages?.length ?? 0) > 0)).toEqual([
      ...Array.from({ length: 20 }, () => true),
      false,
      false,
    ]);
  });
});
