import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadCampaignFile } from '../../server/campaigns/load.ts';
import { objectsOf } from '../platform/of-campaign.ts';
import { moneyCampaign } from './money-campaign.ts';

it('[DRL1] the campaign of the drills is a good one, whatever becomes of the bundled sale it is made of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wr-drill-campaign-'));
  try {
    const file = join(folder, 'campaign.yaml');
    writeFileSync(file, JSON.stringify(moneyCampaign()));
    const campaign = loadCampaignFile(file);
    expect(objectsOf(campaign).map(({ channel, dailyBudgetMinor }) => [channel, dailyBudgetMinor])).toEqual([
      ['search', 40_000_000],
      ['social', 40_000_000],
      ['kol', 10_000_000],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
