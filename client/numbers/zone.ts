const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Wall-clock parts of an instant in a zone. */
export function zoneParts(ms: number, timeZone: string): { year: number; month: number; day: number; minutes: number } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(ms);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return { year: of('year'), month: of('month'), day: of('day'), minutes: of('hour') * 60 + of('minute') };
}

/** The next instant after now at which clocks of the zone show `HH:MM`, ms; null when it is no time. */
export function nextAt(text: string, timeZone: string, nowMs: number): number | null {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})$/.exec(text.trim()) ?? [];
  if (hours === '' || Number(hours) > 23 || Number(minutes) > 59) return null;
  const minuteMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const wanted = Number(hours) * 60 + Number(minutes);
  const aheadMinutes = (wanted - zoneParts(minuteMs, timeZone).minutes + 1_440) % 1_440;
  return minuteMs + (aheadMinutes === 0 ? 1_440 : aheadMinutes) * MINUTE_MS;
}

/** `2026-11-11T19:40` as clocks of the zone show it, for `datetime-local` fields. */
export function toZoneInput(ms: number, timeZone: string): string {
  const { year, month, day, minutes } = zoneParts(ms, timeZone);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The instant at which clocks of the zone show what stands in a `datetime-local` field; null when it is none. */
export function fromZoneInput(text: string, timeZone: string): number | null {
  const guess = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN;
  if (Number.isNaN(guess)) return null;
  let ms = guess;
  // twice: the first correction may cross a clock change
  for (let round = 0; round < 2; round += 1) ms += guess - Date.parse(`${toZoneInput(ms, timeZone)}:00Z`);
  return ms;
}

/** Midnight of the zone's day that an instant lies in, ms. */
export function dayStart(ms: number, timeZone: string): number {
  return fromZoneInput(`${toZoneInput(ms, timeZone).slice(0, 10)}T00:00`, timeZone) ?? ms - (ms % DAY_MS);
}

const dayFormats = new Map<string, Intl.DateTimeFormat>();
/** `11-11 周三`, `Wed 11 Nov`. */
export function dayName(ms: number, timeZone: string, lang: 'zh' | 'en'): string {
  const key = `${timeZone}|${lang}`;
  let format = dayFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: lang === 'zh' ? 'numeric' : 'short',
    });
    dayFormats.set(key, format);
  }
  const parts = format.formatToParts(ms);
  if (lang === 'en') return format.format(ms);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('month')}-${of('day')} ${of('weekday')}`;
}
