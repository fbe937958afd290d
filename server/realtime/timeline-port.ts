import { roleMay } from '#contract/permissions';
import { isSecurityKind, publicEntry } from '#contract/timeline';
import type { Timeline, TimelinePage } from '../room/timeline.ts';
import type { TimelineFollower } from '../room/timeline-follower.ts';
import type { StreamPort } from './stream-push.ts';

/** Entries of one message; a long backlog goes out in several, each after the one before has been taken. */
const CHUNK_ENTRIES = 100;

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

/** The timeline as a stream that screens follow. */
export const timelinePort = (
  timeline: Pick<Timeline, 'since'>,
  follower: TimelineFollower,
): StreamPort<TimelinePage> => ({
  missed: (position) => follower.missed(position),
  since: (position) => timeline.since(position),
  onPages: (listener) => follower.onEntries(listener),
  chunks: chunksOf,
  isEmpty: ({ entries, reset }) => entries.length === 0 && !reset,
  restricted: {
    seesAll: ({ role }) => roleMay(role, 'timeline.security'),
    publicPage: (page) =>
      page.entries.some(({ kind }) => isSecurityKind(kind))
        ? { ...page, entries: page.entries.map(publicEntry) }
        : page,
  },
});
