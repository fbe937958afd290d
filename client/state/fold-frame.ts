import type { Frame } from '#contract/frames';
import { addSample, type ServerClock } from './server-clock.ts';

/** A total that fell: shown with its mark for 30 s, so that nobody thinks the wall made a mistake in secret. */
export interface Correction {
  readonly fromValue: number;
  readonly toValue: number;
  /** performance.now() when the lower value arrived. */
  readonly atMs: number;
}
export const CORRECTED_MARK_MS = 30_000;
const TOTALS: readonly string[] = ['gmv_paid@open', 'gmv_net@open'];

export interface StreamData {
  readonly frame: Frame | null;
  /** performance.now() of the newest good frame; every age is derived from it, none is stored. */
  readonly frameHeardAtMs: number;
  /** Which connection brought the frame. */
  readonly linkId: number;
  /** Newest seq of each view and epoch met, so that an old frame of an earlier node changes nothing either. */
  readonly seqByEpoch: Readonly<Record<string, number>>;
  readonly clock: ServerClock;
  readonly corrections: Readonly<Record<string, Correction>>;
}
const EPOCHS_KEPT = 32;
const streamOf = ({ view, epoch }: Frame): string => `${view}|${epoch}`;

/**
 * Frames are whole, so a skipped one costs nothing. One that is not newer within its epoch changes nothing; another epoch
 * counts when it comes over a new connection or is younger by the server's clock.
 */
export function foldFrame<S extends StreamData>(state: S, frame: Frame, at: { nowMs: number; linkId: number }): S {
  const seen = state.seqByEpoch[streamOf(frame)];
  if (seen !== undefined && frame.seq <= seen) return state;
  const before = state.frame;
  const rival = before && before.view === frame.view && before.epoch !== frame.epoch && at.linkId === state.linkId;
  if (rival && frame.serverMs <= before.serverMs) return state;
  return {
    ...state,
    frame,
    frameHeardAtMs: at.nowMs,
    linkId: at.linkId,
    seqByEpoch: remember(state.seqByEpoch, frame),
    clock: addSample(state.clock, frame.serverMs, at.nowMs),
    corrections: corrected(state, frame, at.nowMs),
  };
}

function remember(epochs: Readonly<Record<string, number>>, frame: Frame): Record<string, number> {
  const stream = streamOf(frame);
  const others = Object.entries(epochs).filter(([name]) => name !== stream);
  return Object.fromEntries([...others.slice(1 - EPOCHS_KEPT), [stream, frame.seq]]);
}

function corrected({ frame: before, corrections }: StreamData, frame: Frame, nowMs: number): StreamData['corrections'] {
  if (!before || before.campaign.id !== frame.campaign.id) return {};
  let next = corrections;
  for (const key of TOTALS) {
    const old = before.figures[key]?.value;
    const value = frame.figures[key]?.value;
    if (typeof old === 'number' && typeof value === 'number' && value < old)
      next = { ...next, [key]: { fromValue: old, toValue: value, atMs: nowMs } };
  }
  return next;
}
