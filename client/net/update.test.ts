import { describe, expect, it } from 'vitest';
import { testCampaign } from '../e2e/campaign.ts';
import { figure, frameOf, healthySale } from '../e2e/sale.ts';
import { isQuiet } from './use-update.ts';
import { mayReload } from './use-wall-hygiene.ts';

const HOUR_MS = 3_600_000;
const frameAt = (nowMs: number, tier?: 'orange' | 'cyan') => {
  const sale = healthySale(testCampaign(0));
  if (tier) sale.figures['roas@open'] = figure(1, { tier });
  return frameOf(sale, 'wall:overview', { epoch: 'a', seq: 1, nowMs });
};

describe('loading the page again', () => {
  it('[UI57] only when nothing burns and no wave is within 10 minutes', () => {
    expect(isQuiet(frameAt(HOUR_MS))).toBe(true);
    expect(isQuiet(frameAt(HOUR_MS, 'cyan'))).toBe(true);
    expect(isQuiet(frameAt(HOUR_MS, 'orange'))).toBe(false);
    expect(isQuiet(frameAt(4 * HOUR_MS - 9 * 60_000))).toBe(false);
    expect(isQuiet(frameAt(5 * 60_000))).toBe(false);
    const incident = { id: 'inc-1', number: 1, title: 'x', tier: 'cyan', state: 'mitigated', commander: null } as const;
    const room = { incident: { ...incident, declaredAt: 0, status: null, nextUpdateAt: null, openCount: 1 } };
    expect(isQuiet({ ...frameAt(HOUR_MS), room })).toBe(false);
  });
  it('[TAKE43] a reload that is wanted waits for a quiet moment and for the server', () => {
    const quiet = { wanted: true, open: true, frame: frameAt(HOUR_MS) };
    expect(mayReload(quiet)).toBe(true);
    for (const not of [{ wanted: false }, { open: false }, { frame: null }, { frame: frameAt(HOUR_MS, 'orange') }])
      expect(mayReload({ ...quiet, ...not })).toBe(false);
  });
});
