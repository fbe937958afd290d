import { expect, it } from 'vitest';
import type { BudgetAccount, BudgetReply, LedgerFacts } from '#contract/budget';
import { bundledCampaign, loadCampaignFile } from '../../campaigns/load.ts';
import { resolveCampaign } from '../../domain/campaign.ts';
import { mostIn, mostOut } from './domain/bounds.ts';
import { ledgerMoney } from './money.ts';

const campaign = resolveCampaign(loadCampaignFile(bundledCampaign('double11')), {
  instance: 'm',
  opensAtMs: 0,
  scale: 1 / 264,
});

it('[ADV21] what open requests hold and bring counts for the bounds of a card, as the ledger counts it', () => {
  const account = { id: 'chan:kol', kind: 'chan', channel: 'kol', allocated: 1_000_000, spent: 0, held: 300_000 };
  const more = {
    incoming: 150_000,
    available: 700_000,
    releasable: 700_000,
    floor: 600_000,
    cap: 1_200_000,
    frozen: [],
  };
  const reply = { accounts: [{ ...account, ...more } as unknown as BudgetAccount] } as unknown as BudgetReply;
  const [kol] = ledgerMoney(campaign, { budget: () => reply } as unknown as LedgerFacts).channels();
  if (kol === undefined) throw new Error('no channel');
  expect(mostOut(kol)).toEqual({ amount: 100_000, by: 'below_floor' });
  expect(mostIn(kol)).toEqual({ amount: 50_000, by: 'above_cap' });
});
