import { describe, expect, it } from 'vitest';
import { plainCampaign, OPENS_AT_MS as T0 } from '../test/plain-campaign.ts';
import { campaignReply, nextWaveAtMs, phaseAt } from './campaign.ts';

const half = plainCampaign(0.5);

describe('a campaign as it runs', () => {
  it('[CAM3] what grows with the events is scaled; ratios, means and shares are not', () => {
    expect(half.targets).toEqual({ gmv_paid: 600_000, payment_success_rate: 0.99, aov: 2_000 });
    expect(half.plans.gmv_paid_minor?.values.reduce((a, b) => a + b, 0)).toBe(600_000);
    expect(half.lastYear.gmv_paid_minor?.values.reduce((a, b) => a + b, 0)).toBe(500_000);
    expect(half.services.map(({ ratedPerSecond }) => ratedPerSecond)).toEqual([50, 10]);
    expect(half.items.map(({ stock }) => stock)).toEqual([25, 40, 20]);
    expect(half.budgets).toMatchObject({
      envelopes: { adverts: 30_000, spare: 3_000 },
      channels: { radio: { shareRatio: 1 } },
    });
  });
  it('[CAM3] an item in stock keeps at least one unit at any scale', () =>
    expect(plainCampaign(0.0001).items[0]?.stock).toBe(1));
  for (const [atMs, phase] of [
    [T0 - 9e9, 'early'],
    [T0 - 1, 'early'],
    [T0, 'sale'],
    [T0 + 9e9, 'sale'],
  ] as const) {
    it(`[CAM4] the phase at ${atMs - T0} ms is ${phase}`, () => expect(phaseAt(half, atMs)).toBe(phase));
  }
  for (const [atMs, wave] of [
    [T0 - 1, T0],
    [T0, T0 + 3_600_000],
    [T0 + 3_600_000, null],
  ] as const) {
    it(`[CAM4] the next wave after ${atMs - T0} ms is at ${wave === null ? 'none' : wave - T0}`, () =>
      expect(nextWaveAtMs(half, atMs)).toBe(wave));
  }
  it('[CAM5] the reply speaks of the run: times, scaled numbers, and the edges histograms may use', () => {
    const reply = campaignReply(half, true);
    expect(reply).toMatchObject({
      id: 'tiny-test',
      campaign: 'tiny',
      opensAt: T0,
      closesAt: T0 + 7_200_000,
      scale: 0.5,
      drill: true,
      demo: null,
    });
    expect(reply.phases[0]).toEqual({ id: 'early', zh: '预热', en: 'Warm-up', fromMs: T0 - 600_000 });
    expect(reply.waves.map(({ atMs }) => atMs)).toEqual([T0, T0 + 3_600_000]);
    expect(reply.services[0]?.ratedPerSecond).toBe(50);
    expect(reply.edgesMs.length).toBe(40);
  });
});
