import { pageWords } from '../i18n/page-words.ts';

/** Words of the incident banner: few, because every page loads them. */
export const useBannerWords = pageWords(
  'banner',
  { incident: '事件 {n}', mitigated: '已缓解', overdue: '状态逾期 {n} 分' },
  { incident: 'Incident {n}', mitigated: 'mitigated', overdue: '{n} min late' },
);
