import { useMemo, useRef } from 'react';
import type { Listed } from '../../state/use-alert-feed.ts';
import { type Held, heldRows, holdList, type News, newsOf, toggleHeld } from './held-list.ts';
import { type DeskRow, deskRows, type ListQuery } from './list-model.ts';

export interface DeskList {
  readonly rows: readonly DeskRow[];
  readonly held: boolean;
  readonly news: News;
  /** Takes the newest order once, also while the list stands still. */
  readonly renew: () => void;
}
const NO_NEWS: News = { count: 0, movedCount: 0, tier: null };

/**
 * The lines of the list. While `still`, every line stays where it is and what is new is only counted; another filter, and
 * whoever asks for it, takes the newest order.
 */
export function useDeskList(listed: Listed, query: ListQuery, still: boolean, redraw: () => void): DeskList {
  const live = useMemo(() => deskRows(listed.byId.values(), query), [listed, query]);
  const held = useRef<Held | null>(null);
  const seen = useRef(query);
  if (seen.current.filter !== query.filter || seen.current.mine !== query.mine) held.current = null;
  if (!still) held.current = null;
  // an empty list has no line that could move: who comes by a link to one alert still sees the others
  else if (live.length > 0) held.current ??= holdList(live);
  if (held.current !== null && seen.current.opened !== query.opened) {
    for (const key of new Set([...seen.current.opened, ...query.opened]))
      if (seen.current.opened.has(key) !== query.opened.has(key)) held.current = toggleHeld(held.current, key, live);
  }
  seen.current = query;
  const stays = held.current;
  const rows = useMemo(
    () =>
      stays === null
        ? live
        : heldRows(
            stays,
            live,
            (id) => listed.byId.get(id),
            (rule) => listed.byRule.get(rule) ?? [],
          ),
    [stays, live, listed],
  );
  const news = useMemo(() => (stays === null ? NO_NEWS : newsOf(stays, live)), [stays, live]);
  // a line that goes is shown as it was last seen, not as it was when the list stopped
  if (stays !== null && rows.some((row) => stays.rows.get(row.key) !== row)) {
    held.current = { ...stays, rows: new Map(rows.map((row) => [row.key, row])) };
  }
  const renew = (): void => {
    held.current = null;
    redraw();
  };
  return { rows, held: stays !== null, news, renew };
}
