import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadCampaignFile } from './campaigns/load.ts';
import type { Config } from './config.ts';

const root = new URL('..', import.meta.url).pathname;
/** The bundled ad platform, a program of its own. */
export const AD_PLATFORM = join(root, 'load', 'platform', 'main.ts');
/** Name in `budgets.platforms` of the bundled campaigns; a HOOKS_FILE of your own takes its place. */
export const AD_HOOK = 'ad_platform';

type Settings = Pick<Config, 'campaignFile' | 'hooksFile'>;
/** Whether a channel of the campaign has the bundled platform, and this checkout has `load`. */
function isMeant({ campaignFile }: Settings): boolean {
  const links = Object.values(loadCampaignFile(campaignFile).budgets.platforms ?? {});
  return existsSync(AD_PLATFORM) && links.some(({ hook }) => hook === AD_HOOK);
}
/** Not when the settings bring hooks of their own. */
export const startsAdPlatform = (settings: Settings): boolean => settings.hooksFile === null && isMeant(settings);

/** What the demo says at its start when only HOOKS_FILE keeps the platform away; null: it does not. */
export const adPlatformOff = (settings: Settings): string | null =>
  settings.hooksFile !== null && isMeant(settings)
    ? `HOOKS_FILE is set, so the bundled ad platform is off: budgets go to its hook ${AD_HOOK}, without one by hand`
    : null;
