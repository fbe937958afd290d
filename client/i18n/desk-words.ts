import type { Lang } from '../numbers/scale.ts';
import { useConsole } from '../state/console-store.ts';
import { fill, loadAlso } from './t.ts';
import type { DeskKey, DeskWords } from './zh-desk.ts';

const loaded: Partial<Record<Lang, DeskWords>> = {};
async function load(lang: Lang): Promise<void> {
  loaded[lang] ??= lang === 'zh' ? (await import('./zh-desk.ts')).zhDesk : (await import('./en-desk.ts')).enDesk;
}
loadAlso(load);
// Whoever imports these words draws with them: they are here before the page is.
await load(useConsole.getState().lang);

export type Say = (key: DeskKey, parameters?: Readonly<Record<string, string | number>>) => string;
const wordsOf = (lang: Lang): DeskWords => (loaded[lang] ?? loaded.zh ?? loaded.en) as DeskWords;
const says: Readonly<Record<Lang, Say>> = {
  zh: (key, parameters) => fill(wordsOf('zh')[key], parameters),
  en: (key, parameters) => fill(wordsOf('en')[key], parameters),
};
export function useDeskWords(): { say: Say; lang: Lang } {
  const lang = useConsole((state) => state.lang);
  return { say: says[lang], lang };
}
export const sayIn = (lang: Lang): Say => says[lang];

/** Words whose key comes from data (a reason, a code); `fallback` when there are none. */
export function sayOr(
  say: Say,
  key: string,
  fallback: DeskKey,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  return key in wordsOf(useConsole.getState().lang) ? say(key as DeskKey, parameters) : say(fallback, parameters);
}
