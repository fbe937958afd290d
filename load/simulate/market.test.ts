import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { sampleCampaign } from '../sample-campaign.ts';
import { Market } from './market.ts';

const base = sampleCampaign();
const named = (id: string) => ({ id, zh: id, en: id });
const campaign = {
  ...base,
  dimensions: { ...base.dimensions, channel: ['search', 'social', 'direct'].map(named) },
  plans: { ...base.plans, ad_spend_minor: { fromMinute: 0, values: [100, 100, 100] } },
  budgets: {
    ...base.budgets,
    envelopes: { marketing: 1_000 },
    channels: { search: { shareRatio: 0.5, roas0: 2 }, social: { shareRatio: 0.5, roas0: 4 } },
  },
};
const nowMs = campaign.opensAt + 60_000;

describe('the demo’s market', () => {
  it('[ADV49] sells as planned until somebody moves money', () => {
    const market = new Market(campaign);
    expect(market.factor('search', nowMs)).toBe(1);
    market.allocate(
      new Map([
        ['search', 500],
        ['social', 500],
      ]),
    );
    for (const channel of ['search', 'social', 'direct']) expect(market.factor(channel, nowMs)).toBeCloseTo(1, 9);
  });
  it('[ADV49] sells more for more money, less and less for each next yuan', () => {
    const market = new Market(campaign);
    const at = (allocated: number, channel: string): number => {
      market.allocate(new Map([[channel, allocated]]));
      return market.factor(channel, nowMs);
    };
    for (const channel of ['search', 'social']) {
      expect(at(600, channel)).toBeGreaterThan(1);
      expect(at(600, channel) - at(500, channel)).toBeGreaterThan(at(700, channel) - at(600, channel));
      expect(at(0, channel)).toBe(0);
    }
    expect(at(600, 'social')).toBeGreaterThan(at(600, 'search'));
  });
  it('[ADV49] the number of orders stays: what ads bring is taken from the other ways, and back', () => {
    const market = new Market(campaign);
    market.allocate(
      new Map([
        ['search', 0],
        ['social', 1_000],
      ]),
    );
    const random = new Random(3, 4);
    const counts = new Map<string, number>();
    const drawn = ['search', 'social', 'direct'] as const;
    for (let n = 0; n < 9_000; n += 1) {
      const channel = market.reroute(drawn[n % 3] ?? 'direct', random, nowMs);
      counts.set(channel, (counts.get(channel) ?? 0) + 1);
    }
    expect(counts.get('search') ?? 0).toBe(0);
    const factor = market.factor('social', nowMs);
    expect((counts.get('social') ?? 0) / 3_000 / factor).toBeGreaterThan(0.9);
    expect((counts.get('social') ?? 0) / 3_000 / factor).toBeLessThan(1.1);
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(9_000);
  });
});
