import type { Lang } from './scale.ts';

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

/** `02:14:07`, from a second up; hours are not folded into days, as a sale is spoken of in hours. */
export function clockSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${two(seconds / 3_600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `47 秒`, `3 分 12 秒`, `2 小时 5 分`; en `47 s`, `3m12s`, `2h05m`. Node 20 has no Intl.DurationFormat. */
export function spokenSpan(ms: number, lang: Lang): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) return lang === 'zh' ? `${seconds} 秒` : `${seconds} s`;
  if (minutes < 60) return lang === 'zh' ? `${minutes} 分 ${two(seconds % 60)} 秒` : `${minutes}m${two(seconds % 60)}s`;
  return lang === 'zh' ? `${hours} 小时 ${minutes % 60} 分` : `${hours}h${two(minutes % 60)}m`;
}

/** Age beside the live dot: tenths up to 10 s, whole seconds after. */
export function shortAge(ms: number, lang: Lang): string {
  const text = ms < 10_000 ? (Math.floor(ms / 100) / 10).toFixed(1) : String(Math.floor(ms / 1_000));
  return lang === 'zh' ? `${text} 秒` : `${text} s`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function clockFormat(timeZone: string, withSeconds: boolean): Intl.DateTimeFormat {
  const key = `${timeZone}|${withSeconds}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      ...(withSeconds ? { second: '2-digit' } : {}),
      hourCycle: 'h23',
    });
    formats.set(key, format);
  }
  return format;
}
export const clockTime = (ms: number, timeZone: string): string => clockFormat(timeZone, true).format(ms);
export const minuteTime = (ms: number, timeZone: string): string => clockFormat(timeZone, false).format(ms);

/** A time is never shown without its zone: `北京时间`, `UTC+8`. */
export function zoneName(ms: number, timeZone: string, lang: Lang): string {
  if (lang === 'zh' && timeZone === 'Asia/Shanghai') return '北京时间';
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(ms);
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
  return offset.replace('GMT', 'UTC');
}
