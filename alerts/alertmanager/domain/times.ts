import { ZERO_TIME } from '#contract/alertmanager';

/** With a zone or without (UTC then); a fraction of any length. The zero time of Go is "not set". */
const SHAPE = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:[.,](\d+))?(Z|z|[+-]\d{2}:\d{2})?$/;

/** ms since the Unix epoch; 0 for "not set"; null for what is no time. */
export function readTime(text: string | undefined): number | null {
  if (text === undefined || text === '') return 0;
  const [, day, time, fraction = '0', zone = 'Z'] = SHAPE.exec(text) ?? [];
  if (day === undefined || time === undefined) return null;
  if (day.startsWith('0001-01-01')) return 0;
  const ms = Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${zone.toUpperCase()}`);
  // the calendar is asked too: Date.parse takes 31 February for 3 March
  return Number.isNaN(ms) || !existsOnCalendar(day) ? null : ms;
}
function existsOnCalendar(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
export const timeText = (ms: number | null): string => (ms === null ? ZERO_TIME : new Date(ms).toISOString());
