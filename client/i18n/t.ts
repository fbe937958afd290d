import type { Lang } from '../numbers/scale.ts';
import { useConsole } from '../state/console-store.ts';
import type { AllWords, MessageKey, Messages } from './zh.ts';

/** Words that are here, by language. Each part is a chunk of its own: a phone fetches the words of one language and its own pages. */
const loaded: Partial<Record<Lang, Partial<Messages>>> = {};
const also: ((lang: Lang) => Promise<void>)[] = [];
/** Words of a page of its own: from then on they come with the language. */
export const loadAlso = (load: (lang: Lang) => Promise<void>): void => void also.push(load);
export const addMessages = (lang: Lang, words: Partial<Messages>): void => {
  loaded[lang] = { ...loaded[lang], ...words };
};
const based = new Set<Lang>();

/** Fetches a language's words; call it before that language is drawn. */
export async function loadMessages(lang: Lang): Promise<void> {
  await Promise.all(also.map((load) => load(lang)));
  if (based.has(lang)) return;
  addMessages(lang, lang === 'zh' ? (await import('./zh.ts')).zhBase : (await import('./en.ts')).enBase);
  based.add(lang);
}
function messagesOf(lang: Lang): Partial<Messages> {
  const messages = based.has(lang) ? loaded[lang] : (loaded.zh ?? loaded.en);
  if (!messages) throw new Error('no words are loaded: await loadMessages(lang) before drawing');
  return messages;
}

type ParameterOf<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;
/** A message with `{parameters}` cannot be asked for without them. */
type Arguments<K extends MessageKey> = [ParameterOf<AllWords[K]>] extends [never]
  ? []
  : [parameters: Readonly<Record<ParameterOf<AllWords[K]>, string | number>>];

export type Translate = <K extends MessageKey>(key: K, ...rest: Arguments<K>) => string;

/**
 * Puts parameters into a message; one that is not given stays empty, so a broken entry cannot break a wall. What has a number has
 * its form: `alert{n:s}` is `alert` for 1, and `{n:were|was}` is `was`.
 */
export const fill = (message: string, parameters: Readonly<Record<string, string | number>> = {}): string =>
  message.replace(/\{(\w+)(?::(\w+)\|?(\w*))?\}/g, (_, name: string, many?: string, one?: string) =>
    many === undefined ? String(parameters[name] ?? '') : String(Number(parameters[name]) === 1 ? one : many),
  );

const translator =
  (lang: Lang): Translate =>
  (key, ...rest) =>
    fill(messagesOf(lang)[key] ?? key, rest[0]);
const translators: Readonly<Record<Lang, Translate>> = { zh: translator('zh'), en: translator('en') };

export function useT(): { t: Translate; lang: Lang } {
  const lang = useConsole((state) => state.lang);
  return { t: translators[lang], lang };
}

/** Changes the language once its words are here; without a server it stays as it is. */
export function switchLang(lang: Lang): void {
  loadMessages(lang)
    .then(() => useConsole.getState().setLang(lang))
    .catch(() => undefined);
}

/** A message whose key comes from data (timeline kinds, complaint kinds); null when there is none. */
export function maybe(
  lang: Lang,
  key: string,
  parameters: Readonly<Record<string, string | number>> = {},
): string | null {
  const message = (messagesOf(lang) as Readonly<Record<string, string>>)[key];
  return message === undefined ? null : fill(message, parameters);
}
