/** What can be seen of a socket's way out at one instant. */
export interface OutboundState {
  /** The last write has been taken by the system. */
  readonly writable: boolean;
  /** Packets waiting behind it, and bytes not yet sent in all. */
  readonly queuedCount: number;
  readonly unsentBytes: number;
  /** ms since the system last took a write; 0 when nothing waits. */
  readonly waitingMs: number;
  /** ms since more than `timelineBytes` were seen unsent without a break; 0 when not. */
  readonly overMs: number;
}
export interface SlowLimits {
  readonly queueCount: number;
  readonly queueBytes: number;
  readonly timelineBytes: number;
  /** A burst may be over for this long, ms: it has to leave the process first. */
  readonly overMs: number;
  readonly stuckMs: number;
}
/**
 * `send`: frames go out. `skip`: none this time, the newest one later (frames are whole). `stuck`: takes nothing for too
 * long. `too_slow`: what may not be skipped piles up. The last two are closed; the screen comes back by itself.
 */
export type SlowVerdict = 'send' | 'skip' | 'stuck' | 'too_slow';

/** The slow-screen rule; each limit itself is still allowed. */
export function slowVerdict(state: OutboundState, limits: SlowLimits): SlowVerdict {
  if (state.waitingMs > limits.stuckMs) return 'stuck';
  if (state.unsentBytes > limits.timelineBytes && state.overMs > limits.overMs) return 'too_slow';
  const full = state.queuedCount > limits.queueCount || state.unsentBytes > limits.queueBytes;
  return full || !state.writable ? 'skip' : 'send';
}
