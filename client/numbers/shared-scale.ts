import { type Lang, lockScale, naturalScale, type Scale } from './scale.ts';

/** Scales held for the page by group, so that a tile and the axis of its chart share one. */
const held = new Map<string, Scale>();

/** The scale of `group` for this value; it moves only when the value leaves the held one clearly. */
export function sharedScale(group: string, major: number, lang: Lang): Scale {
  const key = `${group}|${lang}`;
  const scale = lockScale(held.get(key) ?? null, major, lang);
  held.set(key, scale);
  return scale;
}
/** The scale the group has now; `fallback` decides before its tile has drawn. */
export const heldScale = (group: string, fallback: number, lang: Lang): Scale =>
  held.get(`${group}|${lang}`) ?? naturalScale(fallback, lang);
export const forgetScales = (): void => held.clear();
