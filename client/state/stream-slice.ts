import type { StateCreator } from 'zustand';
import type { Frame } from '#contract/frames';
import type { ConsoleState } from './console-store.ts';
import { foldFrame, type StreamData } from './fold-frame.ts';
import { type LinePoint, mergePoints } from './fold-line.ts';
import { addSample, EMPTY_CLOCK } from './server-clock.ts';

export type StreamSlice = StreamData & {
  /** Chart lines by cell name: history fetched once, ends replaced by frames. */
  readonly lines: Readonly<Record<string, readonly LinePoint[]>>;
  applyFrame: (frame: Frame, at: { nowMs: number; linkId: number }) => void;
  applyBeat: (serverMs: number, nowMs: number) => void;
  applyHistory: (line: string, points: readonly LinePoint[]) => void;
};

function withTails(lines: StreamSlice['lines'], frame: Frame): StreamSlice['lines'] {
  let next = lines;
  for (const [name, { points }] of Object.entries(frame.lines))
    next = { ...next, [name]: mergePoints(next[name] ?? [], points) };
  return next;
}

export const createStreamSlice: StateCreator<ConsoleState, [], [], StreamSlice> = (set) => ({
  frame: null,
  frameHeardAtMs: 0,
  linkId: 0,
  seqByEpoch: {},
  clock: EMPTY_CLOCK,
  corrections: {},
  lines: {},
  applyFrame: (frame, at) =>
    set((state) => {
      const next = foldFrame(state, frame, at);
      if (next === state) return state;
      const another = state.frame !== null && state.frame.campaign.id !== frame.campaign.id;
      return { ...next, lines: withTails(another ? {} : next.lines, frame) };
    }),
  applyBeat: (serverMs, nowMs) => set((state) => ({ clock: addSample(state.clock, serverMs, nowMs) })),
  applyHistory: (line, points) =>
    set(({ lines }) => ({ lines: { ...lines, [line]: mergePoints(points, lines[line] ?? []) } })),
});
