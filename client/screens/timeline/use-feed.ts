import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { TimelineEntry, TimelineReply } from '#contract/timeline';
import { RequestFailed, requestJson } from '../../net/http.ts';
import { useConsole } from '../../state/console-store.ts';
import { type Feed, NO_FEED, withLive, withOlder } from './feed.ts';
import { liveFilter, type PageFilter, serverQuery } from './filter.ts';

const PAGE = 200;
async function readPage(query: string, before: number | null): Promise<TimelineReply> {
  const asked = new URLSearchParams(query);
  asked.set('limit', String(PAGE));
  if (before !== null) asked.set('before', String(before));
  return requestJson<TimelineReply>(`/api/v1/timeline?${asked}`);
}

export interface TimelineFeed {
  /** Newest first. */
  readonly entries: readonly TimelineEntry[];
  readonly state: 'loading' | 'ready' | 'failed';
  /** There are older ones to be read. */
  readonly hasOlder: boolean;
  readonly loadOlder: () => void;
}

/** The timeline through a filter: the newest page, what comes live, and older pages as they are asked for. */
export function useTimelineFeed(filter: PageFilter): TimelineFeed {
  const query = serverQuery(filter).toString();
  const [held, setHeld] = useState<{ readonly query: string; readonly feed: Feed } | null>(null);
  const [failed, setFailed] = useState(false);
  const reading = useRef(false);
  const open = useConsole((state) => state.link.status === 'open');
  const live = useConsole((state) => state.timeline.entries);
  const epoch = useConsole((state) => state.timeline.position?.epoch ?? '');
  const feed = held?.query === query ? held.feed : null;

  // the newest page: for another filter, after a reconnect, and when the timeline began another life
  useEffect(() => {
    if (!open) return;
    let left = false;
    readPage(query, null).then(
      ({ position, entries, before = null }) => {
        if (left) return;
        setFailed(false);
        setHeld((had) => {
          const same = had?.query === query && had.feed.epoch === position.epoch;
          const base: Feed = { ...NO_FEED, headSeq: position.seq, epoch: position.epoch };
          const fresh = withOlder(base, entries, before);
          // coming back: what was read further down stays
          return {
            query,
            feed: same ? { ...withOlder(had.feed, entries, had.feed.before), headSeq: position.seq } : fresh,
          };
        });
      },
      (error: unknown) => {
        if (!left && error instanceof RequestFailed) setFailed(true);
      },
    );
    return () => {
      left = true;
    };
  }, [query, open, epoch]);

  const before = feed?.before ?? null;
  const loadOlder = useCallback(() => {
    if (before === null || reading.current) return;
    reading.current = true;
    readPage(query, before)
      .then((page) => {
        setHeld((had) =>
          had?.query === query ? { query, feed: withOlder(had.feed, page.entries, page.before ?? null) } : had,
        );
      })
      .catch(() => undefined) // scrolling on asks again
      .finally(() => {
        reading.current = false;
      });
  }, [query, before]);

  const entries = useMemo(
    () => (feed === null ? [] : withLive(feed, live, liveFilter(filter))),
    [feed, live, query], // the query is the filter as text
  );
  const state = feed !== null ? 'ready' : failed ? 'failed' : 'loading';
  return { entries, state, hasOlder: before !== null, loadOlder };
}
