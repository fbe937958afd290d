import { pageWords } from '../i18n/page-words.ts';

/** Words of the walls' alert strip; no phone carries them. */
export const useStripWords = pageWords(
  'strip',
  {
    title: '活动告警',
    off: '规则未启用 · 无人会被呼叫',
    'off.title': '越限指标',
    noBreach: '大屏指标均在阈值内',
    unknown: '数据停更，是否越限未知',
    unowned: '未认领 {age}',
    recovering: '恢复中 {age}',
    others: '其次',
    noOther: '没有别的告警',
    onlySilenced: '无人会被呼叫：{n} 条已静默',
  },
  {
    title: 'Active alerts',
    off: 'Rules off · nobody paged',
    'off.title': 'Limits broken',
    noBreach: 'All wall figures within limits',
    unknown: 'Figures stale: limits unknown',
    unowned: 'unowned {age}',
    recovering: 'recovering {age}',
    others: 'Next',
    noOther: 'No other alert',
    onlySilenced: 'Nothing pages: {n} silenced',
  },
);
