import type { Lang } from '../numbers/scale.ts';
import { useConsole } from '../state/console-store.ts';
import { fill, loadAlso } from './t.ts';
import type { DeskKey, DeskWords } from './zh-desk.ts';

const loaded: Record<Lang, Partial<DeskWords>> = { zh: {}, en: {} };
const here = new Set<string>();
/** Words that come with whatever imports them, and from then on with each language that is switched to. */
export async function wordsLoader(part: string, read: (lang: Lang) => Promise<Partial<DeskWords>>): Promise<void> {
  const load = async (lang: Lang): Promise<void> => {
    if (here.has(`${part} ${lang}`)) return;
    Object.assign(loaded[lang], await read(lang));
    here.add(`${part} ${lang}`);
  };
  loadAlso(load);
  await load(useConsole.getState().lang);
}
await wordsLoader('phone', async (lang) =>
  lang === 'zh' ? (await import('./zh-phone.ts')).zhPhone : (await import('./en-phone.ts')).enPhone,
);

export type Say = (key: DeskKey, parameters?: Readonly<Record<string, string | number>>) => string;
const says: Readonly<Record<Lang, Say>> = {
  zh: (key, parameters) => fill(loaded.zh[key] ?? loaded.en[key] ?? key, parameters),
  en: (key, parameters) => fill(loaded.en[key] ?? loaded.zh[key] ?? key, parameters),
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
  return key in loaded[useConsole.getState().lang] ? say(key as DeskKey, parameters) : say(fallback, parameters);
}
