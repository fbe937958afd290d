import type { StateCreator } from 'zustand';
import type { ErrorCode } from '#contract/errors';
import type { Hello } from '#contract/frames';
import type { ConsoleState } from './console-store.ts';

export interface LinkData {
  readonly status: 'connecting' | 'open' | 'closed' | 'refused';
  /** performance.now() of the last message of any kind; when the page began, before the first. */
  readonly heardAtMs: number;
  readonly hello: Hello | null;
  /** Why the server refused, as a code; the words are ours. */
  readonly refusal: ErrorCode | 'protocol' | null;
}
export interface LinkSlice {
  readonly link: LinkData;
  applyLink: (change: Partial<LinkData>) => void;
}
export const createLinkSlice: StateCreator<ConsoleState, [], [], LinkSlice> = (set) => ({
  link: { status: 'connecting', heardAtMs: performance.now(), hello: null, refusal: null },
  applyLink: (change) => set(({ link }) => ({ link: { ...link, ...change } })),
});
