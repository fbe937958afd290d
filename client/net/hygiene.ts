/** A wall that runs for days loads itself again now and then, so that nothing small adds up; never all walls at once. */
export const RELOAD_EVERY_MS = 12 * 3_600_000;
/** Walls are spread over this much by their names, ms. */
const SPREAD_MS = 3_600_000;

/** Age at which a screen loads itself again: 12 h, later by up to an hour, always the same for one screen. Pure. */
export function reloadAfterMs(screenId: string): number {
  let hash = 0x811c9dc5;
  for (const letter of screenId) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d); // names that differ by one digit must not come together
  return RELOAD_EVERY_MS + (((hash ^ (hash >>> 12)) >>> 0) % SPREAD_MS);
}

/** How much memory the page holds, looked at each half minute. */
export interface HeapWatch {
  readonly lookedCount: number;
  /** Least of the looks from the second to the tenth minute: what the page needs once it is warm. */
  readonly baselineBytes: number | null;
  /** The last ten looks. */
  readonly last: readonly number[];
}
export const HEAP_LOOK_MS = 30_000;
export const NO_HEAP: HeapWatch = { lookedCount: 0, baselineBytes: null, last: [] };
const WARM_COUNT = 4;
const BASELINE_COUNT = 20;
const LAST_COUNT = 10;

export function lookAtHeap(watch: HeapWatch, bytes: number): HeapWatch {
  const lookedCount = watch.lookedCount + 1;
  const counts = lookedCount > WARM_COUNT && lookedCount <= BASELINE_COUNT;
  return {
    lookedCount,
    baselineBytes: counts ? Math.min(watch.baselineBytes ?? Number.POSITIVE_INFINITY, bytes) : watch.baselineBytes,
    last: [...watch.last.slice(1 - LAST_COUNT), bytes],
  };
}
/** More than twice the baseline for five minutes: the least of ten looks is what no collection has freed. */
export const heapIsHigh = ({ lookedCount, baselineBytes, last }: HeapWatch): boolean =>
  lookedCount > BASELINE_COUNT &&
  baselineBytes !== null &&
  last.length === LAST_COUNT &&
  Math.min(...last) > 2 * baselineBytes;

/** `01:00-07:30`, also over midnight: minutes of the day in the campaign's zone; null when it is not that. */
export function quietHours(text: string | null): { readonly from: number; readonly to: number } | null {
  const found = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text ?? '');
  if (found === null) return null;
  const [, h1, m1, h2, m2] = found.map(Number);
  return { from: (h1 ?? 0) * 60 + (m1 ?? 0), to: (h2 ?? 0) * 60 + (m2 ?? 0) };
}
/** @param minute - of the day, 0–1,439 */
export const isQuietHour = ({ from, to }: { readonly from: number; readonly to: number }, minute: number): boolean =>
  from <= to ? minute >= from && minute < to : minute >= from || minute < to;
