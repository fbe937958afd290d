import type { Lang } from '../numbers/scale.ts';
import { useConsole } from '../state/console-store.ts';
import { en } from './en.ts';
import { type MessageKey, type Messages, zh } from './zh.ts';

const MESSAGES: Readonly<Record<Lang, Messages>> = { zh, en };

type ParameterOf<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;
/** A message with `{parameters}` cannot be asked for without them. */
type Arguments<K extends MessageKey> = [ParameterOf<(typeof zh)[K]>] extends [never]
  ? []
  : [parameters: Readonly<Record<ParameterOf<(typeof zh)[K]>, string | number>>];

export type Translate = <K extends MessageKey>(key: K, ...rest: Arguments<K>) => string;

/** Puts parameters into a message; one that is not given stays empty, so a broken entry cannot break a wall. */
export const fill = (message: string, parameters: Readonly<Record<string, string | number>> = {}): string =>
  message.replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name] ?? ''));

export const translator =
  (lang: Lang): Translate =>
  (key, ...rest) =>
    fill(MESSAGES[lang][key], rest[0]);
const translators: Readonly<Record<Lang, Translate>> = { zh: translator('zh'), en: translator('en') };

export function useT(): { t: Translate; lang: Lang } {
  const lang = useConsole((state) => state.lang);
  return { t: translators[lang], lang };
}

/** A message whose key comes from data (timeline kinds, complaint kinds); null when there is none. */
export function maybe(
  lang: Lang,
  key: string,
  parameters: Readonly<Record<string, string | number>> = {},
): string | null {
  const message = (MESSAGES[lang] as Readonly<Record<string, string>>)[key];
  return message === undefined ? null : fill(message, parameters);
}
