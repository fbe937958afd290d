import { pageWords } from '../i18n/page-words.ts';

/** Words of what the room itself does, on every screen: take-over, incident, unverified alerting. */
export const useRoomWords = pageWords(
  'room',
  {
    unowned: '未认领',
    owned: '{who} 处理中',
    more: '+{n} 条红色未认领',
    losing: '每分钟少 {money}',
    firstStep: '第一步',
    plan: '预案「{title}」',
    noPlan: '没有对应预案,请指挥定夺',
    spoken: '紧急告警:{what}。{number}。未认领',
    counts: '未恢复告警:{list}',
    one: '{tier} {n}',
    rotationStopped: '红色告警未认领 · 轮播暂停',
    behind: '距计划最远 {n}/{all} 省',
    updating: '待更新 · 安静时刻',
  },
  {
    unowned: 'unowned',
    owned: '{who} has it',
    more: '+{n} red, unowned',
    losing: '{money} lost a minute',
    firstStep: 'First step',
    plan: 'plan “{title}”',
    noPlan: 'no plan fits: the commander decides',
    spoken: 'Critical alert: {what}. {number}. Unowned',
    counts: 'Alerts not over: {list}',
    one: '{tier} {n}',
    rotationStopped: 'Red alert unowned · rotation stopped',
    behind: '{n} of {all} furthest behind plan',
    updating: 'update waits for quiet',
  },
);
