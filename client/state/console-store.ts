import { create } from 'zustand';
import { type CampaignSlice, createCampaignSlice } from './campaign-slice.ts';
import { createLinkSlice, type LinkSlice } from './link-slice.ts';
import { createPrefsSlice, type PrefsSlice } from './prefs-slice.ts';
import { createSessionSlice, type SessionSlice } from './session-slice.ts';
import { createStreamSlice, type StreamSlice } from './stream-slice.ts';
import { createTimelineSlice, type TimelineSlice } from './timeline-slice.ts';

export type ConsoleState = StreamSlice & TimelineSlice & LinkSlice & CampaignSlice & SessionSlice & PrefsSlice;

/** The one store of a page: each slice is data and the folds that may change it. */
export const useConsole = create<ConsoleState>()((...set) => ({
  ...createStreamSlice(...set),
  ...createTimelineSlice(...set),
  ...createLinkSlice(...set),
  ...createCampaignSlice(...set),
  ...createSessionSlice(...set),
  ...createPrefsSlice(...set),
}));
