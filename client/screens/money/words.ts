import { pageWords } from '../../i18n/page-words.ts';
import * as advice from './words/advice.ts';
import * as deciding from './words/deciding.ts';
import * as desk from './words/desk.ts';
import * as drift from './words/drift.ts';
import * as ledger from './words/ledger.ts';
import * as limits from './words/limits.ts';
import * as moving from './words/moving.ts';
import * as table from './words/table.ts';

/** All words of the desk but those of the server's codes (code-words.ts), by subject. */
export const useMoneyWords = pageWords(
  'money',
  { ...desk.zh, ...table.zh, ...moving.zh, ...advice.zh, ...deciding.zh, ...ledger.zh, ...limits.zh, ...drift.zh },
  { ...desk.en, ...table.en, ...moving.en, ...advice.en, ...deciding.en, ...ledger.en, ...limits.en, ...drift.en },
);
