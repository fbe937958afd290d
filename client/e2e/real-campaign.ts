import type { CampaignReply } from '#contract/campaign';
import { bundledCampaign, loadCampaignFile } from '../../server/campaigns/load.ts';
import { campaignReply, resolveCampaign } from '../../server/domain/campaign.ts';

/** The bundled campaign as the server tells it: its names are the longest that a wall must hold. */
export function loadCampaign(opensAtMs: number): CampaignReply {
  const file = loadCampaignFile(bundledCampaign('double11'));
  return campaignReply(resolveCampaign(file, { instance: 'double11-test', opensAtMs, scale: 1 }), false);
}
