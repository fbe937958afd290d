import type { StateCreator } from 'zustand';
import type { SessionReply } from '#contract/people';
import type { ConsoleState } from './console-store.ts';

export interface SessionSlice {
  /** `unknown` until the server was asked. */
  readonly session: SessionReply | 'unknown' | 'none';
  applySession: (session: SessionReply | 'none') => void;
}
export const createSessionSlice: StateCreator<ConsoleState, [], [], SessionSlice> = (set) => ({
  session: 'unknown',
  applySession: (session) => set({ session }),
});
