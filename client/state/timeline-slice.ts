import type { StateCreator } from 'zustand';
import type { ConsoleState } from './console-store.ts';
import { EMPTY_TIMELINE, foldTimeline, type TimelineData, type TimelinePage } from './fold-timeline.ts';

export interface TimelineSlice {
  readonly timeline: TimelineData;
  applyTimeline: (page: TimelinePage) => void;
}
export const createTimelineSlice: StateCreator<ConsoleState, [], [], TimelineSlice> = (set) => ({
  timeline: EMPTY_TIMELINE,
  applyTimeline: (page) => set(({ timeline }) => ({ timeline: foldTimeline(timeline, page) })),
});
