import { useConsole } from '../state/console-store.ts';
import { fill } from './t.ts';

export type Say<Key extends string> = (key: Key, parameters?: Readonly<Record<string, string | number>>) => string;

/**
 * Words of one page, which load with it and cost no other page a byte. Both languages have the same keys; tsc checks that, and
 * `pageWordTables` lets a test hold their parameters and alphabets against each other.
 */
export function pageWords<Zh extends Readonly<Record<string, string>>>(
  page: string,
  zh: Zh,
  en: Readonly<Record<keyof Zh, string>>,
): () => { readonly say: Say<keyof Zh & string>; readonly lang: 'zh' | 'en' } {
  pageWordTables.set(page, { zh, en });
  const tables: Readonly<Record<'zh' | 'en', Readonly<Record<keyof Zh, string>>>> = { zh, en };
  const sayIn =
    (lang: 'zh' | 'en'): Say<keyof Zh & string> =>
    (key, parameters) =>
      fill(tables[lang][key], parameters);
  const says = { zh: sayIn('zh'), en: sayIn('en') };
  return () => {
    const lang = useConsole((state) => state.lang);
    return { say: says[lang], lang };
  };
}
export const pageWordTables = new Map<
  string,
  { readonly zh: Readonly<Record<string, string>>; readonly en: Readonly<Record<string, string>> }
>();
