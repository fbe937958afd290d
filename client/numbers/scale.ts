/** Scales of large numbers. zh counts in 万 and 亿, en in K, M, B; a tile keeps its scale until the value leaves it clearly. */
export type Lang = 'zh' | 'en';
export interface Scale {
  readonly size: number;
  readonly suffix: string;
}

const SCALES: Readonly<Record<Lang, readonly [Scale, ...Scale[]]>> = {
  zh: [
    { size: 1, suffix: '' },
    { size: 1e4, suffix: '万' },
    { size: 1e8, suffix: '亿' },
  ],
  en: [
    { size: 1, suffix: '' },
    { size: 1e3, suffix: 'K' },
    { size: 1e6, suffix: 'M' },
    { size: 1e9, suffix: 'B' },
  ],
};

/** How far past a boundary a value must go before a tile changes its scale, as a ratio of the boundary. */
export const SCALE_HYSTERESIS_RATIO = 0.1;

export function naturalScale(value: number, lang: Lang): Scale {
  const scales = SCALES[lang];
  return scales.findLast(({ size }) => size <= Math.abs(value)) ?? scales[0];
}

/**
 * The scale to show `value` in, given the one it is shown in now.
 * @param previous - null on the first value, or after a change of language
 */
export function lockScale(previous: Scale | null, value: number, lang: Lang): Scale {
  const scales = SCALES[lang];
  let at = previous === null ? -1 : scales.findIndex(({ size }) => size === previous.size);
  if (at < 0) return naturalScale(value, lang);
  const magnitude = Math.abs(value);
  const above = (): Scale | undefined => scales[at + 1];
  for (let up = above(); up && magnitude >= up.size + up.size * SCALE_HYSTERESIS_RATIO; up = above()) at += 1;
  while (at > 0 && magnitude < (scales[at]?.size ?? 1) * (1 - SCALE_HYSTERESIS_RATIO)) at -= 1;
  return scales[at] ?? scales[0];
}
