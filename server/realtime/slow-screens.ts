import { limit } from '../limits.ts';
import { type SlowLimits, slowVerdict } from './domain/slow-screen.ts';
import type { Lanes } from './lanes.ts';
import { cutConnection, outboundState, type Session } from './session.ts';

export const SLOW_LIMITS: SlowLimits = {
  queueCount: limit('screenQueue'),
  queueBytes: limit('screenQueueBytes'),
  timelineBytes: limit('unsentBytes'),
  overMs: 1_000,
  stuckMs: limit('screenStuckMs'),
};

export interface SlowScreensDeps {
  readonly lanes: Lanes;
  readonly limits?: SlowLimits;
  /** Says `bye` with `too_slow` and closes. */
  readonly tooSlow: (session: Session) => void;
}

/**
 * One look at every screen before the frames of a tick: who does not take them is out of its view's room until it does,
 * so that it costs the others nothing; who takes nothing for long is closed and comes back by itself.
 */
export function createSlowScreens({ lanes, limits = SLOW_LIMITS, tooSlow }: SlowScreensDeps) {
  const counts = { skipped: 0, stuck: 0, tooSlow: 0 };
  return {
    counts,
    sweep(sessions: Iterable<Session>, nowMs: number): void {
      for (const session of sessions) {
        if (session.closing) continue;
        const state = outboundState(session, nowMs);
        const verdict = slowVerdict(state, limits);
        session.overSinceMs = state.unsentBytes > limits.timelineBytes ? (session.overSinceMs ?? nowMs) : null;
        if (verdict === 'stuck') {
          counts.stuck += 1;
          session.closing = true;
          cutConnection(session.socket.conn);
        } else if (verdict === 'too_slow') {
          counts.tooSlow += 1;
          tooSlow(session);
        } else if (session.view !== null) {
          const slow = verdict === 'skip';
          if (slow) counts.skipped += 1;
          if (slow !== session.slow) {
            if (slow) lanes.part(session, session.view);
            else lanes.join(session, session.view);
          }
          session.slow = slow;
        }
      }
    },
  };
}
