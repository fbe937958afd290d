import type { KpiUnit } from '#contract/kpis';
import { floorTo } from './floor.ts';
import { type Lang, naturalScale, type Scale } from './scale.ts';

/** A number ready to draw: digits are set large, prefix and suffix smaller, `exact` goes into the tooltip. */
export interface FigureText {
  readonly prefix: string;
  readonly digits: string;
  readonly suffix: string;
  readonly exact: string;
}
export interface FormatOptions {
  readonly lang: Lang;
  readonly currency: string;
  readonly minorPerMajor: number;
  /** The tile's locked scale; absent: the value's own. */
  readonly scale?: Scale;
  /** Decimals of money and of scaled counts; absent: by magnitude, at most four significant digits. */
  readonly decimals?: number;
  /** Ratios as parts of a hundred (default) or of a thousand. */
  readonly parts?: 'percent' | 'permille';
}

/** Building a NumberFormat costs 50 µs and using one 1.5, so they are kept. */
const cache = new Map<string, Intl.NumberFormat>();
const LOCALE: Readonly<Record<Lang, string>> = { zh: 'zh-CN', en: 'en-US' };
export function plainNumber(value: number, lang: Lang, decimals: number): string {
  const key = `${lang}|${decimals}`;
  let format = cache.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LOCALE[lang], {
      useGrouping: 'always',
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    cache.set(key, format);
  }
  return format.format(value);
}

const symbols = new Map<string, string>();
/** The narrow symbol: `¥`, never `CN¥`. */
export function currencySymbol(currency: string): string {
  let symbol = symbols.get(currency);
  if (symbol === undefined) {
    const format = new Intl.NumberFormat('en-US', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    symbol = format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? currency;
    symbols.set(currency, symbol);
  }
  return symbol;
}

const bySize = (magnitude: number): number => (magnitude >= 1_000 ? 0 : magnitude >= 100 ? 1 : 2);

function scaled(value: number, perUnit: number, options: FormatOptions, whole: boolean): FigureText {
  const { lang, scale = naturalScale(value / perUnit, lang) } = options;
  const magnitude = Math.abs(value / perUnit / scale.size);
  const auto = whole && scale.size === 1 ? 0 : bySize(magnitude);
  // Five digits before the point need no second decimal, and would not fit a tile.
  const decimals = options.decimals === undefined ? auto : Math.min(options.decimals, magnitude >= 10_000 ? 1 : 2);
  return {
    prefix: '',
    digits: plainNumber(floorTo(value, scale.size * perUnit, decimals), lang, decimals),
    suffix: scale.suffix,
    exact: plainNumber(floorTo(value, perUnit, perUnit > 1 ? 2 : whole ? 0 : 2), lang, perUnit > 1 ? 2 : whole ? 0 : 2),
  };
}

const WORDS = {
  zh: { per_second: '/秒', ms: '毫秒', seconds: '秒', minutes: '分', hours: '小时', grams: '克', points: '分' },
  en: { per_second: '/s', ms: 'ms', seconds: 's', minutes: 'min', hours: 'h', grams: 'g', points: 'pts' },
} as const;

/** Writes a KPI value in its unit. Always rounds towards minus infinity: a goal is never shown as reached too early. */
export function formatFigure(value: number, unit: KpiUnit, options: FormatOptions): FigureText {
  const { lang } = options;
  switch (unit) {
    case 'minor': {
      const text = scaled(value, options.minorPerMajor, options, false);
      const prefix = currencySymbol(options.currency);
      const negative = text.digits.startsWith('-');
      const digits = negative ? text.digits.slice(1) : text.digits;
      return { ...text, prefix: negative ? `−${prefix}` : prefix, digits, exact: `${prefix}${text.exact}` };
    }
    case 'count':
      return scaled(value, 1, options, true);
    case 'per_second': {
      const scale = options.scale ?? naturalScale(value, lang);
      const magnitude = Math.abs(value) / scale.size;
      const decimals = options.decimals ?? (magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2);
      const text = scaled(value, 1, { ...options, scale, decimals }, false);
      return { ...text, suffix: `${text.suffix}${WORDS[lang].per_second}` };
    }
    case 'ratio': {
      const permille = options.parts === 'permille';
      // A whole hundred is written without decimals: "100.00%" would be the widest number of the wall.
      const decimals = value >= 1 && !permille && options.decimals === undefined ? 0 : (options.decimals ?? 2);
      const digits = plainNumber(floorTo(value, permille ? 1 / 1_000 : 1 / 100, decimals), lang, decimals);
      return { prefix: '', digits, suffix: permille ? '‰' : '%', exact: String(value) };
    }
    case 'multiple': {
      const decimals = options.decimals ?? 2;
      return {
        prefix: '',
        digits: plainNumber(floorTo(value, 1, decimals), lang, decimals),
        suffix: '×',
        exact: String(value),
      };
    }
    default: {
      const decimals = options.decimals ?? 0;
      const digits = plainNumber(floorTo(value, 1, decimals), lang, decimals);
      return { prefix: '', digits, suffix: WORDS[lang][unit], exact: String(value) };
    }
  }
}

/** One string, for sentences and lines of text: `¥2,684.39亿`, `27%`, `14 分`. */
export function figureLine(value: number, unit: KpiUnit, options: FormatOptions): string {
  const { prefix, digits, suffix } = formatFigure(value, unit, options);
  const spaced = /^[a-zA-Z分秒毫小克]/.test(suffix) && unit !== 'minor' && unit !== 'count' && unit !== 'per_second';
  return `${prefix}${digits}${spaced ? ' ' : ''}${suffix}`;
}

/** An amount to reach: whole where it is whole (`¥3,000亿`), else by size (`¥4.54亿`). */
export function goalLine(minor: number, options: FormatOptions): string {
  const scale = options.scale ?? naturalScale(minor / options.minorPerMajor, options.lang);
  const whole = minor % (scale.size * options.minorPerMajor) === 0;
  return figureLine(minor, 'minor', whole ? { ...options, scale, decimals: 0 } : { ...options, scale });
}

/** Minutes as people say them: `74 分`, `5 小时`, `9 天`. Cut, like every number. */
export function minutesLine(minutes: number, lang: Lang): string {
  const [value, zh, en] =
    minutes < 120
      ? [minutes, '分', 'min']
      : minutes < 2_880
        ? [minutes / 60, '小时', 'h']
        : [minutes / 1_440, '天', 'd'];
  return `${plainNumber(floorTo(value, 1, 0), lang, 0)} ${lang === 'zh' ? zh : en}`;
}

/** A level or target in per cent with as many decimals as it really has, at most two: `98.5%`, `99.99%`, `3%`. */
export function levelLine(value: number, options: FormatOptions): string {
  const per = options.parts === 'permille' ? 1_000 : 100;
  const decimals = [0, 1].find((each) => Math.abs(value * per - floorTo(value * per, 1, each)) < 1e-9) ?? 2;
  return figureLine(value, 'ratio', { ...options, decimals });
}

const WIDE = /[\u2e80-\u9fff\uff00-\uffef]/;
/** The longest shortening in the middle that still fits; the text itself where there is room. */
export function elideTo(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  let [least, most] = [2, 2 * [...text].length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(elide(text, middle))) least = middle;
    else most = middle - 1;
  }
  return elide(text, least);
}
/** Letters a text takes; a Han letter counts as two. */
export const widthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);
/** Shortens in the middle, where names differ least. A Han letter counts as two. */
export function elide(text: string, most: number): string {
  const widths = [...text].map((letter) => (WIDE.test(letter) ? 2 : 1));
  const total = widths.reduce<number>((sum, width) => sum + width, 0);
  if (total <= most) return text;
  const letters = [...text];
  let head = 0;
  let tail = letters.length;
  let used = 1;
  for (let turn = 0; head < tail; turn += 1) {
    const width = (turn % 2 === 0 ? widths[head] : widths[tail - 1]) ?? 1;
    if (used + width > most) break;
    used += width;
    if (turn % 2 === 0) head += 1;
    else tail -= 1;
  }
  return `${letters.slice(0, head).join('').trimEnd()}…${letters.slice(tail).join('').trimStart()}`;
}
