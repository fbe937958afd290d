import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '#contract/timeline';
import type { Log } from '../room/log.ts';
import type { Timeline, TimelinePage } from '../room/timeline.ts';
import type { TimelineFollower } from '../room/timeline-follower.ts';
import type { Lanes } from './lanes.ts';
import { type Session, unsentBytes } from './session.ts';

/** Entries of one message; a long backlog goes out in several, each after the one before has been taken. */
const CHUNK_ENTRIES = 100;
/** Unsent bytes above which a backlog waits; well below the limit of `too_slow`. */
const CHUNK_WAIT_BYTES = 65_536;
const RETRY_MS = 1_000;
const FOLLOW_MS = 20;

/** A page in messages of at most `CHUNK_ENTRIES`; only the first may say `reset`. */
export function chunksOf({ position, entries, reset }: TimelinePage): TimelinePage[] {
  if (entries.length <= CHUNK_ENTRIES) return [{ position, entries, reset }];
  const chunks: TimelinePage[] = [];
  for (let from = 0; from < entries.length; from += CHUNK_ENTRIES) {
    const part = entries.slice(from, from + CHUNK_ENTRIES);
    const seq = part.at(-1)?.seq ?? position.seq;
    chunks.push({ position: { epoch: position.epoch, seq }, entries: part, reset: reset && from === 0 });
  }
  return chunks;
}

export interface TimelinePushDeps {
  readonly timeline: Pick<Timeline, 'since'>;
  readonly follower: TimelineFollower;
  readonly lanes: Lanes;
  readonly log: Log;
}

/**
 * Brings screens up to the end of the timeline and keeps them there: each hears every entry after its position once, in
 * order. A screen is sent what it missed; in the very turn in which nothing is left to send it enters the room that the
 * follower's news go to, so nothing falls in between.
 */
export function createTimelinePush({ timeline, follower, lanes, log }: TimelinePushDeps) {
  const off = follower.onEntries((page) => {
    for (const chunk of chunksOf(page)) lanes.timeline(chunk);
  });

  async function run(session: Session, reader: { position: Position | null; told: boolean }, current: () => boolean) {
    while (current()) {
      const page: TimelinePage = follower.missed(reader.position) ?? (await timeline.since(reader.position));
      if (!current()) return;
      for (const chunk of chunksOf(page)) {
        // the first answer may be empty: it tells the screen that it is up to date
        if (!reader.told || chunk.entries.length > 0 || chunk.reset) session.socket.emit('timeline', chunk);
        reader.told = true;
        reader.position = chunk.position;
        while (current() && unsentBytes(session.socket.conn) > CHUNK_WAIT_BYTES) await pause(FOLLOW_MS);
        if (!current()) return;
      }
      const left = follower.missed(reader.position);
      if (left !== null && !left.reset && left.entries.length === 0) {
        lanes.join(session, 'timeline');
        return;
      }
      await pause(FOLLOW_MS); // this node's follower is a moment behind the store
    }
  }

  return {
    /** Starts over for this screen at `from`; replaces an earlier catch-up. Comes back at once. */
    catchUp(session: Session, from: Position | null): void {
      session.catchUpRun += 1;
      const mine = session.catchUpRun;
      const current = (): boolean => session.catchUpRun === mine && session.socket.connected && !session.closing;
      lanes.part(session, 'timeline');
      const reader = { position: from, told: false };
      const again = async (): Promise<void> => {
        while (current()) {
          try {
            return await run(session, reader, current);
          } catch (error) {
            log.warn({ err: error }, 'the timeline cannot be read for a screen; trying again');
            await pause(RETRY_MS);
          }
        }
      };
      void again();
    },
    stopFor(session: Session): void {
      session.catchUpRun += 1;
      lanes.part(session, 'timeline');
    },
    stop: off,
  };
}
export type TimelinePush = ReturnType<typeof createTimelinePush>;
