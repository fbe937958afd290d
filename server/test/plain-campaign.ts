import { bundledCampaign, loadCampaignFile } from '../campaigns/load.ts';
import { type Campaign, resolveCampaign } from '../domain/campaign.ts';

/** 2026-01-01T00:00:00Z: a whole hour, so that windows of tests start on whole slices. */
export const OPENS_AT_MS = 1_767_225_600_000;

/** The smallest campaign, opening at OPENS_AT_MS, with visits by organic and desks besides. */
export function plainCampaign(scale = 1): Campaign {
  const tiny = loadCampaignFile(bundledCampaign('tiny'));
  const named = (...ids: string[]) => ids.map((id) => ({ id, zh: id, en: id }));
  const file = {
    ...tiny,
    dimensions: { ...tiny.dimensions, organic: named('yes', 'no'), desk: named('online', 'phone') },
    breakdowns: {
      ...tiny.breakdowns,
      visits_count: [['channel'], ['organic']],
      contacts_offered_count: [['desk']],
      contacts_answered_count: [['desk']],
    },
  };
  return resolveCampaign(file, { instance: 'tiny-test', opensAtMs: OPENS_AT_MS, scale });
}
