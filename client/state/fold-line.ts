/** A chart's points `[ms, value]`, oldest first, bounded: what is pushed is also removed. */
export type LinePoint = readonly [number, number | null];
/** Enough for a day of minutes; charts thin it to what can be seen. */
export const LINE_POINTS = 1_500;

/** Puts newer points over older ones of the same time and keeps the newest `LINE_POINTS`. */
export function mergePoints(held: readonly LinePoint[], newer: readonly LinePoint[]): readonly LinePoint[] {
  if (newer.length === 0) return held;
  const first = newer[0]?.[0] ?? 0;
  const last = newer.at(-1)?.[0] ?? 0;
  // Usual case: the tail of a frame replaces the end of the line.
  if ((held.at(-1)?.[0] ?? -1) <= last) {
    const kept = held.filter(([ms]) => ms < first);
    const between = held.filter(([ms]) => ms >= first && !newer.some(([other]) => other === ms));
    return [...kept, ...[...between, ...newer].sort((a, b) => a[0] - b[0])].slice(-LINE_POINTS);
  }
  const byTime = new Map(held);
  for (const [ms, value] of newer) byTime.set(ms, value);
  return [...byTime].sort((a, b) => a[0] - b[0]).slice(-LINE_POINTS);
}
