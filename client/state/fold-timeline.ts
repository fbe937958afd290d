import type { Position, TimelineEntry } from '#contract/timeline';

export interface TimelineData {
  readonly entries: readonly TimelineEntry[];
  readonly position: Position | null;
  /** Asked to resume from here because entries were missing; the same gap is asked about once. */
  readonly resumeAfter: Position | null;
}
export interface TimelinePage {
  readonly position: Position;
  readonly entries: readonly TimelineEntry[];
  readonly reset: boolean;
}
export const TIMELINE_ROWS = 2_000;
export const EMPTY_TIMELINE: TimelineData = { entries: [], position: null, resumeAfter: null };

/** What stands where this reader may not see counts for the position only. */
const shown = ({ kind }: TimelineEntry): boolean => kind !== 'hidden';

/**
 * Adds a page of entries: none twice, none out of order, none skipped. A page that begins beyond the next seq leaves the
 * list as it is and asks for what is missing; a new epoch or `reset` starts again.
 */
export function foldTimeline<S extends TimelineData>(state: S, page: TimelinePage): S {
  const { position, entries: had } = state;
  const first = page.entries[0];
  if (page.reset || position === null || position.epoch !== page.position.epoch) {
    const entries = page.entries.filter(shown).slice(-TIMELINE_ROWS);
    return { ...state, entries, position: page.position, resumeAfter: null };
  }
  const fresh = page.entries.filter(({ seq }) => seq > position.seq);
  if (first && first.seq > position.seq + 1) {
    const asked = state.resumeAfter;
    return asked?.epoch === position.epoch && asked.seq === position.seq ? state : { ...state, resumeAfter: position };
  }
  if (fresh.length === 0 && page.position.seq <= position.seq) return state;
  return {
    ...state,
    entries: [...had, ...fresh.filter(shown)].slice(-TIMELINE_ROWS),
    position: page.position.seq > position.seq ? page.position : position,
    resumeAfter: null,
  };
}
