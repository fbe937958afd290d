import { describe, expect, it } from 'vitest';
import type { CampaignReply } from '#contract/campaign';
import { budgetParams } from './budget-params.ts';

const campaign = {
  currency: 'CNY',
  dimensions: {
    channel: [
      { id: 'kol', zh: '达人', en: 'KOL' },
      { id: 'search', zh: '搜索广告', en: 'Paid search' },
    ],
  },
} as unknown as CampaignReply;

describe('entries about money', () => {
  it('[PAGE12] name accounts as people call them, with the currency', () => {
    const legs = 'kol → search, hq → kol';
    expect(budgetParams({ legs, amount: '1,000' }, 'zh', campaign)).toEqual({
      legs: '达人 → 搜索广告, 预备金 → 达人',
      amount: '¥1,000',
    });
    expect(budgetParams({ account: 'chan:kol', channel: 'search' }, 'en', campaign)).toEqual({
      account: 'KOL',
      channel: 'Paid search',
    });
  });
  it('[PAGE12] say what a freeze stops, and that a runbook set it; a reason of a person stays', () => {
    const frozen = { channels: '*', direction: 'increases', reason: 'runbook run r-758ebd241587-1' };
    expect(budgetParams(frozen, 'zh', campaign)).toEqual({
      channels: '全部渠道',
      direction: '不许加投',
      reason: '预案',
    });
    const typed = { channels: 'kol, search', direction: 'all', reason: 'stock is out' };
    expect(budgetParams(typed, 'en', null)).toEqual({
      channels: 'kol, search',
      direction: 'all moves',
      reason: 'stock is out',
    });
  });
});
