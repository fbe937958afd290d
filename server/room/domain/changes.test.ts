import { expect, it } from 'vitest';
import { type CampaignTimes, changesAt, silentAfterMs } from './changes.ts';

const OPENS = 1_000_000_000_000;
const campaign: CampaignTimes = {
  opensAtMs: OPENS,
  phases: [
    { id: 'early', fromSeconds: -600 },
    { id: 'sale', fromSeconds: 0 },
    { id: 'late', fromSeconds: 3_600 },
  ],
  feeds: { orders: { intervalMs: 1_000 }, ads: { intervalMs: 60_000 } },
};
const told = (tMs: number) => changesAt(campaign, [], tMs).map(({ kind, params, rank }) => [kind, params.phase, rank]);

it('[TL13] a phase holds from its first ms, the opening is told from the opening on', () => {
  expect(told(OPENS - 600_001)).toEqual([]);
  expect(told(OPENS - 600_000)).toEqual([['campaign.phase', 'early', 1]]);
  expect(told(OPENS - 1)).toEqual([['campaign.phase', 'early', 1]]);
  expect(told(OPENS)).toEqual([
    ['campaign.opened', undefined, 1],
    ['campaign.phase', 'sale', 2],
  ]);
  expect(told(OPENS + 3_600_000)[1]).toEqual(['campaign.phase', 'late', 3]);
});
it('[TL14] a source is silent after five times its quickest interval, at least 30 s', () => {
  expect(silentAfterMs(['orders'], campaign.feeds)).toBe(30_000);
  expect(silentAfterMs(['ads'], campaign.feeds)).toBe(300_000);
  expect(silentAfterMs(['ads', 'orders'], campaign.feeds)).toBe(30_000);
  expect(silentAfterMs([], campaign.feeds)).toBe(30_000);
  const at = (ageMs: number) =>
    changesAt(campaign, [{ source: 's', heardMs: OPENS, feeds: ['orders'] }], OPENS + ageMs).find(
      ({ subject }) => subject === 'source:s',
    );
  expect(at(30_000)).toMatchObject({ kind: 'source.back', afterOdd: true, rank: OPENS * 2 });
  expect(at(30_001)).toMatchObject({ kind: 'source.silent', afterOdd: false, rank: OPENS * 2 + 1 });
});
