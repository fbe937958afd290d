import { pageWords } from '../../i18n/page-words.ts';

export const useWaitingWords = pageWords(
  'waiting',
  { many: '{n} 单等你批准', frozen: '预算已冻结', ledger: '账本对不上，资金写入已停' },
  {
    many: '{n} {n:wait|waits} for your approval',
    frozen: 'The budget is frozen',
    ledger: 'The ledger does not add up: money writes are stopped',
  },
);
