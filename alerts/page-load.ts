import type { AlertHistoryEntry } from '#contract/alerts';
import type { LoadReply, PersonLoad } from '#contract/duty';
import type { Timeline } from '../server/room/timeline.ts';
import type { AlertBook } from './book.ts';
import { nightOf } from './domain/night.ts';
import type { AlertStore } from './store.ts';

const HOUR_MS = 3_600_000;
/** Alerts whose histories one answer looks through. */
const ALERTS_MOST = 500;
/** An answer is given again for so long, ms: several rosters are open at a time. */
const FRESH_MS = 5_000;

export interface PageLoadDeps {
  readonly store: Pick<AlertStore, 'history'>;
  readonly book: Pick<AlertBook, 'allRecords'>;
  readonly timeline: Pick<Timeline, 'page'>;
  readonly nowMs: () => number;
  readonly timeZone: string;
}

/** Counts pages a person got, by line of history. Pure. */
export function countPages(
  histories: readonly (readonly AlertHistoryEntry[])[],
  nowMs: number,
  night: { readonly fromMs: number; readonly toMs: number },
): PersonLoad[] {
  const people = new Map<string, { hourCount: number; nightCount: number; lastAt: number }>();
  for (const { type, at, text } of histories.flat()) {
    if (type !== 'notification' || text === undefined) continue;
    const load = people.get(text) ?? { hourCount: 0, nightCount: 0, lastAt: 0 };
    if (at > nowMs - HOUR_MS && at <= nowMs) load.hourCount += 1;
    if (at >= night.fromMs && at < night.toMs) load.nightCount += 1;
    load.lastAt = Math.max(load.lastAt, at);
    people.set(text, load);
  }
  return [...people]
    .map(([person, load]) => ({ person, ...load }))
    .sort((a, b) => b.hourCount - a.hourCount || b.nightCount - a.nightCount || (a.person < b.person ? -1 : 1));
}

/** How often people were paged lately, from the histories of what is open and of what ended since the night began. */
export function createPageLoad({ store, book, timeline, nowMs, timeZone }: PageLoadDeps) {
  let kept: { readonly reply: LoadReply; readonly atMs: number } | null = null;

  async function read(): Promise<LoadReply> {
    const at = nowMs();
    const night = nightOf(timeZone, at);
    const open = [...book.allRecords()].filter(({ firedAt }) => firedAt !== null).map(({ id }) => id);
    const fromMs = Math.min(night.fromMs, at - HOUR_MS);
    const ended = await timeline.page({ kinds: ['alert.resolved'], fromMs, limit: ALERTS_MOST });
    const closed = ended.entries.map(({ params }) => String(params.alert ?? '')).reverse();
    const ids = [...new Set([...open.reverse(), ...closed])].filter((id) => id !== '');
    const looked = ids.slice(0, ALERTS_MOST);
    const histories = await Promise.all(looked.map((id) => store.history(id)));
    return {
      at,
      nightFromMs: night.fromMs,
      nightToMs: night.toMs,
      people: countPages(histories, at, night),
      complete: looked.length === ids.length && (ended.before ?? null) === null,
    };
  }
  return async function load(): Promise<LoadReply> {
    if (kept === null || nowMs() - kept.atMs >= FRESH_MS) kept = { reply: await read(), atMs: nowMs() };
    return kept.reply;
  };
}
export type PageLoad = ReturnType<typeof createPageLoad>;
