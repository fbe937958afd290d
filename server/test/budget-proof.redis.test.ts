import { expect, it } from 'vitest';
import { proveLedger } from '../budget/proof/ledger-proof.ts';
import { bundledCampaign, loadCampaignFile } from '../campaigns/load.ts';
import { resolveCampaign } from '../domain/campaign.ts';
import { testRedis } from './redis.ts';

const campaign = resolveCampaign(loadCampaignFile(bundledCampaign('double11')), {
  instance: 'p',
  opensAtMs: 0,
  scale: 1 / 264,
});

it('[BUD1] random operations of 20 actors under faults keep I1–I12', { timeout: 60_000 }, async () => {
  const { redis, prefix } = testRedis();
  const report = await proveLedger({
    redis,
    prefix,
    campaign,
    seed: 7,
    operations: 1_500,
    actors: 20,
    compareEvery: 500,
  });
  expect(report.faults).toEqual([]);
  expect(report.states.settled).toBeGreaterThan(3);
  expect(report.replays).toBeGreaterThan(3);
});
