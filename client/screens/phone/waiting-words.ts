import { pageWords } from '../../i18n/page-words.ts';

export const useWaitingWords = pageWords(
  'waiting',
  { one: '1 单等你批准', many: '{n} 单等你批准' },
  { one: '1 waits for your approval', many: '{n} wait for your approval' },
);
