import type { StateCreator } from 'zustand';
import type { CampaignReply } from '#contract/campaign';
import type { ConsoleState } from './console-store.ts';

export interface CampaignSlice {
  readonly campaign: CampaignReply | null;
  applyCampaign: (campaign: CampaignReply) => void;
}
export const createCampaignSlice: StateCreator<ConsoleState, [], [], CampaignSlice> = (set) => ({
  campaign: null,
  applyCampaign: (campaign) => set({ campaign }),
});
