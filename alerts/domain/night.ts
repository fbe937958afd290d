const HOUR_MS = 3_600_000;
const NIGHT_FROM_H = 22;
const NIGHT_HOURS = 10;

/** Hours of the day in a zone, with minutes as a fraction. */
function hourIn(timeZone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(atMs);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return of('hour') + of('minute') / 60 + of('second') / 3_600;
}

/** The running night, or the last one: 22:00–08:00 in the zone. A clock change in it moves its start by that hour. */
export function nightOf(timeZone: string, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const wholeMs = Math.floor(nowMs / 1_000) * 1_000;
  const sinceH = (hourIn(timeZone, wholeMs) - NIGHT_FROM_H + 24) % 24;
  const fromMs = Math.round((wholeMs - sinceH * HOUR_MS) / 60_000) * 60_000;
  return { fromMs, toMs: fromMs + NIGHT_HOURS * HOUR_MS };
}
