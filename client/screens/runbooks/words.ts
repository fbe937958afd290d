import { fill } from '../../i18n/t.ts';
import { useConsole } from '../../state/console-store.ts';
import * as actions from './words/actions.ts';
import * as plans from './words/plans.ts';
import * as refusals from './words/refusals.ts';
import * as run from './words/run.ts';
import * as steps from './words/steps.ts';

/** Words of the runbook pages, by subject; they load with them and cost no other page a byte. Both languages have the same keys. */
const zh = { ...plans.zh, ...run.zh, ...steps.zh, ...actions.zh, ...refusals.zh };
export type WordKey = keyof typeof zh;
export type RunbookWords = Readonly<Record<WordKey, string>>;
const en: RunbookWords = { ...plans.en, ...run.en, ...steps.en, ...actions.en, ...refusals.en };
export const RUNBOOK_WORDS = { zh, en };

export type Say = (key: WordKey, parameters?: Readonly<Record<string, string | number>>) => string;
export function useWords(): { say: Say; lang: 'zh' | 'en' } {
  const lang = useConsole((state) => state.lang);
  return { say: (key, parameters) => fill(RUNBOOK_WORDS[lang][key], parameters), lang };
}
/** Whether there are words for a code that came over the wire. */
export const hasWord = (key: string): boolean => Object.hasOwn(zh, key);
/** A refusal in the reader's language. */
export const refusedWord = (say: Say, code: string): string => {
  const key = `refused.${code}`;
  return key in zh ? say(key as WordKey) : say('refused.other', { code });
};
